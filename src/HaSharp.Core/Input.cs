// All that a node can learn: the first of the three closed unions (Input, Effect, ClusterEvent).
// The idea: the seam between the core and the world is data. It can be printed, compared and recorded.
// Invariant: what an input says has happened; a node never asks whether it is true.

using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Core;

public abstract record Input
{
    private Input()
    {
    }

    /// <summary>Nothing but time: sent when NextDeadline has come.</summary>
    public sealed record TimePassed : Input
    {
        public static readonly TimePassed Instance = new();
    }

    /// <summary>A datagram arrived. The bytes are only valid during the step; the core copies what it keeps.</summary>
    public sealed record DatagramReceived(LinkName Link, ReadOnlyMemory<byte> Bytes) : Input;

    /// <summary>A link's socket was opened, or lost with a reason (null when it is open).</summary>
    public sealed record LinkChanged(LinkName Link, string? Trouble) : Input;

    /// <summary>
    /// A host of this ping node has answered a SendPing: it is the host that was asked, and what came back is what was
    /// sent to it, once. The daemon has checked all that; of several answers to one SendPing it passes the first on.
    /// </summary>
    public sealed record PingReplied(NodeName Node) : Input;

    /// <summary>No host of this ping node can be asked, with the reason; null when one can be again.</summary>
    public sealed record PingTroubled(NodeName Node, string? Trouble) : Input;

    /// <summary>A run that RunAgent asked for has ended, in whatever way.</summary>
    public sealed record AgentFinished(RunId Run, AgentOutcome Outcome) : Input;

    /// <summary>What the meta-data of a resource's agent say; comes at any time, or never.</summary>
    /// <param name="Resource">The word as in haresources.</param>
    public sealed record AgentDescribed(string Resource, AgentTimes Times) : Input;

    /// <summary>
    /// Something that a resource consists of has changed behind its back, for example its address was deleted: it is
    /// monitored at once. Harmless when nothing is wrong.
    /// </summary>
    /// <param name="Resource">The word as in haresources.</param>
    public sealed record ResourceSuspected(GroupName Group, string Resource, string Reason) : Input;

    /// <summary>Another machine answers for an address that runs here, or that AskNeighbours asked about.</summary>
    /// <param name="Resource">The word as in haresources.</param>
    /// <param name="Rival">Its hardware address.</param>
    public sealed record AddressContested(GroupName Group, string Resource, string Rival) : Input;

    /// <summary>What AskNeighbours asked for is sent, or cannot be.</summary>
    public sealed record NeighboursAsked(GroupName Group) : Input;

    /// <summary>A run that RunCheck asked for has ended, in whatever way.</summary>
    /// <param name="Reason">One sentence: exit code, last line of output, or that it took too long.</param>
    public sealed record CheckFinished(RunId Run, bool Passed, string Reason) : Input;

    /// <summary>
    /// What the wall clock says now, once a minute: it may have been set since our start. Only the end of maintenance
    /// depends on it.
    /// </summary>
    public sealed record ClockRead(long UnixSeconds) : Input;

    /// <summary>An operator asked something; answered by Effect.Reply with the same Client.</summary>
    public sealed record CommandReceived(ClientId Client, Command Command) : Input;

    /// <summary>
    /// A reload whose files are valid; answered by Effect.Reply with the same Client. Nothing of it is taken when it is
    /// refused.
    /// </summary>
    public sealed record ConfigurationChanged(ClusterConfig Config, ClientId Client = default) : Input;
}
