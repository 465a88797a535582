// What this node says: its status heartbeat.
// The idea: one message carries all of our public state. It is sent every keepalive, and at once when something in it
// has changed, so that a change costs the others no waiting.
// Invariant: sequence numbers rise by one with every datagram, beginning with 1 in each generation.

using HaSharp.Core.Config;

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

    /// <summary>The fields of a status message in heartbeat's order (spec 5.7), with our extension.</summary>
    private byte[] Compose(NodeStatus status, PublicState state, Instant now)
    {
        var seconds = _identity.UnixSeconds + (long)(now - _identity.StartedAt).TotalSeconds;
        var message = new Message()
            .Add(FieldNames.Type, "status")
            .Add(FieldNames.Status, status.Word())
            .AddHex(FieldNames.Deadtime, (long)_config.Deadtime.TotalMilliseconds)
            .Add(FieldNames.Protocol, "1")
            .Add(FieldNames.PublicState, FieldType.Text, PublicStateCodec.Encode(state))
            .Add(FieldNames.Source, _identity.Name.Text)
            .AddBinary(FieldNames.SourceUuid, _identity.Uuid)
            .AddHex(FieldNames.Sequence, ++Sequence)
            .AddHex(FieldNames.Generation, _identity.Generation.Number)
            .AddHex(FieldNames.Time, seconds)
            .Add(FieldNames.Load, "n/a")
            .AddDecimal(FieldNames.TimeToLive, _config.Hopfudge + _config.Nodes.Count + _config.PingNodes.Count);
        var bytes = Packet.Seal(message, _authenticator, _config.MessageFormat);
        Said = bytes;
        return bytes;
    }

    private static bool Same(PublicState a, PublicState b)
    {
        if (a.Role != b.Role || a.Stable != b.Stable || a.ConfigDigest != b.ConfigDigest
            || a.Peers.Count != b.Peers.Count || a.Groups.Count != b.Groups.Count)
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
