// Carries out Effect.RunCheck: a command of the site's own that says whether this node is fit for a group.
// Nothing here waits for a check, nor does the daemon's end: a check may stop the daemon itself, as keepalived's check
// scripts do, and would wait for its own end then. What runs when the daemon ends is killed with its process group.

using HaSharp.Core;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Processes;

namespace HaSharp.Daemon.Checks;

/// <param name="processes">Outlives the runner.</param>
/// <param name="environment">See <see cref="AgentEnvironment"/>.</param>
/// <param name="objection">Why the program of this path must not be run; null: it may be.</param>
public sealed class CheckRunner(
    ProcessWatcher processes, IReadOnlyList<string> environment, Func<string, string?> objection)
{
    private volatile IReadOnlyList<string> _environment = environment;

    /// <summary>After a reload: for all runs from now on.</summary>
    public void Use(IReadOnlyList<string> environment) => _environment = environment;

    /// <param name="done">Called once, on a thread of the watcher's; must be quick.</param>
    public void Run(Effect.RunCheck run, Action<Input.CheckFinished> done) => processes.Post(() => Start(run, done));

    /// <summary>On the watcher's thread, which may wait for the disk that the command is on.</summary>
    private void Start(Effect.RunCheck run, Action<Input.CheckFinished> done)
    {
        IReadOnlyList<string> command = run.Check.Command;
        if (File.Exists(command[0]) && objection(command[0]) is { } reason)
        {
            done(new Input.CheckFinished(run.Run, false, $"not run: {reason}"));
            return;
        }

        processes.Run(
            new ProcessRequest(command[0], [.. command.Skip(1)], _environment, run.Check.Timeout),
            result => done(new Input.CheckFinished(
                run.Run, result.End is ProcessEnd.Exited { Code: 0 }, Reason(run, result))));
    }

    private static string Reason(Effect.RunCheck run, ProcessResult result)
    {
        string line = OutputLines.Of(result.Output).Concat(OutputLines.Of(result.Errors)).LastOrDefault("");
        string end = result.End switch
        {
            ProcessEnd.Exited { Code: 0 } => "",
            ProcessEnd.Exited exited => $"exit code {exited.Code}",
            ProcessEnd.Killed killed => $"ended by signal {killed.Signal}",
            ProcessEnd.NotStarted not => not.Trouble,
            _ => FormattableString.Invariant($"no end within {run.Check.Timeout.TotalSeconds:0.###} s"),
        };
        return end.Length > 0 && line.Length > 0 ? $"{end}: {line}" : end + line;
    }
}
