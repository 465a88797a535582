// The few system calls that .NET does not offer: entering a network namespace with one thread, listing its
// addresses, and sockets of which forty can wait for an answer at once without a thread or an exception each.

using System.Net;
using System.Runtime.InteropServices;

namespace HaSharp.Cli.Demo;

internal static unsafe partial class Native
{
    public const int CloneNewNet = 0x40000000;
    public const int AddressFamilyIPv4 = 2;
    public const int AddressFamilyIPv6 = 10;
    public const int StreamNonBlocking = 1 | 0x800 | 0x80000;
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const int SchedulingFifo = 1;
    public const int SignalKill = 9;
    public const int SignalTerm = 15;
    public const int SignalContinue = 18;
    public const int SignalStop = 19;
    public const int NoSignal = 0x4000;

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(SafeHandle handle, int kind);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    public static partial int SetScheduler(int thread, int policy, int* priority);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nuint size, ulong* mask);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int OpenSocket(int family, int kind, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "getifaddrs", SetLastError = true)]
    private static partial int GetInterfaceAddresses(InterfaceAddress** first);

    [LibraryImport("libc", EntryPoint = "freeifaddrs")]
    private static partial void FreeInterfaceAddresses(InterfaceAddress* first);

    /// <summary>The addresses on the interfaces of the network namespace in which the calling thread is.</summary>
    public static IReadOnlyList<IPAddress> LocalAddresses()
    {
        var found = new List<IPAddress>();
        InterfaceAddress* first;
        if (GetInterfaceAddresses(&first) != 0)
        {
            return found;
        }

        for (var entry = first; entry != null; entry = entry->Next)
        {
            if (entry->Address == null)
            {
                continue;
            }

            var family = *(ushort*)entry->Address;
            if (family == AddressFamilyIPv4)
            {
                found.Add(new IPAddress(new ReadOnlySpan<byte>(entry->Address + 4, 4)));
            }
            else if (family == AddressFamilyIPv6)
            {
                found.Add(new IPAddress(new ReadOnlySpan<byte>(entry->Address + 8, 16)));
            }
        }

        FreeInterfaceAddresses(first);
        return found;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct InterfaceAddress
    {
        public InterfaceAddress* Next;
        public byte* Name;
        public uint Flags;
        public byte* Address;
        public byte* Netmask;
        public byte* Broadcast;
        public byte* Extra;
    }
}
