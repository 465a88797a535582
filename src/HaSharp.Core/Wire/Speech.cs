// What this node says: its status heartbeat.
// The idea: one message carries all of our public state. It is sent every keepalive, and at once when something in it
// has changed, so that a change costs the others no waiting.
// Invariant: sequence numbers rise by one with every datagram, beginning with 1 in each generation.

using HaSharp.Core.Config;
using HaSharp.Core.Legacy;

namespace HaSharp.Core.Wire;

public sealed class Speech
{
    private readonly NodeIdentity _identity;
    private ClusterConfig _config;
    private Authenticator _authenticator;
    private PublicState? _said;
    private NodeStatus _saidStatus = NodeStatus.Init;

    public Speech(ClusterConfig config, NodeIdentity identity)
    {
        _identity = identity;
        _config = config;
        _authenticator = new Authenticator(config.Keys);
        NextDeadline = identity.StartedAt;
    }

    /// <summary>The sequence of the last message said; 0: none yet.</summary>
    public long Sequence { get; private set; }

    /// <summary>The bytes of the last message said: what a broadcast link hears of ourselves.</summary>
    public ReadOnlyMemory<byte> Said { get; private set; }

    /// <summary>Where what is said is kept for a peer that asks for it again; null: nobody asks.</summary>
    public SentMessages? Kept { get; set; }

    /// <summary>When the next keepalive is due.</summary>
    public Instant NextDeadline { get; private set; }

    public void Configure(ClusterConfig config)
    {
        _config = config;
        _authenticator = new Authenticator(config.Keys);
    }

    /// <summary>Sends a heartbeat if one is due or the state differs from the last one said.</summary>
    public void Speak(NodeStatus status, PublicState state, Instant now, List<Effect> effects)
    {
        if (_said is null)
        {
            // heartbeat greets with init, too (spec 8.3): the others notice the new generation by the first packet.
            effects.Add(new Effect.SendDatagram(Compose(NodeStatus.Init, state, now)));
        }

        var due = now >= NextDeadline;
        if (!due && status == _saidStatus && _said is { } said && Same(said, state))
        {
            return;
        }

        if (due)
        {
            NextDeadline += _config.Keepalive;
            NextDeadline = NextDeadline > now ? NextDeadline : now + _config.Keepalive;
        }

        if (status != _saidStatus)
        {
            effects.Add(new Effect.Report(new ClusterEvent.LocalStatus(status)));
        }

        (_said, _saidStatus) = (state, status);
        effects.Add(new Effect.SendDatagram(Compose(status, state, now)));
    }

    /// <summary>Sends a message of heartbeat's own kinds at once.</summary>
    /// <param name="message">Its own fields; the header is added.</param>
    /// <param name="destination">16 bytes of the node that dest names; empty: it is for everybody.</param>
    /// <returns>Its sequence; that of the last counted message for the types NS_, which are not counted.</returns>
    public long Say(Message message, ReadOnlyMemory<byte> destination, Instant now, List<Effect> effects)
    {
        var counted = message.Text(FieldNames.Type) is { } type && !type.StartsWith("NS_", StringComparison.Ordinal);
        effects.Add(new Effect.SendDatagram(Seal(message, destination, counted, now)));
        return Sequence;
    }

    /// <summary>The last status once more, with a sequence of its own.</summary>
    public void SayAgain(Instant now, List<Effect> effects)
    {
        if (_said is { } said)
        {
            effects.Add(new Effect.SendDatagram(Compose(_saidStatus, said, now)));
        }
    }

    /// <summary>The fields of a status message in heartbeat's order, with our extension.</summary>
    private byte[] Compose(NodeStatus status, PublicState state, Instant now)
    {
        var message = new Message()
            .Add(FieldNames.Type, "status")
            .Add(FieldNames.Status, status.Word())
            .AddHex(FieldNames.Deadtime, (long)_config.Deadtime.TotalMilliseconds)
            .Add(FieldNames.Protocol, "1")
            .Add(FieldNames.PublicState, FieldType.Text, PublicStateCodec.Encode(state));
        return Seal(message, default, counted: true, now);
    }

    /// <summary>It changes what a heartbeat peer believes of us, so an old one must not be its last word.</summary>
    private static bool IsReport(Message message) =>
        message.Is(FieldNames.Type, "resource"u8) || message.Is(FieldNames.Type, "starting"u8);

    /// <summary>Adds the header in heartbeat's order (spec 5.7) and signs.</summary>
    private byte[] Seal(Message message, ReadOnlyMemory<byte> destination, bool counted, Instant now)
    {
        var seconds = _identity.UnixSeconds + (long)(now - _identity.StartedAt).TotalSeconds;
        if (!destination.IsEmpty)
        {
            message.AddBinary(FieldNames.DestinationUuid, destination);
        }

        if (!message.Has(FieldNames.Source))
        {
            message.Add(FieldNames.Source, _identity.Name.Text);
        }

        message.AddBinary(FieldNames.SourceUuid, _identity.Uuid);
        if (counted)
        {
            message.AddHex(FieldNames.Sequence, ++Sequence);
        }

        message.AddHex(FieldNames.Generation, _identity.Generation.Number).AddHex(FieldNames.Time, seconds);
        if (counted)
        {
            message.Add(FieldNames.Load, "n/a");
        }

        message.AddDecimal(
            FieldNames.TimeToLive, _config.Hopfudge + _config.Nodes.Count + _config.PingNodes.Count);
        var bytes = Packet.Seal(message, _authenticator, _config.MessageFormat);
        if (counted)
        {
            Said = bytes;
            Kept?.Keep(Sequence, bytes, IsReport(message));
        }

        return bytes;
    }

    private static bool Same(PublicState a, PublicState b)
    {
        if (a.Role != b.Role || a.Stable != b.Stable || a.ConfigDigest != b.ConfigDigest
            || a.Peers.Count != b.Peers.Count || a.Groups.Count != b.Groups.Count
            || !a.FailingChecks.SequenceEqual(b.FailingChecks))
        {
            return false;
        }

        for (var i = 0; i < a.Peers.Count; i++)
        {
            if (a.Peers[i] != b.Peers[i])
            {
                return false;
            }
        }

        for (var i = 0; i < a.Groups.Count; i++)
        {
            if (a.Groups[i] != b.Groups[i])
            {
                return false;
            }
        }

        return true;
    }
}
