// What the core asks of an agent and what it may answer.
// The idea: five actions and a handful of verdicts; how agents are found and run is the daemon's trade.
// Invariant: every verdict that is not good comes with a reason for people.

namespace HaSharp.Core.Resources;

public enum AgentAction
{
    /// <summary>Ask whether the resource runs here; changes nothing.</summary>
    Status,
    Start,
    Stop,

    /// <summary>Ask whether what was started here still runs; changes nothing. OCF: monitor with an interval.</summary>
    Monitor,

    /// <summary>
    /// The last rung of the stop ladder: end by force what is left of the resource here. Ok when nothing is left.
    /// </summary>
    Kill,
}

public enum AgentVerdict
{
    /// <summary>Start or stop: done. Status: it runs.</summary>
    Ok,

    /// <summary>Status and monitor: it does not run.</summary>
    NotRunning,

    /// <summary>The agent failed, or could not be run: whether the resource runs is not known.</summary>
    Failed,

    /// <summary>This node cannot run it, another one may (OCF: 2, 3, 4 and 5): no further try here.</summary>
    Unable,

    /// <summary>No node can run it as it is configured (OCF: 6).</summary>
    Hopeless,

    /// <summary>There is no such agent on this machine: nothing was or is done by it.</summary>
    Missing,

    /// <summary>The agent did not end within its deadline and was killed.</summary>
    TimedOut,
}

public static class AgentWords
{
    /// <summary>It changes nothing.</summary>
    public static bool IsLook(this AgentAction action) => action is AgentAction.Status or AgentAction.Monitor;

    /// <summary>Another try on this node is of no use.</summary>
    public static bool IsHard(this AgentVerdict verdict) =>
        verdict is AgentVerdict.Unable or AgentVerdict.Hopeless or AgentVerdict.Missing;
}

/// <summary>How one run ended.</summary>
/// <param name="Verdict">What counts.</param>
/// <param name="Reason">One sentence for people: exit code, last line of output; empty when Ok.</param>
public sealed record AgentOutcome(AgentVerdict Verdict, string Reason)
{
    public static readonly AgentOutcome Ok = new(AgentVerdict.Ok, "");
    public static readonly AgentOutcome NotRunning = new(AgentVerdict.NotRunning, "");

    public static AgentOutcome Failed(string reason) => new(AgentVerdict.Failed, reason);

    public static AgentOutcome Unable(string reason) => new(AgentVerdict.Unable, reason);

    public static AgentOutcome Hopeless(string reason) => new(AgentVerdict.Hopeless, reason);

    public static AgentOutcome Missing(string reason) => new(AgentVerdict.Missing, reason);

    public static AgentOutcome TimedOut(TimeSpan deadline) => new(
        AgentVerdict.TimedOut, FormattableString.Invariant($"no end within {deadline.TotalSeconds:0.###} s"));
}

/// <summary>What an agent's meta-data say about its times; null: they say nothing.</summary>
/// <param name="Interval">Between two monitors.</param>
public sealed record AgentTimes(
    TimeSpan? Interval, TimeSpan? MonitorTimeout, TimeSpan? StartTimeout, TimeSpan? StopTimeout);
