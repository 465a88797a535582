// hasharp agent NAME [ARGUMENT...] start|stop|status: runs an agent as the daemon would, for the administrator and for
// scripts. What the agent prints is printed; then comes what the daemon makes of it.

using HaSharp.Core.Resources;
using HaSharp.Daemon.Processes;

namespace HaSharp.Daemon.Agents;

public sealed class AgentCommand(
    AgentCatalog catalog,
    IReadOnlyList<string> environment,
    Func<IReadOnlyList<string>, TextWriter, TextWriter, int> address)
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongUsage = 2;
    private const int NotRunning = 3;

    /// <summary>A person who waits can press Ctrl-C; this only keeps a forgotten one from waiting for ever.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromHours(1);

    /// <param name="words">
    /// The agent's name, its arguments, the action. A built-in name is always the built-in code.
    /// </param>
    /// <returns>0 done or running, 1 failed, 2 wrong usage, 3 not running.</returns>
    public int Run(IReadOnlyList<string> words, TextWriter output, TextWriter errors)
    {
        if (words.Count > 0 && AgentCatalog.BuiltInNames.Contains(words[0]))
        {
            return address([.. words.Skip(1)], output, errors);
        }

        if (words.Count < 2 || ActionOf(words[^1]) is not { } action)
        {
            errors.WriteLine("usage: hasharp agent NAME [ARGUMENT...] start|stop|status");
            return WrongUsage;
        }

        AgentLocation location = catalog.Locate(words[0]);
        if (location is AgentLocation.Missing missing)
        {
            errors.WriteLine(missing.Reason);
            return Failed;
        }

        AgentProgram program = new(location, [.. words.Skip(1).SkipLast(1)], action, Deadline);
        ProcessResult result = Run(program);
        output.Write(result.Output);
        errors.Write(result.Errors);
        return Tell(words[0], action, program.Outcome(result), output, errors);
    }

    private static AgentAction? ActionOf(string word) => word switch
    {
        "start" => AgentAction.Start,
        "stop" => AgentAction.Stop,
        "status" => AgentAction.Status,
        _ => null,
    };

    private static int Tell(
        string name, AgentAction action, AgentOutcome outcome, TextWriter output, TextWriter errors)
    {
        switch (outcome.Verdict)
        {
            case AgentVerdict.Ok:
                output.WriteLine($"{name}: {(action == AgentAction.Status ? "running" : "done")}");
                return Done;
            case AgentVerdict.NotRunning:
                output.WriteLine($"{name}: not running");
                return NotRunning;
            default:
                errors.WriteLine(outcome.Reason);
                return Failed;
        }
    }

    private ProcessResult Run(AgentProgram program)
    {
        using ProcessWatcher watcher = new();
        using ManualResetEventSlim ended = new();
        ProcessResult? result = null;
        watcher.Run(program.Request(environment), given =>
        {
            result = given;
            ended.Set();
        });
        ended.Wait();
        return result!;
    }
}
