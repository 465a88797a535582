// What becomes of a datagram: digest, parse, node, replay check, and only then membership.
// The idea: one path with one order, so that nothing unauthenticated reaches a parser and nothing replayed changes
// state. What is refused is counted by kind and reported at most once a minute per kind.
// Invariant: a heartbeat that gets through was signed with our key by a configured node, and is newer than all before.

using HaSharp.Core.Config;
using HaSharp.Core.Membership;

namespace HaSharp.Core.Wire;

public sealed class Reception
{
    private static readonly TimeSpan ReportPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RememberPause = TimeSpan.FromSeconds(1);

    private readonly NodeIdentity _identity;
    private readonly ReplayGuard _guard;
    private readonly SortedDictionary<string, Tally> _refused = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _trouble = new(StringComparer.Ordinal);
    private Authenticator _authenticator;
    private bool _reportBadPackets;
    private Instant _rememberAt;
    private bool _news;

    public Reception(ClusterConfig config, NodeIdentity identity)
    {
        _identity = identity;
        _authenticator = new Authenticator(config.Keys);
        _reportBadPackets = config.Log.LogBadPackets;
        _guard = new ReplayGuard(identity.Marks);
        _guard.Bind(identity.Name, identity.Uuid);
    }

    /// <summary>Packets dropped since the start, by kind.</summary>
    public IReadOnlyDictionary<string, long> Refused =>
        _refused.ToDictionary(static pair => pair.Key, static pair => pair.Value.Total);

    /// <summary>Why a link of ours is closed; null when it is open.</summary>
    public string? Trouble(LinkName link) => _trouble.GetValueOrDefault(link.Text);

    public void Configure(ClusterConfig config)
    {
        _authenticator = new Authenticator(config.Keys);
        _reportBadPackets = config.Log.LogBadPackets;
    }

    public void LinkChanged(Input.LinkChanged link, List<Effect> effects)
    {
        var before = Trouble(link.Link);
        if (link.Trouble is { } trouble)
        {
            _trouble[link.Link.Text] = trouble;
        }
        else
        {
            _trouble.Remove(link.Link.Text);
        }

        if (link.Trouble != before || link.Trouble is null)
        {
            effects.Add(new Effect.Report(link.Trouble is { } lost
                ? new ClusterEvent.LinkLost(link.Link, lost)
                : new ClusterEvent.LinkOpened(link.Link)));
        }
    }

    /// <summary>
    /// What was accepted, after a heartbeat was taken in by the members; null when nobody needs to look at it.
    /// </summary>
    /// <param name="said">The sequence of our own last message: nobody else can be ahead of it in our name.</param>
    public Received? Take(
        Input.DatagramReceived datagram, Members members, long said, Instant now, List<Effect> effects)
    {
        var opened = Packet.Open(datagram.Bytes.Span, _authenticator);
        if (opened.Message is not { } message)
        {
            Refuse(Kind(opened.Refusal), datagram.Link, now, effects);
            return null;
        }

        if (!Header.TryRead(message, out var header) || (header.IsStatus && StatusOf(message) is null))
        {
            Refuse("header field missing or wrong", datagram.Link, now, effects);
            return null;
        }

        if (header.Source == _identity.Name)
        {
            NoticeNamesake(header, said, datagram.Link, now, effects);
            return null;
        }

        if (members.Find(header.Source) is not { } peer)
        {
            if (Count("node not in ha.cf", now) is { } count)
            {
                effects.Add(new Effect.Report(new ClusterEvent.UnknownNode(header.Source.Text, datagram.Link, count)));
            }

            return null;
        }

        return Take(header, message, peer, datagram.Link, members, now, effects);
    }

    /// <summary>Asks, at most once a second, to keep what the replay guard has seen for our next start.</summary>
    public void Remember(Instant now, List<Effect> effects)
    {
        if (_news && now >= _rememberAt)
        {
            effects.Add(new Effect.Remember(_guard.Marks));
            _rememberAt = now + RememberPause;
            _news = false;
        }
    }

    private Received? Take(
        Header header,
        Message message,
        Peer peer,
        LinkName link,
        Members members,
        Instant now,
        List<Effect> effects)
    {
        var verdict = _guard.Judge(
            peer.Name, header.Uuid.Span, header.Generation, header.Sequence, header.IsStatus, peer.Live,
            out var trouble, out var other);
        NoticeTrouble(trouble, peer, other, link, now, effects);
        if (verdict == PacketVerdict.Unconfirmed)
        {
            AwaitTheNext(header, peer, now);
            return null;
        }

        if (!ReplayGuard.IsAccepted(verdict) && verdict != PacketVerdict.Duplicate)
        {
            Refuse(Kind(verdict), link, now, effects);
            return null;
        }

        members.HeardOn(peer, link, now, effects);
        if (verdict == PacketVerdict.Duplicate)
        {
            return null;
        }

        var received = new Received(peer, header, message, verdict);
        if (verdict is not (PacketVerdict.New or PacketVerdict.Restarted) || !header.IsStatus)
        {
            // HaSharp nodes say all they have to say in their statuses; the newest one is enough.
            _news |= peer.Heartbeat is not null;
            if (header.IsStatus)
            {
                Members.HeardLate(peer, now);
            }

            return peer.Heartbeat is null ? null : received;
        }

        var state = PublicStateCodec.Read(message);
        var unreadable = state is null && message.Has(FieldNames.PublicState);
        if (unreadable)
        {
            // It is alive, but what it holds is not known: nothing starts beside it.
            Refuse("public state not readable", link, now, effects);
        }

        _news = true;
        var dt = message.Hex(FieldNames.Deadtime);
        members.Heard(
            peer,
            new Heartbeat(
                StatusOf(message)!.Value,
                header.Generation,
                dt <= (long)ConfigLimits.Deadtime.TotalMilliseconds ? TimeSpan.FromMilliseconds(dt.Value) : null,
                state,
                unreadable),
            now,
            effects);
        return received;
    }

    /// <summary>What a node says of itself; null: nothing that a living node says, so it is no heartbeat.</summary>
    private static NodeStatus? StatusOf(Message message) => message.Text(FieldNames.Status) switch
    {
        "active" => NodeStatus.Active,
        "up" or "init" => NodeStatus.Up,
        _ => null,
    };

    /// <summary>Each restart of a node begins like this: it is counted, and no line in the log.</summary>
    private void AwaitTheNext(Header header, Peer peer, Instant now)
    {
        _ = Count("ahead of what was expected, the next one counts", now);
        if (header.IsStatus)
        {
            Members.Await(peer, header.Generation, now);
        }
    }

    /// <summary>A packet in our own name is our own broadcast, or another machine with our name.</summary>
    private void NoticeNamesake(Header header, long said, LinkName link, Instant now, List<Effect> effects)
    {
        // A machine with our disk image has our UUID, and our generation or a later one. Earlier ones are replays.
        var ours = header.Uuid.Length == 0 || header.Uuid.Span.SequenceEqual(_identity.Uuid.Span);
        var ahead = header.Generation > _identity.Generation
            || (header.Generation == _identity.Generation && header.Sequence > said);
        if ((!ours || ahead) && Count("another node with our name", now) is not null)
        {
            effects.Add(new Effect.Report(new ClusterEvent.TwoNodesOneName(header.Source, link)));
        }
    }

    private void NoticeTrouble(
        IdentityTrouble trouble, Peer peer, NodeName other, LinkName link, Instant now, List<Effect> effects)
    {
        if (trouble == IdentityTrouble.UuidWithOtherName && Count("one UUID for two nodes", now) is not null)
        {
            effects.Add(new Effect.Report(new ClusterEvent.TwoNodesOneUuid(peer.Name, other)));
        }
        else if (trouble == IdentityTrouble.NameWithOtherUuid && peer.Live
            && Count("two nodes with one name", now) is not null)
        {
            effects.Add(new Effect.Report(new ClusterEvent.TwoNodesOneName(peer.Name, link)));
        }
    }

    private void Refuse(string kind, LinkName link, Instant now, List<Effect> effects)
    {
        if (Count(kind, now) is { } count && _reportBadPackets)
        {
            effects.Add(new Effect.Report(new ClusterEvent.PacketRefused(kind, link, count)));
        }
    }

    /// <summary>Counts; the number since the last report when a report is due, else null.</summary>
    private long? Count(string kind, Instant now)
    {
        var tally = _refused.GetValueOrDefault(kind);
        tally.Total++;
        long? report = null;
        if (tally.Reported == 0 || now >= tally.ReportedAt + ReportPause)
        {
            report = tally.Total - tally.Reported;
            tally.Reported = tally.Total;
            tally.ReportedAt = now;
        }

        _refused[kind] = tally;
        return report;
    }

    private static string Kind(Refusal refusal) => refusal switch
    {
        Refusal.Empty => "empty",
        Refusal.TooLarge => "too large",
        Refusal.Unsigned => "unsigned",
        Refusal.UnknownKey => "signed with a key that authkeys does not have",
        Refusal.WrongDigest => "wrong digest",
        Refusal.Compression => "compressed and not readable",
        _ => "malformed",
    };

    private static string Kind(PacketVerdict verdict) => verdict switch
    {
        PacketVerdict.Unannounced => "new generation without a status first",
        PacketVerdict.OtherNode => "name of a node but another UUID",
        PacketVerdict.TooManyNodes => "too many nodes",
        _ => "replayed",
    };

    private struct Tally
    {
        public long Total;
        public long Reported;
        public Instant ReportedAt;
    }
}

/// <summary>A packet of a configured node that was accepted.</summary>
/// <param name="Verdict">New, Restarted, Late or Uncounted.</param>
public readonly record struct Received(Peer Peer, Header Header, Message Message, PacketVerdict Verdict)
{
    /// <summary>It is the newest heartbeat of its sender.</summary>
    public bool IsBeat => Header.IsStatus && Verdict is (PacketVerdict.New or PacketVerdict.Restarted);
}
