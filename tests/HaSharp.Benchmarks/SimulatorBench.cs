// How fast simulated time passes: random runs of an hour of two nodes, under all checkers, on one core.

using HaSharp.Cli.Demo;
using HaSharp.Simulator.Scenarios;
using HaSharp.Simulator.Seeds;

namespace HaSharp.Benchmarks;

internal static class SimulatorBench
{
    private const int Nodes = 2;
    private static readonly TimeSpan Length = TimeSpan.FromHours(1);

    public static void Run(int runs)
    {
        // The first run compiles.
        _ = SpeedOf(seed: 1);
        Table.Row(
            "simulator: node-seconds per second on one core", "1/s",
            [.. Enumerable.Range(1, runs).Select(seed => SpeedOf(seed))], ">= 20000", "F0");
    }

    private static double SpeedOf(int seed)
    {
        var scenario = new SeededRun(seed, Nodes, Profile.Mixed).Scenario(Length);
        var begun = Clock.Now;
        var outcome = Play.Run(scenario);
        return outcome.NodeTime.TotalSeconds / (Clock.Now - begun).TotalSeconds;
    }
}
