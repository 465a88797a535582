// One resource group on this node: what runs of it, and the next single action.
// The idea: the planner compares what is wanted with what is, and asks for one agent run at a time: start left to
// right, stop right to left, status before start. Groups know nothing of each other, so they move in parallel.
// Invariant: at most one run of a group is under way; a resource is only started while everything left of it runs.

using HaSharp.Core.Config;
using HaSharp.Core.Decision;
using HaSharp.Core.Wire;
using Stateless;

namespace HaSharp.Core.Resources;

public sealed class ResourceGroup
{
    /// <summary>Further tries after a stop that failed, one second apart (spec 4.8: HA_STOPRETRYMAX).</summary>
    public const int StopRetries = 10;

    public static readonly TimeSpan StopRetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Deadline of a status run; an agent that takes longer counts as running something unknown.</summary>
    public static readonly TimeSpan StatusDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Deadline of a start or stop run (heartbeat has none: F7). Databases may recover for minutes.</summary>
    public static readonly TimeSpan ActionDeadline = TimeSpan.FromMinutes(5);

    private readonly StateMachine<GroupState, GroupTrigger> _chart = GroupChart.Create();
    private readonly ResourceRun[] _resources;
    private Run? _run;
    private int _stopAttempts;
    private Instant _retryAt;
    private bool _startFailed;

    public ResourceGroup(GroupConfig config)
    {
        Config = config;
        _resources = [.. config.Resources.Select(static resource => new ResourceRun(resource))];
    }

    public GroupConfig Config { get; private set; }

    public GroupState State => _chart.State;

    /// <summary>Why the last start or stop failed; empty when none did.</summary>
    public string Trouble { get; private set; } = "";

    /// <summary>The best ownership claim that this node knows.</summary>
    public Claim Claim { get; set; }

    /// <summary>
    /// Until then the claim vouches for its owner: it came from a live node less than a deadtime ago, so somebody
    /// counted the owner as alive although it may be silent here. Zero: no longer.
    /// </summary>
    public Instant VouchedUntil { get; set; }

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
    public Instant NextDeadline => _run is null && State == GroupState.Stopping ? _retryAt : Instant.Never;

    public IEnumerable<(Resource Resource, GroupState State, string Reason)> Resources =>
        _resources.Select(static run => (run.Resource, run.State, run.Reason));

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
        }

        _stopAttempts = 0;
        _startFailed = false;
        Trouble = "";
        _chart.Fire(GroupTrigger.Retry);
    }

    /// <summary>Takes the end of a run in; false when the run is not ours.</summary>
    public bool Finish(RunId id, AgentOutcome outcome, Instant now, List<Effect> effects)
    {
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
                FinishStatus(resource, outcome, effects);
                break;
            case AgentAction.Start:
                FinishStart(resource, outcome, effects);
                break;
            default:
                FinishStop(resource, outcome, now, effects);
                break;
        }

        return true;
    }

    /// <summary>Asks for the next single action, if one is due. newRun makes run numbers.</summary>
    public void Plan(Instant now, Func<RunId> newRun, List<Effect> effects)
    {
        if (_run is not null)
        {
            return;
        }

        switch (State)
        {
            case GroupState.Unknown:
                Probe(newRun, effects);
                break;
            case GroupState.Stopped when Verdict.Intent == Intent.Start:
                effects.Add(Event(new ClusterEvent.GroupAcquiring(Config.Name, Line())));
                _chart.Fire(GroupTrigger.Acquire);
                StartNext(newRun, effects);
                break;
            case GroupState.Starting when Verdict.Intent == Intent.Start && !_startFailed:
                StartNext(newRun, effects);
                break;
            case GroupState.Starting when Verdict.Intent == Intent.Stop || _startFailed:
            case GroupState.Started when Verdict.Intent == Intent.Stop:
                effects.Add(Event(new ClusterEvent.GroupReleasing(Config.Name, Line())));
                _stopAttempts = 0;
                _retryAt = now;
                _chart.Fire(GroupTrigger.Release);
                StopNext(now, newRun, effects);
                break;
            case GroupState.Stopping:
                StopNext(now, newRun, effects);
                break;
            default:
                break;
        }
    }

    private void Probe(Func<RunId> newRun, List<Effect> effects)
    {
        var unknown = Array.FindIndex(_resources, static resource => resource.State == GroupState.Unknown);
        if (unknown >= 0)
        {
            Begin(unknown, AgentAction.Status, newRun, effects);
            return;
        }

        var running = _resources.Count(static resource => resource.State == GroupState.Started);
        _chart.Fire(running == 0 ? GroupTrigger.FoundStopped
            : running == _resources.Length ? GroupTrigger.FoundStarted
            : GroupTrigger.FoundPartly);
    }

    private void StartNext(Func<RunId> newRun, List<Effect> effects)
    {
        var next = Array.FindIndex(_resources, static resource => resource.State != GroupState.Started);
        if (next < 0)
        {
            Trouble = "";
            AnnouncedEpoch = Claim.Epoch;
            _chart.Fire(GroupTrigger.Acquired);
            effects.Add(Event(new ClusterEvent.GroupAcquired(Config.Name)));
            if (TakenFrom is { } taken && taken.Epoch == Claim.Epoch)
            {
                effects.Add(Event(new ClusterEvent.TakeoverComplete(taken.Node)));
            }

            TakenFrom = null;
            return;
        }

        // Status is asked right before each start: what a person started by hand is not started twice.
        var resource = _resources[next];
        var asked = resource.State == GroupState.Starting;
        resource.State = GroupState.Starting;
        Begin(next, asked ? AgentAction.Start : AgentAction.Status, newRun, effects);
    }

    private void StopNext(Instant now, Func<RunId> newRun, List<Effect> effects)
    {
        var last = Array.FindLastIndex(_resources, static resource => resource.State != GroupState.Stopped);
        if (last < 0)
        {
            effects.Add(Event(new ClusterEvent.GroupReleased(Config.Name)));
            _chart.Fire(_startFailed ? GroupTrigger.ReleasedAfterFailure : GroupTrigger.Released);
            return;
        }

        if (now < _retryAt)
        {
            return;
        }

        _resources[last].State = GroupState.Stopping;
        Begin(last, _stopAttempts > StopRetries ? AgentAction.Status : AgentAction.Stop, newRun, effects);
    }

    private void FinishStatus(ResourceRun resource, AgentOutcome outcome, List<Effect> effects)
    {
        // Not knowing is not the same as stopped: only a status that says so counts, or an agent that is not there.
        var running = outcome.Verdict is not (AgentVerdict.NotRunning or AgentVerdict.Missing);
        switch (State)
        {
            case GroupState.Unknown:
                resource.State = running ? GroupState.Started : GroupState.Stopped;
                if (running)
                {
                    effects.Add(Event(new ClusterEvent.FoundRunning(Config.Name, resource.Resource.Text)));
                }

                break;
            case GroupState.Stopping when outcome.Verdict != AgentVerdict.NotRunning:
                resource.State = GroupState.StopFailed;
                _chart.Fire(GroupTrigger.StopFailed);
                effects.Add(Event(new ClusterEvent.StopFailed(Config.Name, resource.Resource.Text, Trouble)));
                break;
            case GroupState.Stopping:
                resource.State = GroupState.Stopped;
                _stopAttempts = 0;
                effects.Add(Event(new ClusterEvent.StopFailureHarmless(Config.Name, resource.Resource.Text)));
                break;
            default:
                resource.State = outcome.Verdict == AgentVerdict.Ok ? GroupState.Started : GroupState.Starting;
                break;
        }
    }

    private void FinishStart(ResourceRun resource, AgentOutcome outcome, List<Effect> effects)
    {
        if (outcome.Verdict == AgentVerdict.Ok)
        {
            resource.State = GroupState.Started;
            return;
        }

        // The failed resource may run in part, so it is stopped with the others; what lies right of it never ran.
        resource.State = outcome.Verdict == AgentVerdict.Missing ? GroupState.Stopped : GroupState.Failed;
        _startFailed = true;
        Trouble = $"start of {resource.Resource.Text} failed: {outcome.Reason}";
        effects.Add(Event(new ClusterEvent.StartFailed(Config.Name, resource.Resource.Text, outcome.Reason)));
    }

    private void FinishStop(ResourceRun resource, AgentOutcome outcome, Instant now, List<Effect> effects)
    {
        if (outcome.Verdict == AgentVerdict.Ok)
        {
            resource.State = GroupState.Stopped;
            _stopAttempts = 0;
            _retryAt = now;
            return;
        }

        _stopAttempts++;
        Trouble = $"stop of {resource.Resource.Text} failed: {outcome.Reason}";
        _retryAt = _stopAttempts > StopRetries ? now : now + StopRetryDelay;
        effects.Add(Event(new ClusterEvent.StopRetried(
            Config.Name, resource.Resource.Text, _stopAttempts, outcome.Reason)));
    }

    private void Begin(int index, AgentAction action, Func<RunId> newRun, List<Effect> effects)
    {
        var resource = _resources[index].Resource;
        var run = new Run(newRun(), index, action);
        _run = run;
        effects.Add(Event(new ClusterEvent.AgentRuns(Config.Name, resource.Text, action.Word())));
        effects.Add(new Effect.RunAgent(
            run.Id, Config.Name, resource, action, action == AgentAction.Status ? StatusDeadline : ActionDeadline));
    }

    private string Line() => Config.Preferred + " " + string.Join(' ', Config.Resources.Select(static r => r.Text));

    private static Effect.Report Event(ClusterEvent what) => new(what);

    private sealed record Run(RunId Id, int Index, AgentAction Action);

    private sealed class ResourceRun(Resource resource)
    {
        public Resource Resource { get; } = resource;

        public GroupState State { get; set; } = GroupState.Unknown;

        public string Reason { get; set; } = "";
    }
}
