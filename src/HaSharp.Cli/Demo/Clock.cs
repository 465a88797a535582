// The one clock of all measurements: CLOCK_MONOTONIC, which is the same in every namespace.

using System.Diagnostics;

namespace HaSharp.Cli.Demo;

public static class Clock
{
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);
}
