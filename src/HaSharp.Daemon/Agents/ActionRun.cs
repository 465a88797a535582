using System.Diagnostics;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Processes;

namespace HaSharp.Daemon.Agents;

/// <summary>One action that is asked of one resource's agent.</summary>
/// <param name="Group">Whose resource it is: part of the mark that its processes carry.</param>
/// <param name="Deadline">For all that the action takes.</param>
/// <param name="Environment">See <see cref="AgentEnvironment"/>.</param>
public sealed record AgentCall(
    GroupName Group, Resource Resource, AgentAction Action, TimeSpan Deadline, IReadOnlyList<string> Environment)
{
    /// <summary>
    /// From one recurring check to the next, for agents that want to know. Never zero, which says that it is a probe.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the resource's processes carry; another than its own for who runs under a mark already.</summary>
    public string Mark { get; init; } = $"{Group}/{Resource.Text}";
}

/// <summary>
/// An action under way: the programs that it runs, one after the other, within one deadline. What they said is kept for
/// the log.
/// </summary>
internal sealed class ActionRun(ProcessWatcher watcher, AgentCall call)
{
    /// <summary>Only root writes there.</summary>
    private const UnixFileMode StateMode = (UnixFileMode)0b111_101_101;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<ProgramRun> _programs = [];

    public AgentCall Call => call;

    public AgentAction Action => call.Action;

    /// <summary>Never negative.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = call.Deadline - Stopwatch.GetElapsedTime(_started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Those that have ended and had something to say to people.</summary>
    public IReadOnlyList<ProgramRun> Programs => _programs;

    /// <summary>
    /// Runs a program with the call's environment and the resource's mark, until the deadline at most.
    /// </summary>
    /// <param name="variables">NAME=VALUE, after and instead of the call's.</param>
    public async Task<ProgramRun> Run(string path, IReadOnlyList<string> words, IReadOnlyList<string>? variables = null)
    {
        ProgramRun run = await Look(path, words, variables);
        _programs.Add(run);
        return run;
    }

    /// <summary>The same for a program whose words are not for people.</summary>
    public async Task<ProgramRun> Look(
        string path, IReadOnlyList<string> words, IReadOnlyList<string>? variables = null)
    {
        IReadOnlyList<string> environment =
            ProgramVariables.Join([.. call.Environment, ResourceMark.LineOf(call)], variables ?? []);
        MakeStateDirectory();
        ProcessResult result = await watcher.RunAsync(new ProcessRequest(path, words, environment, Left));
        return new ProgramRun($"{path} {string.Join(' ', words)}", result, call.Deadline);
    }

    /// <summary>Without it an agent says itself what it misses.</summary>
    private static void MakeStateDirectory()
    {
        try
        {
            if (!Directory.Exists(AgentEnvironment.StateDirectory))
            {
                Directory.CreateDirectory(AgentEnvironment.StateDirectory, StateMode);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}

/// <summary>Lists of NAME=VALUE.</summary>
internal static class ProgramVariables
{
    /// <summary>What comes later wins.</summary>
    public static IReadOnlyList<string> Join(IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        if (second.Count == 0)
        {
            return first;
        }

        HashSet<string> later = [.. second.Select(NameOf)];
        return [.. first.Where(line => !later.Contains(NameOf(line))), .. second];
    }

    private static string NameOf(string line) => line[..(line.IndexOf('=', StringComparison.Ordinal) + 1)];
}
