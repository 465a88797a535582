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

    /// <summary>
    /// Another machine answers for an address: of what runs here the network is told again who has it; what does not
    /// run here waits.
    /// </summary>
    public void Contest(Input.AddressContested contested, Instant now, List<Effect> effects)
    {
        if (Find(contested.Group.Text) is not { } group)
        {
            return;
        }

        if (group.State is GroupState.Started or GroupState.Starting)
        {
            group.AnnouncedEpoch = 0;
            effects.Add(new Effect.Report(new ClusterEvent.AddressContested(
                contested.Group, contested.Resource, contested.Rival)));
        }
        else if (group.AddressQuestion.Answer(now))
        {
            effects.Add(new Effect.Report(new ClusterEvent.AddressTaken(
                contested.Group, contested.Resource, contested.Rival)));
        }
    }

    /// <summary>From when on it matters who has its addresses.</summary>
    private Instant AskFrom(ResourceGroup group, Members members)
    {
        if (!group.Waits || group.Retired || group.Maintained || group.Orders.Runs == 0
            || group.State != GroupState.Stopped || !group.Config.Resources.Any(static one => one.IsAddress))
        {
            return Instant.Never;
        }

        if (group.Claim.Epoch > 0 && group.Claim.Owner == _self)
        {
            // It was to be handed over to us, and the other node fell silent before it said that it is done.
            return members.Peers.Any(peer => peer is { Live: false, Left: false }
                && peer.View(group.Config.Name, 0) is { } view && view.State.Holds()) ? Instant.Zero : Instant.Never;
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

    private static TimeSpan Lead(TimeSpan deadtime) =>
        deadtime < 4 * AddressQuestion.Lead ? deadtime / 4 : AddressQuestion.Lead;
}
