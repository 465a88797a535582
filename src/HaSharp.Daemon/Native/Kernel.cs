// The system calls that our threads wait with: .NET has no timerfd, no eventfd, and no poll over bare
// descriptors without the thread pool behind it.

using System.ComponentModel;
using System.Runtime.InteropServices;

namespace HaSharp.Daemon.Native;

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry(int descriptor, short wanted)
{
    public int Descriptor = descriptor;
    public short Wanted = wanted;
    public short Seen;

    /// <summary>There is something to read, an end of file or an error to fetch among it.</summary>
    public readonly bool Readable => (Seen & ~Kernel.PollOut) != 0;

    public readonly bool Writable => (Seen & Kernel.PollOut) != 0;
}

internal static unsafe partial class Kernel
{
    public const short PollIn = 1;
    public const short PollOut = 4;

    private const int Interrupted = 4;
    private const int ClockBoottime = 7;
    private const int NonBlockingCloseOnExec = 0x80800;
    private const int AbsoluteTime = 1;

    /// <summary>Waits until a descriptor is ready, without end when milliseconds is -1. False: time is up.</summary>
    public static bool Wait(Span<PollEntry> entries, int milliseconds)
    {
        fixed (PollEntry* first = entries)
        {
            while (true)
            {
                int ready = Poll(first, (nuint)entries.Length, milliseconds);
                if (ready >= 0)
                {
                    return ready > 0;
                }

                if (Marshal.GetLastPInvokeError() != Interrupted)
                {
                    throw new Win32Exception();
                }
            }
        }
    }

    /// <summary>A timer on CLOCK_BOOTTIME, which goes on while the machine is suspended.</summary>
    public static int OpenTimer() => Checked(TimerCreate(ClockBoottime, NonBlockingCloseOnExec));

    public static void ArmTimer(int timer, long nanoseconds)
    {
        // 0 would switch the timer off instead of firing at once.
        nanoseconds = Math.Max(nanoseconds, 1);
        var due = new TimerSpec
        {
            Seconds = nanoseconds / 1_000_000_000,
            Nanoseconds = nanoseconds % 1_000_000_000,
        };
        Checked(TimerSet(timer, AbsoluteTime, &due, null));
    }

    public static int OpenEvent() => Checked(EventCreate(0, NonBlockingCloseOnExec));

    public static void RaiseEvent(int descriptor)
    {
        ulong one = 1;
        Write(descriptor, &one, sizeof(ulong));
    }

    /// <summary>Makes a timer or an event unreadable again.</summary>
    public static void Clear(int descriptor)
    {
        ulong count;
        Read(descriptor, &count, sizeof(ulong));
    }

    /// <summary>The kernel ends this process after so many seconds (SIGALRM), whatever it hangs in.</summary>
    public static void EndAfter(uint seconds) => _ = Alarm(seconds);

    [LibraryImport("libc", EntryPoint = "alarm")]
    private static partial uint Alarm(uint seconds);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial void Close(int descriptor);

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception();

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    private static partial int TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    private static partial int TimerSet(int timer, int flags, TimerSpec* due, TimerSpec* before);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventCreate(uint start, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, void* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, void* bytes, nuint count);

    /// <summary>struct itimerspec: the interval, which stays zero, then the due time.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimerSpec
    {
        private readonly long _intervalSeconds;
        private readonly long _intervalNanoseconds;
        public long Seconds;
        public long Nanoseconds;
    }
}
