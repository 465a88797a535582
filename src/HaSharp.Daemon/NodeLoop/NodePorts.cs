using HaSharp.Core;
using HaSharp.Core.Control;
using HaSharp.Core.Wire;

namespace HaSharp.Daemon.NodeLoop;

/// <summary>
/// Who carries out the effects that the node's thread does not carry out itself. Every port returns at once; what it
/// has to say comes back through the inbox.
/// </summary>
public sealed record NodePorts
{
    /// <summary>Exactly one Input.AgentFinished follows in the inbox.</summary>
    public required Action<Effect.RunAgent> RunAgent { get; init; }

    /// <summary>Input.PingReplied follows in the inbox when it is answered.</summary>
    public required Action<Effect.SendPing> SendPing { get; init; }

    public required Action<Effect.Announce> Announce { get; init; }

    public required Action<Effect.AskNeighbours> AskNeighbours { get; init; }

    public required Action<ClientId, CommandResult> Reply { get; init; }

    /// <summary>With this node's own status at that moment.</summary>
    public required Action<Effect.RunEventScript, NodeStatus> RunEventScript { get; init; }

    /// <summary>For everybody whom ha.cf names; the log has it already.</summary>
    public required Action<ClusterEvent> Notify { get; init; }

    public required Action<IReadOnlyList<ReplayMark>> Remember { get; init; }

    public required Action<string> Keep { get; init; }

    /// <summary>Exactly one Input.CheckFinished follows in the inbox.</summary>
    public required Action<Effect.RunCheck> RunCheck { get; init; }

    /// <summary>A link's socket is of no use any more and is closed; the keeper shall open it anew.</summary>
    public required Action<LinkName, string> LinkLost { get; init; }

    /// <summary>Called once: the node has said its first words, on a link that is open.</summary>
    public Action? Spoken { get; init; }

    /// <summary>Tells whoever watches over us that the thread turns; null when nobody does.</summary>
    public Action? Alive { get; init; }

    /// <summary>How often Alive is called at least.</summary>
    public TimeSpan AliveEvery { get; init; } = TimeSpan.FromSeconds(1);
}
