// Carries out Effect.RunAgent. Addresses are done in-process on a thread of their own, so that a group's address never
// waits for another group's scripts, nor for a disk; everything else is a program under the process watcher.
// Invariant: every run is answered exactly once, by its deadline or shortly after; the caller never waits.

using HaSharp.Core;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Processes;
using Microsoft.Extensions.Logging;

namespace HaSharp.Daemon.Agents;

/// <summary>The daemon's own code for addresses; called on one thread.</summary>
/// <param name="Announce">With a resource's arguments.</param>
public sealed record AddressCalls(Func<Effect.RunAgent, AgentOutcome> Run, Action<IReadOnlyList<string>> Announce);

public sealed partial class AgentRunner : IDisposable
{
    private const int LoggedLines = 20;

    private readonly AgentCatalog _catalog;
    private readonly ProcessWatcher _processes;
    private readonly ProcessWatcher _looks;
    private readonly AddressCalls _addresses;
    private readonly ILogger _log;
    private readonly Dictionary<string, string> _remarks = new(StringComparer.Ordinal);
    private readonly WorkThread _addressThread = new("addresses");
    private volatile Setting _setting;

    /// <param name="processes">For what changes something; outlives the runner.</param>
    /// <param name="looks">For monitors, which may all hang without keeping a start or stop waiting; the same.</param>
    /// <param name="environment">See <see cref="AgentEnvironment"/>.</param>
    public AgentRunner(
        AgentCatalog catalog,
        ProcessWatcher processes,
        ProcessWatcher looks,
        AddressCalls addresses,
        IReadOnlyList<string> environment,
        ILogger<AgentRunner> log)
    {
        _catalog = catalog;
        _processes = processes;
        _looks = looks;
        _addresses = addresses;
        _log = log;
        _setting = Read(environment);
    }

    /// <summary>After a reload: for all runs from now on. Looks at the disk.</summary>
    public void Use(IReadOnlyList<string> environment) => _setting = Read(environment);

    /// <param name="done">Called once, on a thread of the runner's; must be quick.</param>
    public void Run(Effect.RunAgent run, Action<AgentOutcome> done)
    {
        if (_setting.BuiltIn.Contains(run.Resource.Type))
        {
            _addressThread.Post(() => RunAddress(run, done));
        }
        else
        {
            WatcherOf(run).Post(() => RunProgram(run, done));
        }
    }

    private ProcessWatcher WatcherOf(Effect.RunAgent run) => run.Action == AgentAction.Monitor ? _looks : _processes;

    /// <summary>Announces those of the resources that are built-in addresses.</summary>
    public void Announce(Effect.Announce announce)
    {
        foreach (Core.Config.Resource resource in announce.Resources)
        {
            if (_setting.BuiltIn.Contains(resource.Type))
            {
                _addressThread.Post(() => _addresses.Announce(resource.Arguments));
            }
        }
    }

    public void Dispose() => _addressThread.Dispose();

    private Setting Read(IReadOnlyList<string> environment) => new(
        environment, [.. AgentCatalog.BuiltInNames.Where(name => _catalog.Locate(name) is AgentLocation.BuiltIn)]);

    private void RunAddress(Effect.RunAgent run, Action<AgentOutcome> done)
    {
        AgentOutcome outcome = _addresses.Run(run);
        if (outcome is { Verdict: AgentVerdict.Ok, Reason.Length: > 0 })
        {
            // The address is up, but something about it is not as it should be; no event will tell.
            Remark(run.Resource.Text, outcome.Reason);
        }

        done(outcome);
    }

    /// <summary>On the watcher's thread, which may wait for the disk that the script is on.</summary>
    private void RunProgram(Effect.RunAgent run, Action<AgentOutcome> done)
    {
        AgentLocation location = _catalog.Locate(run.Resource.Type);
        if (location is AgentLocation.BuiltIn)
        {
            // The administrator's own IPaddr has just been removed.
            _addressThread.Post(() => RunAddress(run, done));
            return;
        }

        _ = Carry(AgentKinds.Of(location), run, done);
    }

    private async Task Carry(IAgentKind kind, Effect.RunAgent run, Action<AgentOutcome> done)
    {
        AgentCall call = new(run.Group, run.Resource, run.Action, run.Deadline, _setting.Environment);
        ActionRun action = new(
            WatcherOf(run), run.Interval > TimeSpan.Zero ? call with { Interval = run.Interval } : call);
        AgentOutcome outcome;
        try
        {
            outcome = await kind.Carry(action);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk or /proc failed us; a run without an answer would hold up its group for ever.
            outcome = AgentOutcome.Failed($"{run.Resource.Text}: {e.Message}");
        }

        Log(action, outcome);
        done(outcome);
    }

    /// <summary>What an agent says goes to the debug log (spec 4.9), and to the log when it fails.</summary>
    private void Log(ActionRun run, AgentOutcome outcome)
    {
        if (outcome is { Verdict: AgentVerdict.Ok, Reason.Length: > 0 } && IsNews(run.Call.Resource, outcome.Reason))
        {
            Remark(run.Call.Resource.Text, outcome.Reason);
        }

        bool isGood = outcome.Verdict is AgentVerdict.Ok or AgentVerdict.NotRunning;
        LogLevel level = isGood ? LogLevel.Debug : LogLevel.Information;
        if (!_log.IsEnabled(level) || (isGood && run.Action is AgentAction.Status or AgentAction.Monitor))
        {
            return;
        }

        IEnumerable<(string Name, string Line)> lines = run.Programs.SelectMany(
            program => OutputLines.Of(program.Result.Output).Concat(OutputLines.Of(program.Result.Errors))
                .Select(line => (program.Name, line)));
        foreach ((string name, string line) in lines.TakeLast(LoggedLines))
        {
            AgentSaid(level, name, line);
        }
    }

    /// <summary>A remark is made once, not with every check.</summary>
    private bool IsNews(Core.Config.Resource resource, string remark)
    {
        lock (_remarks)
        {
            bool isNews = !_remarks.TryGetValue(resource.Text, out string? last) || last != remark;
            _remarks[resource.Text] = remark;
            return isNews;
        }
    }

    [LoggerMessage(EventId = 9201, Message = "{Program}: {Line}")]
    private partial void AgentSaid(LogLevel level, string program, string line);

    [LoggerMessage(9202, LogLevel.Warning, "{Resource}: {Reason}")]
    private partial void Remark(string resource, string reason);

    /// <summary>What a reload exchanges.</summary>
    private sealed record Setting(IReadOnlyList<string> Environment, HashSet<string> BuiltIn);
}
