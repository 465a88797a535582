using System.Globalization;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Processes;

namespace HaSharp.Daemon.Agents;

/// <summary>A program that an action ran: how it ended, and the words for it.</summary>
/// <param name="Name">Its command line, for people.</param>
/// <param name="Deadline">The action's.</param>
internal sealed record ProgramRun(string Name, ProcessResult Result, TimeSpan Deadline)
{
    private const int ReasonLength = 200;

    /// <summary>Null: it did not come to one, see <see cref="Trouble"/>.</summary>
    public int? Code => (Result.End as ProcessEnd.Exited)?.Code;

    /// <summary>What an end without an exit code means; only then to be called.</summary>
    public AgentOutcome Trouble() => Result.End switch
    {
        ProcessEnd.TimedOut => new AgentOutcome(
            AgentVerdict.TimedOut, $"{Name}: {AgentOutcome.TimedOut(Deadline).Reason}{LastWords()}"),
        ProcessEnd.Killed killed => AgentOutcome.Failed(string.Create(
            CultureInfo.InvariantCulture, $"{Name} was ended by signal {killed.Signal}{LastWords()}")),
        ProcessEnd.NotStarted not => AgentOutcome.Failed(not.Trouble),
        _ => Exited(AgentVerdict.Failed),
    };

    /// <summary>A verdict with the exit code and the program's last words as the reason.</summary>
    public AgentOutcome Exited(AgentVerdict verdict) => verdict switch
    {
        AgentVerdict.Ok => AgentOutcome.Ok,
        AgentVerdict.NotRunning => AgentOutcome.NotRunning,
        _ => new AgentOutcome(verdict, string.Create(
            CultureInfo.InvariantCulture, $"{Name} ended with exit code {Code}{LastWords()}")),
    };

    /// <summary>
    /// Begins with a colon: the last line that is not empty, of the errors if there is one, without control characters.
    /// </summary>
    private string LastWords()
    {
        string line = OutputLines.Of(Result.Errors).LastOrDefault()
            ?? OutputLines.Of(Result.Output).LastOrDefault() ?? "";
        return line.Length == 0 ? "" : $": {line[..Math.Min(line.Length, ReasonLength)]}";
    }
}
