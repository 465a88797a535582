using HaSharp.Core.Resources;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Agents;

/// <summary>systemd units, with a stand-in for systemctl that keeps what show prints in files.</summary>
[Collection(ProcessTests.Name)]
public sealed class UnitAgentTests : IDisposable
{
    private const string Active = "LoadState=loaded\nActiveState=active\nSubState=running\nResult=success\n";
    private const string Inactive = "LoadState=loaded\nActiveState=inactive\nSubState=dead\nResult=success\n";
    private const string Broken = "LoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\n";
    private const string Starting = "LoadState=loaded\nActiveState=activating\nSubState=start\nResult=success\n";
    private const string Stopping = "LoadState=loaded\nActiveState=deactivating\nSubState=stop\nResult=success\n";

    private static readonly string[] Killing =
    [
        "stop --no-block --no-ask-password -- web.service",
        "kill --signal=SIGKILL -- web.service",
        "stop --no-ask-password -- web.service",
        "reset-failed -- web.service",
    ];

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(3);

    private readonly AgentBench _bench = new();

    public UnitAgentTests()
    {
        Directory.CreateDirectory(_bench.Files.File("units"));
        File.WriteAllText(_bench.Files.File("units/web.service"), "");
        _bench.Files.Script("systemctl", $"""
            #!/bin/sh
            cd {_bench.Files.Path}
            [ "$1" = show ] || echo "$*" >> calls
            case $1 in
                show)
                    cat state
                    [ ! -e next ] || mv next state;;
                kill) [ ! -e after-kill ] || cat after-kill > state;;
                *) [ ! -e "after-$1" ] || cat "after-$1" > state;;
            esac
            [ ! -e "code-$1" ] || exit $(cat "code-$1")
            """);
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_bare_word_may_be_a_unit_that_is_started_watched_and_stopped()
    {
        Write("state", Inactive);
        Write("after-start", Active);
        Write("after-stop", Inactive);

        Assert.Equal(AgentOutcome.NotRunning, _bench.Run(AgentAction.Status, "web"));
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "web"));
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Monitor, "web"));
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Stop, "web"));
        Assert.Equal(
            ["start --no-ask-password -- web.service", "stop --no-ask-password -- web.service"], _bench.Lines("calls"));
    }

    [Fact]
    public void A_job_that_succeeds_and_leaves_nothing_running_is_a_failed_start()
    {
        Write("state", Inactive);

        Assert.Equal(
            AgentOutcome.Failed("web.service started, but does not run: inactive (dead)"),
            _bench.Run(AgentAction.Start, "web"));
    }

    [Fact]
    public void A_start_that_fails_says_with_what_result()
    {
        Write("state", Inactive);
        Write("after-start", Broken);
        Write("code-start", "1");

        Assert.Equal(
            AgentOutcome.Failed("web.service did not start: failed (exit-code)"), _bench.Run(AgentAction.Start, "web"));
    }

    [Theory]
    [InlineData("masked", "web.service is masked (systemctl unmask)")]
    [InlineData("not-found", "web.service is unknown to systemd (after adding a unit: systemctl daemon-reload)")]
    [InlineData("bad-setting", "web.service cannot be loaded (systemctl status says why)")]
    public void What_systemd_cannot_start_here_another_node_may(string load, string reason)
    {
        Write("state", Inactive.Replace("loaded", load, StringComparison.Ordinal));
        Write("code-start", "1");

        Assert.Equal(new AgentOutcome(AgentVerdict.Unable, reason), _bench.Run(AgentAction.Start, "web"));
    }

    [Fact]
    public void A_failed_unit_does_not_run_and_says_why()
    {
        Write("state", Broken);

        Assert.Equal(
            new AgentOutcome(AgentVerdict.NotRunning, "web.service is failed (exit-code)"),
            _bench.Run(AgentAction.Monitor, "web"));
    }

    [Theory]
    [InlineData(Starting, Active, AgentVerdict.Ok)]
    [InlineData(Stopping, Inactive, AgentVerdict.NotRunning)]
    public void While_a_unit_changes_its_state_it_is_asked_again(string now, string then, AgentVerdict verdict)
    {
        Write("state", now);
        Write("next", then);

        Assert.Equal(verdict, _bench.Run(AgentAction.Status, "web").Verdict);
    }

    [Fact]
    public void A_unit_that_never_comes_to_rest_is_neither_running_nor_stopped()
    {
        Write("state", Starting);

        Assert.Equal(
            new AgentOutcome(
                AgentVerdict.TimedOut, "web.service is activating (start): no end within 3 s"),
            _bench.Run(AgentAction.Monitor, "web", Short));
    }

    [Fact]
    public void Killed_is_what_systemd_knows_of_the_unit_and_then_it_is_stopped_lest_it_starts_anew()
    {
        Write("state", Stopping);
        Write("after-kill", Broken);

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, "web"));
        Assert.Equal(Killing, _bench.Lines("calls"));
    }

    [Fact]
    public void An_init_script_that_passes_everything_on_to_its_unit_is_killed_there()
    {
        _bench.Files.Script("init.d/web", "#!/bin/sh\necho $1 >> calls\necho web is not running\nexit 3\n");
        Write("state", Stopping);
        Write("after-kill", Broken);

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, "web"));
        Assert.Equal(Killing, _bench.Lines("calls"));
    }

    [Fact]
    public void Without_an_answer_of_systemd_nothing_is_known()
    {
        Write("state", "");
        Write("code-show", "1");

        Assert.Equal(AgentVerdict.Failed, _bench.Run(AgentAction.Status, "web").Verdict);
        Assert.Equal(AgentVerdict.Failed, _bench.Run(AgentAction.Stop, "web").Verdict);
    }

    [Fact]
    public void A_systemctl_that_hangs_is_ended_at_the_deadline()
    {
        _bench.Files.Script("systemctl", "#!/bin/sh\nexec sleep 1000\n");

        Assert.Equal(AgentVerdict.TimedOut, _bench.Run(AgentAction.Start, "web", Short).Verdict);
        Assert.Equal(AgentVerdict.TimedOut, _bench.Run(AgentAction.Monitor, "web", Short).Verdict);
    }

    private void Write(string file, string text) => File.WriteAllText(_bench.Files.File(file), text);
}
