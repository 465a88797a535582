using System.Diagnostics;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Tests.Agents;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Systemd;

/// <summary>Units as resources, with the real systemd.</summary>
[Collection(ProcessTests.Name)]
public sealed class UnitTests : IDisposable
{
    private const string Sleeps = "ExecStart=/bin/sleep 1000";

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(3);

    private readonly AgentBench _bench = new();
    private readonly SystemdLab _lab = new();

    public UnitTests()
    {
        Directory.CreateSymbolicLink(_bench.Files.File("units"), _lab.UnitDirectory);
        _bench.Files.Script("systemctl", $"#!/bin/sh\nexec {string.Join(' ', _lab.Words)} systemctl \"$@\"\n");
    }

    public void Dispose()
    {
        _lab.Dispose();
        _bench.Dispose();
    }

    [SystemdTheory]
    [InlineData("Type=notify\nNotifyAccess=all\n"
        + "ExecStart=/bin/sh -c 'sleep 2; systemd-notify --ready; exec sleep 1000'", 2)]
    [InlineData("Type=forking\nExecStart=/bin/sh -c 'sleep 1; sleep 1000 &'", 1)]
    [InlineData("Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sleep 1", 1)]
    [InlineData("ExecStartPre=/bin/sleep 1\nExecStart=/bin/sleep 1000\nExecStop=/bin/sleep 1", 1)]
    public void A_start_takes_as_long_as_the_unit_says(string service, int seconds)
    {
        _lab.Unit("web", service);

        Assert.Equal(AgentOutcome.NotRunning, _bench.Run(AgentAction.Status, "web.service"));
        var started = Stopwatch.StartNew();
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "web.service"));
        Assert.True(started.Elapsed.TotalSeconds > seconds * 0.9);
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Monitor, "web"));
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "web"));
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Stop, "web"));
        Assert.Equal("inactive", _lab.Show("web", "ActiveState"));
        Assert.Equal(AgentOutcome.NotRunning, _bench.Run(AgentAction.Monitor, "web"));
    }

    [SystemdTheory]
    [InlineData("Type=notify\nExecStart=/bin/false", "did not start: failed (")]
    [InlineData("ExecStartPre=/bin/false\nExecStart=/bin/sleep 1000", "did not start: failed (exit-code)")]
    [InlineData("Type=oneshot\nExecStart=/bin/true", "started, but does not run: inactive (dead)")]
    [InlineData("Type=notify\nTimeoutStartSec=1\nExecStart=/bin/sleep 1000", "did not start: failed (timeout)")]
    [InlineData("Type=notify\nExecStart=/bin/false\nRestart=on-failure\nRestartSec=100ms", "did not start: failed (")]
    public void A_start_that_comes_to_nothing_says_why(string service, string why)
    {
        _lab.Unit("web", service);

        AgentOutcome outcome = _bench.Run(AgentAction.Start, "web");

        Assert.Equal(AgentVerdict.Failed, outcome.Verdict);
        Assert.StartsWith($"web.service {why}", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Stop, "web"));
    }

    [SystemdFact]
    public void A_start_longer_than_its_deadline_is_taken_back_by_the_stop()
    {
        _lab.Unit("web", "Type=notify\nExecStart=/bin/sleep 1000");

        Assert.Equal(AgentVerdict.TimedOut, _bench.Run(AgentAction.Start, "web", Short).Verdict);
        Assert.Equal("activating", _lab.Show("web", "ActiveState"));
        Assert.Equal(AgentVerdict.TimedOut, _bench.Run(AgentAction.Monitor, "web", Short).Verdict);
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Stop, "web"));
        Assert.NotEqual("activating", _lab.Show("web", "ActiveState"));
    }

    [SystemdFact]
    public void A_reload_that_takes_long_is_no_failure()
    {
        _lab.Unit("web", $"{Sleeps}\nExecReload=/bin/sleep 1000");
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "web"));

        _lab.Run("systemctl", "reload", "--no-block", "web");

        SystemdLab.Wait("the reload", () => _lab.Show("web", "ActiveState") == "reloading");
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Monitor, "web", Short));
    }

    [SystemdFact]
    public void A_main_process_that_was_killed_is_found_and_started_anew()
    {
        _lab.Unit("web", Sleeps);
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "web"));

        KillMain("web");

        SystemdLab.Wait("systemd to see it", () => _lab.Show("web", "ActiveState") == "failed");
        Assert.Equal(
            new AgentOutcome(AgentVerdict.NotRunning, "web.service is failed (signal)"),
            _bench.Run(AgentAction.Monitor, "web"));
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "web"));
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Monitor, "web"));
    }

    [SystemdFact]
    public void What_systemd_starts_again_itself_is_waited_for()
    {
        _lab.Unit("web", $"{Sleeps}\nRestart=on-failure\nRestartSec=2");
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "web"));

        KillMain("web");

        SystemdLab.Wait("systemd to see it", () => _lab.Show("web", "SubState") == "auto-restart");
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Monitor, "web"));
        Assert.Equal("1", _lab.Show("web", "NRestarts"));
    }

    [SystemdFact]
    public void A_stop_ends_what_systemd_would_start_again()
    {
        _lab.Unit("web", "Type=notify\nExecStart=/bin/false\nRestart=always\nRestartSec=1000");
        Assert.Equal(AgentVerdict.TimedOut, _bench.Run(AgentAction.Start, "web", Short).Verdict);

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Stop, "web"));
        Assert.NotEqual("activating", _lab.Show("web", "ActiveState"));
    }

    [SystemdTheory]
    [InlineData("no")]
    [InlineData("always\nRestartSec=0")]
    public void What_does_not_heed_TERM_within_our_time_is_killed_for_good(string restart)
    {
        _lab.Unit("web", "ExecStart=/bin/sh -c 'trap \"\" TERM; while :; do sleep 1; done'\n"
            + $"TimeoutStopSec=1000\nRestart={restart}");
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "web"));

        Assert.Equal(AgentVerdict.TimedOut, _bench.Run(AgentAction.Stop, "web", Short).Verdict);
        Assert.Equal("deactivating", _lab.Show("web", "ActiveState"));
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, "web"));
        Assert.Equal("inactive", _lab.Show("web", "ActiveState"));

        // Without a stop before it, too.
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "web"));
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, "web"));
        Assert.Equal("inactive", _lab.Show("web", "ActiveState"));
    }

    [SystemdFact]
    public void What_systemd_kills_after_TimeoutStopSec_is_stopped()
    {
        _lab.Unit("web", "ExecStart=/bin/sh -c 'trap \"\" TERM; while :; do sleep 1; done'\nTimeoutStopSec=2");
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "web"));

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Stop, "web"));
        Assert.Equal("timeout", _lab.Show("web", "Result"));
    }

    [SystemdTheory]
    [InlineData("web@", "web@one.service", "web@one")]
    [InlineData("web@", "web@a-b:c\\x20d", "web@a-b:c\\x20d")]
    [InlineData("od:d\\x20na_me.2", "od:d\\x20na_me.2", "od:d\\x20na_me.2")]
    [InlineData("-web", "-web", "-web")]
    public void A_units_name_may_be_odd_and_that_of_an_instance(string file, string word, string unit)
    {
        _lab.Unit(file, Sleeps);
        _lab.Unit("web@other", Sleeps);
        _lab.Run("systemctl", "start", "web@other");

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, word));
        Assert.Equal("active", _lab.Show($"{unit}.service", "ActiveState"));
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, word));
        Assert.Equal("inactive", _lab.Show($"{unit}.service", "ActiveState"));
        Assert.Equal("active", _lab.Show("web@other", "ActiveState"));
    }

    [SystemdTheory]
    [InlineData("web@*")]
    [InlineData("web@[o]ther")]
    [InlineData("web@")]
    public void A_pattern_and_a_template_without_an_instance_are_no_units(string word)
    {
        _lab.Unit("web@", Sleeps);
        _lab.Run("systemctl", "start", "web@other");

        Assert.Equal(AgentVerdict.Missing, _bench.Run(AgentAction.Stop, word).Verdict);
        Assert.Equal("active", _lab.Show("web@other", "ActiveState"));
    }

    [SystemdTheory]
    [InlineData("web")]
    [InlineData("service::web")]
    [InlineData("service::web.service")]
    public async Task What_is_amiss_with_a_unit_is_told_before_it_is_needed(string word)
    {
        _bench.Files.Script("resource.d/service", "#!/bin/sh\n");
        _lab.Unit("web", Sleeps);
        Assert.Empty(await Told(word));

        _lab.Run("systemctl", "enable", "web");
        Assert.Equal(
            [$"{word}: web.service is enabled, so that systemd starts it on every node at boot "
                + "(systemctl disable web.service)"],
            await Told(word));

        _lab.Run("systemctl", "disable", "web");
        _lab.Run("systemctl", "start", "web");
        _lab.Unit("web", $"{Sleeps}\nRestart=always");
        Assert.Equal(
            [$"{word}: the file of web.service has changed since systemd read it (systemctl daemon-reload)"],
            await Told(word));

        _lab.Run("systemctl", "daemon-reload");
        Assert.Empty(await Told(word));

        _lab.Run("systemctl", "stop", "web");
        _lab.Run("systemctl", "mask", "web");
        Assert.Equal([$"{word}: web.service is masked (systemctl unmask)"], await Told(word));
    }

    [SystemdFact]
    public void A_masked_unit_and_a_broken_one_may_be_started_elsewhere()
    {
        _lab.Unit("web", Sleeps);
        _lab.Unit("bad", "ExecStart=no-path-at-all/x");
        _lab.Run("systemctl", "mask", "web");

        Assert.Equal(AgentVerdict.Unable, _bench.Run(AgentAction.Start, "web").Verdict);
        Assert.Equal(AgentVerdict.Unable, _bench.Run(AgentAction.Start, "bad").Verdict);
        Assert.Equal(AgentOutcome.NotRunning, _bench.Run(AgentAction.Status, "web"));
    }

    [SystemdFact]
    public void While_systemd_does_not_answer_nothing_is_known()
    {
        _lab.Unit("web", Sleeps);
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "web"));

        Signal("STOP");
        Assert.Equal(AgentVerdict.TimedOut, _bench.Run(AgentAction.Monitor, "web", Short).Verdict);
        Assert.Equal(AgentVerdict.TimedOut, _bench.Run(AgentAction.Stop, "web", Short).Verdict);
        Signal("CONT");

        SystemdLab.Wait("the stop that was asked for", () => _lab.Show("web", "Job").Length == 0);
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Stop, "web"));
    }

    [SystemdFact]
    public void The_service_script_does_the_same()
    {
        _lab.Unit("web", Sleeps);
        _lab.Unit("gone", "Type=oneshot\nExecStart=/bin/true");
        _lab.Unit("deaf", "ExecStart=/bin/sh -c 'trap \"\" TERM; while :; do sleep 1; done'\nTimeoutStopSec=1000\n"
            + "Restart=always\nRestartSec=0");

        Assert.Equal(3, Service("web", "status"));
        Assert.Equal(0, Service("web.service", "start"));
        Assert.Equal(0, Service("web", "status"));
        Assert.Equal(0, Service("web", "stop"));
        Assert.Equal(3, Service("web", "status"));
        Assert.Equal(1, Service("gone", "start"));
        Assert.Equal(5, Service("nothing", "start"));
        Assert.Equal(0, Service("nothing", "stop"));
        Assert.Equal(0, Service("deaf", "start"));
        Assert.Equal(0, Service("deaf", "kill"));
        Assert.Equal(3, Service("deaf", "status"));
    }

    private int Service(string name, string action) =>
        _lab.Look("sh", ServiceScriptTests.Shipped("service"), name, action).ExitCode;

    private void KillMain(string unit) => _lab.Run("kill", "-KILL", _lab.Show(unit, "MainPID"));

    /// <summary>To systemd itself.</summary>
    private void Signal(string signal) => Assert.Equal(
        0, HaSharp.Cli.Demo.Tool.Run(["kill", $"-{signal}", _lab.Process1]).ExitCode);

    private async Task<List<string>> Told(string word)
    {
        List<string> told = [];
        AgentSurvey survey = new(new AgentCatalog(_bench.Directories), _bench.Watcher, _bench.Environment);
        await survey.Ask(
            [new Mention.OfResource(1, 1, Resource.Parse(word))], (_, _) => { }, problem => told.Add(problem.Text));
        return told;
    }
}
