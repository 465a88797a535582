using System.Diagnostics;
using System.Globalization;
using HaSharp.Daemon.Control;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Control;

/// <summary>hasharp run as a process: a node without resources whose peer never comes.</summary>
public sealed class RunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>As LogOutputs says.</summary>
    private const int LinesThatMayWait = 2000;

    private readonly TemporaryDirectory _directory = new();
    private readonly string _haDirectory;
    private readonly string _runDirectory;
    private string[] _node = ["--node", "alpha"];
    private Process? _daemon;

    public RunTests()
    {
        _haDirectory = _directory.File("ha.d");
        _runDirectory = _directory.File("run");
        Directory.CreateDirectory(_haDirectory);
        SampleFiles.Write(_haDirectory);
    }

    public void Dispose()
    {
        if (_daemon is { HasExited: false })
        {
            _daemon.Kill();
            _daemon.WaitForExit();
        }

        _daemon?.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task It_runs_reloads_and_stops()
    {
        await Begin();
        File.WriteAllText(Path.Combine(_haDirectory, "haresources"), "bravo no-such-agent\n");
        Hasharp.Result reload = await Hasharp.Run("reload", "--run-dir", _runDirectory);
        File.AppendAllText(Path.Combine(_haDirectory, "ha.cf"), "keepalife 2\n");
        Hasharp.Result refused = await Hasharp.Run("reload", "--run-dir", _runDirectory);
        Hasharp.Result status = await Hasharp.Run("status", "--run-dir", _runDirectory);
        Hasharp.Result stop = await Hasharp.Run("stop", "--run-dir", _runDirectory);

        Assert.Equal((0, 6, 0, 0), (reload.ExitCode, refused.ExitCode, status.ExitCode, stop.ExitCode));
        Assert.Contains("ha.cf:8:1: error", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("haresources:1:7: warning: no-such-agent: Cannot", reload.Output, StringComparison.Ordinal);
        Assert.Contains("bravo", status.Output, StringComparison.Ordinal);
        string version = (await Hasharp.Run("version")).Output.Trim();
        Assert.Contains($"({version})", status.Output, StringComparison.Ordinal);
        Assert.True(_daemon!.HasExited, "stop returns when the daemon is gone");
        Hasharp.Result end = await End();
        Assert.Equal(0, end.ExitCode);
        Assert.Contains("Heartbeat shutdown complete", end.Errors, StringComparison.Ordinal);
        Assert.Empty(end.Output);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_it_in_order_with_exit_code_0(string signal)
    {
        await Begin();
        await Signal(signal);

        Hasharp.Result end = await End();

        Assert.True(end.ExitCode == 0, end.Errors);
        Assert.Contains("Heartbeat shutdown complete", end.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_runDirectory, ControlProtocol.SocketName)));
    }

    [Fact]
    public async Task A_second_daemon_on_the_same_run_directory_refuses_and_names_the_first()
    {
        await Begin();

        Hasharp.Result second = await Hasharp.Finish(Start());

        Assert.Equal(1, second.ExitCode);
        FormattableString expected = $"another hasharp (pid {_daemon!.Id}) is already running in {_runDirectory}\n";
        Assert.Equal(FormattableString.Invariant(expected), second.Errors);
    }

    [Fact]
    public async Task After_a_sudden_end_the_runtime_leaves_no_files_and_the_next_start_succeeds()
    {
        await Begin();
        string files = FormattableString.Invariant($"*-{_daemon!.Id}-*");
        _daemon.Kill();
        await End();
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), files));

        await Begin();
    }

    [Fact]
    public async Task Wrong_files_refuse_the_start_and_all_problems_are_named()
    {
        File.AppendAllText(Path.Combine(_haDirectory, "ha.cf"), "keepalife 2\n");
        File.WriteAllText(Path.Combine(_haDirectory, "haresources"), "nobody 10.0.0.1\n");
        File.SetUnixFileMode(Path.Combine(_haDirectory, "authkeys"), (UnixFileMode)0b110_100_100);

        Hasharp.Result result = await Hasharp.Finish(Start());

        Assert.Equal(6, result.ExitCode);
        foreach (string place in (string[])["ha.cf:8:1: error", "haresources:1:1: error", "authkeys: error"])
        {
            Assert.Contains(place, result.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_reload_does_not_take_another_nodes_name()
    {
        string haCf = Path.Combine(_haDirectory, "ha.cf");
        string nodeInfo = Path.Combine(_haDirectory, "nodeinfo");
        File.WriteAllText(nodeInfo, "alpha\n");
        _node = [];
        await Begin();
        File.WriteAllText(nodeInfo, "bravo\n");
        Hasharp.Result renamed = await Hasharp.Run("reload", "--run-dir", _runDirectory);
        File.WriteAllText(haCf, File.ReadAllText(haCf).Replace("alpha bravo", "bravo", StringComparison.Ordinal));
        Hasharp.Result removed = await Hasharp.Run("reload", "--run-dir", _runDirectory);

        Assert.Equal((0, 6), (renamed.ExitCode, removed.ExitCode));
        Assert.Contains("this machine is called \"alpha\"", removed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_forbids_the_start_is_one_sentence()
    {
        string socket = Path.Combine(_runDirectory, ControlProtocol.SocketName);
        Directory.CreateDirectory(socket);

        Hasharp.Result result = await Hasharp.Finish(Start());

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"cannot start: {socket} is a directory", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_nobody_reads_holds_up_neither_commands_nor_the_end()
    {
        string log = _directory.File("log");
        await Hasharp.Finish(Hasharp.Start("mkfifo", [log]));
        File.AppendAllText(Path.Combine(_haDirectory, "ha.cf"), $"logfile {log}\n");
        await Begin();
        for (int command = 0; command <= LinesThatMayWait; command++)
        {
            // Each is one line in the log.
            using ControlClient client = ControlClient.Connect(_runDirectory, out _)!;
            client.Send(new ControlRequest("standby") { Scope = "group", Group = "nothing" });
            Assert.Equal(ControlAnswer.Refused, client.Receive(Patience, out _)?.Result);
        }

        await Signal("TERM");

        Assert.Equal(0, (await End()).ExitCode);
    }

    [RootFact]
    public async Task Who_may_not_read_the_keys_is_not_permitted_to_run()
    {
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_101_101);

        Hasharp.Result result = await Hasharp.RunAsNobody(Arguments());

        Assert.Equal(4, result.ExitCode);
        Assert.Contains("authkeys", result.Errors, StringComparison.Ordinal);
    }

    private async Task Begin()
    {
        _daemon = Start();
        var waiting = Stopwatch.StartNew();
        while ((await Hasharp.Run("status", "--run-dir", _runDirectory)).ExitCode != 0)
        {
            Assert.True(waiting.Elapsed < Patience, "the daemon answers");
        }
    }

    private async Task<Hasharp.Result> End()
    {
        Process ended = _daemon!;
        _daemon = null;
        return await Hasharp.Finish(ended);
    }

    private Process Start() => Hasharp.Start(Hasharp.Path, Arguments());

    private string[] Arguments() =>
    [
        "run", .. _node, "--ha-dir", _haDirectory, "--run-dir", _runDirectory,
        "--state-dir", _directory.File("state"),
    ];

    private async Task Signal(string name) => await Hasharp.Finish(Hasharp.Start(
        "kill", ["-s", name, _daemon!.Id.ToString(CultureInfo.InvariantCulture)]));
}
