// The decision: who shall own a resource group, and what this node does about it.
// The idea: ownership is a register (Claim) in which the highest epoch wins. Only the owner changes it while it is
// alive; when it is dead or has left, the first eligible node in the order of succession does. All nodes compute the
// same function of nearly the same facts, and a difference in the facts is repaired by the next heartbeat.
// Invariant: a group is started only by its owner, after every live node that hears us has acknowledged the claim and
// no live node holds the group. So two claims made at the same moment meet before anything is started.

using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Decision;

public static class Placement
{
    /// <summary>
    /// The verdict about one group, and, when it changes the claim, the reason of that change (else null).
    /// </summary>
    public static (Verdict Verdict, Reason? Change) Decide(GroupFacts facts)
    {
        Reason? change = null;
        for (var round = 0; round < 4; round++)
        {
            var verdict = Once(facts, heard: change is null);
            if (verdict.Claim == facts.Claim)
            {
                return (verdict, change);
            }

            change ??= verdict.Reason;
            facts = facts with { Claim = verdict.Claim };
        }

        Invariant.Holds(false, "a decision settles within three changes of the claim");
        return default;
    }

    /// <summary>
    /// Whether a claim displaces another: the higher epoch, then the node that comes first in the order of succession.
    /// </summary>
    /// <param name="rank">Place of a node in the order of succession; int.MaxValue when it is not configured.</param>
    public static bool Beats(Claim challenger, Claim holder, Func<NodeName, int> rank)
    {
        if (challenger.Epoch != holder.Epoch)
        {
            return challenger.Epoch > holder.Epoch;
        }

        if (challenger.Epoch == 0 || challenger == holder)
        {
            return false;
        }

        return challenger.Owner == holder.Owner
            ? challenger.Pinned && !holder.Pinned
            : rank(challenger.Owner) < rank(holder.Owner);
    }

    /// <param name="heard">The claim is as we heard it, not one that we have just written ourselves.</param>
    private static Verdict Once(GroupFacts facts, bool heard) => facts switch
    {
        { Maintained: true } => Say(facts, Intent.Keep, Cause.Maintained, settled: true),
        { OrderedDown: true } => Say(facts, Intent.Stop, Cause.OrderedDown, settled: true),
        _ => Unordered(facts, heard),
    };

    private static Verdict Unordered(GroupFacts facts, bool heard)
    {
        var owner = facts.Claim.Epoch == 0 ? -1 : Find(facts.Nodes, facts.Claim.Owner);
        if (owner >= 0 && owner != facts.Self && facts.Nodes[owner].Live)
        {
            return AsOther(facts, facts.Nodes[owner], heard);
        }

        if (facts.Own.Leaving && (!facts.Joined || !facts.Confirmed))
        {
            return Say(facts, Intent.Stop, Cause.Leaving);
        }

        if (!facts.Joined)
        {
            return Say(facts, Intent.Keep, Cause.Joining);
        }

        if (!facts.Confirmed)
        {
            return Say(facts, Intent.Keep, Cause.JustWoke);
        }

        foreach (var node in facts.Nodes)
        {
            if (node.Live && node.Kind == Kind.Opaque)
            {
                return Say(facts, facts.Own.Leaving ? Intent.Stop : Intent.Keep, Cause.OpaquePeer, node.Node);
            }
        }

        return owner == facts.Self ? AsOwner(facts) : AsOrphan(facts, owner);
    }

    /// <summary>
    /// Another live node owns it: release it here. But what runs here although somebody else became the owner is a
    /// healed partition: then the node goes on that serves, so that nobody has an outage for nothing. Not when we slept
    /// and know only what was true before; and not when the owner does not hear us, for then only we can give way. A
    /// heartbeat that holds it did not hear us, or it would not have taken it, and never gives way to a report.
    /// </summary>
    private static Verdict AsOther(GroupFacts facts, Standing owner, bool heard)
    {
        var serves = facts.Own.State == GroupState.Started && facts.Own.Eligible && facts.Joined;
        if (heard && serves && facts.Confirmed && owner.HearsUs && owner.Kind == Kind.HaSharp)
        {
            if (owner.State is not (GroupState.Started or GroupState.StopFailed))
            {
                return Change(facts, facts.Self, pinned: false, Intent.Start, Cause.AlreadyHere);
            }

            if (owner.State == GroupState.Started && facts.Failback && facts.Self == 0)
            {
                return Change(
                    facts, facts.Self, pinned: false, Intent.Start, Cause.PreferredGoesOn, facts.Own.Node);
            }
        }

        return owner.State == GroupState.Failed
            ? Say(facts, Intent.Stop, Cause.OwnerFailed, owner.Node, settled: true)
            : Say(facts, Intent.Stop, Cause.OwnedBy, owner.Node, settled: true);
    }

    /// <summary>We own it: hand it over if there is a reason, else run it.</summary>
    private static Verdict AsOwner(GroupFacts facts)
    {
        if (facts.Own.State == GroupState.StopFailed)
        {
            return Say(facts, Intent.Keep, Cause.StopFailedHere, settled: true);
        }

        if (MoveAway(facts) is { } move)
        {
            return move;
        }

        if (facts.Own.Leaving)
        {
            return Say(facts, Intent.Stop, Cause.Leaving);
        }

        if (facts.Own.State == GroupState.Failed)
        {
            return Say(facts, Intent.Stop, Cause.StartFailedHere, settled: true);
        }

        if (facts.Claim.Pinned && facts.Self != 0 && !facts.Nodes[0].Live)
        {
            // What an operator arranged ends with the node that it was arranged for (spec 9.6.4: needs_failback).
            return Change(facts, facts.Self, pinned: false, Intent.Start, Cause.PreferredAwayNow);
        }

        if (facts.Own.State == GroupState.Starting && !facts.Repairs && Holder(facts) is var holder and >= 0)
        {
            // A partition healed, or the other woke up, while we were at it. What is left to start waits for its
            // release: a disk that is still mounted there must not be mounted here.
            return Say(facts, Intent.Keep, Cause.WaitForRelease, facts.Nodes[holder].Node);
        }

        var started = facts.Own.State == GroupState.Started;
        return started || facts.Own.State == GroupState.Starting
            ? Say(facts, Intent.Start, WhyHere(facts), facts.Nodes[0].Node, settled: started)
            : MayStart(facts);
    }

    private static Verdict? MoveAway(GroupFacts facts)
    {
        if (facts.Own.Leaving)
        {
            return HandTo(facts, FirstReady(facts), pinned: false, Cause.Leaving);
        }

        if (facts.Own.State == GroupState.Failed)
        {
            return FirstWanting(facts) is var ordered and >= 0
                ? HandTo(facts, ordered, pinned: true, Cause.OperatorTakes)
                : facts.Frozen
                    ? Say(facts, Intent.Stop, Cause.Frozen, settled: true)
                    : HandTo(facts, FirstReady(facts), pinned: false, Cause.StartFailedHere);
        }

        if (facts.Own.State == GroupState.Started && GiveWay(facts) is { } yields)
        {
            return yields;
        }

        if (facts.GiveAway)
        {
            return HandTo(facts, FirstReady(facts), pinned: true, Cause.OperatorGives);
        }

        // Whoever has asked and owns it is served first: two that both want it would pass it to and fro without an end.
        if (!facts.Own.Wants && FirstWanting(facts) is var wanting and >= 0)
        {
            return HandTo(facts, wanting, pinned: true, Cause.OperatorTakes);
        }

        if (facts.Own.Unfit && !facts.Frozen && FirstReady(facts) is var fit and >= 0)
        {
            return HandTo(facts, fit, pinned: false, Cause.CheckFails);
        }

        if (FailsBack(facts))
        {
            return HandTo(facts, 0, pinned: false, Cause.Failback);
        }

        // Heartbeat takes all groups of a node or none: those that have no reason of their own go along.
        var waiting = FirstOther(facts, static node => node.Kind == Kind.HeartbeatWaiting && node.Ready);
        return HandTo(facts, waiting, pinned: true, Cause.Awaited);
    }

    private static bool FailsBack(GroupFacts facts) =>
        facts.Self != 0 && facts.Failback && !facts.Claim.Pinned && !facts.Frozen && facts.Nodes[0].Ready
        && facts.Own.State is (GroupState.Started or GroupState.Stopped);

    /// <summary>Both run it, and it is better, or the only way, that we stop it.</summary>
    private static Verdict? GiveWay(GroupFacts facts)
    {
        var preferred = facts.Nodes[0];
        if (facts.Self != 0 && facts.Failback && preferred.Live && preferred.State == GroupState.Started)
        {
            return HandTo(facts, 0, pinned: false, Cause.PreferredGoesOn);
        }

        return HandTo(facts, FirstDeaf(facts), facts.Claim.Pinned, Cause.DoesNotHearUs);
    }

    /// <summary>We own it and it does not run here: start it once nobody else runs it and everybody knows.</summary>
    private static Verdict MayStart(GroupFacts facts)
    {
        for (var i = 0; i < facts.Nodes.Count; i++)
        {
            var other = facts.Nodes[i];
            if (i == facts.Self)
            {
                continue;
            }

            if (LeftBehind(other, facts.Own.Wants) is var cause and not Cause.None)
            {
                return Say(facts, Intent.Stop, cause, other.Node, settled: true);
            }

            if (other.Live && (other.State.Holds() || other.State == GroupState.Unknown))
            {
                return Say(facts, Intent.Stop, Cause.WaitForRelease, other.Node);
            }

            if (other.Live && other.HearsUs && other.Kind == Kind.HaSharp && other.Claim != facts.Claim)
            {
                return Say(facts, Intent.Stop, Cause.WaitForAcknowledgement, other.Node);
            }
        }

        return AddressInUse(facts, Intent.Stop) ?? Say(facts, Intent.Start, WhyHere(facts), facts.Nodes[0].Node);
    }

    /// <summary>An owner that is only silent still runs it, and its kernel answers. Null: go on.</summary>
    private static Verdict? AddressInUse(GroupFacts facts, Intent idle) => facts.Address switch
    {
        _ when facts.Own.Wants => null,
        AddressUse.Taken when facts.Suspect is { } suspect =>
            Say(facts, idle, Cause.AddressTaken, suspect, settled: true),
        AddressUse.Taken => Say(facts, idle, Cause.AddressForeign, settled: true),
        AddressUse.Unknown => Say(facts, idle, Cause.AddressUnknown),
        _ => null,
    };

    /// <summary>It runs there for certain, and nobody there will stop it; an operator may know better.</summary>
    private static Cause LeftBehind(Standing other, bool ordered) => other switch
    {
        { State: GroupState.StopFailed, Live: true } => Cause.StopFailedThere,
        { Live: true } => Cause.None,
        _ when ordered || !other.State.Holds() => Cause.None,
        { State: GroupState.StopFailed } => Cause.StopFailedAndSilent,
        _ => Cause.KeptThere,
    };

    /// <summary>Nobody owns it, or its owner is gone: the first eligible node in order claims it.</summary>
    private static Verdict AsOrphan(GroupFacts facts, int owner)
    {
        var idle = facts.Own.Leaving ? Intent.Stop : Intent.Keep;
        if (owner >= 0 && facts.Nodes[owner].HeardByOthers)
        {
            // It took the group while nobody heard us; should it still run here, the owner waits for our release.
            return Say(facts, facts.Own.State.Holds() ? Intent.Stop : idle, Cause.HeardByOthers, facts.Claim.Owner);
        }

        if (owner >= 0 && facts.Nodes[owner].NeverHeard)
        {
            return Say(facts, idle, Cause.NotHeardYet, facts.Claim.Owner);
        }

        if (First(facts, node => LeftBehind(node, facts.Own.Wants) == Cause.KeptThere) is var keeper and >= 0)
        {
            return Say(facts, idle, Cause.KeptThere, facts.Nodes[keeper].Node, settled: true);
        }

        var (successor, cause) = Successor(facts);
        if (successor < 0)
        {
            return Say(facts, idle, Cause.NobodyCan, settled: true);
        }

        var node = facts.Nodes[successor].Node;
        if (cause is Cause.WaitForJoining or Cause.WaitForReload or Cause.NotHeardYet)
        {
            return Say(facts, idle, cause, node);
        }

        if (successor != facts.Self)
        {
            return Say(facts, idle, Cause.SuccessorTakes, node);
        }

        if (AddressInUse(facts, idle) is { } wait)
        {
            return wait;
        }

        return facts.Claim.Epoch > 0
            ? Change(facts, successor, pinned: false, Intent.Keep, Cause.OwnerDead, facts.Claim.Owner)
            : Change(facts, successor, pinned: false, Intent.Keep, cause, node);
    }

    /// <summary>
    /// Who claims an orphan: a node that already runs it, else one on which an operator asked for it, else the first
    /// eligible one. A group that nobody ever owned
    /// waits for a node that stands before us in the order and comes up, or has not reloaded its haresources yet.
    /// </summary>
    private static (int Node, Cause Cause) Successor(GroupFacts facts)
    {
        var running = First(facts, static node => node.Eligible && node.State == GroupState.Started);
        running = running >= 0
            ? running
            : First(facts, static node => node.Eligible && node.State == GroupState.Starting);
        if (running >= 0)
        {
            return (running, Cause.AlreadyHere);
        }

        var asked = First(facts, static node => node is { Eligible: true, Wants: true, Kind: Kind.HaSharp });
        if (asked >= 0)
        {
            return (asked, Cause.OperatorTakes);
        }

        for (var i = 0; i < facts.Nodes.Count; i++)
        {
            var node = facts.Nodes[i];
            if (node.Eligible)
            {
                return (i, Cause.NeverOwned);
            }

            if (facts.Claim.Epoch == 0 && node.NeverHeard)
            {
                return (i, Cause.NotHeardYet);
            }

            if (facts.Claim.Epoch == 0 && node is { Live: true, Active: false, Leaving: false })
            {
                return (i, Cause.WaitForJoining);
            }

            if (facts.Claim.Epoch == 0 && node is { Live: true, Knows: false, Leaving: false })
            {
                return (i, Cause.WaitForReload);
            }
        }

        return (-1, Cause.NobodyCan);
    }

    private static Cause WhyHere(GroupFacts facts)
    {
        if (facts.Self == 0)
        {
            return Cause.Preferred;
        }

        if (facts.Nodes[0] is { Live: true, State: GroupState.Failed })
        {
            return Cause.PreferredFailed;
        }

        if (!facts.Nodes[0].Eligible)
        {
            return Cause.PreferredAway;
        }

        return facts.Claim.Pinned ? Cause.Pinned : facts.Failback ? Cause.FailbackSoon : Cause.FailbackOff;
    }

    /// <summary>It runs the group, too, and does not hear us: of the two only we can give way.</summary>
    private static int FirstDeaf(GroupFacts facts) =>
        FirstOther(facts, static node => node.Eligible && !node.HearsUs && node.State == GroupState.Started);

    private static int Holder(GroupFacts facts) =>
        FirstOther(facts, static node => node.Live && (node.State.Holds() || node.State == GroupState.Unknown));

    private static int FirstReady(GroupFacts facts) => FirstOther(facts, static node => node.Ready);

    private static int FirstWanting(GroupFacts facts) => FirstOther(facts, static node => node.Wants && node.Ready);

    private static int FirstOther(GroupFacts facts, Func<Standing, bool> fits) => First(facts, fits, facts.Self);

    private static int First(GroupFacts facts, Func<Standing, bool> fits, int without = -1)
    {
        for (var i = 0; i < facts.Nodes.Count; i++)
        {
            if (i != without && fits(facts.Nodes[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static int Find(IReadOnlyList<Standing> nodes, NodeName name)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            if (nodes[i].Node == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static Verdict? HandTo(GroupFacts facts, int target, bool pinned, Cause cause) => target < 0
        ? null
        : Change(facts, target, pinned && target != 0, Intent.Stop, cause, facts.Nodes[target].Node);

    private static Verdict Change(
        GroupFacts facts, int owner, bool pinned, Intent intent, Cause cause, NodeName node = default) =>
        new(new Claim(facts.Claim.Epoch + 1, facts.Nodes[owner].Node, pinned), intent, new Reason(cause, node), false);

    private static Verdict Say(
        GroupFacts facts, Intent intent, Cause cause, NodeName node = default, bool settled = false) =>
        new(facts.Claim, intent, new Reason(cause, node), settled);
}
