// What we say to a peer that runs heartbeat 3.0.6, beside our statuses.
// The idea: after each decision the facts are compared with what the peer was told; a difference is said at once. So
// the conversation follows from the state of the cluster, and nothing here remembers what it meant to say.
// Invariant: only what heartbeat itself would say in the same state, in its field order (spec 6.1, 6.2).

using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Decision;
using HaSharp.Core.Membership;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Legacy;

public sealed class Utterances(
    NodeIdentity identity,
    Members members,
    GroupSet groups,
    Operators operators,
    Func<ResourceGroup, GroupFacts> facts,
    Speech speech,
    Transport transport)
{
    /// <summary>Statuses after a goodbye: the peer acknowledges every tenth message.</summary>
    private const int StatusesAfterGoodbye = 10;

    private static readonly TimeSpan AskPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OfferPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GreetPause = TimeSpan.FromSeconds(3);

    public void TellNodes(
        Peer node, HeartbeatPeer peer, ClusterConfig config, Instant now, List<Effect> effects) =>
        speech.Say(
            new Message()
                .Add(FieldNames.Destination, node.Name.Text)
                .Add(FieldNames.Type, "repnodes")
                .Add(FieldNames.NodeList, string.Concat(config.Nodes.Select(static name => name.Text + " ")))
                .Add(FieldNames.DeletedNodeList, " "),
            peer.Uuid,
            now,
            effects);

    /// <summary>Whether one of our API clients is there: only ipfail ever is, which is built in.</summary>
    public void TellClient(
        in Received heard, HeartbeatPeer peer, ClusterConfig config, Instant now, List<Effect> effects)
    {
        if (heard.Message.Text("cn") is { Length: < 32 } client
            && heard.Message.Text("from_id") is { Length: < 32 } asker)
        {
            speech.Say(
                new Message()
                    .Add(FieldNames.Type, "respond-cstatus")
                    .Add(FieldNames.Destination, heard.Peer.Name.Text)
                    .Add("result", "OK")
                    .Add("cn", client)
                    .Add("to_id", asker)
                    .Add("cs", IpfailClient.Runs(config) && client == IpfailMessage.ClientId ? "online" : "offline"),
                peer.Uuid,
                now,
                effects);
        }
    }

    public void AnswerRequest(
        Peer node, HeartbeatPeer peer, GroupName group, bool held, Instant now, List<Effect> effects) =>
        speech.Say(OldMode.Answer(node.Name, group, held), peer.Uuid, now, effects);

    /// <param name="share">In the words of whoever gives.</param>
    public void AskResources(string share, string phase, Instant now, List<Effect> effects) =>
        speech.Say(
            new Message()
                .Add(FieldNames.Type, "ask_resources")
                .Add(FieldNames.Holdings, share)
                .Add(FieldNames.Info, phase),
            default,
            now,
            effects);

    /// <summary>Says all that the peers do not know yet.</summary>
    public void Speak(ClusterConfig config, Role role, bool clean, Instant now, List<Effect> effects)
    {
        var any = false;
        foreach (var node in members.Peers)
        {
            if (node.Heartbeat is not { } peer)
            {
                continue;
            }

            any = true;
            transport.Acknowledge(node, peer, now, effects);
            if (!node.Live)
            {
                continue;
            }

            transport.AskForMissing(node, peer, now, effects);
            if (node.Opaque)
            {
                continue;
            }

            if (peer.InOldMode)
            {
                SpeakInOldMode(node, peer, role, now, effects);
            }
            else
            {
                Greet(node, peer, now, effects);
                if (peer.Handover.Phase == HandoverPhase.Promised)
                {
                    // First what will be, then that it is done (K9).
                    Announce(node, peer, role, now, effects);
                }

                Progress(node, peer, now, effects);
                Announce(node, peer, role, now, effects);
            }

            if (role == Role.Left)
            {
                SayGoodbye(peer, clean, now, effects);
            }
            else if (!peer.InOldMode && role != Role.Leaving && MayAsk(node, peer, now))
            {
                RequestOrOffer(node, peer, config, now, effects);
            }
        }

        speech.Kept = any ? speech.Kept : null;
    }

    /// <summary>When Speak would have something to say, if nothing is heard until then.</summary>
    public Instant NextDeadline(Instant now)
    {
        var next = Instant.Never;
        foreach (var node in members.Peers)
        {
            if (!node.Live || node.Heartbeat is not { } peer)
            {
                continue;
            }

            next = Instant.Earlier(next, peer.Arrivals.NextDeadline);
            if (node.Opaque)
            {
                continue;
            }

            next = peer.AskAt > now ? Instant.Earlier(next, peer.AskAt) : next;
            next = peer.Handover.Phase is HandoverPhase.None or HandoverPhase.Promised or HandoverPhase.Acquiring
                ? next
                : Instant.Earlier(next, peer.Handover.Until);
            next = peer.QuietUntil > now ? Instant.Earlier(next, peer.QuietUntil) : next;
        }

        return next;
    }

    /// <summary>A node that starts asks what the other holds; so does one to which the other has returned.</summary>
    private void Greet(Peer node, HeartbeatPeer peer, Instant now, List<Effect> effects)
    {
        var both = node.Status == NodeStatus.Active && members.OwnStatus == NodeStatus.Active;
        if (!both || peer.Leaving || (members.Joined || peer.Greeted) && now < peer.AskAt)
        {
            return;
        }

        if (!peer.Greeted)
        {
            speech.Say(
                new Message().Add(FieldNames.Type, "reqnodes").Add(FieldNames.Destination, node.Name.Text),
                peer.Uuid,
                now,
                effects);
        }

        if (++peer.Asked == HeartbeatPeer.AsksUntilReported)
        {
            effects.Add(new Effect.Report(new ClusterEvent.HoldingsUnknown(node.Name)));
        }

        if (peer.Asked == HeartbeatPeer.AsksUntilDeaf && peer is { Acknowledged: 0, RestartsUntil.Nanoseconds: > 0 })
        {
            AssumeTheWorst(node, peer, effects);
        }

        speech.Say(new Message().Add(FieldNames.Type, "starting"), default, now, effects);
        (peer.Greeted, peer.AskAt) = (true, now + GreetPause);

        // To heartbeat a node that starts is not stable until it says so.
        peer.Waits |= members.Joined;
    }

    /// <summary>
    /// It returned, did not start anew and does not answer: so it does not hear us, has taken everything over and will
    /// not give it up. Of the two only we can give way.
    /// </summary>
    private void AssumeTheWorst(Peer node, HeartbeatPeer peer, List<Effect> effects)
    {
        peer.Assume(Share.All);
        groups.Concede(
            Share.All, node.Name, pinned: false, $"{node.Name} is back, does not hear us and may run it", effects);
    }

    private void Progress(Peer node, HeartbeatPeer peer, Instant now, List<Effect> effects)
    {
        var moves = peer.Handover;
        var theirWord = Shares.Word(moves.Share, byPeer: true);
        var ourWord = Shares.Word(moves.Share, byPeer: false);
        switch (moves.Phase)
        {
            case HandoverPhase.Promised when All(moves.Share, group => !Owned(group) && !group.Busy
                && group.State is GroupState.Stopped or GroupState.Failed):
                AskResources(ourWord, "done", now, effects);
                peer.Handover = moves with { Phase = HandoverPhase.Passed, Until = Instant.Never };
                effects.Add(new Effect.Report(new ClusterEvent.StandbyPassed(ourWord)));
                break;
            case HandoverPhase.Acquiring when All(moves.Share, group => !Owned(group)
                || group.State is GroupState.Started or GroupState.Failed or GroupState.StopFailed):
                AskResources(theirWord, "done", now, effects);
                peer.Handover = default;
                effects.Add(new Effect.Report(new ClusterEvent.StandbyAcquired(theirWord)));
                break;
            case HandoverPhase.Passed when now >= moves.Until:
                peer.Handover = default;
                effects.Add(new Effect.Report(new ClusterEvent.StandbyTaken(ourWord)));
                break;
            case HandoverPhase.Accepted when now >= moves.Until:
                peer.Handover = default;
                effects.Add(new Effect.Report(new ClusterEvent.StandbyAbandoned(node.Name)));
                break;
            case HandoverPhase.Offered when now >= moves.Until:
                (peer.LateOffer, peer.Handover) = (moves.Share, default);
                peer.QuietUntil = now + OfferPause;
                effects.Add(new Effect.Report(new ClusterEvent.StandbyUnanswered(node.Name)));
                break;
            default:
                break;
        }
    }

    private void Announce(Peer node, HeartbeatPeer peer, Role role, Instant now, List<Effect> effects)
    {
        var present = Present(peer, role);
        if (node.Status != NodeStatus.Active || !peer.Greeted
            || !(peer.Waits || (members.Joined && present != peer.Told)))
        {
            return;
        }

        var message = new Message()
            .Add(FieldNames.Type, "resource")
            .Add(FieldNames.Holdings, Shares.Word(present.Holds, byPeer: false))
            .Add(FieldNames.ResourceType, "full")
            .Add(FieldNames.IsStable, present.Stable ? "1" : "0");
        if (present.Info.Length > 0)
        {
            message.Add(FieldNames.Info, present.Info);
        }

        speech.Say(message, default, now, effects);
        (peer.Told, peer.Waits) = (present, false);
    }

    /// <summary>What we mean to hold, as heartbeat says it: before the work is done (K9).</summary>
    private Announcement Present(HeartbeatPeer peer, Role role)
    {
        if (role is Role.Leaving or Role.Left)
        {
            return new Announcement(Share.None, false, "shutdown");
        }

        var holds = members.Joined ? peer.Idle & ~Filled() : Share.None;
        var still = members.Joined && members.Confirmed && !peer.Handover.Moves;
        foreach (var group in groups.All)
        {
            var owned = Owned(group) && !group.Retired;
            holds |= owned ? Shares.Of(group.Config, identity.Name) : Share.None;
            still &= !group.Busy && IsStill(group, owned, peer);
        }

        var gives = peer.Handover.Phase is HandoverPhase.Promised or HandoverPhase.Passed;
        return new Announcement(holds, still, gives ? "standby" : "");
    }

    /// <summary>Nothing is going on with it, and nothing is due.</summary>
    private static bool IsStill(ResourceGroup group, bool owned, HeartbeatPeer peer)
    {
        if (!owned)
        {
            return !group.State.Holds() && group.State != GroupState.Unknown;
        }

        // What waits for the peer itself must not look like work: it would wait for us in turn.
        var rests = group.State == GroupState.Stopped && (!peer.Known || group.Orders.Runs == 0);
        return rests || group.State is GroupState.Started or GroupState.Failed or GroupState.StopFailed;
    }

    /// <summary>With auto_failback legacy: what the peer asked for is answered, what is ours is asked for.</summary>
    private void SpeakInOldMode(Peer node, HeartbeatPeer peer, Role role, Instant now, List<Effect> effects)
    {
        foreach (var group in groups.All)
        {
            var name = group.Config.Name;
            if (peer.AskedFor.TryGetValue(name.Text, out var held) && !Owned(group) && !group.Busy
                && group.State is GroupState.Stopped or GroupState.Failed)
            {
                AnswerRequest(node, peer, name, held, now, effects);
                peer.AskedFor.Remove(name.Text);
            }
        }

        if (role is not (Role.Leaving or Role.Left) && node.Status == NodeStatus.Active)
        {
            AskForGroups(node, peer, now, effects);
        }
    }

    private void AskForGroups(Peer node, HeartbeatPeer peer, Instant now, List<Effect> effects)
    {
        var doubt = now >= peer.AskAt;
        if (now >= peer.QuietUntil)
        {
            peer.Requested.Clear();
        }

        foreach (var group in groups.All)
        {
            var wanted = Shares.Of(group.Config, identity.Name) == Share.Ours
                || operators.Takes(group.Config.Name);
            var theirs = group.Claim.Epoch > 0 && group.Claim.Owner == node.Name;
            if (((theirs && wanted) || (doubt && Owned(group))) && peer.Requested.Add(group.Config.Name.Text))
            {
                speech.Say(OldMode.Request(group.Config.Name), default, now, effects);
                peer.QuietUntil = now + AskPause;
            }
        }

        peer.AskAt = doubt ? Instant.Never : peer.AskAt;
    }

    /// <summary>The shares that have groups.</summary>
    private Share Filled()
    {
        var filled = Share.None;
        foreach (var group in groups.All)
        {
            filled |= group.Retired ? Share.None : Shares.Of(group.Config, identity.Name);
        }

        return filled;
    }

    /// <summary>The last word; a node that could not stop something must not say it.</summary>
    private void SayGoodbye(HeartbeatPeer peer, bool clean, Instant now, List<Effect> effects)
    {
        if (peer.Goodbye > 0 || !clean)
        {
            return;
        }

        peer.Goodbye = speech.Say(
            new Message().Add(FieldNames.Type, "shutdone").Add(FieldNames.Status, "dead"), default, now, effects);
        for (var i = 0; i < StatusesAfterGoodbye; i++)
        {
            speech.SayAgain(now, effects);
        }
    }

    /// <summary>Heartbeat listens to a request only while nothing moves on either side (spec 9.6.1).</summary>
    private bool MayAsk(Peer node, HeartbeatPeer peer, Instant now) =>
        members.Joined && members.Confirmed && node.Status == NodeStatus.Active && now >= peer.QuietUntil
        && peer is { Known: true, Stable: true, Leaving: false, Handover.Phase: HandoverPhase.None }
        && peer.Told is { Stable: true };

    private void RequestOrOffer(
        Peer node, HeartbeatPeer peer, ClusterConfig config, Instant now, List<Effect> effects)
    {
        var wanted = Share.None;
        var offered = Share.None;
        foreach (var group in groups.All)
        {
            var share = Shares.Of(group.Config, identity.Name);
            if ((peer.Holds & share) != 0)
            {
                wanted |= operators.Takes(group.Config.Name) ? share : Share.None;
            }
            else if (Owned(group) && !group.Retired && WouldGive(node.Name, facts(group)))
            {
                offered |= share;
            }
        }

        if (wanted != Share.None)
        {
            // Who is asked for all that it has keeps no empty share, either.
            wanted = (peer.Holds & Filled()) == wanted ? peer.Holds : wanted;
            var word = Shares.Word(wanted, byPeer: false);
            speech.Say(
                new Message().Add(FieldNames.Type, "hb_takeover").Add(FieldNames.Holdings, word),
                default,
                now,
                effects);
            peer.QuietUntil = now + AskPause;
            effects.Add(new Effect.Report(new ClusterEvent.TakeoverAsked(
                node.Name, Shares.Word(wanted, byPeer: true))));
        }
        else if (offered != Share.None)
        {
            // Who gives all that it has keeps no empty share, either.
            offered = (peer.Told!.Value.Holds & Filled()) == offered ? peer.Told.Value.Holds : offered;
            var word = Shares.Word(offered, byPeer: false);
            AskResources(word, "me", now, effects);
            peer.Handover = new Handover(HandoverPhase.Offered, offered, now + Handover.Patience);
            effects.Add(new Effect.Report(new ClusterEvent.WantsStandby(identity.Name, word)));
        }
    }

    /// <summary>What would be decided if the peer had promised to take the group.</summary>
    private static bool WouldGive(NodeName peer, GroupFacts facts)
    {
        var nodes = facts.Nodes.Select(node => node.Node == peer && node.Kind == Kind.Heartbeat
            ? node with { Kind = Kind.HeartbeatOffered }
            : node);
        return Placement.Decide(facts with { Nodes = [.. nodes] }).Verdict.Claim.Owner == peer;
    }

    private bool Owned(ResourceGroup group) => group.Claim.Epoch > 0 && group.Claim.Owner == identity.Name;

    private bool All(Share share, Func<ResourceGroup, bool> fits)
    {
        foreach (var group in groups.All)
        {
            if ((Shares.Of(group.Config, identity.Name) & share) != 0 && !fits(group))
            {
                return false;
            }
        }

        return true;
    }
}
