// What follows from the decision about one group, and what is said of it.
// The idea: the claim and the verdict are taken over as they are; what changed with them is reported once.
// Invariant: nothing is decided here; every report has the reason of the verdict that caused it.

using HaSharp.Core.Decision;

namespace HaSharp.Core.Resources;

public sealed partial class GroupSet
{
    /// <summary>Decides one group: writes the claim, reports what changed, notices a rival.</summary>
    public void Judge(ResourceGroup group, GroupFacts facts, Instant now, List<Effect> effects)
    {
        var (verdict, change) = group.Retired
            ? (new Verdict(facts.Claim, Intent.Stop, new Reason(Cause.Removed), true), null)
            : Placement.Decide(facts);
        if (change is { } reason)
        {
            if (reason.Cause == Cause.OwnerDead)
            {
                effects.Add(new Effect.Report(new ClusterEvent.TakingOver(reason.Node)));
                group.TakenFrom = (reason.Node, verdict.Claim.Epoch);
            }

            effects.Add(new Effect.Report(new ClusterEvent.OwnerChanged(
                group.Config.Name, verdict.Claim.Owner, verdict.Claim.Epoch, reason.ToString())));
            NoteMove(group, reason.Cause, now, effects);
        }
        else if (verdict.Reason != group.Verdict.Reason)
        {
            effects.Add(new Effect.Report(Change(group, verdict, facts)));
        }

        group.Claim = verdict.Claim;
        group.Verdict = verdict with { Settled = verdict.Settled && group.Agrees(verdict.Intent) };
        NoticeRival(group, facts, effects);
    }

    private static ClusterEvent Change(ResourceGroup group, Verdict verdict, GroupFacts facts)
    {
        var reason = verdict.Reason.ToString();
        if (verdict.Reason.Cause is Cause.AddressTaken or Cause.AddressForeign)
        {
            var (resource, rival) = group.AddressQuestion.Answered;
            return new ClusterEvent.AddressTaken(group.Config.Name, resource, rival, reason);
        }

        var down = verdict is { Settled: true, Reason.Cause: Cause.NobodyCan or Cause.StartFailedHere or Cause.Frozen };
        return down && !facts.Own.Leaving
            ? new ClusterEvent.NobodyRuns(
                group.Config.Name, group.Trouble.Length > 0 ? $"{reason}: {group.Trouble}" : reason)
            : new ClusterEvent.DecisionChanged(group.Config.Name, reason);
    }

    private void NoteMove(ResourceGroup group, Cause cause, Instant now, List<Effect> effects)
    {
        if (cause is not (Cause.StartFailedHere or Cause.CheckFails))
        {
            return;
        }

        group.Moves.Add(now);
        if (group.Moves.Count >= MaxMoves)
        {
            effects.Add(new Effect.Report(new ClusterEvent.Frozen(group.Config.Name, group.Moves.Count)));
        }
    }

    private void NoticeRival(ResourceGroup group, GroupFacts facts, List<Effect> effects)
    {
        var rival = group.State == GroupState.Started ? Rival(facts) : null;
        if (rival is { } node && !group.RivalSeen)
        {
            effects.Add(new Effect.Report(new ClusterEvent.BothOwn(group.Config.Name, node)));
            group.AnnouncedEpoch = 0;
        }

        group.RivalSeen = rival is not null;
        var doubtful = group.State == GroupState.Started && Doubtful(facts);
        if (doubtful)
        {
            group.AnnouncedEpoch = 0;
        }

        if (rival is null && !doubtful && group.State == GroupState.Started && group.Claim.Owner == _self
            && group.AnnouncedEpoch != group.Claim.Epoch)
        {
            // Another node held it meanwhile and may have announced the addresses last: the network must learn again.
            effects.Add(new Effect.Announce(group.Config.Name, group.Config.Resources));
            group.AnnouncedEpoch = group.Claim.Epoch;
        }
    }

    private NodeName? Rival(GroupFacts facts)
    {
        foreach (var node in facts.Nodes)
        {
            if (node.Node != _self && node.Live && node.State.Holds())
            {
                return node.Node;
            }
        }

        return null;
    }

    /// <summary>A heartbeat node that has not said what it holds may hold it and announce its addresses.</summary>
    private static bool Doubtful(GroupFacts facts)
    {
        foreach (var node in facts.Nodes)
        {
            if (node is { Live: true, Kind: Kind.Heartbeat, State: GroupState.Unknown })
            {
                return true;
            }
        }

        return false;
    }
}
