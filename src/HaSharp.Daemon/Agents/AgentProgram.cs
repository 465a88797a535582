using System.Globalization;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Processes;

namespace HaSharp.Daemon.Agents;

/// <summary>One action of an agent that is a program: how it is called, and what its end means.</summary>
internal sealed class AgentProgram(
    AgentLocation location, IReadOnlyList<string> arguments, AgentAction action, TimeSpan deadline)
{
    private const int ReasonLength = 200;

    private string Path => location is AgentLocation.Unit unit ? unit.Systemctl : ((AgentLocation.Script)location).Path;

    private IReadOnlyList<string> Words => location is AgentLocation.Unit unit
        ? [action == AgentAction.Status ? "is-active" : Word(action), unit.Name]
        : [.. arguments, Word(action)];

    /// <summary>The action as agents know it.</summary>
    public static string Word(AgentAction action) => action switch
    {
        AgentAction.Start => "start",
        AgentAction.Stop => "stop",
        _ => "status",
    };

    public override string ToString() => $"{Path} {string.Join(' ', Words)}";

    public ProcessRequest Request(IReadOnlyList<string> environment) => new(Path, Words, environment, deadline);

    public AgentOutcome Outcome(ProcessResult result)
    {
        switch (result.End)
        {
            case ProcessEnd.TimedOut:
                string late = AgentOutcome.TimedOut(deadline).Reason;
                return new AgentOutcome(AgentVerdict.TimedOut, $"{this}: {late}{LastWords(result)}");
            case ProcessEnd.Killed killed:
                return AgentOutcome.Failed(string.Create(
                    CultureInfo.InvariantCulture, $"{this} was ended by signal {killed.Signal}{LastWords(result)}"));
            case ProcessEnd.Exited exited:
                return Outcome(exited.Code, result);
            default:
                return AgentOutcome.Failed(((ProcessEnd.NotStarted)result.End).Trouble);
        }
    }

    /// <summary>The last line that is not empty, of the errors if there is one, without control characters.</summary>
    private static string LastWords(ProcessResult result)
    {
        string line = LastLine(result.Errors) ?? LastLine(result.Output) ?? "";
        return line.Length == 0 ? "" : $": {line[..Math.Min(line.Length, ReasonLength)]}";
    }

    private static string? LastLine(string text) => OutputLines.Of(text).LastOrDefault();

    private AgentOutcome Outcome(int code, ProcessResult result)
    {
        AgentVerdict? verdict = action != AgentAction.Status ? (code == 0 ? AgentVerdict.Ok : null)
            : location is AgentLocation.Unit ? StatusConvention.ReadUnit(result.Output, code)
            : StatusConvention.Read(result.Output, code);
        return verdict is { } known
            ? new AgentOutcome(known, "")
            : AgentOutcome.Failed(string.Create(
                CultureInfo.InvariantCulture, $"{this} ended with exit code {code}{LastWords(result)}"));
    }
}
