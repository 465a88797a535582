// hasharp run: the daemon inside a Generic Host, which brings the signals and the order of start and end.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Host;
using HaSharp.Daemon.NodeLoop;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HaSharp.Cli.Service;

internal sealed partial class ClusterService(
    Startup startup, LogOutputs outputs, IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = outputs.Factory.CreateLogger("HaSharp");
    private ClusterDaemon? _daemon;
    private PosixSignalRegistration? _hangUp;

    /// <summary>Once the host has ended: what the process ends with.</summary>
    public int ExitCode { get; private set; } = Cli.ExitCode.Failed;

    /// <summary>Runs until a signal or an operator ends the daemon. Returns the exit code.</summary>
    public static int Run(Startup startup)
    {
        bool background = startup.Options.Background;
        LogConfig targets = background ? Background.Targets(startup.Config) : startup.Config.Log;
        using var outputs = new LogOutputs(targets, Startup.MachineName(), console: !background);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(outputs.Factory);

        // Once, because the container disposes what each registration has made.
        ClusterService? service = null;
        builder.Services.AddSingleton<IHostedService>(services => service = new ClusterService(
            startup, outputs, services.GetRequiredService<IHostApplicationLifetime>()));
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);

        // A resource may take minutes to stop; a daemon that gave up meanwhile would leave it running.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.Build().Run();
        return service?.ExitCode ?? Cli.ExitCode.Failed;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogStart(_log, Verbs.VersionVerb.Version, startup.Self, startup.State.Generation);
        LogRemarks();
        if (Make() is not { } daemon)
        {
            lifetime.ApplicationStarted.Register(lifetime.StopApplication);
            return Task.CompletedTask;
        }

        _daemon = daemon;
        daemon.Ended.ContinueWith(_ => lifetime.StopApplication(), TaskScheduler.Default);
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            outputs.Reopen();
            daemon.Reload();
        });
        daemon.Start();
        if (startup.Options.Background)
        {
            Background.LetGo();
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_daemon is { } daemon)
        {
            daemon.RequestStop();
            ExitCode = await daemon.Ended.ConfigureAwait(false) ? Cli.ExitCode.Done : Cli.ExitCode.Failed;
        }

        // Everything is released and said. Nothing that closing files and sockets may hang in shall keep the process.
        new Thread(() =>
        {
            Thread.Sleep(LongestEnd);
            EndNow(ExitCode);
        }) { Name = "end", IsBackground = true }.Start();
    }

    public void Dispose()
    {
        _hangUp?.Dispose();
        _daemon?.Dispose();
        startup.Lock.Dispose();
    }

    /// <summary>Null after logging why not, which standard error shows as well.</summary>
    private ClusterDaemon? Make()
    {
        try
        {
            return new ClusterDaemon(new DaemonParts(
                startup.Config,
                startup.Mentions,
                Identity(),
                startup.ReadFilesAgain,
                startup.Options.HaDirectory,
                startup.Options.RunDirectory,
                startup.StateFiles.PeersPath,
                startup.StateFiles.KeptPath,
                outputs.Factory,
                () => LogRealTime(_log, RealTime.Apply(startup.Config.Realtime).Text),
                Fatal));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or Win32Exception)
        {
            bool permitted = refused is not (
                UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied });
            ExitCode = permitted ? Cli.ExitCode.Failed : Cli.ExitCode.NotPermitted;
            LogNoStart(_log, refused.Message);
            if (startup.Options.Background)
            {
                Console.Error.WriteLine($"cannot start: {refused.Message}");
            }

            return null;
        }
    }

    private NodeIdentity Identity() => new(
        startup.Self,
        startup.State.Uuid,
        startup.State.Generation,
        DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        BootClock.Now,
        startup.State.Marks)
    {
        Version = Verbs.VersionVerb.Version,
        Kept = startup.State.Kept,
    };

    private void LogRemarks()
    {
        foreach (ConfigProblem remark in startup.Remarks)
        {
            LogLevel level = remark.Severity == ProblemSeverity.Note ? LogLevel.Information : LogLevel.Warning;
            LogRemark(_log, level, remark);
        }

        foreach (string message in startup.State.Messages)
        {
            LogState(_log, message);
        }
    }

    private void Fatal(Exception broken)
    {
        LogFatal(_log, broken);
        outputs.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndNow(int code);

    [LoggerMessage(9000, LogLevel.Information,
        "Configuration validated. Starting hasharp {Version}: node {Node}, generation {Generation}")]
    private static partial void LogStart(ILogger log, string version, NodeName node, Generation generation);

    [LoggerMessage(EventId = 9001, Message = "{Remark}")]
    private static partial void LogRemark(ILogger log, LogLevel level, ConfigProblem remark);

    [LoggerMessage(9002, LogLevel.Warning, "{Text}")]
    private static partial void LogState(ILogger log, string text);

    [LoggerMessage(9006, LogLevel.Information, "{Text}")]
    private static partial void LogRealTime(ILogger log, string text);

    [LoggerMessage(9009, LogLevel.Critical, "cannot start: {Reason}")]
    private static partial void LogNoStart(ILogger log, string reason);

    [LoggerMessage(9008, LogLevel.Critical, "the node has failed and ends at once")]
    private static partial void LogFatal(ILogger log, Exception broken);
}
