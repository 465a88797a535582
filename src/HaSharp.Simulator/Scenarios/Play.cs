using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Simulator.Checks;

namespace HaSharp.Simulator.Scenarios;

/// <summary>How a scenario went.</summary>
/// <param name="Trace">Empty when it was played without one.</param>
/// <param name="Violations">By rule, then in order of time.</param>
/// <param name="Played">Of the world's time: less than asked for when a rule was broken.</param>
/// <param name="NodeTime">Of the daemons, summed.</param>
/// <param name="Steps">Of all nodes.</param>
public sealed record Outcome(
    string Trace, IReadOnlyList<Violation> Violations, TimeSpan Played, TimeSpan NodeTime, long Steps);

/// <summary>Plays scenarios.</summary>
public static class Play
{
    private static readonly TimeSpan _review = TimeSpan.FromSeconds(10);

    /// <summary>With real nodes.</summary>
    public static Outcome Run(Scenario scenario, bool trace = false) =>
        Run(scenario, static (config, identity) => new CoreNode(config, identity), trace);

    /// <summary>Under all checkers; ends soon after the first violation.</summary>
    /// <param name="birth">Makes the daemons.</param>
    public static Outcome Run(Scenario scenario, Func<ClusterConfig, NodeIdentity, INode> birth, bool trace = false)
    {
        World world = new(scenario.World, birth);
        IReadOnlyList<Checker> checkers = Checker.All();
        foreach (Checker checker in checkers)
        {
            world.Attach(checker);
        }

        Trace witness = new(scenario.Config.Nodes, scenario.TraceFrom);
        if (trace)
        {
            world.Attach(witness);
        }

        foreach (PlannedDeed planned in scenario.Deeds)
        {
            world.Plan(planned.At, planned.Deed);
        }

        while (world.Now < scenario.End && !checkers.Any(static checker => checker.Violations.Count > 0))
        {
            TimeSpan next = world.Now + _review;
            world.RunUntil(next < scenario.End ? next : scenario.End);
        }

        if (trace)
        {
            witness.Close(world);
        }

        List<Violation> violations = [.. checkers.SelectMany(static checker => checker.Violations)];
        return new Outcome(witness.ToString(), violations, world.Now, world.NodeTime, world.Steps);
    }
}
