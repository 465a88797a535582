// What the neighbours on the network say of the groups' addresses.
// The idea: an owner that no node hears may still serve, and then its kernel answers for its addresses: a witness on
// the clients' own network.
// Invariant: a group that runs here is never given up for what somebody answers; one with a disk is not started.

using HaSharp.Core.Membership;

namespace HaSharp.Core.Resources;

public sealed partial class GroupSet
{
    /// <summary>Asks about every group that may have to be started here soon and is not known to run.</summary>
    public void Ask(Members members, Instant now, List<Effect> effects)
    {
        foreach (var group in _groups)
        {
            if (group.AddressQuestion.Update(AskFrom(group, members), now))
            {
                effects.Add(new Effect.AskNeighbours(
                    group.Config.Name, [.. group.Config.Resources.Where(static resource => resource.IsAddress)]));
            }
        }
    }

    /// <summary>What came of a question, or was said unasked.</summary>
    public void TakeAnswer(Input answer, Instant now, List<Effect> effects)
    {
        if (answer is Input.AddressContested contested)
        {
            Contest(contested, now, effects);
        }
        else if (answer is Input.NeighboursAsked asked)
        {
            Find(asked.Group.Text)?.AddressQuestion.Sent(now);
        }
    }

    /// <summary>
    /// Another machine answers for an address: of what runs here the network is told again who has it; what does not
    /// run here waits.
    /// </summary>
    private void Contest(Input.AddressContested contested, Instant now, List<Effect> effects)
    {
        var group = Find(contested.Group.Text);
        if (group?.State is GroupState.Started or GroupState.Starting)
        {
            group.AnnouncedEpoch = 0;
            effects.Add(new Effect.Report(new ClusterEvent.AddressContested(
                contested.Group, contested.Resource, contested.Rival)));
        }
        else
        {
            group?.AddressQuestion.Answer(contested.Resource, contested.Rival, now);
        }
    }

    /// <summary>From when on it matters who has its addresses.</summary>
    private Instant AskFrom(ResourceGroup group, Members members)
    {
        if (!group.Waits || group.Retired || group.Maintained || group.Orders.Runs == 0
            || group.State is not (GroupState.Stopped or GroupState.Unknown) || !group.HasAddress)
        {
            return Instant.Never;
        }

        if (group.Claim.Epoch > 0 && group.Claim.Owner == _self)
        {
            // It was to be handed over to us, and the other node fell silent before it said that it is done.
            return SilentHolder(group, members) is null ? Instant.Never : Instant.Zero;
        }

        var owner = group.Claim.Epoch > 0 ? members.Find(group.Claim.Owner) : null;
        return owner switch
        {
            null or { Live: false, Left: false } => Instant.Zero,
            { Live: true } => members.DeadAt(owner) - Lead(owner.Dt),

            // It said that it has released everything.
            _ => Instant.Never,
        };
    }

    /// <summary>A silent node that held a group of ours when it was last heard, and may still; null: none.</summary>
    private static NodeName? SilentHolder(ResourceGroup group, Members members)
    {
        NodeName? silent = null;
        foreach (var peer in members.Peers)
        {
            var view = peer.View(group.Config.Name, 0);
            if (peer.Live && view?.State.Holds() == true)
            {
                // It is waited for in any case.
                return null;
            }

            // What it held under an older claim, somebody else has taken over since.
            var held = view is { } last && last.State.Holds() && last.Claim.Epoch >= group.Claim.Epoch - 1;
            silent = !peer.Live && !peer.Left && (held || peer.Heartbeat is not null) ? peer.Name : silent;
        }

        return silent;
    }

    /// <summary>Who is to be looked at when an address is taken; null: nobody that is known.</summary>
    private NodeName? Suspect(ResourceGroup group, Members members) =>
        group.Claim.Epoch == 0 ? null
        : group.Claim.Owner == _self ? SilentHolder(group, members)
        : group.Claim.Owner;

    private static TimeSpan Lead(TimeSpan deadtime) =>
        deadtime < 4 * AddressQuestion.Lead ? deadtime / 4 : AddressQuestion.Lead;
}
