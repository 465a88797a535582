// hasharp agent [run] NAME|WORD [ARGUMENT...] ACTION: runs an agent as the daemon would, for the administrator and for
// scripts. What the agent prints is printed; then comes what the daemon makes of it.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Processes;

namespace HaSharp.Daemon.Agents;

/// <param name="callOf">What the daemon would give the agent of a resource, for an action.</param>
/// <param name="address">The built-in code, as a program: arguments and action, output, errors.</param>
public sealed class AgentCommand(
    AgentCatalog catalog,
    Func<Resource, AgentAction, AgentCall> callOf,
    Func<IReadOnlyList<string>, TextWriter, TextWriter, int> address)
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongUsage = 2;
    private const int NotRunning = 3;
    private const int TimedOut = 5;

    /// <summary>
    /// A built-in name is the built-in code even if the administrator has a script of that name, which may be the
    /// caller.
    /// </summary>
    public bool PrefersBuiltIn { get; init; } = true;

    /// <param name="words">The agent's name or a word of haresources, further arguments, the action.</param>
    /// <returns>0 done or running, 1 failed, 2 wrong usage, 3 not running, 5 not finished in time.</returns>
    public int Run(IReadOnlyList<string> words, TextWriter output, TextWriter errors)
    {
        Resource? named = words.Count > 0 ? Resource.Parse(words[0]) : null;
        AgentLocation? location = named is null ? null
            : PrefersBuiltIn && AgentCatalog.BuiltInNames.Contains(named.Type) ? new AgentLocation.BuiltIn()
            : catalog.Locate(named.Type);
        if (location is AgentLocation.BuiltIn)
        {
            return address([.. named!.Arguments, .. words.Skip(1).Select(ForAddress)], output, errors);
        }

        if (named is null || words.Count < 2 || ActionOf(words[^1]) is not { } action)
        {
            errors.WriteLine("usage: hasharp agent run NAME|WORD [ARGUMENT...] start|stop|status|monitor|kill");
            return WrongUsage;
        }

        string[] arguments = [.. named.Arguments, .. words.Skip(1).SkipLast(1)];
        string text = string.Join(Resource.Separator, words.SkipLast(1));
        return Run(location!, new Resource(text, named.Type, arguments), action, output, errors);
    }

    /// <summary>
    /// Runs one action as the daemon would, within the call's deadline; prints what the agent prints and nothing else.
    /// </summary>
    public AgentOutcome Carry(AgentCall call, TextWriter output, TextWriter errors)
    {
        AgentLocation location = catalog.Locate(call.Resource.Type);
        if (location is not AgentLocation.BuiltIn)
        {
            return Carry(location, call, output, errors);
        }

        string action = call.Action == AgentAction.Kill ? "stop" : call.Action.Word();
        return address([.. call.Resource.Arguments, action], output, errors) switch
        {
            Done => AgentOutcome.Ok,
            NotRunning => AgentOutcome.NotRunning,
            _ => AgentOutcome.Failed(""),
        };
    }

    private static string ForAddress(string word) => word == "kill" ? "stop" : word;

    private static AgentAction? ActionOf(string word) => word switch
    {
        "start" => AgentAction.Start,
        "stop" => AgentAction.Stop,
        "status" => AgentAction.Status,
        "monitor" => AgentAction.Monitor,
        "kill" => AgentAction.Kill,
        _ => null,
    };

    private int Run(
        AgentLocation location, Resource resource, AgentAction action, TextWriter output, TextWriter errors) =>
        Tell(resource.Type, action, Carry(location, callOf(resource, action), output, errors), output, errors);

    private static AgentOutcome Carry(AgentLocation location, AgentCall call, TextWriter output, TextWriter errors)
    {
        using ProcessWatcher watcher = new();
        ActionRun run = new(watcher, call);
        AgentOutcome outcome = AgentKinds.Of(location).Carry(run).GetAwaiter().GetResult();
        foreach (ProcessResult result in run.Programs.Select(program => program.Result))
        {
            output.Write(result.Output);
            errors.Write(result.Errors);
        }

        return outcome;
    }

    private static int Tell(
        string name, AgentAction action, AgentOutcome outcome, TextWriter output, TextWriter errors)
    {
        string why = outcome.Reason.Length > 0 ? $" ({outcome.Reason})" : "";
        bool isQuestion = action is AgentAction.Status or AgentAction.Monitor;
        switch (outcome.Verdict)
        {
            case AgentVerdict.Ok:
                output.WriteLine($"{name}: {(isQuestion ? "running" : "done")}{why}");
                return Done;
            case AgentVerdict.NotRunning:
                output.WriteLine($"{name}: not running{why}");
                return NotRunning;
            default:
                errors.WriteLine(outcome.Reason);
                return outcome.Verdict == AgentVerdict.TimedOut ? TimedOut : Failed;
        }
    }
}
