// The conversation with a peer that runs heartbeat 3.0.6: what its messages mean for us.
// The idea: each message becomes a fact (what the peer holds, gives, takes; that it leaves), or is answered at once
// when an answer is all that it wants. What we have to say ourselves follows from the facts and is in Utterances.
// Invariant: a message costs a bounded answer; whatever does not fit the present phase changes nothing.

using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Decision;
using HaSharp.Core.Membership;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Legacy;

public sealed class Dialogue(
    NodeIdentity identity,
    Members members,
    GroupSet groups,
    Operators operators,
    Func<ResourceGroup, GroupFacts> facts,
    Transport transport,
    Utterances utterances)
{
    /// <summary>How long what the peer's operator asked for stands.</summary>
    private static readonly TimeSpan WishLifetime = TimeSpan.FromSeconds(60);

    /// <summary>What heartbeat's scripts may take to start after it has reported (spec 9.4.1).</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>For what is not followed: it can be said again and again.</summary>
    private readonly LineBudget _refusals = new(perMinute: 2);

    /// <summary>Takes in what a heartbeat peer said; statuses have been taken in by the members already.</summary>
    public void Take(in Received heard, ClusterConfig config, Role role, Instant now, List<Effect> effects)
    {
        if (heard.Peer.Heartbeat is not { } peer)
        {
            return;
        }

        transport.Follow(heard, peer, now, effects);
        var message = heard.Message;
        if (peer.InOldMode && !heard.Peer.Opaque)
        {
            OldMode.Take(heard, peer, identity.Name, members.Joined, groups, effects);
            if (OldMode.Unknown(heard, groups) is { } unknown)
            {
                utterances.AnswerRequest(heard.Peer, peer, unknown, held: false, now, effects);
            }
        }

        if (heard.Header.IsStatus || !heard.Header.IsFor(identity.Name, identity.Uuid.Span))
        {
            return;
        }

        if (heard.Header.Sequence is null)
        {
            transport.Control(heard, peer, now, effects);
            return;
        }

        switch (heard.Header.Type)
        {
            case "reqnodes":
                utterances.TellNodes(heard.Peer, peer, config, now, effects);
                break;
            case "query-cstatus":
                utterances.TellClient(heard, peer, config, now, effects);
                break;
            case "repnodes":
                Compare(heard.Peer, message.Text(FieldNames.NodeList) ?? "", config, now, effects);
                break;
            case "shutdone":
                Members.Leave(heard.Peer, effects);
                break;
            default:
                SiteMessage.Tell(heard.Header.Type, message, effects);
                if (!heard.Peer.Opaque && !peer.InOldMode)
                {
                    TakeAboutResources(heard, peer, role, now, effects);
                    LeaveToUs(heard.Peer, peer, effects);
                }

                break;
        }
    }

    /// <summary>Facts out: a peer that has had time enough waits for us.</summary>
    public void Expire(Instant now)
    {
        foreach (var node in members.Peers)
        {
            if (node.Heartbeat is { Handover.Phase: HandoverPhase.Answered } peer && now >= peer.Handover.Until)
            {
                peer.Handover = peer.Handover with { Phase = HandoverPhase.Promised };
            }
        }
    }

    private void TakeAboutResources(
        in Received heard, HeartbeatPeer peer, Role role, Instant now, List<Effect> effects)
    {
        switch (heard.Header.Type)
        {
            case "starting":
                // Asked in turn, once, it says at once what it holds, and not after its ten seconds.
                peer.AskAt = peer.Known ? Instant.Never : peer.Greeted ? peer.AskAt : now;
                peer.Greeted = true;
                peer.Starting(heard.Header.Sequence ?? 0);
                break;
            case "resource":
                Report(heard, peer, now, effects);
                break;
            case "ask_resources":
                Ask(heard, peer, role, now, effects);
                break;
            case "hb_takeover":
                GiveAsAsked(heard.Message.Text(FieldNames.Holdings), now, effects);
                break;
            default:
                break;
        }
    }

    private void Report(in Received heard, HeartbeatPeer peer, Instant now, List<Effect> effects)
    {
        var message = heard.Message;
        if (Shares.Read(message.Text(FieldNames.Holdings), byPeer: true) is not { } holds)
        {
            return;
        }

        var stable = message.Text(FieldNames.IsStable) switch
        {
            "1" => true,
            "0" => false,
            _ => (bool?)null,
        };
        var shutdown = message.Is(FieldNames.Info, "shutdown"u8);
        if (now < peer.RestartsUntil && !shutdown)
        {
            // What it says now it is about to give up; if it stays after all, it is asked.
            return;
        }

        var wasStable = peer.Stable;
        var taken = peer.Report(
            holds,
            message.Is(FieldNames.ResourceType, "full"u8),
            stable,
            shutdown,
            heard.Header.Sequence ?? 0);
        if (message.Is(FieldNames.Info, "standby"u8))
        {
            peer.Release();
        }

        if (stable == true && peer.Handover.Phase == HandoverPhase.Passed && heard.Header.Sequence > peer.PromisedIn)
        {
            // It says that nothing is going on, so it has finished what it promised, or forgotten it. Its done
            // follows, or has been lost.
            peer.Handover = peer.Handover with { Until = Instant.Earlier(peer.Handover.Until, now + Settling) };
        }

        groups.Concede(taken, heard.Peer.Name, pinned: false, $"{heard.Peer.Name} says that it holds it", effects);
        if (taken != Share.None)
        {
            // It says so when its scripts are queued; a request now would release what they are about to start.
            peer.QuietUntil = Instant.Later(peer.QuietUntil, now + Settling);
        }

        // A node that becomes stable is told where we stand (spec 9.4, K4).
        peer.Waits |= peer.Stable && !wasStable;
    }

    /// <summary>
    /// What a stable peer does not hold it will not take by itself, either, while we are there: it is ours.
    /// </summary>
    private void LeaveToUs(Peer node, HeartbeatPeer peer, List<Effect> effects)
    {
        if (node.Live && peer.Known && peer.Stable && !peer.Leaving
            && peer.Handover.Phase is HandoverPhase.None or HandoverPhase.Offered)
        {
            groups.Concede(
                Share.All & ~peer.Holds, identity.Name, pinned: false, $"{node.Name} does not hold it", effects);
        }
    }

    private void Ask(in Received heard, HeartbeatPeer peer, Role role, Instant now, List<Effect> effects)
    {
        var word = heard.Message.Text(FieldNames.Holdings);
        var phase = heard.Message.Text(FieldNames.Info);
        if (phase == "me")
        {
            var share = word is null ? Share.All : Shares.Read(word, byPeer: true) ?? Share.None;
            if (WhyNotTaken(share, peer, role) is { } reason)
            {
                var ignored = new ClusterEvent.StandbyIgnored(heard.Peer.Name, phase, reason);
                _refusals.Report(ignored, heard.Peer.Name, now, effects);
                return;
            }

            Accept(heard.Peer, peer, share, now, effects);
            return;
        }

        // The words are those of the giver.
        var given = phase == "done" && peer.Handover.Phase != HandoverPhase.Passed;
        if (Shares.Read(word, byPeer: given) is { } moved and not Share.None)
        {
            Answer(heard.Peer, peer, phase, moved, heard.Header.Sequence ?? 0, now, effects);
        }
    }

    private void Answer(
        Peer node, HeartbeatPeer peer, string? phase, Share share, long sequence, Instant now, List<Effect> effects)
    {
        var moves = peer.Handover;
        var offered = moves.Phase == HandoverPhase.Offered ? moves.Share : peer.LateOffer;
        switch (phase, moves.Phase)
        {
            case ("other", HandoverPhase.Offered or HandoverPhase.None) when share == offered:
                (peer.LateOffer, peer.PromisedIn) = (Share.None, sequence);
                peer.Handover = new Handover(HandoverPhase.Answered, share, now + Handover.Pause);
                effects.Add(new Effect.Report(new ClusterEvent.StandbyAnswered(
                    node.Name, Shares.Word(share, byPeer: false))));
                break;
            case ("done", HandoverPhase.Passed) when share == moves.Share:
                peer.Took(share);
                peer.Handover = default;
                effects.Add(new Effect.Report(new ClusterEvent.StandbyTaken(Shares.Word(share, byPeer: false))));
                break;
            case ("done", HandoverPhase.Accepted) when share == moves.Share:
            case ("done", HandoverPhase.None) when peer.Known && (peer.Holds & share) == 0
                && groups.IsOwned(share, node.Name):
                // Also when we gave the hand-over up too early: it has released what nobody else will take.
                peer.Gave(share);
                peer.Handover = new Handover(HandoverPhase.Acquiring, share, now);
                groups.Concede(share, identity.Name, pinned: true, $"{node.Name} has handed it over", effects);
                break;
            default:
                break;
        }
    }

    private void Accept(Peer node, HeartbeatPeer peer, Share share, Instant now, List<Effect> effects)
    {
        foreach (var group in groups.All)
        {
            if ((Shares.Of(group.Config, identity.Name) & share) != 0 && group.State == GroupState.Failed)
            {
                group.Retry();
            }
        }

        // Two offers that cross: heartbeat ignores ours while its own is open, so we withdraw it.
        (peer.LateOffer, peer.QuietUntil) = (Share.None, Instant.Zero);
        peer.Accept(share, now);
        var word = Shares.Word(share, byPeer: true);
        effects.Add(new Effect.Report(new ClusterEvent.WantsStandby(node.Name, word)));
        effects.Add(new Effect.Report(new ClusterEvent.StandbyAccepted(node.Name, word)));
        utterances.AskResources(word, "other", now, effects);
    }

    private string? WhyNotTaken(Share share, HeartbeatPeer peer, Role role)
    {
        if (share == Share.None || !peer.Known)
        {
            return "it does not say what it holds.";
        }

        if (peer.Leaving)
        {
            return "it shuts down.";
        }

        if (!members.Joined || !members.Confirmed || role is Role.Leaving or Role.Left)
        {
            return "local resources in flux.";
        }

        if (peer.Handover.Phase is not (HandoverPhase.None or HandoverPhase.Offered))
        {
            return "Standby in progress.";
        }

        foreach (var group in groups.All)
        {
            if ((Shares.Of(group.Config, identity.Name) & share) != 0 && group.State == GroupState.StopFailed)
            {
                return $"{group.Config.Name} could not be stopped here.";
            }
        }

        return null;
    }

    /// <summary>The peer's hb_takeover: what is local there is foreign here (spec 9.6.3; failback: F11).</summary>
    private void GiveAsAsked(string? word, Instant now, List<Effect> effects)
    {
        var share = word == "failback" ? Share.Theirs : Shares.Read(word, byPeer: true);
        Scope? scope = share switch
        {
            Share.All => new Scope.All(),
            Share.Ours => new Scope.Local(),
            Share.Theirs => new Scope.Foreign(),
            _ => null,
        };
        if (scope is not null)
        {
            var asked = new Input.CommandReceived(default, new Command.Standby(scope, WishLifetime));
            operators.Accept(asked, groups.All, facts, now, effects);
        }
    }

    private void Compare(Peer node, string theirs, ClusterConfig config, Instant now, List<Effect> effects)
    {
        var names = theirs.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var differ = names.Length != config.Nodes.Count
            || Array.Exists(names, name => !config.Nodes.Contains(new NodeName(name)));
        if (differ)
        {
            var shown = theirs.Length > 200 ? theirs[..200] : theirs;
            _refusals.Report(new ClusterEvent.NodeListsDiffer(node.Name, shown.Trim()), node.Name, now, effects);
        }
    }
}
