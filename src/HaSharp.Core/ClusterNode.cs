// A cluster node: a pure function of what it has heard and what time it is.
// The idea: every step takes facts in, lets time take facts out, decides anew what should be held here, asks for the
// next single action of each group, and says what has changed. Nothing remembers a half-finished decision.
// Invariant: no I/O, no clock, no randomness; two nodes that are told the same say the same.

using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Decision;
using HaSharp.Core.Legacy;
using HaSharp.Core.Membership;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;
using Stateless;

namespace HaSharp.Core;

public sealed class ClusterNode
{
    private readonly Members _members;
    private readonly PingNodes _pings;
    private readonly GroupSet _groups;
    private readonly Operators _operators = new();
    private readonly Checks _checks;
    private readonly StandingOrders _standingOrders;
    private readonly Reception _reception;
    private readonly Speech _speech;
    private readonly StateMachine<Role, RoleTrigger> _role = RoleChart.Create();
    private readonly List<ClientId> _stopClients = [];
    private bool _keeps;
    private bool _initialReported;
    private readonly Func<ResourceGroup, GroupFacts> _facts;
    private readonly Dialogue _dialogue;
    private readonly Utterances _utterances;
    private readonly IpfailClient _ipfail;
    private int _liveBefore;
    private Instant _releaseAt = Instant.Never;
    private bool _releases;
    private Instant _leftAt;
    private Instant? _uncleanUntil;
    private bool _ended;

    /// <summary>A node that has heard nothing yet. The first Step says its first words.</summary>
    public ClusterNode(ClusterConfig config, NodeIdentity identity)
    {
        Config = config;
        Identity = identity;
        NextDeadline = identity.StartedAt;
        _members = new Members(config, identity.Name, identity.StartedAt);
        _pings = new PingNodes(config, identity);
        _groups = new GroupSet(config, identity.Name);
        _checks = new Checks(config.Checks);
        _standingOrders = new StandingOrders(_groups, _members, identity);
        _reception = new Reception(config, identity);
        _speech = new Speech(config, identity);
        _facts = group => _groups.Facts(
            group, Config, _members, _operators, _releases, _checks.Fail(group.Config.Name));
        var transport = new Transport(_speech);
        _utterances = new Utterances(identity, _members, _groups, _operators, _facts, _speech, transport);
        _dialogue = new Dialogue(identity, _members, _groups, _operators, _facts, transport, _utterances);
        _ipfail = new IpfailClient(identity, _members, _pings, _groups, _operators, _facts, _speech);
    }

    public ClusterConfig Config { get; private set; }

    public NodeIdentity Identity { get; }

    /// <summary>When Step wants to be called next with TimePassed, if no other input comes earlier.</summary>
    public Instant NextDeadline { get; private set; }

    public Role Role => _role.State;

    /// <summary>An operator, or the system, has asked this node to end.</summary>
    public bool Leaving => _role.State is Role.Leaving or Role.Left;

    /// <summary>Takes one input in; appends what the world shall do to effects, which the caller owns.</summary>
    /// <param name="now">Never earlier than in the call before.</param>
    public void Step(Input input, Instant now, List<Effect> effects)
    {
        if (_ended)
        {
            return;
        }

        NoticeSleep(now, effects);
        _releases = Leaving && now >= _releaseAt;
        if (!Absorb(input, now, effects) && now < NextDeadline)
        {
            // Refused or known already: a flood of such datagrams must not cost a decision each.
            return;
        }

        _members.Expire(now, effects);
        _pings.Expire(_members.Joined, now, effects);
        _groups.Expire(now);
        _standingOrders.Apply(Leaving, _keeps, now, effects);
        _checks.Run(Leaving, now, effects);
        _dialogue.Expire(now);
        _ipfail.Update(Config, Stable, now, effects);
        RetryWhatOthersRan();
        do
        {
            _groups.Ask(_members, now, effects);
            Decide(now, effects);
        }
        while (_groups.Plan(now, effects) || _operators.Refresh(_groups.All, _facts, now, effects));
        _standingOrders.Answer(now, effects);
        End(now, effects);
        Speak(now, effects);
        _pings.Ask(now, effects);
        _reception.Remember(now, effects);
        // A deadline that lay in the past would make the next step look like the end of a sleep.
        NextDeadline = Instant.Later(now, EarliestDeadline(now));
    }

    /// <summary>What status shows.</summary>
    public StatusReport Snapshot(Instant now) => StatusView.Of(
        this, _members, _pings, _groups, _reception, _checks, _standingOrders.UnixSeconds(now), now);

    /// <summary>Nothing is going on or due here.</summary>
    internal bool Stable => _members.Joined && !_operators.Busy && !Leaving && _groups.Settled;

    /// <summary>
    /// What could not be started here gets another chance when a node is gone: better a second failure than a group
    /// that nobody runs.
    /// </summary>
    private void RetryWhatOthersRan()
    {
        var live = _members.LiveCount;
        if (live < _liveBefore)
        {
            _groups.RetryFailed();
        }

        _liveBefore = live;
    }

    /// <summary>
    /// The sleep rule: when we were called much later than we asked for, we did not run, and the silence of others in
    /// that time is ours.
    /// </summary>
    private void NoticeSleep(Instant now, List<Effect> effects)
    {
        var late = now - NextDeadline;
        if (late <= TimeSpan.Zero)
        {
            return;
        }

        // The others have heard nothing since our last word, which may be a keepalive before the missed deadline.
        var tooLong = late > Config.Deadtime - Config.Keepalive;
        _members.Forgive(late, tooLong, now);
        _pings.Forgive(late, now);
        if (late > Config.Warntime || tooLong)
        {
            var lateMs = (long)late.TotalMilliseconds;
            effects.Add(new Effect.Report(tooLong
                ? new ClusterEvent.AsleepTooLong(lateMs)
                : new ClusterEvent.Asleep(lateMs)));
        }
    }

    /// <summary>False when the input changed nothing that a decision looks at.</summary>
    private bool Absorb(Input input, Instant now, List<Effect> effects)
    {
        switch (input)
        {
            case Input.DatagramReceived datagram:
                // A broadcast link hears ourselves, too: no digest needs to be computed to know our own words.
                if (datagram.Bytes.Span.SequenceEqual(_speech.Said.Span)
                    || _reception.Take(datagram, _members, _speech.Sequence, now, effects) is not { } heard)
                {
                    return false;
                }

                _groups.Merge(heard.Peer, Config, now);
                _dialogue.Take(heard, Config, Role, now, effects);
                _ipfail.Take(heard, now, effects);
                break;
            case Input.AgentFinished finished:
                _groups.Finish(finished, now, effects);
                break;
            case Input.ClockRead clock:
                _standingOrders.SetClock(clock.UnixSeconds, now);
                break;
            case Input.AgentDescribed described:
                _groups.Describe(described);
                break;
            case Input.ResourceSuspected suspected:
                _groups.Suspect(suspected, now, effects);
                break;
            case Input.NeighboursAsked or Input.AddressContested:
                _groups.TakeAnswer(input, now, effects);
                break;
            case Input.CheckFinished finished:
                _checks.Finish(finished, effects);
                break;
            case Input.PingReplied ping:
                return _pings.Replied(ping.Node, now, effects);
            case Input.PingTroubled ping:
                _pings.Troubled(ping.Node, ping.Trouble, effects);
                return false;
            case Input.LinkChanged link:
                _reception.LinkChanged(link, effects);
                break;
            case Input.CommandReceived command:
                Obey(command, now, effects);
                break;
            case Input.ConfigurationChanged changed:
                Configure(changed, now, effects);
                break;
            default:
                break;
        }

        return true;
    }

    private void Obey(Input.CommandReceived asked, Instant now, List<Effect> effects)
    {
        switch (asked.Command)
        {
            case Command.Status:
                effects.Add(new Effect.Reply(asked.Client, new CommandResult.Report(Snapshot(now))));
                break;
            case Command.Maintain or Command.Switch:
                _standingOrders.Accept(asked, now, effects);
                break;
            case Command.Stop { Keep: true } when _members.AnyHeartbeat is { } heartbeat:
                effects.Add(new Effect.Reply(asked.Client, new CommandResult.Refused(
                    $"{heartbeat} runs heartbeat 3.0.6 and would take over what is kept here: stop without --keep")));
                break;
            case Command.Stop stop:
                if (!Leaving)
                {
                    _keeps = stop.Keep;
                    _role.Fire(RoleTrigger.Ending);

                    // A heartbeat runs scripts when it hears of it, and those of its takeover after them.
                    _releaseAt = _members.AnyHeartbeat is null ? now : now + Handover.Pause;
                    _releases = now >= _releaseAt;
                    var reason = "asked by an operator or the system";
                    effects.Add(new Effect.Report(new ClusterEvent.ShutdownBegun(reason, stop.Keep)));
                }

                _stopClients.Add(asked.Client);
                effects.Add(new Effect.Reply(asked.Client, new CommandResult.Accepted("stop: accepted")));
                break;
            default:
                _operators.Accept(asked, _groups.All, _facts, now, effects);
                break;
        }
    }

    private void Configure(Input.ConfigurationChanged changed, Instant now, List<Effect> effects)
    {
        var config = changed.Config;
        if (Forgets(config) is { } reason)
        {
            effects.Add(new Effect.Reply(changed.Client, new CommandResult.Refused(reason)));
            return;
        }

        Config = config;
        _members.Configure(config, now);
        _pings.Configure(config, now);
        _groups.Configure(config);
        _checks.Configure(config.Checks);
        _reception.Configure(config);
        _speech.Configure(config);
        effects.Add(new Effect.Report(new ClusterEvent.ConfigurationTaken($"{config.Digest:x16}")));
        effects.Add(new Effect.Reply(changed.Client, new CommandResult.Done("reloaded")));
    }

    /// <summary>
    /// Which live node that holds something is not in a configuration: nobody would hear it any more, and its groups
    /// would get a second owner. Null: none.
    /// </summary>
    private string? Forgets(ClusterConfig config)
    {
        foreach (var peer in _members.Peers)
        {
            if (!peer.Live || config.Nodes.Contains(peer.Name))
            {
                continue;
            }

            if (peer.Opaque)
            {
                return $"{peer.Name} is alive and does not say what it holds: stop it first";
            }

            if (_groups.HeldBy(peer) is { Length: > 0 } held)
            {
                return $"{peer.Name} is alive and holds {string.Join(", ", held)}: stop it first";
            }
        }

        return null;
    }

    /// <summary>Decides every group anew and keeps the role in step with what is held.</summary>
    private void Decide(Instant now, List<Effect> effects)
    {
        foreach (var group in _groups.All)
        {
            _groups.Judge(group, _facts(group), now, effects);
        }

        var holds = _groups.Holds;
        if (Role == Role.Joining && _members.Joined)
        {
            Become(RoleTrigger.Joined, "the other nodes are all heard or given up", effects);
        }

        if (Role == Role.Standby && holds)
        {
            Become(RoleTrigger.Acquired, "it acquires resources", effects);
        }
        else if (Role == Role.Active && !holds && !_groups.Unknown)
        {
            Become(RoleTrigger.Released, "it holds no resources any more", effects);
        }

        if (!_initialReported && _members.Joined && _groups.Settled)
        {
            _initialReported = true;
            effects.Add(new Effect.Report(new ClusterEvent.InitialAcquisitionComplete(holds ? "holding" : "none")));
        }
    }

    private void Become(RoleTrigger trigger, string reason, List<Effect> effects)
    {
        _role.Fire(trigger);
        effects.Add(new Effect.Report(new ClusterEvent.RoleChanged(Role, reason)));
    }

    /// <summary>
    /// A leaving node says goodbye when everything is released and the others know whose it is now, and ends when they
    /// have heard the goodbye. A node that could not stop something ends without one: it must not look clean. It says
    /// for a deadtime what it could not stop, so that the others know, and leave that alone when it is silent.
    /// </summary>
    private void End(Instant now, List<Effect> effects)
    {
        if (Role != Role.Leaving || _groups.Busy || !_groups.Released || !_groups.HandedOver(_members))
        {
            return;
        }

        _uncleanUntil = _groups.StopFailed ? _uncleanUntil ?? now + Config.Deadtime : null;
        if (_uncleanUntil is { } until && now < until)
        {
            return;
        }

        _standingOrders.KeepWhatRuns(effects);
        _leftAt = now;
        _role.Fire(RoleTrigger.Ended);
    }

    private void Speak(Instant now, List<Effect> effects)
    {
        var clean = !_groups.StopFailed;
        if (Role != Role.Left || clean)
        {
            var groups = _groups.Views(_operators, _checks.Doubt);
            var state = new PublicState(Role, Stable, Config.Digest, PeerViews(), groups)
            {
                FailingChecks = StatusView.Failing(_checks),
            };
            _speech.Speak(_members.OwnStatus, state, now, effects);
        }

        _utterances.Speak(Config, Role, clean, now, effects);

        if (Role == Role.Left && (!clean || now >= _leftAt + Config.Deadtime || _members.KnowWeLeft))
        {
            Leave(clean, effects);
        }
    }

    private void Leave(bool clean, List<Effect> effects)
    {
        _ended = true;
        effects.Add(new Effect.Report(clean
            ? new ClusterEvent.ShutdownComplete(Identity.Name, _groups.Holds)
            : new ClusterEvent.ShutdownUnclean(Identity.Name)));
        var left = _standingOrders.LeftRunning;
        var stopped = left.Count == 0 ? "stopped"
            : $"stopped; left running{(_keeps ? "" : ", because of maintenance")}: {string.Join(", ", left)}";
        foreach (var client in _stopClients)
        {
            effects.Add(new Effect.Reply(client, clean
                ? new CommandResult.Done(stopped)
                : new CommandResult.Refused("ended, but a resource could not be stopped: see the log")));
        }

        effects.Add(new Effect.Leave(clean));
    }

    private PeerView[] PeerViews()
    {
        var views = new PeerView[_members.Peers.Count];
        for (var i = 0; i < views.Length; i++)
        {
            var peer = _members.Peers[i];
            views[i] = new PeerView(peer.Name, peer.Status, peer.Generation);
        }

        return views;
    }

    private Instant EarliestDeadline(Instant now)
    {
        var next = Instant.Earlier(_speech.NextDeadline, _members.NextDeadline());
        next = Instant.Earlier(next, _pings.NextDeadline(_members.Joined));
        next = Instant.Earlier(next, _groups.NextDeadline());
        next = Instant.Earlier(next, _operators.NextDeadline());
        next = Instant.Earlier(next, _checks.NextDeadline(Leaving));
        next = Instant.Earlier(next, _standingOrders.NextDeadline);
        next = Instant.Earlier(next, _utterances.NextDeadline(now));
        next = Instant.Earlier(next, _ipfail.NextDeadline);
        next = Instant.Earlier(next, _uncleanUntil ?? Instant.Never);
        next = _releases ? next : Instant.Earlier(next, _releaseAt);
        return Role == Role.Left ? Instant.Earlier(next, _leftAt + Config.Deadtime) : next;
    }
}
