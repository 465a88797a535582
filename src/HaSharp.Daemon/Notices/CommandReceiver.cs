// The line notify: a program that is run for every event.

using System.Globalization;
using HaSharp.Core.Config;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Processes;

namespace HaSharp.Daemon.Notices;

/// <param name="environment">That of the agents; what the event says is added.</param>
/// <param name="objection">Why a path must not be run; null: it may be.</param>
/// <param name="deadline">Then the program's process group is ended.</param>
internal sealed class CommandReceiver(
    NoticeCommand command,
    ProcessWatcher processes,
    IReadOnlyList<string> environment,
    Func<string, string?> objection,
    TimeSpan deadline) : INoticeReceiver
{
    /// <summary>keepalived's fourth argument; a group has no priority here, and its scripts want a number.</summary>
    private const string Priority = "100";

    public string Name => $"notify {command}";

    public async Task<string?> Deliver(Notice notice, long missed, CancellationToken cancellation)
    {
        if (File.Exists(command.Path) && objection(command.Path) is { } reason)
        {
            return $"not run: {reason}";
        }

        var ended = new TaskCompletionSource<ProcessResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        processes.Run(
            new ProcessRequest(command.Path, Arguments(notice), Environment(notice, missed), deadline),
            ended.SetResult);
        ProcessResult result = await ended.Task.WaitAsync(cancellation);
        return result.End switch
        {
            ProcessEnd.Exited { Code: 0 } => null,
            ProcessEnd.Exited exited => $"exit code {exited.Code}{LastLine(result)}",
            ProcessEnd.Killed killed => $"ended by signal {killed.Signal}",
            ProcessEnd.NotStarted not => not.Trouble,
            _ => $"not finished after {deadline.TotalSeconds} s and ended",
        };
    }

    private string[] Arguments(Notice notice) =>
        [.. command.Arguments, notice.Kind, notice.Name, notice.State, Priority];

    private List<string> Environment(Notice notice, long missed)
    {
        (string Name, string Value)[] variables =
        [
            ("EVENT", notice.Event),
            ("NODE", notice.Node),
            ("GROUP", notice.Group),
            ("RESOURCE", notice.Resource),
            ("STATE", notice.State),
            ("REASON", notice.Reason),
            ("TEXT", notice.Text),
            ("TIME", notice.TimeText),
            ("MISSED", missed.ToString(CultureInfo.InvariantCulture)),
        ];
        return
        [
            .. environment,
            .. variables.Select(variable => $"HASHARP_{variable.Name}={variable.Value.Replace('\0', ' ')}"),
        ];
    }

    private static string LastLine(ProcessResult result)
    {
        string line = OutputLines.Of(result.Output).Concat(OutputLines.Of(result.Errors)).LastOrDefault("");
        return line.Length > 0 ? $": {line}" : "";
    }
}
