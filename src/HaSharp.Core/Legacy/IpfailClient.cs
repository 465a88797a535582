// The built-in ipfail beside a peer that runs heartbeat: what it hears, says and asks for.
// The idea: Ipfail decides, this carries. Giving groups up is what an operator's standby is, and goes the same way, so
// that nothing is released before the peer has promised to take it.
// Invariant: it is there only while ha.cf asks for it and one live heartbeat peer is there; among HaSharp nodes
// nothing is decided by counts of ping nodes.

using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Decision;
using HaSharp.Core.Membership;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Legacy;

public sealed class IpfailClient(
    NodeIdentity identity,
    Members members,
    PingNodes pings,
    GroupSet groups,
    Operators operators,
    Func<ResourceGroup, GroupFacts> facts,
    Speech speech)
{
    /// <summary>How long a standby that we ask for ourselves stands.</summary>
    private static readonly TimeSpan WishLifetime = TimeSpan.FromSeconds(60);

    private Ipfail? _ipfail;
    private TimeSpan _keepalive;
    private long _linkDeaths;
    private Instant _giveUpAt = Instant.Never;

    /// <summary>When Update would do something, if nothing is heard until then.</summary>
    public Instant NextDeadline => _ipfail?.NextDeadline ?? Instant.Never;

    /// <summary>
    /// Whether ipfail runs here at all: heartbeat's own ends when there is nothing to give, and in the old mode.
    /// </summary>
    public static bool Runs(ClusterConfig config) =>
        config is { Ipfail: true, AutoFailback: not AutoFailback.Legacy, Groups.Count: > 0 };

    /// <summary>Takes in what a heartbeat peer said.</summary>
    public void Take(in Received heard, Instant now, List<Effect> effects)
    {
        if (_ipfail is not { } ipfail || heard.Peer.Heartbeat is null || heard.Header.IsStatus
            || !heard.Header.IsFor(identity.Name, identity.Uuid.Span))
        {
            return;
        }

        ipfail.Take(heard.Message, now);
        ReportDelay(ipfail, now, effects);
    }

    /// <summary>Compares the facts with those of the step before; says and asks for what follows from them.</summary>
    /// <param name="stable">Nothing is going on or due at this node.</param>
    public void Update(ClusterConfig config, bool stable, Instant now, List<Effect> effects)
    {
        if (!Runs(config) || !members.Joined || HeartbeatPeer() is not { Heartbeat: { } heartbeat } peer)
        {
            _ipfail = null;
            return;
        }

        if (_ipfail is not { } ipfail || _keepalive != config.Keepalive)
        {
            _keepalive = config.Keepalive;
            _linkDeaths = members.LinkDeaths;
            _giveUpAt = Instant.Never;
            _ipfail = ipfail = new Ipfail(_keepalive);
            ipfail.SignOn();
        }

        var linkDied = members.LinkDeaths != _linkDeaths;
        _linkDeaths = members.LinkDeaths;
        var quiet = stable && heartbeat is { Stable: true, Handover.Phase: HandoverPhase.None };
        ipfail.Tell(pings.Alive, linkDied, config.AutoFailback == AutoFailback.On, quiet, now);
        ReportDelay(ipfail, now, effects);
        if (ipfail.TakeDue(now) is { } what)
        {
            var (share, reason, scope) = what == GiveUp.All
                ? ("all", "the other node sees more ping nodes", (Scope)new Scope.All())
                : ("foreign", "both nodes see as many ping nodes", new Scope.Foreign());
            effects.Add(new Effect.Report(new ClusterEvent.GiveUpDue(share, reason)));
            var asked = new Input.CommandReceived(default, new Command.Standby(scope, WishLifetime));
            operators.Accept(asked, groups.All, facts, now, effects);
        }

        _giveUpAt = ipfail.GiveUpAt;
        foreach (var said in ipfail.TakeMessages())
        {
            Say(said, peer, heartbeat, now, effects);
        }
    }

    private void ReportDelay(Ipfail ipfail, Instant now, List<Effect> effects)
    {
        if (ipfail.GiveUpAt != _giveUpAt)
        {
            _giveUpAt = ipfail.GiveUpAt;
            effects.Add(new Effect.Report(_giveUpAt == Instant.Never
                ? new ClusterEvent.GiveUpCalledOff()
                : new ClusterEvent.GiveUpDelayed((long)(_giveUpAt - now).TotalMilliseconds)));
        }
    }

    private void Say(IpfailMessage said, Peer peer, HeartbeatPeer heartbeat, Instant now, List<Effect> effects)
    {
        var everybody = said.Type == Ipfail.ClientStatus;
        speech.Say(
            said.Compose(identity.Name, peer.Name), everybody ? default : heartbeat.Uuid, now, effects);
        ClusterEvent? happened = said.Type switch
        {
            Ipfail.PingNodes => new ClusterEvent.PingCountSaid(said.Count ?? 0),
            Ipfail.YouAreDead => new ClusterEvent.PingCountHigher(peer.Name),
            Ipfail.AbortGiveUp => new ClusterEvent.PingCountEqual(),
            _ => null,
        };
        if (happened is not null)
        {
            effects.Add(new Effect.Report(happened));
        }
    }

    /// <summary>Beside a heartbeat node there is no third node, or nothing is done at all (Opaque).</summary>
    private Peer? HeartbeatPeer()
    {
        foreach (var peer in members.Peers)
        {
            if (peer is { Status: NodeStatus.Active, Opaque: false, Heartbeat.Left: false })
            {
                return peer;
            }
        }

        return null;
    }
}
