// Real-time scheduling of the calling thread, for those who measure; without permission it stays as it is.

namespace HaSharp.Cli.Demo;

public static class RealtimeThread
{
    public const int Highest = 99;

    /// <summary>First in, first out at this priority, 1 to 99.</summary>
    public static unsafe void Raise(int priority) =>
        _ = Native.SetScheduler(0, Native.SchedulingFifo, &priority);

    /// <summary>Only on this CPU, 0 to 63.</summary>
    public static unsafe void Pin(int cpu)
    {
        var mask = 1UL << cpu;
        _ = Native.SetAffinity(0, sizeof(ulong), &mask);
    }
}
