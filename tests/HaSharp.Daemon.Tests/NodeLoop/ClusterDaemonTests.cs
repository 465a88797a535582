using System.Collections.Concurrent;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Control;
using HaSharp.Daemon.Files;
using HaSharp.Daemon.Host;
using HaSharp.Daemon.NodeLoop;
using HaSharp.Daemon.Tests.Control;
using HaSharp.Daemon.Tests.Host;
using Microsoft.Extensions.Logging;

namespace HaSharp.Daemon.Tests.NodeLoop;

/// <summary>A whole daemon in this process: a node without resources whose peer never comes.</summary>
public sealed class ClusterDaemonTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _directory = new();
    private readonly ManualResetEventSlim _reading = new();
    private readonly ManualResetEventSlim _mayRead = new();
    private readonly ConcurrentQueue<string> _steps = new();
    private readonly ManualResetEventSlim _realTime = new();
    private readonly ClusterDaemon _daemon;

    public ClusterDaemonTests()
    {
        SampleFiles.Write(_directory.Path);
        _daemon = new ClusterDaemon(new DaemonParts(
            ReadFiles().Config!,
            [],
            new NodeIdentity(new NodeName("alpha"), new byte[16], new Generation(1), 1_790_000_000, BootClock.Now, []),
            () =>
            {
                _reading.Set();
                return _mayRead.Wait(Patience) ? ReadFiles() : throw new TimeoutException();
            },
            _directory.Path,
            _directory.Path,
            _directory.File("peers"),
            _directory.File("kept"),
            new Journal(_steps),
            () =>
            {
                _steps.Enqueue("real-time");
                _realTime.Set();
            },
            _ => { }));
    }

    public void Dispose()
    {
        _daemon.Dispose();
        _directory.Dispose();
        _reading.Dispose();
        _mayRead.Dispose();
        _realTime.Dispose();
    }

    /// <summary>Real-time threads that compile leave a slow machine no time for anything else.</summary>
    [Fact]
    public async Task Real_time_scheduling_comes_once_and_after_all_that_a_takeover_needs_is_compiled()
    {
        Assert.Empty(_steps);
        _daemon.Start();
        Assert.True(_realTime.Wait(Patience));
        await Stop();

        Assert.Equal(["compiled", "real-time"], _steps);
    }

    [Fact]
    public async Task One_reload_at_a_time()
    {
        _daemon.Start();
        Task<ControlAnswer> first = Task.Run(_daemon.Reload);
        Assert.True(_reading.Wait(Patience));

        ControlAnswer second = await Task.Run(_daemon.Reload).WaitAsync(Patience);
        _mayRead.Set();

        Assert.Equal((ControlAnswer.Refused, "a reload is under way"), (second.Result, second.Text));
        Assert.Equal("reloaded", (await first.WaitAsync(Patience)).Text);
        await Stop();
    }

    [Fact]
    public async Task A_reload_of_a_daemon_that_has_ended_is_refused()
    {
        _daemon.Start();
        await Stop();
        _mayRead.Set();

        ControlAnswer answer = await Task.Run(_daemon.Reload).WaitAsync(Patience);

        Assert.Equal((ControlAnswer.Refused, "the daemon has ended"), (answer.Result, answer.Text));
    }

    private async Task Stop()
    {
        _daemon.RequestStop();
        Assert.True(await _daemon.Ended.WaitAsync(Patience));
    }

    /// <summary>Keeps of all log lines the one that ends the warm-up.</summary>
    private sealed class Journal(ConcurrentQueue<string> steps) : ILoggerFactory, ILogger
    {
        private const int Compiled = 9007;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => this;

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
            if (eventId.Id == Compiled)
            {
                steps.Enqueue("compiled");
            }
        }

        public void Dispose()
        {
        }
    }

    private ConfigResult ReadFiles() => ConfigReader.Read(
        ConfigDirectory.Read(_directory.Path) with { Self = new NodeName("alpha") });
}
