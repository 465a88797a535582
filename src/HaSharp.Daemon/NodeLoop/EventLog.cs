// From the node's thread to the log, without ever waiting for it.
// The idea: a bounded queue and a thread of its own. When the log is slower than the cluster (a full disk, a dead
// console), lines are dropped and counted, and the count is the first line that gets through again.
// Invariant: Report and Note return at once, whatever the sinks do.

using System.Threading.Channels;
using HaSharp.Core;
using Microsoft.Extensions.Logging;

namespace HaSharp.Daemon.NodeLoop;

public sealed partial class EventLog : IDisposable
{
    /// <summary>Lines that may wait.</summary>
    public const int Capacity = 1024;

    private readonly Channel<Line> _lines = Channel.CreateBounded<Line>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly ILogger _log;
    private readonly Thread _writer;
    private long _dropped;

    public EventLog(ILogger log)
    {
        _log = log;
        _writer = new Thread(Write) { Name = "event log", IsBackground = true };
        _writer.Start();
    }

    /// <summary>Lines dropped since the start because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>An event of the core, from any thread.</summary>
    public void Report(ClusterEvent happened) => Add(new Line(happened, null));

    /// <summary>A line of the daemon itself, from any thread; written on the log's thread.</summary>
    public void Note(Action<ILogger> line) => Add(new Line(null, line));

    /// <summary>Writes what is queued, for at most two seconds: an end must not hang on a dead log.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writer.Join(TimeSpan.FromSeconds(2));
    }

    private void Add(Line line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private void Write()
    {
        long told = 0;
        while (_lines.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_lines.Reader.TryRead(out Line line))
            {
                long dropped = Dropped;
                if (dropped != told)
                {
                    LogDropped(_log, dropped - told);
                    told = dropped;
                }

                line.WriteTo(_log);
            }
        }
    }

    [LoggerMessage(9010, LogLevel.Warning, "{Count} log lines dropped: the log is too slow")]
    private static partial void LogDropped(ILogger log, long count);

    private readonly record struct Line(ClusterEvent? Event, Action<ILogger>? Note)
    {
        public void WriteTo(ILogger log)
        {
            Note?.Invoke(log);
            if (Event is { } happened && LevelOf(happened.Severity) is var level && log.IsEnabled(level))
            {
                log.Log(
                    level,
                    new EventId(happened.Id, happened.GetType().Name),
                    happened,
                    null,
                    static (what, _) => what.ToString());
            }
        }

        private static LogLevel LevelOf(Severity severity) => severity switch
        {
            Severity.Debug => LogLevel.Debug,
            Severity.Info => LogLevel.Information,
            Severity.Warning => LogLevel.Warning,
            Severity.Error => LogLevel.Error,
            _ => LogLevel.Critical,
        };
    }
}
