using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator;

/// <summary>What a virtual world is made of. Everything else follows from it and from the deeds.</summary>
public sealed record WorldPlan
{
    /// <summary>The same on every machine. 1 to 16 nodes.</summary>
    public required ClusterConfig Config { get; init; }

    /// <summary>Of all chance in the world.</summary>
    public required long Seed { get; init; }

    /// <summary>A node is called up to this much later than it asked for.</summary>
    public TimeSpan WakeLatency { get; init; }

    /// <summary>Clocks gain or lose up to this many microseconds per second; 0 to 500.</summary>
    public int DriftPpm { get; init; }

    /// <summary>A sender hears its own datagrams, as on a broadcast socket.</summary>
    public bool Echo { get; init; }

    public AgentHabits Agents { get; init; } = new();

    /// <summary>The machines that run heartbeat 3.0.6, in the order of ha.cf; all others run HaSharp.</summary>
    public IReadOnlyList<NodeName> Heartbeats { get; init; } = [];
}

/// <summary>How agents behave that nobody taught otherwise.</summary>
public sealed record AgentHabits
{
    /// <summary>A status takes half of the shortest time.</summary>
    public TimeSpan Shortest { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan Longest { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Probability per start, 0 to 1.</summary>
    public double StartFails { get; init; }

    /// <summary>Probability per stop, 0 to 1.</summary>
    public double StopFails { get; init; }

    /// <summary>Probability per start or stop that it does not end before its deadline, 0 to 1.</summary>
    public double Hangs { get; init; }

    public TimeSpan LongestOf(AgentAction action) => action.IsLook() ? Longest / 2 : Longest;
}
