// One resource of a group on this node: what is known of it, its failures, and when it is looked at again.
// The idea: whether a failure is repaired or moves the group follows from the failures that still count.
// Invariant: a monitor is only under way while the resource counts as started; a later start or stop makes the answer
// of an earlier monitor void.

using HaSharp.Core.Config;

namespace HaSharp.Core.Resources;

public sealed class ManagedResource(Resource resource)
{
    /// <summary>Deadline of a status run; an agent that takes longer counts as running something unknown.</summary>
    public static readonly TimeSpan StatusDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Deadline of a start or stop run (heartbeat has none: F7). Databases may recover for minutes.</summary>
    public static readonly TimeSpan ActionDeadline = TimeSpan.FromMinutes(5);

    /// <summary>Deadline of the killing of what a stop has left.</summary>
    public static readonly TimeSpan KillDeadline = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(10);

    /// <summary>Monitors of resources that are started together spread over so many parts of the interval.</summary>
    private const int Spread = 16;

    private readonly List<Instant> _failures = [];
    private Instant _lastLook;
    private Instant? _suspectedAt;
    private Instant _startedAt;
    private RunId? _monitor;

    public Resource Resource { get; } = resource;

    public GroupState State { get; set; } = GroupState.Unknown;

    /// <summary>What its agent last had to say; empty when all is well.</summary>
    public string Reason { get; set; } = "";

    /// <summary>What the agent's meta-data say; null: nothing.</summary>
    public AgentTimes? Described { get; set; }

    /// <summary>Failures that counted when the last one happened.</summary>
    public int Failures => _failures.Count;

    public int FailuresAt(Instant now, RecoveryConfig policy) =>
        _failures.Count(at => now < at + policy.FailureWindow);

    public TimeSpan Deadline(AgentAction action, RecoveryConfig policy)
    {
        var own = policy.Resources.GetValueOrDefault(Resource.Text);
        var meta = Described;
        return action switch
        {
            AgentAction.Start => own?.StartTimeout ?? policy.StartTimeout ?? meta?.StartTimeout ?? ActionDeadline,
            AgentAction.Stop => own?.StopTimeout ?? policy.StopTimeout ?? meta?.StopTimeout ?? ActionDeadline,
            AgentAction.Kill => KillDeadline,
            _ => own?.MonitorTimeout ?? policy.MonitorTimeout ?? meta?.MonitorTimeout ?? StatusDeadline,
        };
    }

    public TimeSpan Interval(RecoveryConfig policy) =>
        policy.Resources.GetValueOrDefault(Resource.Text)?.Interval
        ?? policy.MonitorInterval ?? Described?.Interval ?? UsualInterval;

    public int MaxRestarts(RecoveryConfig policy) =>
        policy.Resources.GetValueOrDefault(Resource.Text)?.MaxRestarts ?? policy.MaxRestarts;

    /// <summary>It has failed since it was last seen to start.</summary>
    public bool IsBroken => _failures.Count > 0 && _failures[^1] > _startedAt;

    /// <summary>It runs from now on.</summary>
    /// <param name="run">The run that said so: it spreads the first monitors.</param>
    public void Started(RunId run, Instant now, RecoveryConfig policy)
    {
        State = GroupState.Started;
        Reason = "";
        (_monitor, _suspectedAt, _startedAt) = (null, null, now);

        // As if the last look had been longer ago, by a part that differs between resources.
        _lastLook = now - (Interval(policy) * (run.Number % Spread) / Spread);
    }

    /// <summary>When it is to be monitored; never while it is not started.</summary>
    public Instant NextMonitor(RecoveryConfig policy)
    {
        if (State != GroupState.Started || _monitor is not null)
        {
            return Instant.Never;
        }

        var interval = Interval(policy);
        return _suspectedAt ?? (interval > TimeSpan.Zero ? _lastLook + interval : Instant.Never);
    }

    /// <summary>Something may be wrong with it: it is monitored at once, also when monitoring is off.</summary>
    public void Suspect(Instant now) => _suspectedAt = now;

    public void Monitored(RunId run, Instant now) => (_monitor, _lastLook, _suspectedAt) = (run, now, null);

    /// <summary>The end of a monitor; false when the run is not ours, or of an earlier life of the resource.</summary>
    public bool Finish(RunId run)
    {
        var ours = _monitor == run;
        _monitor = ours ? null : _monitor;
        return ours && State == GroupState.Started;
    }

    /// <summary>Counts a failure.</summary>
    public void Fail(Instant now, RecoveryConfig policy)
    {
        _failures.RemoveAll(at => at + policy.FailureWindow <= now);
        _failures.Add(now);
    }

    public void ForgetFailures() => _failures.Clear();
}
