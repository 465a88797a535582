// What a heartbeat process receives: replay, gaps, requests, acknowledgements (spec 5.8, 7.2 to 7.4).
// The idea: the original's algorithm line by line, also where it is wrong. Messages are processed in the order of their
// arrival, not of their sequences; a gap is noted, asked for, and filled later.
// Invariant: a counted message is processed at most once per generation and sequence.

using System.Globalization;
using HaSharp.Core;
using HaSharp.Core.Wire;
using WirePacket = HaSharp.Core.Wire.Packet;

namespace HaSharp.Simulator.Heartbeats;

internal sealed class Intake(HeartbeatProcess process)
{
    private const int MostLost = 250;
    private const int MostMissing = 500;

    private static readonly TimeSpan _firstRequest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _requestPeriod = TimeSpan.FromMilliseconds(250);

    private readonly Authenticator _authenticator = new(process.Config.Keys);

    /// <summary>A datagram from the network.</summary>
    public void Take(ReadOnlySpan<byte> datagram)
    {
        Message? message = WirePacket.Open(datagram, _authenticator).Message;
        if (message is null || !Header.TryRead(message, out Header header) || header.Source == process.Name)
        {
            // What we hear of ourselves on a broadcast link was processed when it was sent.
            return;
        }

        if (process.Roster.Find(header.Source) is not { } node)
        {
            process.Log(Severity.Error, $"process_status_message: bad node [{header.Source}] in message");
            return;
        }

        Take(message, header, node);
    }

    /// <summary>Our own message, before it is on the wire (7.6).</summary>
    public void TakeOwn(Message message)
    {
        if (Header.TryRead(message, out Header header))
        {
            Take(message, header, process.Roster.Self);
        }
    }

    private void Take(Message message, Header header, Neighbor node)
    {
        process.Standby.Expire();
        if (node.Uuid.IsEmpty && !header.Uuid.IsEmpty)
        {
            node.Uuid = header.Uuid.ToArray();
        }

        bool isHealed = false;
        bool isTaken = header.Sequence is { } sequence
            ? IsNew(header, node, sequence, out isHealed)
            : header.Generation.Number >= node.Generation;
        if (!isTaken)
        {
            return;
        }

        node.Heard = true;
        node.EverHeard = true;
        if (header.Sequence is null)
        {
            TakeUncounted(message, header, node);
        }
        else if (header.IsFor(process.Name, process.Uuid.Span))
        {
            process.Dispatch(message, header, node, isHealed);
        }

        process.Liveness.CheckCommunication();
    }

    /// <summary>7.2.</summary>
    private bool IsNew(Header header, Neighbor node, long sequence, out bool isHealed)
    {
        isHealed = false;
        bool hasRestarted = false;
        long generation = header.Generation.Number;
        if (generation < node.Generation)
        {
            return false;
        }

        if (header.IsStatus)
        {
            if (generation == node.Generation && node.IsDead)
            {
                if (sequence <= node.StatusSequence)
                {
                    return false;
                }

                isHealed = node.EverHeard;
            }
            else if (generation > node.Generation)
            {
                hasRestarted = true;
                Restarted(node);
            }

            node.Generation = generation;
        }

        return Track(node, sequence, hasRestarted || isHealed);
    }

    private void Restarted(Neighbor node)
    {
        if (node.Generation > 0 && !node.IsSelf)
        {
            process.Log(Severity.Info, $"Heartbeat restart on node {node.Name}");
            if (process.Standby.IsPending)
            {
                process.FallIll("waits an hour for the answer of a node that has restarted (9.6)");
            }
        }

        node.ForgetTracking();
        node.StatusTime = 0;
        node.StatusSequence = 0;
        node.HasStatus = false;
    }

    private bool Track(Neighbor node, long sequence, bool isFresh)
    {
        if (node.LastSequence is not { } last || sequence == last + 1)
        {
            node.LastSequence = sequence;
            AcknowledgeInOrder(node, sequence);
            return true;
        }

        if (sequence == last)
        {
            return false;
        }

        if (sequence > last)
        {
            NoteGap(node, last, sequence);
            node.LastSequence = sequence;
            return true;
        }

        if (node.Missing.TryGetValue(sequence, out Alarm? request))
        {
            request.CallOff();
            long first = node.Missing.First().Key;
            node.Missing.Remove(sequence);
            AcknowledgeFilled(node, sequence, first);
            return true;
        }

        if (isFresh)
        {
            node.ForgetTracking();
            node.LastSequence = sequence;
        }

        return isFresh;
    }

    private void NoteGap(Neighbor node, long last, long sequence)
    {
        long lost = sequence - last - 1;
        process.Log(Severity.Warning, $"{lost} lost packet(s) for [{node.Name}] [{last}:{sequence}]");
        if (lost > MostLost)
        {
            process.Log(Severity.Error, "lost a lot of packets!");
            node.ForgetTracking();
            return;
        }

        for (long missing = last + 1; missing < sequence && node.Missing.Count < MostMissing; missing++)
        {
            long wanted = missing;
            TimeSpan delay = process.Dice.Between(_firstRequest, _requestPeriod);
            node.Missing.Add(missing, process.Alarms.Set(process.Now + delay, () => Request(node, wanted)));
        }
    }

    /// <summary>One request per sequence, decimal, and again every 250 ms (7.3).</summary>
    private void Request(Neighbor node, long sequence)
    {
        if (node.Status is not ("up" or "active"))
        {
            return;
        }

        node.Missing[sequence] = process.Alarms.Set(process.Now + _requestPeriod, () => Request(node, sequence));
        process.Post.SendUncounted(new Message()
            .Add(FieldNames.Type, "NS_rexmit")
            .Add(FieldNames.Destination, node.Name.Text)
            .AddDecimal(FieldNames.FirstSequence, sequence)
            .AddDecimal(FieldNames.LastSequence, sequence));
    }

    private void AcknowledgeInOrder(Neighbor node, long sequence)
    {
        if (sequence % 10 == node.AckTrigger && node.Missing.Count == 0)
        {
            Acknowledge(node, sequence);
        }
    }

    /// <summary>The first missing one has come: what follows without a gap is acknowledged, too (7.4).</summary>
    private void AcknowledgeFilled(Neighbor node, long sequence, long first)
    {
        if (node.Missing.Count == 0)
        {
            process.Log(Severity.Info, $"No pkts missing from {node.Name}!");
        }

        if (sequence == first)
        {
            long end = node.Missing.Count > 0 ? node.Missing.First().Key - 1 : node.LastSequence!.Value;
            long number = end - ((end - node.AckTrigger + 10) % 10);
            if (number >= first)
            {
                Acknowledge(node, number);
            }
        }
    }

    private void Acknowledge(Neighbor node, long sequence)
    {
        // It leaves with the next tick of a timer, as all recorded ones did.
        process.Alarms.Set(process.Now + process.Dice.Between(TimeSpan.Zero, _tick), () =>
        {
            if (!process.Post.FlowControlIsOff)
            {
                process.Post.SendUncounted(new Message()
                    .Add(FieldNames.Type, "NS_ackmsg")
                    .Add(FieldNames.Destination, node.Name.Text)
                    .AddHex(FieldNames.AckSequence, sequence));
            }
        });
    }

    private void TakeUncounted(Message message, Header header, Neighbor node)
    {
        if (header.Type == "NS_nak_rexmit")
        {
            GiveUp(message, header);
        }
        else if (header.Destination != process.Name)
        {
            return;
        }
        else if (header.Type == "NS_ackmsg" && message.Hex(FieldNames.AckSequence) is { } acknowledged)
        {
            process.Post.Acknowledged(node, acknowledged);
        }
        else if (header.Type == "NS_rexmit"
            && message.Decimal(FieldNames.FirstSequence) is { } first
            && message.Decimal(FieldNames.LastSequence) is { } last)
        {
            process.Post.Requested(node, first, last);
        }
    }

    /// <summary>The sender has a packet no more: it is given up (7.3).</summary>
    private void GiveUp(Message message, Header header)
    {
        Neighbor sender = process.Roster.Find(header.Source)!;
        if (message.Hex(FieldNames.FirstSequence) is { } sequence
            && sender.Missing.Remove(sequence, out Alarm? request))
        {
            request.CallOff();
            process.Log(Severity.Error, string.Create(
                CultureInfo.InvariantCulture, $"Irretrievably lost packet: node {sender.Name} seq {sequence}"));
        }
    }
}
