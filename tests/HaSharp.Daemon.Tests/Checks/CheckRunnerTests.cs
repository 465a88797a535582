using System.Diagnostics;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Checks;
using HaSharp.Daemon.Processes;
using HaSharp.Daemon.Tests.Host;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Checks;

/// <summary>What a check's command says, as the core hears it.</summary>
[Collection(ProcessTests.Name)]
public sealed class CheckRunnerTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly TemporaryDirectory _directory = new();
    private readonly ProcessWatcher _watcher = new();

    public void Dispose()
    {
        _watcher.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("exit 0", true, "")]
    [InlineData("echo all is well", true, "all is well")]
    [InlineData("exit 3", false, "exit code 3")]
    [InlineData("echo first; echo no worker left >&2; exit 1", false, "exit code 1: no worker left")]
    [InlineData("kill -9 $$", false, "ended by signal 9")]
    public void A_check_passes_when_it_ends_with_0(string script, bool passed, string reason) =>
        Assert.Equal(new Input.CheckFinished(new RunId(7), passed, reason), Run(Script(script), Long));

    [Fact]
    public void A_check_gets_its_arguments_and_the_agents_environment() => Assert.Equal(
        new Input.CheckFinished(new RunId(7), true, "2 a b c alpha"),
        Run(Script("echo \"$# $1 $2 $HA_CURHOST\""), Long, "a b", "c"));

    [Fact]
    public void A_check_that_is_missing_fails_and_says_so()
    {
        Input.CheckFinished finished = Run(_directory.File("missing"), Long);
        Assert.False(finished.Passed);
        Assert.Contains("No such file", finished.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_that_takes_too_long_is_killed_with_what_it_started()
    {
        string pid = _directory.File("pid");
        string script = Script($"trap '' TERM; sleep 1000 & echo $! > {pid}; echo hangs; wait; wait; wait");
        Input.CheckFinished finished = Run(script, TimeSpan.FromMilliseconds(500));

        Assert.Equal(new Input.CheckFinished(new RunId(7), false, "no end within 0.5 s: hangs"), finished);
        string child = $"/proc/{File.ReadAllText(pid).Trim()}/stat";
        Assert.True(SpinWait.SpinUntil(
            () => !File.Exists(child) || File.ReadAllText(child).Contains(") Z", StringComparison.Ordinal), Long));
    }

    [Fact]
    public void A_check_that_repairs_its_service_ends_although_the_service_goes_on()
    {
        string pid = _directory.File("pid");
        Input.CheckFinished finished = Run(Script($"setsid sleep 1000 & echo $! > {pid}; echo restarted"), Long);
        Assert.Equal(new Input.CheckFinished(new RunId(7), true, "restarted"), finished);
        using var service = Process.GetProcessById(int.Parse(File.ReadAllText(pid)));
        Assert.False(service.HasExited);
        service.Kill();
    }

    [Fact]
    public void The_end_of_the_daemon_does_not_wait_for_a_check()
    {
        using var watcher = new ProcessWatcher();
        string runs = _directory.File("runs");
        new CheckRunner(watcher, ["PATH=/usr/bin:/bin"], Objection).Run(
            new Effect.RunCheck(new RunId(7), Check(Script($"touch {runs}; trap '' TERM; sleep 1000"), Long)),
            _ => { });
        Assert.True(SpinWait.SpinUntil(() => File.Exists(runs), Long));
        long ending = Stopwatch.GetTimestamp();
        watcher.Dispose();

        Assert.InRange(Stopwatch.GetElapsedTime(ending), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_check_that_others_may_write_is_not_run_and_fails()
    {
        string path = _directory.Script("everybodys", "#!/bin/sh\n");
        Assert.Equal(
            new Input.CheckFinished(new RunId(7), false, $"not run: {path} has mode 0757"), Run(path, Long));
    }

    private static string? Objection(string path) =>
        path.EndsWith("everybodys", StringComparison.Ordinal) ? $"{path} has mode 0757" : null;

    private Input.CheckFinished Run(string path, TimeSpan timeout, params string[] arguments)
    {
        var finished = new TaskCompletionSource<Input.CheckFinished>();
        var runner = new CheckRunner(_watcher, [], Objection);
        runner.Use(["PATH=/usr/bin:/bin", "HA_CURHOST=alpha"]);
        runner.Run(new Effect.RunCheck(new RunId(7), Check(path, timeout, arguments)), finished.SetResult);
        Assert.True(finished.Task.Wait(Long + Long));
        return finished.Task.Result;
    }

    private static CheckConfig Check(string path, TimeSpan timeout, params string[] arguments) =>
        new("check", [path, .. arguments], TimeSpan.FromSeconds(3), timeout, 1, 1, []);

    private string Script(string text) => _directory.Script("check", $"#!/bin/sh\n{text}\n");
}
