// Everything around one ClusterNode, put together: its thread, the links, the agents, the control socket, the memory.
// The idea: a list of parts with one arrow between any two of them, made in the order of this constructor and taken
// apart in the reverse; policy is nowhere here.

using System.Diagnostics;
using System.Text;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Daemon.Addresses;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Checks;
using HaSharp.Daemon.Control;
using HaSharp.Daemon.Events;
using HaSharp.Daemon.Host;
using HaSharp.Daemon.Links;
using HaSharp.Daemon.Notices;
using HaSharp.Daemon.Native;
using HaSharp.Daemon.Pings;
using HaSharp.Daemon.Processes;
using Microsoft.Extensions.Logging;

namespace HaSharp.Daemon.NodeLoop;

/// <summary>What a daemon is made from.</summary>
/// <param name="Mentions">What the files of Config name of the machine.</param>
/// <param name="ReadFiles">Reads and checks the three files anew, for a reload.</param>
/// <param name="HaDirectory">Absolute.</param>
/// <param name="PeersFile">Where the replay guard's memory is kept.</param>
/// <param name="KeptFile">Where what the core keeps is kept.</param>
/// <param name="Warm">
/// Called once, when all that a takeover needs is compiled. Before that real-time scheduling would do harm: a slow
/// machine compiles for seconds, and nothing else would run there meanwhile.
/// </param>
/// <param name="Fatal">Writes down why the process is about to end; must not take long.</param>
public sealed record DaemonParts(
    ClusterConfig Config,
    IReadOnlyList<Mention> Mentions,
    NodeIdentity Identity,
    Func<ConfigResult> ReadFiles,
    string HaDirectory,
    string RunDirectory,
    string PeersFile,
    string KeptFile,
    ILoggerFactory Logs,
    Action Warm,
    Action<Exception> Fatal);

public sealed partial class ClusterDaemon : IDisposable
{
    /// <summary>How often the core is told what the wall clock says.</summary>
    private static readonly TimeSpan ClockPause = TimeSpan.FromMinutes(1);

    /// <summary>Monitors, checks, notices and event scripts that run at the same time.</summary>
    private const int LooksLimit = 256;

    /// <summary>A node without a link says nothing, and shall be ready all the same when it gets one.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    /// <summary>For a machine whose compiler does not come to rest.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    /// <summary>For telling the reason of a sudden end; after that the kernel ends the process in any case.</summary>
    private const uint LastWordsSeconds = 1;

    private readonly DaemonParts _parts;
    private readonly ILogger _log;
    private readonly Inbox _inbox = new();
    private readonly EventLog _events;
    private readonly SystemdNotify _systemd = SystemdNotify.FromEnvironment();
    private readonly PeerMarksWriter _marks;
    private readonly BackgroundFile _kept;
    private readonly ProcessWatcher _processes = new();
    private readonly ProcessWatcher _looks = new(LooksLimit);
    private readonly AddressAgent _addresses = new();
    private readonly AddressWatch _addressWatch;
    private readonly AgentCatalog _catalog;
    private readonly AgentRunner _agents;
    private readonly EventScripts _scripts;
    private readonly CheckRunner _checks;
    private readonly NoticeBoard _notices;
    private readonly LinkKeeper _keeper;
    private readonly Pinger _pinger;
    private readonly ControlServer _control;
    private readonly NodeThread _node;
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reloading = new();
    private readonly ManualResetEventSlim _spoken = new();
    private readonly Thread _warmUp;
    private readonly Timer _clock;
    private ClusterConfig _config;
    private volatile TaskCompletionSource<CommandResult>? _judged;

    /// <summary>Opens the control socket and begins to open links; nothing is sent before Start.</summary>
    /// <exception cref="IOException">The control socket or the kernel's network tables cannot be had.</exception>
    public ClusterDaemon(DaemonParts parts)
    {
        _parts = parts;
        _log = parts.Logs.CreateLogger<ClusterDaemon>();
        _config = parts.Config;
        _events = new EventLog(_log);
        _clock = new Timer(_ => _inbox.Post(new Input.ClockRead(DateTimeOffset.UtcNow.ToUnixTimeSeconds())));
        _warmUp = new Thread(CompileBeforeItCounts) { Name = "warm-up", IsBackground = true };
        _marks = new PeerMarksWriter(parts.PeersFile, text => LogTrouble(_log, text));
        _kept = new BackgroundFile(
            parts.KeptFile, TimeSpan.Zero, "a restart would forget maintenance", text => LogTrouble(_log, text));
        IReadOnlyList<string> environment =
            AgentEnvironment.Of(parts.Config, parts.Identity.Name, parts.HaDirectory);
        _addressWatch = new AddressWatch(_addresses, _inbox.Post);
        _catalog = new AgentCatalog(AgentDirectories.OfMachine(parts.HaDirectory));
        _agents = new AgentRunner(
            _catalog,
            _processes,
            _looks,
            new AddressCalls(_addressWatch.Run, _addresses.Announce),
            environment,
            parts.Logs.CreateLogger<AgentRunner>());
        _scripts = new EventScripts(
            parts.HaDirectory, _looks, environment, AgentTrust.Objection, parts.Logs.CreateLogger<EventScripts>());
        _checks = new CheckRunner(_looks, environment, AgentTrust.Objection);
        _notices = new NoticeBoard(
            parts.Config.Notices,
            parts.Identity.Name,
            _looks,
            environment,
            AgentTrust.Objection,
            parts.Logs.CreateLogger<NoticeBoard>());
        _control = new ControlServer(
            parts.RunDirectory,
            ControlAccess.Here(),
            new ControlPorts(Submit, client => ThreadPool.UnsafeQueueUserWorkItem(_ => ServeReload(client), null)),
            _log);
        _keeper = new LinkKeeper(parts.Config.Links, (_, link) => _inbox.LinkOpened(link), _inbox.LinkTroubled);
        _pinger = new Pinger(
            node => _inbox.Post(new Input.PingReplied(node)),
            (node, trouble) => _inbox.Post(new Input.PingTroubled(node, trouble)));
        _node = new NodeThread(new ClusterNode(parts.Config, parts.Identity), _inbox, Ports(), _events);
    }

    /// <summary>True: the node has left with everything released; false: something could not be stopped.</summary>
    public Task<bool> Ended => _ended.Task;

    /// <summary>Begins to be a member of the cluster.</summary>
    public void Start()
    {
        new Thread(RunNode) { Name = "node" }.Start();
        _warmUp.Start();
        _ = Task.Run(() =>
        {
            LogProblems(Faults(_parts.Mentions));
            return AskAgents(
                _parts.Mentions, AgentEnvironment.Of(_parts.Config, _parts.Identity.Name, _parts.HaDirectory));
        });
        _clock.Change(ClockPause, ClockPause);
        _systemd.Ready($"node {_parts.Identity.Name}");
    }

    /// <summary>Release everything in order, say goodbye, end. Asking again changes nothing.</summary>
    public void RequestStop()
    {
        _systemd.Stopping();
        _inbox.Post(new Input.CommandReceived(Nobody, new Command.Stop()));
    }

    /// <summary>
    /// Reads the files again; on any error, or while another reload is under way, nothing changes and the answer says
    /// why. Waits for the disk and for the node: not for the node's thread.
    /// </summary>
    public ControlAnswer Reload()
    {
        if (!_reloading.TryEnter())
        {
            return new ControlAnswer(ControlAnswer.Refused, "a reload is under way");
        }

        try
        {
            _systemd.Reloading();
            ConfigResult files = _parts.ReadFiles();
            ControlAnswer answer = files.Config is { } config ? Apply(config, files.Mentions) : new ControlAnswer(
                ControlAnswer.Invalid, $"the files in {_parts.HaDirectory} have errors, nothing is changed");
            _systemd.Ready($"node {_parts.Identity.Name}");
            ConfigProblem[] problems = [.. files.Problems, .. Faults(files.Mentions)];
            LogProblems(problems);
            LogReload(_log, answer.Text);
            return answer with { Problems = [.. problems.Select(problem => problem.ToString())] };
        }
        finally
        {
            _reloading.Exit();
        }
    }

    /// <summary>After Ended. What is queued for clients and the log is written out, as far as they take it.</summary>
    public void Dispose()
    {
        _spoken.Set();
        if (_warmUp.IsAlive)
        {
            // It uses parts that are about to be closed, and an exception there would end the process uncleanly.
            _warmUp.Join();
        }

        _clock.Dispose();
        _control.Dispose();
        _keeper.Dispose();
        _pinger.Dispose();
        _node.Dispose();
        _notices.Dispose();
        _agents.Dispose();
        _addressWatch.Dispose();
        _processes.Dispose();
        _looks.Dispose();
        _addresses.Dispose();
        _marks.Dispose();
        _kept.Dispose();
        _events.Dispose();
        _inbox.Dispose();
        _systemd.Dispose();
        _spoken.Dispose();
    }

    /// <summary>A client that no connection has: answers to it are dropped.</summary>
    private static ClientId Nobody => default;

    /// <summary>Ourselves, who pass the node's answer to a new configuration on.</summary>
    private static ClientId Reloader => new(-1);

    private NodePorts Ports() => new()
    {
        RunAgent = run => _agents.Run(run, outcome => _inbox.Post(new Input.AgentFinished(run.Run, outcome))),
        SendPing = _pinger.Ask,
        Announce = _agents.Announce,
        AskNeighbours = _addressWatch.Ask,
        Reply = Reply,
        RunEventScript = _scripts.Tell,
        RunCheck = run => _checks.Run(run, _inbox.Post),
        Notify = _notices.Tell,
        Spoken = _spoken.Set,
        Remember = _marks.Remember,
        Keep = text => _kept.Put(() => Encoding.UTF8.GetBytes(text)),
        LinkLost = _keeper.Lost,
        Alive = _systemd.WatchdogInterval is null ? null : _systemd.Watchdog,
        AliveEvery = _systemd.WatchdogInterval ?? TimeSpan.Zero,
    };

    private void RunNode()
    {
        try
        {
            _ended.SetResult(_node.Run());
        }
        catch (Exception broken)
        {
            // A node that is wrong about something must not go on, nor hang in its last words on a dead terminal.
            Kernel.EndAfter(LastWordsSeconds);
            _parts.Fatal(broken);
            Environment.FailFast("the node's thread has failed", broken);
        }
    }

    /// <summary>
    /// After the node's first words, which a slow machine shall not wait for: a restart must not look like a death.
    /// </summary>
    private void CompileBeforeItCounts()
    {
        _spoken.Wait(LongestSilence);
        long started = Stopwatch.GetTimestamp();
        _processes.Run(new ProcessRequest("/bin/true", [], [], TimeSpan.FromSeconds(5)), _ => { });
        _ = WarmUp.Run(_config.Keys);
        _addressWatch.Warm();
        WarmUp.AwaitRest(LongestRest, Ended);
        LogWarm(_log, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        _parts.Warm();
    }

    /// <summary>What the files name and this machine has not. Waits for the disk.</summary>
    private IReadOnlyList<ConfigProblem> Faults(IReadOnlyList<Mention> mentions) =>
        AgentSurvey.Faults(_catalog, mentions, Rtnetlink.InterfaceNames());

    /// <summary>Beside everything else: nothing waits for it.</summary>
    private Task AskAgents(IReadOnlyList<Mention> mentions, IReadOnlyList<string> environment) =>
        new AgentSurvey(_catalog, _looks, environment).Ask(
            mentions,
            (resource, times) => _inbox.Post(new Input.AgentDescribed(resource, times)),
            problem => LogProblems([problem]));

    private void LogProblems(IEnumerable<ConfigProblem> problems)
    {
        foreach (ConfigProblem problem in problems)
        {
            LogLevel level = LevelOf(problem.Severity);
            LogProblem(_log, level, problem);
        }
    }

    private bool Submit(ClientId client, Command command)
    {
        if (command is Command.Stop)
        {
            _systemd.Stopping();
        }

        return _inbox.TryPost(new Input.CommandReceived(client, command));
    }

    private void ServeReload(ClientId client) => _control.Answer(client, Reload());

    /// <summary>The node judges first; nothing around it changes before it has taken the configuration.</summary>
    private ControlAnswer Apply(ClusterConfig config, IReadOnlyList<Mention> mentions)
    {
        var judged = new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _judged = judged;
        _inbox.Post(new Input.ConfigurationChanged(config, Reloader));
        if (Task.WaitAny(judged.Task, Ended) != 0)
        {
            return new ControlAnswer(ControlAnswer.Refused, "the daemon has ended");
        }

        if (judged.Task.Result is not CommandResult.Done)
        {
            return ControlProtocol.AnswerOf(judged.Task.Result);
        }

        ClusterConfig before = _config;
        _config = config;
        IReadOnlyList<string> environment = AgentEnvironment.Of(config, _parts.Identity.Name, _parts.HaDirectory);
        _agents.Use(environment);
        _scripts.Use(environment);
        _checks.Use(environment);
        _notices.Use(config.Notices, environment);
        _ = Task.Run(() => AskAgents(mentions, environment));
        _keeper.Configure(config.Links);
        foreach (LinkName gone in before.Links.Select(link => link.Name).Except(config.Links.Select(link => link.Name)))
        {
            _inbox.LinkRemoved(gone);
        }

        bool waits = config.Log != before.Log || config.Realtime != before.Realtime;
        return new ControlAnswer(
            ControlAnswer.Done,
            waits ? "reloaded; logging and realtime change with the next start" : "reloaded");
    }

    private void Reply(ClientId client, CommandResult result)
    {
        if (client == Reloader)
        {
            _judged?.TrySetResult(result);
        }
        else
        {
            _control.Answer(client, result);
        }
    }

    private static LogLevel LevelOf(ProblemSeverity severity) => severity switch
    {
        ProblemSeverity.Note => LogLevel.Information,
        ProblemSeverity.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };

    [LoggerMessage(9007, LogLevel.Debug, "compiled in {Milliseconds} ms what a takeover needs")]
    private static partial void LogWarm(ILogger log, long milliseconds);

    [LoggerMessage(EventId = 9003, Message = "{Problem}")]
    private static partial void LogProblem(ILogger log, LogLevel level, ConfigProblem problem);

    [LoggerMessage(9004, LogLevel.Information, "reload: {Outcome}")]
    private static partial void LogReload(ILogger log, string outcome);

    [LoggerMessage(9005, LogLevel.Warning, "{Text}")]
    private static partial void LogTrouble(ILogger log, string text);
}
