// What the core asks of an agent and what it may answer.
// The idea: three actions and a handful of verdicts; how agents are found and run is the daemon's trade.
// Invariant: every verdict that is not good comes with a reason for people.

namespace HaSharp.Core.Resources;

public enum AgentAction
{
    /// <summary>Ask whether the resource runs here; changes nothing.</summary>
    Status,
    Start,
    Stop,
}

public enum AgentVerdict
{
    /// <summary>Start or stop: done. Status: it runs.</summary>
    Ok,

    /// <summary>Status: it does not run.</summary>
    NotRunning,

    /// <summary>The agent failed, or could not be run: whether the resource runs is not known.</summary>
    Failed,

    /// <summary>There is no such agent on this machine: nothing was or is done by it.</summary>
    Missing,

    /// <summary>The agent did not end within its deadline and was killed.</summary>
    TimedOut,
}

/// <summary>How one run ended.</summary>
/// <param name="Verdict">What counts.</param>
/// <param name="Reason">One sentence for people: exit code, last line of output; empty when Ok.</param>
public sealed record AgentOutcome(AgentVerdict Verdict, string Reason)
{
    public static readonly AgentOutcome Ok = new(AgentVerdict.Ok, "");
    public static readonly AgentOutcome NotRunning = new(AgentVerdict.NotRunning, "");

    public static AgentOutcome Failed(string reason) => new(AgentVerdict.Failed, reason);

    public static AgentOutcome Missing(string reason) => new(AgentVerdict.Missing, reason);

    public static AgentOutcome TimedOut(TimeSpan deadline) => new(
        AgentVerdict.TimedOut, FormattableString.Invariant($"no end within {deadline.TotalSeconds:0.###} s"));
}
