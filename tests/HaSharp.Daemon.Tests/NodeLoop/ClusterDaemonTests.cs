using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Control;
using HaSharp.Daemon.Files;
using HaSharp.Daemon.Host;
using HaSharp.Daemon.NodeLoop;
using HaSharp.Daemon.Tests.Control;
using HaSharp.Daemon.Tests.Host;
using Microsoft.Extensions.Logging.Abstractions;

namespace HaSharp.Daemon.Tests.NodeLoop;

/// <summary>A whole daemon in this process: a node without resources whose peer never comes.</summary>
public sealed class ClusterDaemonTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _directory = new();
    private readonly ManualResetEventSlim _reading = new();
    private readonly ManualResetEventSlim _mayRead = new();
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
            NullLoggerFactory.Instance,
            _ => { }));
    }

    public void Dispose()
    {
        _daemon.Dispose();
        _directory.Dispose();
        _reading.Dispose();
        _mayRead.Dispose();
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

    private ConfigResult ReadFiles() => ConfigReader.Read(
        ConfigDirectory.Read(_directory.Path) with { Self = new NodeName("alpha") });
}
