// Carries out Effect.RunEventScript: the site's own scripts in rc.d, as heartbeat's harc runs them (spec 6.4, 10.1).
// The idea: one script at a time, from a short queue that forgets the oldest. What a site does with the news must not
// cost the cluster anything, however long it takes, and without scripts there is no cost at all.
// The scripts with which heartbeat itself manages resources are never run: the core does that work, and a second one
// who does it would start what runs elsewhere.

using System.Threading.Channels;
using HaSharp.Core;
using HaSharp.Core.Wire;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Processes;
using Microsoft.Extensions.Logging;

namespace HaSharp.Daemon.Events;

public sealed partial class EventScripts
{
    /// <summary>Events that may wait for the script before them.</summary>
    public const int QueueLimit = 64;

    /// <summary>heartbeat passes longer ones over, too (spec 6.4).</summary>
    public const int LongestType = 31;

    private const int LoggedLines = 20;
    private const string Status = "status";

    /// <summary>What heartbeat's status script takes a dead node's resources over with.</summary>
    private const string MachDown = "mach_down";

    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(1);

    /// <summary>As the package heartbeat ships them.</summary>
    private static readonly string[] HeartbeatsOwn = ["ask_resources", "hb_takeover", "ip-request", "ip-request-resp"];

    private readonly string _directory;
    private readonly ProcessWatcher _processes;
    private readonly Func<string, string?> _objection;
    private readonly ILogger _log;
    private readonly TimeSpan _deadline;
    private readonly Channel<Event> _waiting;
    private volatile Setting _setting;
    private long _dropped;

    // Both belong to the watcher's thread.
    private bool _running;
    private long _droppedTold;

    /// <param name="haDirectory">Absolute: where rc.d is.</param>
    /// <param name="processes">Outlives this; what waits when it ends is never run.</param>
    /// <param name="environment">See <see cref="AgentEnvironment"/>.</param>
    /// <param name="objection">Why a script must not be run; null: it may be.</param>
    /// <param name="deadline">One minute when null; then the script's process group is ended.</param>
    public EventScripts(
        string haDirectory,
        ProcessWatcher processes,
        IReadOnlyList<string> environment,
        Func<string, string?> objection,
        ILogger<EventScripts> log,
        TimeSpan? deadline = null)
    {
        _directory = Path.Combine(haDirectory, "rc.d");
        _processes = processes;
        _objection = objection;
        _log = log;
        _deadline = deadline ?? LongestRun;
        _waiting = Channel.CreateBounded<Event>(
            new BoundedChannelOptions(QueueLimit) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Interlocked.Increment(ref _dropped));
        _setting = Read(environment);
    }

    /// <summary>After a reload: for all events from now on. Looks at the disk.</summary>
    public void Use(IReadOnlyList<string> environment) => _setting = Read(environment);

    /// <summary>From any thread; never waits.</summary>
    /// <param name="self">This node's own status.</param>
    public void Tell(Effect.RunEventScript happened, NodeStatus self)
    {
        if (_setting.Names.Contains(happened.Type))
        {
            _waiting.Writer.TryWrite(new Event(happened, self));
            _processes.Post(RunNext);
        }
    }

    private Setting Read(IReadOnlyList<string> environment)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        List<string> passedOver = [];
        foreach (string path in Scripts())
        {
            string name = Path.GetFileName(path);
            if (IsHeartbeatsOwn(path))
            {
                passedOver.Add(name);
            }
            else if (name.Length <= LongestType)
            {
                names.Add(name);
            }
        }

        if (passedOver.Count > 0)
        {
            LogPassedOver(_directory, string.Join(", ", passedOver.Order(StringComparer.Ordinal)));
        }

        return new Setting(environment, names);
    }

    private string[] Scripts()
    {
        try
        {
            return Directory.Exists(_directory) ? Directory.GetFiles(_directory) : [];
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            LogTrouble(_directory, trouble.Message);
            return [];
        }
    }

    private bool IsHeartbeatsOwn(string path)
    {
        string name = Path.GetFileName(path);
        try
        {
            return HeartbeatsOwn.Contains(name)
                || (name == Status && File.ReadAllText(path).Contains(MachDown, StringComparison.Ordinal));
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            // A script that we may not read is not known to be harmless.
            LogTrouble(path, trouble.Message);
            return true;
        }
    }

    private void RunNext()
    {
        if (_running || !_waiting.Reader.TryRead(out Event? next))
        {
            return;
        }

        long dropped = Interlocked.Read(ref _dropped);
        if (dropped != _droppedTold)
        {
            LogDropped(dropped - _droppedTold, _directory);
            _droppedTold = dropped;
        }

        string type = next.Happened.Type;
        string path = Path.Combine(_directory, type);
        if (_objection(path) is { } objection)
        {
            LogTrouble(path, $"not run: {objection}");
            _processes.Post(RunNext);
            return;
        }

        _running = true;
        string word = type.ToLowerInvariant();
        LogRuns(path, word);
        _processes.Run(
            new ProcessRequest(path, [word], Environment(next, _setting.Environment), _deadline),
            result =>
            {
                _running = false;
                Log(path, result);
                RunNext();
            });
    }

    /// <summary>What the daemon says goes before the message's fields: these come from another machine.</summary>
    private static List<string> Environment(Event next, IReadOnlyList<string> ours)
    {
        SortedDictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach ((string name, string value) in next.Happened.Fields)
        {
            if (name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !value.Contains('\0'))
            {
                fields["HA_" + name] = value;
            }
        }

        fields["HA_OSTATUS"] = next.Self.Word();
        foreach (string line in ours)
        {
            fields.Remove(line[..line.IndexOf('=', StringComparison.Ordinal)]);
        }

        return [.. ours, .. fields.Select(field => $"{field.Key}={field.Value}")];
    }

    private void Log(string path, ProcessResult result)
    {
        foreach (string line in OutputLines.Of(result.Output).Concat(OutputLines.Of(result.Errors))
            .TakeLast(LoggedLines))
        {
            LogSaid(path, line);
        }

        string trouble = result.End switch
        {
            ProcessEnd.Exited { Code: 0 } => "",
            ProcessEnd.Exited exited => $"ended with exit code {exited.Code}",
            ProcessEnd.Killed killed => $"was ended by signal {killed.Signal}",
            ProcessEnd.TimedOut => $"had not ended after {_deadline.TotalSeconds} s and was ended",
            ProcessEnd.NotStarted not => not.Trouble,
            _ => "",
        };
        if (trouble.Length > 0)
        {
            LogTrouble(path, trouble);
        }
    }

    [LoggerMessage(9301, LogLevel.Information, "Running {Path} {Type}")]
    private partial void LogRuns(string path, string type);

    [LoggerMessage(9302, LogLevel.Information, "{Path}: {Line}")]
    private partial void LogSaid(string path, string line);

    [LoggerMessage(9303, LogLevel.Warning, "{Path}: {Trouble}")]
    private partial void LogTrouble(string path, string trouble);

    [LoggerMessage(9304, LogLevel.Warning, "{Count} events dropped: the scripts in {Directory} are too slow")]
    private partial void LogDropped(long count, string directory);

    [LoggerMessage(9305, LogLevel.Information,
        "{Directory}: not run, because HaSharp itself does the work of heartbeat's own scripts: {Names}")]
    private partial void LogPassedOver(string directory, string names);

    private sealed record Event(Effect.RunEventScript Happened, NodeStatus Self);

    /// <summary>What a reload exchanges.</summary>
    private sealed record Setting(IReadOnlyList<string> Environment, HashSet<string> Names);
}
