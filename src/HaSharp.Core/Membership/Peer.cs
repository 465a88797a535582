// One other node, as this node knows it.
// The idea: only what was heard and when is kept; whether the node is alive follows from it and from the time.
// Invariant: State belongs to the newest heartbeat that was accepted; it is null until the first one.

using HaSharp.Core.Config;
using HaSharp.Core.Decision;
using HaSharp.Core.Legacy;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Membership;

public sealed class Peer(NodeName name)
{
    public NodeName Name { get; } = name;

    /// <summary>init: never heard; up or active: as it says; dead: silent too long, or it has left.</summary>
    public NodeStatus Status { get; internal set; } = NodeStatus.Init;

    /// <summary>When its last heartbeat was processed; null: never since our start.</summary>
    public Instant? LastHeard { get; internal set; }

    /// <summary>As LastHeard, moved on by the time in which we were asleep.</summary>
    public Instant SilentSince { get; internal set; }

    /// <summary>Its own deadtime as it announces it (spec 8.2).</summary>
    public TimeSpan Dt { get; internal set; }

    public Generation Generation { get; internal set; }

    /// <summary>What it says about itself; null for a node that runs heartbeat.</summary>
    public PublicState? State { get; internal set; }

    /// <summary>What is known of a node that runs heartbeat; null for HaSharp.</summary>
    public HeartbeatPeer? Heartbeat { get; internal set; }

    /// <summary>It runs heartbeat and has not said yet what it holds.</summary>
    public bool Silent => Live && !Opaque && Heartbeat is { Known: false };

    /// <summary>What it holds cannot be known: beside it nothing may start.</summary>
    public bool Opaque { get; internal set; }

    /// <summary>It said goodbye: it has released everything.</summary>
    public bool Left { get; internal set; }

    /// <summary>It was silent and is heard again since a moment ago, so it may not have heard us again yet.</summary>
    internal bool Returns { get; set; }

    internal Instant ReturnsUntil { get; set; }

    /// <summary>The newest start that a single packet has announced.</summary>
    internal Generation Awaited { get; set; }

    /// <summary>Its present silence was reported.</summary>
    internal bool LateReported { get; set; }

    /// <summary>Its configuration was reported as different.</summary>
    internal bool DifferenceReported { get; set; }

    /// <summary>Per link of ours in ha.cf order: when it was last heard there; null: never.</summary>
    internal Instant?[] HeardOn { get; set; } = [];

    /// <summary>Per link: whether it counts as up.</summary>
    internal bool[] LinkUp { get; set; } = [];

    public bool Live => Status is NodeStatus.Up or NodeStatus.Active;

    /// <summary>What it says of a group; null when it does not know the group.</summary>
    /// <param name="index">Where the group stands in our own list: tried first, as lists are usually equal.</param>
    public GroupView? View(GroupName group, int index)
    {
        if (State is not { } state)
        {
            return null;
        }

        if (index < state.Groups.Count && state.Groups[index].Name == group)
        {
            return state.Groups[index];
        }

        foreach (var view in state.Groups)
        {
            if (view.Name == group)
            {
                return view;
            }
        }

        return null;
    }

    /// <summary>How it sees another node; null when it says nothing about it.</summary>
    public NodeStatus? SeenStatus(NodeName node)
    {
        if (State is { } state)
        {
            foreach (var view in state.Peers)
            {
                if (view.Name == node)
                {
                    return view.Status;
                }
            }
        }

        return null;
    }

    /// <summary>Its place in the facts about a group.</summary>
    /// <param name="mine">Our claim: a node that does not know the group has nothing to acknowledge.</param>
    /// <param name="heardByOthers">Another live node counts this one as alive.</param>
    internal Standing Standing(GroupConfig group, int index, Claim mine, NodeName self, bool heardByOthers)
    {
        if (Heartbeat is { } heartbeat)
        {
            return Standing(heartbeat, group, mine, self);
        }

        var view = View(group.Name, index);
        var state = view?.State ?? GroupState.Stopped;
        return new Standing(
            Name,
            Live,
            Status == NodeStatus.Active,
            State?.Role is Role.Leaving,
            Live && Opaque ? Kind.Opaque : Kind.HaSharp,
            view is not null,
            Status == NodeStatus.Init,
            heardByOthers,
            Returns || SeenStatus(self) != NodeStatus.Dead,
            Live || state == GroupState.StopFailed ? state : GroupState.Stopped,
            view?.Claim ?? mine,
            view?.Wanted ?? false)
        {
            Unfit = view?.Unfit ?? false,
        };
    }

    /// <summary>It knows no claims: what it does not hold it leaves to us, whatever we call it.</summary>
    private Standing Standing(HeartbeatPeer heartbeat, GroupConfig group, Claim mine, NodeName self)
    {
        var share = Shares.Of(group, self);
        var state = heartbeat.InOldMode
            ? heartbeat.StateOf(mine.Epoch > 0 && mine.Owner == Name)
            : heartbeat.StateOf(share);
        return new Standing(
            Name,
            Live,
            Status == NodeStatus.Active && heartbeat.Known,
            heartbeat.Leaving,
            Live && Opaque ? Kind.Opaque : heartbeat.KindFor(group.Name, share),
            Knows: true,
            Status == NodeStatus.Init,
            HeardByOthers: false,
            HearsUs: true,
            Live ? state : GroupState.Stopped,
            mine,
            Wants: false);
    }
}
