// Everything that the decision about one resource group may look at.
// The idea: the decision is a function of these facts and of nothing else, so a test or a person can write them down
// and say what must come out.
// Invariant: Nodes begins with the preferred node and goes on in ha.cf order, around the end: the order of succession.

using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Decision;

/// <summary>One node with respect to one group, as this node knows it.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Live">Heard within its deadtime, and it did not say goodbye. Always true for ourselves.</param>
/// <param name="Active">Its status is active: it knows enough to own something.</param>
/// <param name="Leaving">It is releasing everything in order to end.</param>
/// <param name="Kind">What it runs.</param>
/// <param name="Knows">The group is in its haresources.</param>
/// <param name="NeverHeard">Not heard since our start, and initdead is not over.</param>
/// <param name="HeardByOthers">Another live node still counts it as alive, or did a moment ago.</param>
/// <param name="HearsUs">It does not count us as dead, or will not in a moment: its answer can be expected.</param>
/// <param name="State">
/// The group there; for a silent node Stopped, or StopFailed if that was its last word, or Started if it ended and kept
/// the group.
/// </param>
/// <param name="Claim">The best claim that it knows.</param>
/// <param name="Wants">An operator asked there to take the group over.</param>
public readonly record struct Standing(
    NodeName Node,
    bool Live,
    bool Active,
    bool Leaving,
    Kind Kind,
    bool Knows,
    bool NeverHeard,
    bool HeardByOthers,
    bool HearsUs,
    GroupState State,
    Claim Claim,
    bool Wants)
{
    /// <summary>By its checks it should not run the group, or not be given it; better there than nowhere.</summary>
    public bool Unfit { get; init; }

    /// <summary>It could own the group.</summary>
    public bool Eligible => Live && Active && !Leaving && Kind is not (Kind.Opaque or Kind.HeartbeatAsks) && Knows
        && State is not (GroupState.Failed or GroupState.StopFailed);

    /// <summary>It could start the group at once: a group that runs is only handed over to such a node.</summary>
    public bool Ready => Eligible && !Unfit && State == GroupState.Stopped && Kind != Kind.Heartbeat;
}

/// <summary>What a node runs, as far as it matters to a decision.</summary>
public enum Kind
{
    HaSharp,

    /// <summary>Heartbeat: it takes over only what it was offered first.</summary>
    Heartbeat,

    /// <summary>Heartbeat, as if it took whatever we give: to see whether an offer is worth while.</summary>
    HeartbeatOffered,

    /// <summary>Heartbeat with auto_failback legacy: it takes over only what it asks for itself.</summary>
    HeartbeatAsks,

    /// <summary>Heartbeat, which has asked for this group, or was offered it and has promised to take it.</summary>
    HeartbeatWaiting,

    /// <summary>What it holds cannot be known.</summary>
    Opaque,
}

/// <param name="Nodes">In the order of succession.</param>
/// <param name="Self">Our place in Nodes.</param>
/// <param name="Claim">The best claim that we know.</param>
/// <param name="Failback">auto_failback is on or legacy.</param>
/// <param name="Joined">All nodes are heard or given up, or a member of the running cluster is heard.</param>
/// <param name="Confirmed">False after a sleep longer than deadtime, until the others are heard or dead.</param>
/// <param name="GiveAway">An operator asked here to give the group to another node.</param>
public readonly record struct GroupFacts(
    IReadOnlyList<Standing> Nodes,
    int Self,
    Claim Claim,
    bool Failback,
    bool Joined,
    bool Confirmed,
    bool GiveAway)
{
    /// <summary>Operators have put it into maintenance: nothing is decided about it.</summary>
    public bool Maintained { get; init; }

    /// <summary>Operators have ordered that it runs nowhere.</summary>
    public bool OrderedDown { get; init; }

    /// <summary>It has run here under this claim: what is started now is a repair.</summary>
    public bool Repairs { get; init; }

    /// <summary>Failures have moved it as often as they may for now.</summary>
    public bool Frozen { get; init; }

    /// <summary>Whether another machine has one of its addresses, where that keeps us from starting it.</summary>
    public AddressUse Address { get; init; }

    /// <summary>Who may have it then: a silent node that ran the group; null: nobody that is known.</summary>
    public NodeName? Suspect { get; init; }

    public Standing Own => Nodes[Self];
}

/// <summary>Whether another machine has an address of the group.</summary>
public enum AddressUse
{
    /// <summary>Nobody has it, or it does not matter here and now.</summary>
    Free,

    /// <summary>The neighbours are being asked.</summary>
    Unknown,

    /// <summary>Another machine answers for it.</summary>
    Taken,
}
