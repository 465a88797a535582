// ipfail towards a peer that runs heartbeat 3.0.6: which of the two sees more ping nodes shall hold the groups (spec
// 13.3). The idea: counts are exchanged when something has changed; who sees fewer gives its groups up, after a delay
// in which the other may notice the same loss and call it off. The giving up itself is an ordinary standby: nothing is
// released before the peer has promised to take it.
// Invariant: nothing waits here. Unlike heartbeat's program, which sleeps for 10 s and may wait for a message that
// never comes (F22), what could not be done for want of stability is taken up again as soon as there is stability.

using HaSharp.Core.Wire;

namespace HaSharp.Core.Legacy;

/// <summary>What is to be given to the peer.</summary>
public enum GiveUp
{
    /// <summary>The groups that prefer the peer: both see equally well, so they go home.</summary>
    Foreign,

    /// <summary>Everything: the peer sees more.</summary>
    All,
}

/// <summary>A message from our ipfail to the peer's.</summary>
/// <param name="Type">num_ping_nodes, you_are_dead, abort_giveup, or hbapi-clstat for our sign-on.</param>
/// <param name="Count">How many ping nodes we reach, with num_ping_nodes alone.</param>
public readonly record struct IpfailMessage(string Type, int? Count = null)
{
    /// <summary>Who talks: heartbeat delivers to the client of the same name (spec 14.4).</summary>
    public const string ClientId = "ipfail";

    /// <summary>
    /// Its own fields in the recorded order (spec 6.1, example E10); the header of spec 5.7 is added to them, without
    /// src where it stands among them already.
    /// </summary>
    public Message Compose(NodeName self, NodeName peer)
    {
        var message = new Message().Add(FieldNames.Type, Type);
        if (Type == Ipfail.ClientStatus)
        {
            return message.Add(FieldNames.Status, "join")
                .Add("from_id", ClientId)
                .Add("to_id", ClientId)
                .Add(FieldNames.Source, self.Text)
                .Add(FieldNames.Info, "signon")
                .Add("client_gen", "0");
        }

        if (Type != Ipfail.YouAreDead)
        {
            message.Add(FieldNames.Source, self.Text);
        }

        if (Count is { } count)
        {
            message.AddDecimal("num_ping", count);
        }

        return message.Add(FieldNames.Destination, peer.Text)
            .Add("from_id", ClientId)
            .Add("to_id", ClientId)
            .Add("client_gen", "0");
    }
}

/// <param name="keepalive">Our own; a giving up is delayed by twice this.</param>
public sealed class Ipfail(TimeSpan keepalive)
{
    internal const string PingNodes = "num_ping_nodes";
    internal const string YouAreDead = "you_are_dead";
    internal const string AbortGiveUp = "abort_giveup";
    internal const string ClientStatus = "hbapi-clstat";

    /// <summary>
    /// Two nodes notice one event a keepalive apart, heartbeat another 250 ms later, and its client hears of it in its
    /// own time. Two heartbeat nodes are equally slow; we are not, so we say nothing that depends on what the peer may
    /// be about to notice before it had this time. Without that both see a ping node again, and the one that is told
    /// first gives everything up.
    /// </summary>
    private readonly TimeSpan _grace = keepalive + TimeSpan.FromMilliseconds(500);

    private readonly List<IpfailMessage> _toSay = [];
    private int? _pingNodes;
    private bool _failback;
    private bool _stable;
    private GiveUp _what;
    private long? _theirs;
    private Instant _sayAt = Instant.Never;
    private Instant _compareAt = Instant.Never;
    private bool _unstableWhenDue;
    private bool _peerSignedOff;

    /// <summary>When a delayed giving up is due; Never: none is.</summary>
    public Instant GiveUpAt { get; private set; } = Instant.Never;

    /// <summary>When Tell or TakeDue would do something, if nothing is heard until then.</summary>
    public Instant NextDeadline => Instant.Earlier(GiveUpAt, Instant.Earlier(_sayAt, _compareAt));

    /// <summary>Joins the cluster: once, when communication is up. The peer's ipfail then says what it sees.</summary>
    public void SignOn() => _toSay.Add(new IpfailMessage(ClientStatus));

    /// <summary>What is to be said to the peer, in this order; it is forgotten by that.</summary>
    public IReadOnlyList<IpfailMessage> TakeMessages()
    {
        if (_toSay.Count == 0)
        {
            return [];
        }

        IpfailMessage[] messages = [.. _toSay];
        _toSay.Clear();
        return messages;
    }

    /// <summary>
    /// A message of the peer, of whatever type. Those of another client and what is no concern of ipfail are passed
    /// over; the caller has checked that it is from the peer and for us.
    /// </summary>
    public void Take(Message message, Instant now)
    {
        if (!message.Is("to_id", "ipfail"u8))
        {
            return;
        }

        switch (message.Text(FieldNames.Type))
        {
            case ClientStatus:
                _peerSignedOff = message.Is(FieldNames.Status, "leave"u8);
                SayCount();
                break;
            case PingNodes when message.Decimal("num_ping") is { } theirs:
                _peerSignedOff = false;
                _theirs = theirs;
                _compareAt = now;
                if (_pingNodes > theirs)
                {
                    _compareAt += _grace;
                }
                else
                {
                    Compare(now);
                }

                break;
            case YouAreDead:
                _peerSignedOff = false;
                _theirs = null;
                Delay(GiveUp.All, now);
                break;
            case AbortGiveUp:
                _peerSignedOff = false;
                Cancel();
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Our own facts, in every step. The first time only takes note of the count: the peer gets it when it asks.
    /// </summary>
    /// <param name="pingNodes">How many ping nodes answer.</param>
    /// <param name="linkDied">A link of any node has become dead since the last call.</param>
    /// <param name="failback">auto_failback is on.</param>
    /// <param name="stable">Nothing is going on, here or at the peer (spec 9.7).</param>
    public void Tell(int pingNodes, bool linkDied, bool failback, bool stable, Instant now)
    {
        var before = _pingNodes ?? pingNodes;
        var settled = stable && !_stable && _unstableWhenDue;
        (_pingNodes, _failback, _stable) = (pingNodes, failback, stable);
        if (before != pingNodes || linkDied)
        {
            _sayAt = Instant.Earlier(_sayAt, now + _grace);
        }

        if (settled || (pingNodes > before && GiveUpAt != Instant.Never && !(_theirs > pingNodes)))
        {
            // What we were told may not be true any more: the peer shall judge again, at once.
            Cancel();
            _sayAt = now;
        }

        if (now >= _sayAt)
        {
            SayCount();
        }

        if (now >= _compareAt)
        {
            Compare(now);
        }
    }

    /// <summary>
    /// What shall be given to the peer now; null: nothing. It is said once. Without stability it is remembered, and the
    /// counts are compared again when there is stability.
    /// </summary>
    public GiveUp? TakeDue(Instant now)
    {
        if (now < GiveUpAt)
        {
            return null;
        }

        GiveUpAt = Instant.Never;
        _unstableWhenDue = !_stable;
        return _stable ? _what : null;
    }

    private void Compare(Instant now)
    {
        _compareAt = Instant.Never;
        if (_pingNodes is not { } ours || _theirs is not { } theirs)
        {
            return;
        }

        if (ours > theirs)
        {
            Say(new IpfailMessage(YouAreDead));
        }
        else if (ours < theirs)
        {
            Delay(GiveUp.All, now);
        }
        else
        {
            Say(new IpfailMessage(AbortGiveUp));
            if (GiveUpAt != Instant.Never || _unstableWhenDue)
            {
                Cancel();
            }
            else if (_failback && _stable)
            {
                Delay(GiveUp.Foreign, now);
            }
        }
    }

    /// <summary>A new delay takes the place of the one that runs.</summary>
    private void Delay(GiveUp what, Instant now)
    {
        _what = what;
        _unstableWhenDue = false;
        GiveUpAt = now + (2 * keepalive);
    }

    private void Cancel()
    {
        GiveUpAt = Instant.Never;
        _unstableWhenDue = false;
    }

    private void SayCount()
    {
        _sayAt = Instant.Never;
        if (_pingNodes is { } count)
        {
            Say(new IpfailMessage(PingNodes, count));
        }
    }

    /// <summary>Nobody would hear it after the peer's ipfail has signed off.</summary>
    private void Say(IpfailMessage message)
    {
        if (!_peerSignedOff)
        {
            _toSay.Add(message);
        }
    }
}
