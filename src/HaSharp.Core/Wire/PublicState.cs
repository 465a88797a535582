// What a HaSharp node says about itself in every status heartbeat, beside heartbeat's own fields.
// The idea: state, not events. A lost datagram is repaired by the next one, and a receiver needs no memory of the
// conversation. It travels in one text field that heartbeat 3.0.6 ignores (PublicStateCodec).

using HaSharp.Core.Resources;

namespace HaSharp.Core.Wire;

/// <summary>The sender's public state.</summary>
/// <param name="Role">Where it is in its life.</param>
/// <param name="Stable">No transition is going on at the sender.</param>
/// <param name="ConfigDigest">ClusterConfig.Digest.</param>
/// <param name="Peers">How the sender sees each other node, in ha.cf order.</param>
/// <param name="Groups">Every group in haresources order.</param>
public sealed record PublicState(
    Role Role,
    bool Stable,
    ulong ConfigDigest,
    IReadOnlyList<PeerView> Peers,
    IReadOnlyList<GroupView> Groups)
{
    /// <summary>Names of the sender's checks that fail, for people; what follows from them is in Unfit.</summary>
    public IReadOnlyList<string> FailingChecks { get; init; } = [];
}

public enum Role
{
    /// <summary>Not yet sure about the others; holds nothing new.</summary>
    Joining,

    /// <summary>Member of the cluster, holds nothing.</summary>
    Standby,

    /// <summary>Member of the cluster, holds something.</summary>
    Active,

    /// <summary>Releases everything in order to end.</summary>
    Leaving,

    /// <summary>Has released everything: the last word of a node that ends.</summary>
    Left,
}

/// <summary>How the sender sees a peer.</summary>
/// <param name="Heard">The generation it last heard from it; 0 when never.</param>
public readonly record struct PeerView(NodeName Name, NodeStatus Status, Generation Heard);

/// <summary>A node's status in heartbeat's words (spec 8.1), seen from another node.</summary>
public enum NodeStatus
{
    Init,
    Up,
    Active,
    Dead,
}

/// <summary>What the sender holds of a group, and whom it believes to be the owner.</summary>
/// <param name="Claim">The best ownership claim that the sender knows.</param>
/// <param name="State">The group's state at the sender.</param>
/// <param name="Wanted">An operator at the sender has asked to take it over.</param>
public readonly record struct GroupView(GroupName Name, Claim Claim, GroupState State, bool Wanted)
{
    private readonly Orders? _orders;

    /// <summary>The newest orders of operators that the sender knows.</summary>
    public Orders Orders
    {
        get => _orders ?? Orders.None;
        init => _orders = value == Orders.None ? null : value;
    }

    /// <summary>Nobody should hand the group to the sender: a check there fails, or may.</summary>
    public bool Unfit { get; init; }
}

/// <summary>
/// Who shall hold a group: a register in which the highest epoch wins. Only the owner, while it is alive, changes it;
/// when the owner is dead or has left, its successor does.
/// </summary>
/// <param name="Epoch">0: never owned.</param>
/// <param name="Owner">Meaningless when Epoch is 0.</param>
/// <param name="Pinned">An operator put it there: no automatic failback.</param>
public readonly record struct Claim(long Epoch, NodeName Owner, bool Pinned)
{
    public static readonly Claim None;
}
