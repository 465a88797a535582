// The planner of a resource group: from what shall be and what is to the next single action.
// The idea: it looks at the states of the resources and at nothing else, so a step that was interrupted, by a failure,
// an operator or a restart of the daemon, is simply planned anew.
// Invariant: start left to right, stop right to left, status before start; what failed is stopped before it is started.

using HaSharp.Core.Decision;

namespace HaSharp.Core.Resources;

public sealed partial class ResourceGroup
{
    /// <summary>Asks for the next single action, if one is due. newRun makes run numbers.</summary>
    public void Plan(Instant now, Func<RunId> newRun, List<Effect> effects)
    {
        Monitor(now, newRun, effects);
        if (_run is not null || (Maintained && State != GroupState.Unknown))
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
                StartNext(now, newRun, effects);
                break;
            case GroupState.Starting or GroupState.Started when Verdict.Intent == Intent.Stop || _fault is not null:
                effects.Add(Event(new ClusterEvent.GroupReleasing(Config.Name, Line())));
                _stopAttempts = 0;
                _retryAt = now;
                _chart.Fire(GroupTrigger.Release);
                StopNext(now, newRun, effects);
                break;
            case GroupState.Starting or GroupState.Started when Verdict.Intent == Intent.Start:
                GoOn(now, newRun, effects);
                break;
            case GroupState.Stopping:
                StopNext(now, newRun, effects);
                break;
            case GroupState.Failed when now >= _failedUntil:
                effects.Add(Event(new ClusterEvent.FailureExpired(Config.Name)));
                Retry();
                break;
            default:
                break;
        }
    }

    private void GoOn(Instant now, Func<RunId> newRun, List<Effect> effects)
    {
        if (State == GroupState.Started && Complete)
        {
            Tell(effects);
            return;
        }

        if (State == GroupState.Started)
        {
            _chart.Fire(GroupTrigger.Repair);
        }

        StartNext(now, newRun, effects);
    }

    /// <summary>Everything that shall run runs, and nothing else.</summary>
    public bool Complete
    {
        get
        {
            for (var i = 0; i < _resources.Length; i++)
            {
                if (_resources[i].State != (i < Wanted ? GroupState.Started : GroupState.Stopped))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private void Monitor(Instant now, Func<RunId> newRun, List<Effect> effects)
    {
        if (!Monitors)
        {
            return;
        }

        foreach (var resource in _resources)
        {
            if (now >= resource.NextMonitor(Recovery))
            {
                var run = newRun();
                resource.Monitored(run, now);
                effects.Add(new Effect.RunAgent(
                    run, Config.Name, resource.Resource, AgentAction.Monitor,
                    resource.Deadline(AgentAction.Monitor, Recovery)) { Interval = resource.Interval(Recovery) });
            }
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
        StartedEpoch = running == _resources.Length ? Claim.Epoch : StartedEpoch;
        _told &= running > 0;
        _chart.Fire(running == 0 ? GroupTrigger.FoundStopped
            : running == _resources.Length ? GroupTrigger.FoundStarted
            : GroupTrigger.FoundPartly);
    }

    private void StartNext(Instant now, Func<RunId> newRun, List<Effect> effects)
    {
        var next = Array.FindIndex(_resources, static resource => resource.State != GroupState.Started);
        next = next < 0 ? _resources.Length : next;
        var last = Array.FindLastIndex(_resources, static resource => resource.State != GroupState.Stopped);
        if (next >= Wanted ? last >= Wanted : _resources[next].State is GroupState.Failed or GroupState.Stopping)
        {
            // What failed is stopped before it is started again, after what stands right of it.
            StopLast(last, now, newRun, effects);
            return;
        }

        if (next >= Wanted)
        {
            _stopTrouble = "";
            (AnnouncedEpoch, StartedEpoch) = (Claim.Epoch, Claim.Epoch);
            _chart.Fire(GroupTrigger.Acquired);
            Tell(effects);
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

    /// <summary>Says once that it runs here: neither a repair nor an ordered stop of a part is news.</summary>
    private void Tell(List<Effect> effects)
    {
        if (!_told)
        {
            _told = true;
            effects.Add(Event(new ClusterEvent.GroupAcquired(Config.Name)));
        }
    }

    private void StopNext(Instant now, Func<RunId> newRun, List<Effect> effects)
    {
        var last = Array.FindLastIndex(_resources, static resource => resource.State != GroupState.Stopped);
        if (last >= 0)
        {
            StopLast(last, now, newRun, effects);
            return;
        }

        (_told, StartedEpoch) = (false, -1);
        effects.Add(Event(new ClusterEvent.GroupReleased(Config.Name)));
        _failedUntil = now + Recovery.FailureWindow;
        _chart.Fire(_fault is not null ? GroupTrigger.ReleasedAfterFailure : GroupTrigger.Released);
    }

    /// <summary>The stop ladder: stops, then the killing of what is left, then a last look.</summary>
    private void StopLast(int last, Instant now, Func<RunId> newRun, List<Effect> effects)
    {
        if (now < _retryAt)
        {
            return;
        }

        _resources[last].State = GroupState.Stopping;
        Begin(last, (_stopAttempts - StopRetries) switch
        {
            <= 0 => AgentAction.Stop,
            1 => AgentAction.Kill,
            _ => AgentAction.Status,
        }, newRun, effects);
    }

    private void Begin(int index, AgentAction action, Func<RunId> newRun, List<Effect> effects)
    {
        var resource = _resources[index];
        var run = new Run(newRun(), index, action);
        _run = run;
        effects.Add(Event(new ClusterEvent.AgentRuns(Config.Name, resource.Resource.Text, action.Word())));
        effects.Add(new Effect.RunAgent(
            run.Id, Config.Name, resource.Resource, action, resource.Deadline(action, Recovery)));
    }

    private string Line() => Config.Preferred + " " + string.Join(' ', Config.Resources.Select(static r => r.Text));
}
