// Heartbeat's reliable transport (spec 7): acknowledgements, and requests for what was lost, both ways.
// The idea: what arrived is noted per peer (Arrivals), what was said is kept once (SentMessages); this class turns both
// into heartbeat's own messages of the types NS_, which are not counted themselves.
// Invariant: whatever a peer asks, the work and the log lines that it causes are bounded.

using HaSharp.Core.Membership;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Legacy;

public sealed class Transport(Speech speech)
{
    private static readonly TimeSpan ReportPause = TimeSpan.FromMinutes(1);

    private readonly List<long> _due = [];
    private long _lost;
    private Instant _lostReportAt;
    private long _refused;
    private Instant _refusedReportAt;

    /// <summary>Keeps track of what arrived, so that it is acknowledged and what is missing is asked for.</summary>
    public void Follow(in Received heard, HeartbeatPeer peer, Instant now, List<Effect> effects)
    {
        speech.Kept ??= new SentMessages();
        if (heard.Header.Uuid.Length > 0)
        {
            peer.Uuid = heard.Header.Uuid.ToArray();
        }

        if (heard.Header.Sequence is not { } sequence)
        {
            return;
        }

        _lost += peer.Arrivals.Note(sequence, now);
        if (_lost > 0 && now >= _lostReportAt)
        {
            effects.Add(new Effect.Report(new ClusterEvent.PacketsLost(heard.Peer.Name, _lost)));
            (_lost, _lostReportAt) = (0, now + ReportPause);
        }
    }

    /// <summary>Answers the transport's own messages (types NS_).</summary>
    public void Control(in Received heard, HeartbeatPeer peer, Instant now, List<Effect> effects)
    {
        var message = heard.Message;
        switch (heard.Header.Type)
        {
            case "NS_ackmsg" when message.Hex(FieldNames.AckSequence) is { } ack && ack <= speech.Sequence:
                peer.Acknowledged = Math.Max(peer.Acknowledged, ack);
                break;
            case "NS_nak_rexmit" when message.Hex(FieldNames.FirstSequence) is { } lost:
                peer.Arrivals.Lost(lost);
                break;
            case "NS_rexmit":
                Repeat(heard, peer, now, effects);
                break;
            default:
                break;
        }
    }

    public void Acknowledge(Peer node, HeartbeatPeer peer, Instant now, List<Effect> effects)
    {
        if (peer.Arrivals.DueAck > 0)
        {
            speech.Say(
                new Message()
                    .Add(FieldNames.Type, "NS_ackmsg")
                    .Add(FieldNames.Destination, node.Name.Text)
                    .AddHex(FieldNames.AckSequence, peer.Arrivals.DueAck),
                peer.Uuid,
                now,
                effects);
            peer.Arrivals.AckSent();
        }
    }

    public void AskForMissing(Peer node, HeartbeatPeer peer, Instant now, List<Effect> effects)
    {
        _due.Clear();
        peer.Arrivals.Due(now, _due);
        foreach (var sequence in _due)
        {
            speech.Say(
                new Message()
                    .Add(FieldNames.Type, "NS_rexmit")
                    .Add(FieldNames.Destination, node.Name.Text)
                    .AddDecimal(FieldNames.FirstSequence, sequence)
                    .AddDecimal(FieldNames.LastSequence, sequence),
                peer.Uuid,
                now,
                effects);
        }
    }

    private void Repeat(in Received heard, HeartbeatPeer peer, Instant now, List<Effect> effects)
    {
        var first = heard.Message.Decimal(FieldNames.FirstSequence) ?? 0;
        var last = heard.Message.Decimal(FieldNames.LastSequence) ?? 0;
        if (first < 1 || last < first || last > speech.Sequence)
        {
            _refused++;
            if (now >= _refusedReportAt)
            {
                effects.Add(new Effect.Report(new ClusterEvent.RequestRefused(
                    heard.Peer.Name, "it asks for messages that were never sent", _refused)));
                (_refused, _refusedReportAt) = (0, now + ReportPause);
            }

            return;
        }

        foreach (var lost in speech.Kept?.Repeat(first, last, now, effects) ?? [])
        {
            speech.Say(
                new Message()
                    .Add(FieldNames.Type, "NS_nak_rexmit")
                    .AddHex(FieldNames.FirstSequence, lost)
                    .Add(FieldNames.Destination, heard.Peer.Name.Text)
                    .Add(FieldNames.Info, "seqno too low"),
                peer.Uuid,
                now,
                effects);
        }

        peer.Waits |= speech.Kept?.TakeStale() ?? false;
    }
}
