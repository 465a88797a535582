// What a heartbeat process sends: header, history, answers to requests for lost packets, flow control (spec 5.7, 7).
// The idea: every message goes to the process itself first and onto the wire afterwards. A message that its own
// processing causes is therefore on the wire before it, with the higher sequence (7.6).
// Invariant: a sequence is given once; what is sent again has the bytes of the first time.

using HaSharp.Core;
using HaSharp.Core.Wire;
using WirePacket = HaSharp.Core.Wire.Packet;

namespace HaSharp.Simulator.Heartbeats;

internal sealed class Post
{
    /// <summary>Unacknowledged messages above which API clients are no longer read (7.5).</summary>
    private const int Window = 250;

    private const int KeptMessages = 500;
    private const int MostPerRequest = 50;

    /// <summary>Acknowledged messages are kept for five more of these ticks, for slow third parties (7.4).</summary>
    private const int TicksBeforeFreeing = 5;

    private static readonly TimeSpan _freeTick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _notAgainWithin = TimeSpan.FromMilliseconds(240);

    private readonly HeartbeatProcess _process;
    private readonly Authenticator _authenticator;
    private readonly SortedDictionary<long, Kept> _history = [];
    private readonly Queue<long> _acknowledgedAtTick = new();
    private long _highest;
    private long _acknowledged;
    private long _freed;

    public Post(HeartbeatProcess process)
    {
        _process = process;
        _authenticator = new Authenticator(process.Config.Keys);
        process.Alarms.Set(process.StartedAt + _freeTick, FreeTick);
    }

    /// <summary>No API client is read: too much is unacknowledged (7.5).</summary>
    public bool ClientsArePaused => _highest - _acknowledged > Window;

    /// <summary>Another node's status had no protocol: no acknowledgements any more (7.5).</summary>
    public bool FlowControlIsOff { get; set; }

    /// <summary>Sends a counted message of which the own fields are there.</summary>
    public void Send(Message message)
    {
        long sequence = ++_highest;
        AddHeader(message, sequence);
        byte[] bytes = WirePacket.Seal(message, _authenticator, _process.Config.MessageFormat);
        _history.Add(sequence, new Kept(bytes));
        if (_history.Count > KeptMessages)
        {
            _history.Remove(_history.First().Key);
        }

        _process.Intake.TakeOwn(message);
        _process.Transmit(bytes);
        AdvanceWhenAlone();
    }

    /// <summary>Sends a message of the NS_ types: not counted, not kept.</summary>
    public void SendUncounted(Message message)
    {
        AddHeader(message, sequence: null);
        _process.Intake.TakeOwn(message);
        _process.Transmit(WirePacket.Seal(message, _authenticator, _process.Config.MessageFormat));
    }

    /// <summary>NS_ackmsg to us (7.4).</summary>
    public void Acknowledged(Neighbor by, long sequence)
    {
        if (sequence <= _acknowledged || sequence > _highest)
        {
            return;
        }

        by.Acknowledged = sequence;
        Advance();
    }

    /// <summary>NS_rexmit to us (7.3).</summary>
    public void Requested(Neighbor by, long first, long last)
    {
        int sent = 0;
        for (long sequence = first; sequence <= last && sent < MostPerRequest; sequence++)
        {
            if (sequence <= by.Acknowledged)
            {
                continue;
            }

            if (sequence <= _freed)
            {
                _process.Log(Severity.Warning, $"Cannot rexmit pkt {sequence} for {by.Name}: seqno too low");
                Refuse(by, sequence, "seqno too low");
            }
            else if (sequence > _highest)
            {
                _process.Log(Severity.Warning, $"Rexmit of seq {sequence} requested. {_highest} is max.");
                return;
            }
            else if (!_history.TryGetValue(sequence, out Kept? kept))
            {
                Refuse(by, sequence, "seqno not found");
            }
            else if (kept.SentAgainAt is null || _process.Now - kept.SentAgainAt.Value >= _notAgainWithin)
            {
                kept.SentAgainAt = _process.Now;
                _process.Transmit(kept.Bytes);
                sent++;
            }
        }
    }

    private void Refuse(Neighbor by, long sequence, string why) => SendUncounted(new Message()
        .Add(FieldNames.Type, "NS_nak_rexmit")
        .AddHex(FieldNames.FirstSequence, sequence)
        .Add(FieldNames.Destination, by.Name.Text)
        .Add(FieldNames.Info, why));

    /// <summary>The fields that every message gets, in heartbeat's order (5.7).</summary>
    private void AddHeader(Message message, long? sequence)
    {
        if (message.Text(FieldNames.Destination) is { } destination)
        {
            Neighbor? node = _process.Roster.Find(new NodeName(destination));
            ReadOnlyMemory<byte> uuid = node is { Uuid.IsEmpty: false } ? node.Uuid : new byte[16];
            message.AddBinary(FieldNames.DestinationUuid, uuid);
        }

        message.Add(FieldNames.Source, _process.Name.Text).AddBinary(FieldNames.SourceUuid, _process.Uuid);
        if (sequence is { } number)
        {
            message.AddHex(FieldNames.Sequence, number);
        }

        message.AddHex(FieldNames.Generation, _process.Generation).AddHex(FieldNames.Time, _process.UnixSeconds);
        if (sequence is not null)
        {
            message.Add(FieldNames.Load, "0.10 0.20 0.30 1/100 4242");
        }

        message.AddDecimal(
            FieldNames.TimeToLive,
            _process.Config.Hopfudge + _process.Config.Nodes.Count + _process.Config.PingNodes.Count);
    }

    /// <summary>The global acknowledgement: the least of all nodes that are not dead, ourselves included.</summary>
    private void Advance()
    {
        long least = long.MaxValue;
        foreach (Neighbor node in _process.Roster.All)
        {
            least = node.IsDead ? least : Math.Min(least, node.Acknowledged);
        }

        _acknowledged = Math.Max(_acknowledged, Math.Min(least, _highest));
    }

    private void AdvanceWhenAlone()
    {
        int living = 0;
        foreach (Neighbor node in _process.Roster.All)
        {
            living += node.IsDead ? 0 : 1;
        }

        _acknowledged = living < 2 || FlowControlIsOff ? _highest : _acknowledged;
    }

    private void FreeTick()
    {
        _process.Alarms.Set(_process.Now + _freeTick, FreeTick);
        Advance();
        _acknowledgedAtTick.Enqueue(_acknowledged);
        if (_acknowledgedAtTick.Count > TicksBeforeFreeing)
        {
            _freed = _acknowledgedAtTick.Dequeue();
            while (_history.Count > 0 && _history.First().Key <= _freed)
            {
                _history.Remove(_history.First().Key);
            }
        }
    }

    private sealed class Kept(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public Instant? SentAgainAt { get; set; }
    }
}
