// The hosts that answer pings: when to ask them, and what time does to them (spec 13.1).
// The idea: each is asked once per keepalive with a payload that is signed like a packet; whether what came back is
// an answer to that is the daemon's to judge, which alone knows sender and sequence. Nothing waits for a ping node:
// unlike heartbeat, where an unreachable one delays the start of a node until initdead (spec 8.3), it only counts.
// Invariant: All are the configured ping nodes in the order of ha.cf.

using HaSharp.Core.Config;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Membership;

public sealed class PingNodes
{
    private readonly NodeIdentity _identity;
    private ClusterConfig _config;
    private Authenticator _authenticator;
    private Instant _nextAsk;

    public PingNodes(ClusterConfig config, NodeIdentity identity)
    {
        _identity = identity;
        _nextAsk = identity.StartedAt;
        _config = config;
        _authenticator = new Authenticator(config.Keys);
        Configure(config, identity.StartedAt);
    }

    public IReadOnlyList<PingNode> All { get; private set; } = [];

    /// <summary>How many of them answer: the number that ipfail compares (spec 13.3).</summary>
    public int Alive
    {
        get
        {
            var alive = 0;
            foreach (var node in All)
            {
                alive += node.Status == PingStatus.Ping ? 1 : 0;
            }

            return alive;
        }
    }

    /// <summary>Takes a new configuration: of a ping node of the same name all that is known is kept.</summary>
    public void Configure(ClusterConfig config, Instant now)
    {
        var known = All;
        _config = config;
        _authenticator = new Authenticator(config.Keys);
        var nodes = new List<PingNode>();
        foreach (var wanted in config.PingNodes)
        {
            var node = known.FirstOrDefault(old => old.Name == wanted.Name)
                ?? new PingNode(wanted) { SilentSince = now };
            node.Config = wanted;
            nodes.Add(node);
        }

        All = nodes;
    }

    /// <summary>The sleep rule: we did not run for this long, so silence in that time does not count.</summary>
    public void Forgive(TimeSpan late, Instant now)
    {
        foreach (var node in All)
        {
            node.SilentSince = Instant.Earlier(node.SilentSince + late, now);
        }
    }

    /// <summary>It has answered. False when nothing changed by that but the time of its last answer.</summary>
    public bool Replied(NodeName name, Instant now, List<Effect> effects)
    {
        if (Find(name) is not { } node)
        {
            // Asked before a reload that took it away.
            return false;
        }

        (node.LastHeard, node.SilentSince) = (now, now);
        if (node.Status == PingStatus.Ping)
        {
            return false;
        }

        node.Status = PingStatus.Ping;
        effects.Add(new Effect.Report(new ClusterEvent.LinkUp(name, LinkOf(node))));
        effects.Add(new Effect.Report(new ClusterEvent.PingNodeAnswers(name)));
        effects.Add(Effect.RunEventScript.OfStatus(name, node.Status.Word(), ping: true));
        return true;
    }

    /// <summary>It cannot be asked, or (null) can be again. Only said: it is dead when it has not answered.</summary>
    public void Troubled(NodeName name, string? trouble, List<Effect> effects)
    {
        if (Find(name) is not { } node || node.Trouble == trouble)
        {
            return;
        }

        node.Trouble = trouble;
        if (trouble is not null)
        {
            effects.Add(new Effect.Report(new ClusterEvent.PingNodeTrouble(name, trouble)));
        }
    }

    /// <summary>Facts out: dead.</summary>
    /// <param name="joined">Before that, initdead protects ping nodes as it does peers (spec 8.2).</param>
    public void Expire(bool joined, Instant now, List<Effect> effects)
    {
        foreach (var node in All)
        {
            if (node.Status == PingStatus.Dead || now < DeadAt(node, joined))
            {
                continue;
            }

            node.Status = PingStatus.Dead;
            effects.Add(Effect.RunEventScript.OfStatus(node.Name, node.Status.Word(), ping: true));
            var silentMs = (long)(now - (node.LastHeard ?? node.SilentSince)).TotalMilliseconds;
            if (node.LastHeard is null)
            {
                effects.Add(new Effect.Report(new ClusterEvent.PingNodeNeverAnswered(node.Name, silentMs)));
            }
            else
            {
                effects.Add(new Effect.Report(new ClusterEvent.NodeDead(node.Name, silentMs)));
                effects.Add(new Effect.Report(new ClusterEvent.LinkDead(node.Name, LinkOf(node))));
            }
        }
    }

    /// <summary>Asks all of them, once per keepalive.</summary>
    public void Ask(Instant now, List<Effect> effects)
    {
        if (now < _nextAsk)
        {
            return;
        }

        // In step with the heartbeats: they need no second awakening.
        _nextAsk += _config.Keepalive;
        _nextAsk = _nextAsk > now ? _nextAsk : now + _config.Keepalive;
        foreach (var node in All)
        {
            effects.Add(new Effect.SendPing(node.Config, Payload(node.Config, now)));
        }
    }

    /// <summary>When Ask or Expire would do something, if nothing is heard until then.</summary>
    public Instant NextDeadline(bool joined)
    {
        var next = All.Count == 0 ? Instant.Never : _nextAsk;
        foreach (var node in All)
        {
            next = node.Status == PingStatus.Dead ? next : Instant.Earlier(next, DeadAt(node, joined));
        }

        return next;
    }

    /// <summary>
    /// heartbeat's message, as if the ping node had sent it (spec 13.1, example E9). It matters to ourselves alone.
    /// </summary>
    private byte[] Payload(PingNodeConfig node, Instant now)
    {
        var seconds = _identity.UnixSeconds + (long)(now - _identity.StartedAt).TotalSeconds;
        var message = new Message()
            .Add(FieldNames.Type, "NS_st")
            .Add(FieldNames.Status, PingStatus.Ping.Word())
            .Add(FieldNames.Info, node.Kind.Word())
            .Add(FieldNames.Source, node.Name.Text)
            .AddHex(FieldNames.Time, seconds);
        return Packet.Seal(message, _authenticator, _config.MessageFormat);
    }

    private Instant DeadAt(PingNode node, bool joined)
    {
        var dead = node.SilentSince + _config.Deadping;
        return joined ? dead : Instant.Later(dead, _identity.StartedAt + _config.Initdead);
    }

    private PingNode? Find(NodeName name)
    {
        foreach (var node in All)
        {
            if (node.Name == name)
            {
                return node;
            }
        }

        return null;
    }

    /// <summary>A ping node's one link is named like the node (spec 8.1).</summary>
    private static LinkName LinkOf(PingNode node) => new(node.Name.Text);
}
