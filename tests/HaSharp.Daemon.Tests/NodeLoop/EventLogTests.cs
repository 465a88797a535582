using System.Collections.Concurrent;
using HaSharp.Core;
using HaSharp.Daemon.NodeLoop;
using Microsoft.Extensions.Logging;

namespace HaSharp.Daemon.Tests.NodeLoop;

public sealed class EventLogTests
{
    [Fact]
    public void An_event_arrives_with_its_id_its_severity_and_its_text()
    {
        var sink = new Sink();
        using (var log = new EventLog(sink))
        {
            log.Report(new ClusterEvent.ConfigurationTaken("00ff"));
        }

        (LogLevel level, EventId id, string text) = Assert.Single(sink.Lines);
        Assert.Equal(LogLevel.Information, level);
        Assert.Equal(new ClusterEvent.ConfigurationTaken("00ff").Id, id.Id);
        Assert.Equal("ConfigurationTaken", id.Name);
        Assert.Contains("00ff", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_stands_still_holds_up_nobody_and_what_it_missed_is_counted()
    {
        var sink = new Sink { Gate = new ManualResetEventSlim() };
        using (var log = new EventLog(sink))
        {
            for (int i = 0; i < EventLog.Capacity + 500; i++)
            {
                log.Report(new ClusterEvent.ConfigurationTaken("00ff"));
            }

            Assert.InRange(log.Dropped, 498, 500);
            sink.Gate.Set();
        }

        Assert.Contains(sink.Lines, line => line.Text.Contains("log lines dropped", StringComparison.Ordinal));
    }

    /// <summary>Keeps the lines; stands still while its gate is shut.</summary>
    private sealed class Sink : ILogger
    {
        public ConcurrentQueue<(LogLevel Level, EventId Id, string Text)> Lines { get; } = new();

        public ManualResetEventSlim? Gate { get; init; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            Gate?.Wait();
            Lines.Enqueue((logLevel, eventId, formatter(state, exception)));
        }
    }
}
