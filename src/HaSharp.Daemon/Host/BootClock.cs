using System.Runtime.InteropServices;
using HaSharp.Core;

namespace HaSharp.Daemon.Host;

/// <summary>
/// The daemon's time line: CLOCK_BOOTTIME. CLOCK_MONOTONIC stands still while a virtual machine is suspended, and a
/// node that does not notice its sleep believes that it still owns what its peers have taken over.
/// </summary>
public static partial class BootClock
{
    private const int ClockBoottime = 7;

    /// <summary>About 40 ns; allocates nothing; any thread.</summary>
    public static Instant Now
    {
        get
        {
            clock_gettime(ClockBoottime, out TimeSpec time);
            return new Instant((time.Seconds * 1_000_000_000) + time.Nanoseconds);
        }
    }

    // Too short for the switch to the collector's cooperative mode to be worth its price.
    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
