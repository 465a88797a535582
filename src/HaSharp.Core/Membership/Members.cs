// Who is there: the other nodes of the cluster and what time does to them.
// The idea: a heartbeat refreshes a node, time kills it, and time in which we did not run ourselves does not count
// (the sleep rule). A node is judged by the deadtime that it announces itself.
// Invariant: Peers are all configured nodes but ourselves, in ha.cf order.

using HaSharp.Core.Config;
using HaSharp.Core.Legacy;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Membership;

public sealed class Members
{
    /// <summary>With a third node both others take what one gives (spec 9.9).</summary>
    public const int MostNodesBesideHeartbeat = 2;

    private readonly NodeName _self;
    private readonly Instant _startedAt;
    private readonly LineBudget _changes = new(perMinute: 10);
    private ClusterConfig _config;
    private Instant? _confirmedBy;

    public Members(ClusterConfig config, NodeName self, Instant startedAt)
    {
        _self = self;
        _startedAt = startedAt;
        _config = config;
        Configure(config, startedAt);
    }

    public IReadOnlyList<Peer> Peers { get; private set; } = [];

    /// <summary>All are heard or given up, or a member of the running cluster is heard. Never false again.</summary>
    public bool Joined { get; private set; }

    /// <summary>How many links to other nodes have died since our start.</summary>
    public long LinkDeaths { get; private set; }

    /// <summary>False after a sleep longer than deadtime, until every other node is heard again or dead.</summary>
    public bool Confirmed
    {
        get
        {
            foreach (var peer in Peers)
            {
                if (_confirmedBy is { } news && peer.Live && !(peer.LastHeard >= news))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>A live node that runs heartbeat 3.0.6; null: none.</summary>
    public NodeName? AnyHeartbeat
    {
        get
        {
            foreach (var peer in Peers)
            {
                if (peer is { Live: true, Heartbeat: not null })
                {
                    return peer.Name;
                }
            }

            return null;
        }
    }

    public int LiveCount
    {
        get
        {
            var count = 0;
            foreach (var peer in Peers)
            {
                count += peer.Live ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>Every live node that hears us has taken note of our goodbye.</summary>
    public bool KnowWeLeft
    {
        get
        {
            foreach (var peer in Peers)
            {
                var knows = peer.Heartbeat?.KnowsWeLeft ?? peer.Opaque || peer.SeenStatus(_self) == NodeStatus.Dead;
                if (peer.Live && !knows)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Takes a new configuration: known nodes and links keep what is known of them.</summary>
    public void Configure(ClusterConfig config, Instant now)
    {
        var known = Peers;
        var links = _config.Links.Select(static link => link.Name).ToList();
        _config = config;
        var peers = new List<Peer>();
        foreach (var name in config.Nodes)
        {
            if (name == _self)
            {
                continue;
            }

            var peer = known.FirstOrDefault(old => old.Name == name)
                ?? new Peer(name) { SilentSince = now, Dt = config.Deadtime };
            var heard = new Instant?[config.Links.Count];
            var up = new bool[config.Links.Count];
            for (var i = 0; i < heard.Length; i++)
            {
                var old = links.IndexOf(config.Links[i].Name);
                if (old >= 0 && old < peer.HeardOn.Length)
                {
                    (heard[i], up[i]) = (peer.HeardOn[old], peer.LinkUp[old]);
                }
            }

            (peer.HeardOn, peer.LinkUp, peer.DifferenceReported) = (heard, up, false);
            peers.Add(peer);
        }

        Peers = peers;
    }

    public Peer? Find(NodeName name)
    {
        foreach (var peer in Peers)
        {
            if (peer.Name == name)
            {
                return peer;
            }
        }

        return null;
    }

    /// <summary>The sleep rule: we did not run for this long, so the silence of others in it does not count.</summary>
    /// <param name="late">By how much the requested deadline was missed.</param>
    /// <param name="tooLong">So long that the others may have counted us as dead.</param>
    public void Forgive(TimeSpan late, bool tooLong, Instant now)
    {
        foreach (var peer in Peers)
        {
            peer.SilentSince = Instant.Earlier(peer.SilentSince + late, now);
            for (var i = 0; i < peer.HeardOn.Length; i++)
            {
                if (peer.HeardOn[i] is { } heard)
                {
                    peer.HeardOn[i] = Instant.Earlier(heard + late, now);
                }
            }
        }

        if (tooLong)
        {
            // What waited in the sockets while we slept is read at once now, and is no news of the others.
            _confirmedBy = now + (_config.Keepalive / 2);
        }
    }

    /// <summary>Any accepted packet of a node proves that the link works.</summary>
    public void HeardOn(Peer peer, LinkName link, Instant now, List<Effect> effects)
    {
        for (var i = 0; i < _config.Links.Count; i++)
        {
            if (_config.Links[i].Name == link)
            {
                peer.HeardOn[i] = now;
                if (!peer.LinkUp[i])
                {
                    peer.LinkUp[i] = true;
                    effects.Add(new Effect.Report(new ClusterEvent.LinkUp(peer.Name, link)));
                }

                return;
            }
        }
    }

    /// <summary>Takes a heartbeat in. The caller has checked its digest, its node and its sequence.</summary>
    public void Heard(Peer peer, Heartbeat beat, Instant now, List<Effect> effects)
    {
        var restarted = beat.Generation > peer.Generation;
        if (restarted && peer.LastHeard is not null)
        {
            _changes.Report(new ClusterEvent.NodeRestarted(peer.Name), peer.Name, now, effects);
        }
        else if (peer.Status == NodeStatus.Dead && peer.LastHeard is not null && !peer.Left)
        {
            _changes.Report(new ClusterEvent.NodeReturned(peer.Name), peer.Name, now, effects);
        }

        ReportInterval(peer, restarted, now, effects);
        Recognize(peer, beat, restarted, now, effects);
        var left = beat.State?.Role == Role.Left || peer.Heartbeat is { Left: true };
        var status = left ? NodeStatus.Dead : beat.Status;
        if (status != peer.Status)
        {
            ClusterEvent changed = left
                ? new ClusterEvent.NodeLeft(peer.Name, beat.State?.Groups.Any(static it => it.State.Holds()) == true)
                : new ClusterEvent.NodeStatusChanged(peer.Name, status);
            _changes.Report(changed, peer.Name, now, effects);
            effects.Add(Effect.RunEventScript.OfStatus(peer.Name, status.Word()));
        }

        if (!peer.Live)
        {
            peer.Returns = true;
            peer.ReturnsUntil = now + (2 * _config.Keepalive);
        }

        peer.Status = status;
        peer.Left = left;
        peer.Generation = beat.Generation;
        // Dead between two heartbeats: taken for damage.
        peer.Dt = beat.Dt >= _config.Keepalive ? beat.Dt.Value : _config.Deadtime;
        peer.State = beat.State;
        peer.LastHeard = now;
        peer.SilentSince = now;
        peer.LateReported = false;
        CompareConfiguration(peer, effects);
    }

    /// <summary>
    /// A status of a heartbeat peer that a newer one has overtaken: it says nothing new, but that the peer speaks.
    /// Without this, one forged status of a later sequence would silence the peer until it has counted that far.
    /// </summary>
    public static void HeardLate(Peer peer, Instant now)
    {
        if (peer is { Live: true, Heartbeat: not null })
        {
            peer.LastHeard = now;
            peer.SilentSince = now;
            peer.LateReported = false;
        }
    }

    /// <summary>It seems to have been started again: what follows will tell, and until then it is not silent.</summary>
    public static void Await(Peer peer, Generation generation, Instant now)
    {
        // Once for each start, or a recorded packet could keep a dead node alive.
        if (peer.Live && generation > peer.Awaited)
        {
            (peer.Awaited, peer.SilentSince) = (generation, now);
        }
    }

    /// <summary>A heartbeat peer has released everything and says so.</summary>
    public static void Leave(Peer peer, List<Effect> effects)
    {
        if (!peer.Left)
        {
            effects.Add(new Effect.Report(new ClusterEvent.NodeLeft(peer.Name)));
            effects.Add(Effect.RunEventScript.OfStatus(peer.Name, NodeStatus.Dead.Word()));
        }

        peer.Heartbeat?.Leave();
        peer.Status = NodeStatus.Dead;
        peer.Left = true;
    }

    /// <summary>Facts out: late, dead, joined.</summary>
    public void Expire(Instant now, List<Effect> effects)
    {
        // First, because it ends the protection by initdead: who was silent for long is dead in this very step.
        Joined |= HasJoined();
        foreach (var peer in Peers)
        {
            ExpireLinks(peer, now, effects);
            peer.Returns &= now < peer.ReturnsUntil;
            if (peer.Status == NodeStatus.Dead)
            {
                continue;
            }

            if (now >= DeadAt(peer))
            {
                effects.Add(new Effect.Report(peer.LastHeard is { } heard
                    ? new ClusterEvent.NodeDead(peer.Name, (long)(now - heard).TotalMilliseconds)
                    : new ClusterEvent.NodeNeverHeard(peer.Name, (long)_config.Initdead.TotalMilliseconds)));
                peer.Status = NodeStatus.Dead;
                peer.Heartbeat?.Die();
                effects.Add(Effect.RunEventScript.OfStatus(peer.Name, peer.Status.Word()));
            }
            else if (peer.Live && !peer.LateReported && now >= peer.SilentSince + _config.Warntime)
            {
                peer.LateReported = true;
                effects.Add(new Effect.Report(new ClusterEvent.NodeLate(
                    peer.Name, (long)(now - peer.LastHeard!.Value).TotalMilliseconds)));
            }
        }

        Joined |= HasJoined();
    }

    /// <summary>When Expire would find something, if nothing is heard until then.</summary>
    public Instant NextDeadline()
    {
        var next = Instant.Never;
        foreach (var peer in Peers)
        {
            for (var i = 0; i < peer.LinkUp.Length; i++)
            {
                if (peer.LinkUp[i])
                {
                    next = Instant.Earlier(next, peer.HeardOn[i]!.Value + peer.Dt);
                }
            }

            if (peer.Status == NodeStatus.Dead)
            {
                continue;
            }

            next = Instant.Earlier(next, DeadAt(peer));
            next = peer.Returns ? Instant.Earlier(next, peer.ReturnsUntil) : next;
            if (peer.Live && !peer.LateReported)
            {
                next = Instant.Earlier(next, peer.SilentSince + _config.Warntime);
            }
        }

        return next;
    }

    /// <summary>Another live node counts it as alive: its silence may be ours alone.</summary>
    public bool HeardByOthers(NodeName node)
    {
        foreach (var peer in Peers)
        {
            if (peer.Live && peer.Name != node && peer.SeenStatus(node) is (NodeStatus.Up or NodeStatus.Active))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// What a heartbeat peer holds must be known before anything is decided. It only tells those who call themselves
    /// active, so towards it we are active as soon as nobody is missing.
    /// </summary>
    public NodeStatus OwnStatus
    {
        get
        {
            var active = Joined || (Peers.All(static peer => peer.Status != NodeStatus.Init)
                && Peers.Any(static peer => peer.Heartbeat is not null));
            return active ? NodeStatus.Active : NodeStatus.Up;
        }
    }

    private bool HasJoined()
    {
        var all = true;
        foreach (var peer in Peers)
        {
            if (peer.Status == NodeStatus.Active && peer.State is not null)
            {
                return true;
            }

            all &= peer.Status != NodeStatus.Init && !peer.Silent;
        }

        return all;
    }

    /// <summary>What the node runs, told by its heartbeats.</summary>
    private void Recognize(Peer peer, Heartbeat beat, bool restarted, Instant now, List<Effect> effects)
    {
        if (beat.State is not null || beat.Unreadable)
        {
            peer.Heartbeat = null;
            peer.Opaque = beat.Unreadable;
            return;
        }

        if (peer.Heartbeat is not { } heartbeat)
        {
            peer.Heartbeat = new HeartbeatPeer { AskAt = now + HeartbeatPeer.RestartPatience };
            peer.Opaque = false;
            effects.Add(new Effect.Report(new ClusterEvent.PeerIsHeartbeat(peer.Name)));
        }
        else if (restarted)
        {
            heartbeat.Restart();
            heartbeat.AskAt = now + HeartbeatPeer.RestartPatience;
        }
        else if (peer.Status == NodeStatus.Dead && !heartbeat.Left)
        {
            // If it counted us as dead, too, it gives everything up within seconds and starts anew (spec 8.6).
            heartbeat.Forget();
            heartbeat.Fresh = false;
            heartbeat.Arrivals.Reset();
            heartbeat.AskAt = now + HeartbeatPeer.RestartPatience;
            heartbeat.RestartsUntil = heartbeat.AskAt;
        }

        peer.Heartbeat.Fresh |= beat.Status != NodeStatus.Active;
        peer.Heartbeat.Follow(_config.AutoFailback);
        var crowd = _config.Nodes.Count > MostNodesBesideHeartbeat;
        if (crowd && !peer.Opaque)
        {
            effects.Add(new Effect.Report(new ClusterEvent.TooManyNodesForHeartbeat(
                peer.Name, _config.Nodes.Count)));
        }

        peer.Opaque = crowd;
    }

    public Instant DeadAt(Peer peer)
    {
        if (peer.Status == NodeStatus.Init)
        {
            return peer.SilentSince + _config.Initdead;
        }

        // Before we have joined, switches may still be learning: initdead protects those that were heard, too.
        var dead = peer.SilentSince + peer.Dt;
        return Joined ? dead : Instant.Later(dead, _startedAt + _config.Initdead);
    }

    private void ExpireLinks(Peer peer, Instant now, List<Effect> effects)
    {
        for (var i = 0; i < peer.LinkUp.Length; i++)
        {
            if (peer.LinkUp[i] && now >= peer.HeardOn[i]!.Value + peer.Dt)
            {
                peer.LinkUp[i] = false;
                LinkDeaths++;
                effects.Add(new Effect.Report(new ClusterEvent.LinkDead(peer.Name, _config.Links[i].Name)));
            }
        }
    }

    private void ReportInterval(Peer peer, bool restarted, Instant now, List<Effect> effects)
    {
        if (!restarted && peer.Live && now - peer.SilentSince > _config.Warntime && peer.LastHeard is { } heard)
        {
            effects.Add(new Effect.Report(new ClusterEvent.LateHeartbeat(
                peer.Name, (long)(now - heard).TotalMilliseconds)));
        }
    }

    private void CompareConfiguration(Peer peer, List<Effect> effects)
    {
        var differs = peer.State is { } state && state.ConfigDigest != _config.Digest;
        if (differs && !peer.DifferenceReported)
        {
            effects.Add(new Effect.Report(new ClusterEvent.ConfigDiffers(peer.Name)));
        }

        peer.DifferenceReported = differs;
    }
}

/// <summary>What a status message says, after every check.</summary>
/// <param name="Dt">The sender's deadtime; null when it does not announce one.</param>
/// <param name="State">Null when the sender runs heartbeat, or when it is unreadable.</param>
/// <param name="Unreadable">There is a public state but not in a form that we know.</param>
public readonly record struct Heartbeat(
    NodeStatus Status, Generation Generation, TimeSpan? Dt, PublicState? State, bool Unreadable = false);
