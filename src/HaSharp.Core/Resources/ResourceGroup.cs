// One resource group on this node: what runs of it, and the next single action.
// The idea: the planner compares what is wanted with what is, and asks for one agent run at a time: start left to
// right, stop right to left, status before start. Groups know nothing of each other, so they move in parallel.
// What runs is monitored on the side; what a monitor finds is a fact like any other, and the planner repairs it.
// Invariant: at most one start, stop or status of a group is under way; a resource is only started while everything
// left of it runs.

using HaSharp.Core.Config;
using HaSharp.Core.Decision;
using HaSharp.Core.Wire;
using Stateless;

namespace HaSharp.Core.Resources;

public sealed partial class ResourceGroup
{
    /// <summary>Further tries after a stop that failed, one second apart (spec 4.8: HA_STOPRETRYMAX).</summary>
    public const int StopRetries = 10;

    public static readonly TimeSpan StopRetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Looks at what was killed, one second apart: a process that is being written out ends late.</summary>
    public const int LastLooks = 3;

    private readonly StateMachine<GroupState, GroupTrigger> _chart = GroupChart.Create();
    private readonly ManagedResource[] _resources;
    private Run? _run;
    private int _stopAttempts;
    private Instant _retryAt;
    private Instant _failedUntil = Instant.Never;
    private string _stopTrouble = "";
    private bool _told;

    /// <summary>Why it cannot go on here: it is released, and another node may try. Null: it can.</summary>
    private string? _fault;

    public ResourceGroup(GroupConfig config, RecoveryConfig recovery)
    {
        Config = config;
        Recovery = recovery;
        _resources = [.. config.Resources.Select(static resource => new ManagedResource(resource))];
        HasDisk = config.Resources.Any(static resource => resource.IsDisk);
        HasAddress = config.Resources.Any(static resource => resource.IsAddress);
    }

    public GroupConfig Config { get; private set; }

    public RecoveryConfig Recovery { get; set; }

    /// <summary>What operators have ordered; the newest that this node knows.</summary>
    public Orders Orders { get; private set; } = Orders.None;

    /// <summary>The claim's epoch when the group last ran here completely.</summary>
    public long StartedEpoch { get; private set; } = -1;

    /// <summary>Nobody starts, stops or monitors it now.</summary>
    public bool Maintained { get; private set; }

    /// <summary>When it changed its node because of a failure, within the last hour.</summary>
    public List<Instant> Moves { get; } = [];

    public GroupState State => _chart.State;

    /// <summary>Why the last start or stop failed; empty when none did.</summary>
    public string Trouble => _fault ?? _stopTrouble;

    /// <summary>The best ownership claim that this node knows.</summary>
    public Claim Claim { get; set; }

    /// <summary>
    /// Until then the claim vouches for its owner: it came from a live node less than a deadtime ago, so somebody
    /// counted the owner as alive although it may be silent here. Zero: no longer.
    /// </summary>
    public Instant VouchedUntil { get; set; }

    public AddressQuestion AddressQuestion { get; } = new();

    /// <summary>The last verdict.</summary>
    public Verdict Verdict { get; set; }

    /// <summary>The dead node that the claim of this epoch took the group from, until it runs here.</summary>
    public (NodeName Node, long Epoch)? TakenFrom { get; set; }

    /// <summary>A live node holds the group too, and that was reported.</summary>
    public bool RivalSeen { get; set; }

    /// <summary>The claim's epoch when the network was last told that the addresses are here.</summary>
    public long AnnouncedEpoch { get; set; }

    /// <summary>
    /// It was removed from haresources, or changed there: it is released, then Successor takes its place.
    /// </summary>
    public bool Retired { get; private set; }

    /// <summary>What takes the place of a retired group; null: nothing.</summary>
    public GroupConfig? Successor { get; private set; }

    /// <summary>An agent runs at this moment.</summary>
    public bool Busy => _run is not null;

    /// <summary>When Plan wants to be called again although nothing happened.</summary>
    public Instant NextDeadline
    {
        get
        {
            var acts = State == GroupState.Stopping
                || (State == GroupState.Starting && (_fault is not null || Verdict.Intent != Intent.Keep));
            var next = acts && _run is null && Array.Exists(_resources, static one => one.State == GroupState.Stopping)
                ? _retryAt
                : State == GroupState.Failed ? _failedUntil
                : Instant.Never;
            if (Monitors)
            {
                foreach (var resource in _resources)
                {
                    next = Instant.Earlier(next, resource.NextMonitor(Recovery));
                }
            }

            return Maintained ? Instant.Never : next;
        }
    }

    public IReadOnlyList<ManagedResource> Resources => _resources;

    private bool Monitors => State is GroupState.Starting or GroupState.Started && !Maintained;

    private int Wanted => Math.Min(Orders.Runs, _resources.Length);

    /// <summary>Its state is what the intent asks for.</summary>
    public bool Agrees(Intent intent) => intent switch
    {
        Intent.Start => State == GroupState.Started,
        Intent.Stop => State is GroupState.Stopped or GroupState.Failed,
        _ => !Busy && State != GroupState.Unknown,
    };

    /// <summary>A reload says what the group is now; null: it is gone.</summary>
    public void Succeed(GroupConfig? wanted)
    {
        Retired = wanted is null
            || !wanted.Resources.Select(static r => r.Text).SequenceEqual(Config.Resources.Select(static r => r.Text));
        Successor = Retired ? wanted : null;
        Config = Retired ? Config : wanted!;
        if (State == GroupState.Failed)
        {
            Retry();
        }
    }

    /// <summary>True once a retired group is released and may be replaced.</summary>
    public bool Replace() => Retired && !Busy && State is (GroupState.Stopped or GroupState.Failed);

    /// <summary>Forgets a failure, because an operator asked for another try.</summary>
    public void Retry()
    {
        if (State is not (GroupState.Failed or GroupState.StopFailed))
        {
            return;
        }

        foreach (var resource in _resources)
        {
            resource.State = resource.State == GroupState.StopFailed ? GroupState.Started : resource.State;
            resource.ForgetFailures();
        }

        Forget();
        _chart.Fire(GroupTrigger.Retry);
    }

    /// <summary>Takes newer orders; one to start what was stopped is also one to try again.</summary>
    public void Order(Orders orders)
    {
        var more = orders.Runs > Orders.Runs;
        Orders = orders;
        if (more && State == GroupState.Failed)
        {
            Retry();
        }
    }

    /// <summary>Begins or ends maintenance; what went on meanwhile is found out by a probe.</summary>
    public void Maintain(bool maintained)
    {
        if (Maintained == maintained)
        {
            return;
        }

        Maintained = maintained;
        if (!maintained && !Busy && State is not GroupState.Unknown)
        {
            foreach (var resource in _resources)
            {
                resource.State = GroupState.Unknown;
                resource.ForgetFailures();
            }

            Forget();
            _chart.Fire(GroupTrigger.Probe);
        }
    }

    /// <summary>The resource of this word; null: none.</summary>
    public ManagedResource? Find(string resource) =>
        Array.Find(_resources, one => one.Resource.Text == resource);

    /// <summary>An operator wants it stopped and started again, with everything right of it.</summary>
    public void Restart(ManagedResource resource)
    {
        if (resource.State == GroupState.Started && State == GroupState.Started)
        {
            resource.State = GroupState.Stopping;
        }
    }

    /// <summary>Takes the end of a run in; false when the run is not ours.</summary>
    public bool Finish(RunId id, AgentOutcome outcome, Instant now, List<Effect> effects)
    {
        foreach (var monitored in _resources)
        {
            if (monitored.Finish(id))
            {
                FinishMonitor(monitored, outcome, now, effects);
                return true;
            }
        }

        if (_run is not { } run || run.Id != id)
        {
            return false;
        }

        _run = null;
        var resource = _resources[run.Index];
        resource.Reason = outcome.Verdict == AgentVerdict.NotRunning ? "" : outcome.Reason;
        switch (run.Action)
        {
            case AgentAction.Status:
                FinishStatus(resource, run, outcome, now, effects);
                break;
            case AgentAction.Start:
                FinishStart(resource, run, outcome, now, effects);
                break;
            case AgentAction.Kill:
                _stopAttempts++;
                effects.Add(Event(new ClusterEvent.ResourceKilled(
                    Config.Name, resource.Resource.Text, outcome.Reason)));
                break;
            default:
                FinishStop(resource, outcome, now, effects);
                break;
        }

        return true;
    }

    private void FinishMonitor(ManagedResource resource, AgentOutcome outcome, Instant now, List<Effect> effects)
    {
        resource.Reason = outcome.Reason;
        if (outcome.Verdict is AgentVerdict.Ok or AgentVerdict.Missing || !Monitors)
        {
            // Without its agent a resource can neither be judged nor restarted: status shows the reason.
            return;
        }

        var reason = outcome.Reason.Length > 0 ? outcome.Reason : "it does not run any more";
        resource.Fail(now, Recovery);
        resource.Reason = reason;
        var most = resource.MaxRestarts(Recovery);
        if (resource.Failures <= most && !outcome.Verdict.IsHard())
        {
            // An address is only put back: what runs beside it has not noticed. Anything else takes what stands right
            // of it along.
            var gone = outcome.Verdict == AgentVerdict.NotRunning && resource.Resource.IsAddress;
            resource.State = gone ? GroupState.Stopped : GroupState.Failed;
            effects.Add(Event(new ClusterEvent.ResourceFailed(
                Config.Name, resource.Resource.Text, reason, resource.Failures, most)));
            return;
        }

        resource.State = GroupState.Failed;
        _fault = $"{resource.Resource.Text} failed: {reason}";
        effects.Add(Event(new ClusterEvent.ResourceGivenUp(
            Config.Name, resource.Resource.Text, reason, resource.Failures)));
    }

    private void Forget() => (_stopAttempts, _fault, _stopTrouble) = (0, null, "");

    private void FinishStatus(
        ManagedResource resource, Run run, AgentOutcome outcome, Instant now, List<Effect> effects)
    {
        if (resource.State == GroupState.Stopping)
        {
            FinishLastLook(resource, outcome, now, effects);
            return;
        }

        // Not knowing is not the same as stopped: only a status that says so counts, or an agent that is not there.
        var running = outcome.Verdict is not (AgentVerdict.NotRunning or AgentVerdict.Missing);
        if (State == GroupState.Unknown)
        {
            if (running)
            {
                resource.Started(run.Id, now, Recovery);
                effects.Add(Event(new ClusterEvent.FoundRunning(Config.Name, resource.Resource.Text)));
            }
            else
            {
                resource.State = GroupState.Stopped;
            }
        }
        else if (outcome.Verdict == AgentVerdict.Ok)
        {
            resource.Started(run.Id, now, Recovery);
        }
        else if (outcome.Verdict.IsHard())
        {
            // It could not be started, and not be stopped, either: nothing was begun.
            resource.State = GroupState.Stopped;
            _fault = $"start of {resource.Resource.Text} failed: {outcome.Reason}";
            effects.Add(Event(new ClusterEvent.StartFailed(Config.Name, resource.Resource.Text, outcome.Reason)));
        }
    }

    /// <summary>Nothing stopped it: either it is gone all the same, or the policy for a failed stop applies.</summary>
    private void FinishLastLook(ManagedResource resource, AgentOutcome outcome, Instant now, List<Effect> effects)
    {
        var word = resource.Resource.Text;
        if (outcome.Verdict == AgentVerdict.Ok && _stopAttempts < StopRetries + 1 + LastLooks)
        {
            _stopAttempts++;
            _retryAt = now + StopRetryDelay;
            return;
        }

        if (outcome.Verdict != AgentVerdict.NotRunning && Fences)
        {
            if (State == GroupState.Starting)
            {
                _fault ??= _stopTrouble;
                _chart.Fire(GroupTrigger.Release);
            }

            resource.State = GroupState.StopFailed;
            resource.Reason = _stopTrouble;
            _chart.Fire(GroupTrigger.StopFailed);
            effects.Add(Event(new ClusterEvent.StopFailed(Config.Name, word, _stopTrouble)));
            return;
        }

        resource.State = GroupState.Stopped;
        _stopAttempts = 0;
        _retryAt = now;
        if (outcome.Verdict == AgentVerdict.NotRunning)
        {
            effects.Add(Event(new ClusterEvent.StopFailureHarmless(Config.Name, word)));
        }
        else
        {
            _fault ??= _stopTrouble;
            effects.Add(Event(new ClusterEvent.StopFailureReleased(Config.Name, word, _stopTrouble)));
        }
    }

    /// <summary>A failed stop keeps the group here until it is certain that it is down.</summary>
    public bool Fences => Recovery.FailedStop == FailedStop.Fence
        || (Recovery.FailedStop == FailedStop.Auto && HasDisk);

    /// <summary>It is not started while another machine has an address of it.</summary>
    public bool Waits => Recovery.AddressConflict == AddressConflict.Wait
        || (Recovery.AddressConflict == AddressConflict.Auto && HasDisk);

    /// <summary>Of the resources, which never change: every step asks for it.</summary>
    public bool HasAddress { get; }

    private bool HasDisk { get; }

    private void FinishStart(
        ManagedResource resource, Run run, AgentOutcome outcome, Instant now, List<Effect> effects)
    {
        if (outcome.Verdict == AgentVerdict.Ok)
        {
            if (resource.IsBroken)
            {
                effects.Add(Event(new ClusterEvent.ResourceRecovered(Config.Name, resource.Resource.Text)));
            }

            resource.Started(run.Id, now, Recovery);
            return;
        }

        // The failed resource may run in part, so it is stopped with the others; what lies right of it never ran.
        resource.State = GroupState.Failed;
        _fault = $"start of {resource.Resource.Text} failed: {outcome.Reason}";
        effects.Add(Event(new ClusterEvent.StartFailed(Config.Name, resource.Resource.Text, outcome.Reason)));
    }

    private void FinishStop(ManagedResource resource, AgentOutcome outcome, Instant now, List<Effect> effects)
    {
        if (outcome.Verdict == AgentVerdict.Ok)
        {
            resource.State = GroupState.Stopped;
            _stopAttempts = 0;
            _retryAt = now;
            return;
        }

        // An agent that hangs will hang again, and one that cannot be run will not be run again: what is left is killed
        // without further tries.
        var hopeless = outcome.Verdict == AgentVerdict.TimedOut || outcome.Verdict.IsHard();
        _stopAttempts = hopeless ? StopRetries + 1 : _stopAttempts + 1;
        _stopTrouble = $"stop of {resource.Resource.Text} failed: {outcome.Reason}";
        _retryAt = _stopAttempts > StopRetries ? now : now + StopRetryDelay;
        effects.Add(Event(hopeless
            ? new ClusterEvent.StopGivenUp(Config.Name, resource.Resource.Text, outcome.Reason)
            : new ClusterEvent.StopRetried(Config.Name, resource.Resource.Text, _stopAttempts, outcome.Reason)));
    }

    private static Effect.Report Event(ClusterEvent what) => new(what);

    private sealed record Run(RunId Id, int Index, AgentAction Action);
}
