// One ping node, as this node knows it: a host outside the cluster whose answers show that our own network works.
// The idea: it says nothing of itself, so it is alive while it answers, and dead when it was silent for deadping.
// Invariant: Status is ping exactly while the last answer is younger than deadping, not counting time that we slept.

using HaSharp.Core.Config;

namespace HaSharp.Core.Membership;

/// <summary>A ping node's status in heartbeat's words (spec 8.1).</summary>
public enum PingStatus
{
    /// <summary>It has not answered since our start, nor has it had the time to.</summary>
    Init,

    /// <summary>It answers.</summary>
    Ping,

    /// <summary>It has not answered for deadping.</summary>
    Dead,
}

public sealed class PingNode(PingNodeConfig config)
{
    public PingNodeConfig Config { get; internal set; } = config;

    public NodeName Name => Config.Name;

    public PingStatus Status { get; internal set; } = PingStatus.Init;

    /// <summary>When its last answer was processed; null: never since our start.</summary>
    public Instant? LastHeard { get; internal set; }

    /// <summary>As LastHeard, moved on by the time in which we were asleep.</summary>
    public Instant SilentSince { get; internal set; }

    /// <summary>Why it cannot be asked, as the daemon says; null: it can be.</summary>
    public string? Trouble { get; internal set; }
}
