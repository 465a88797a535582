using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Processes;
using HaSharp.Daemon.Tests.Host;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Agents;

[Collection(ProcessTests.Name)]
public sealed class AgentRunnerTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = TemporaryDirectory.ForAgents();
    private readonly ProcessWatcher _watcher = new();
    private readonly ProcessWatcher _looks = new();
    private readonly List<string> _addressWork = [];
    private readonly KeptLog<AgentRunner> _log = new();
    private AgentRunner? _runner;

    public void Dispose()
    {
        _runner?.Dispose();
        _watcher.Dispose();
        _looks.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_script_gets_its_arguments_the_action_and_the_environment()
    {
        _directory.Script("resource.d/disk", "#!/bin/sh\necho \"$# $1 $2 $3 $HA_CURHOST\" >&2\nexit 1\n");

        AgentOutcome outcome = Run(AgentAction.Start, "disk", "r0", "a b");

        Assert.Equal(
            AgentOutcome.Failed($"{_directory.File("resource.d/disk")} r0 a b start ended with exit code 1: "
                + "3 r0 a b start alpha"),
            outcome);
    }

    [Fact]
    public void Exit_code_0_of_start_and_stop_is_success_whatever_is_printed()
    {
        _directory.Script("resource.d/disk", "#!/bin/sh\necho not running\nexit 0\n");

        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "disk"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, "disk"));
        Assert.Equal(AgentOutcome.NotRunning, Run(AgentAction.Status, "disk"));
    }

    [Fact]
    public void Status_is_read_from_standard_output_alone()
    {
        _directory.Script("resource.d/director", "#!/bin/sh\necho running >&2\nexit 3\n");

        Assert.Equal(AgentOutcome.NotRunning, Run(AgentAction.Status, "director"));
    }

    [Fact]
    public void A_status_that_says_nothing_at_all_is_a_failure_and_not_stopped()
    {
        _directory.Script("resource.d/disk", "#!/bin/sh\necho lost the device >&2\nexit 4\n");

        AgentOutcome outcome = Run(AgentAction.Status, "disk");

        Assert.Equal(AgentVerdict.Failed, outcome.Verdict);
        Assert.EndsWith("status ended with exit code 4: lost the device", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_is_one_bounded_line_without_control_characters()
    {
        _directory.Script(
            "resource.d/disk", "#!/bin/sh\necho first\nprintf 'a\\033[31m\\tb%0999d\\n\\n \\n' 0 >&2\nexit 1\n");

        string reason = Run(AgentAction.Stop, "disk").Reason;

        Assert.Contains("exit code 1: a [31m b000", reason, StringComparison.Ordinal);
        Assert.DoesNotContain(reason, char.IsControl);
        Assert.InRange(reason.Length, 200, 400);
    }

    [Fact]
    public void A_deadline_is_told_from_a_failure()
    {
        _directory.Script("resource.d/disk", "#!/bin/sh\necho waiting for the device\nexec sleep 1000\n");

        AgentOutcome outcome = Run(AgentAction.Start, "disk", TimeSpan.FromMilliseconds(300));

        Assert.Equal(AgentVerdict.TimedOut, outcome.Verdict);
        Assert.EndsWith(
            "disk start: no end within 0.3 s: waiting for the device", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_is_a_failure_even_of_status()
    {
        _directory.Script("resource.d/disk", "#!/bin/sh\necho running\nkill -9 $$\n");

        AgentOutcome outcome = Run(AgentAction.Status, "disk");

        Assert.Equal(AgentVerdict.Failed, outcome.Verdict);
        Assert.Contains("status was ended by signal 9", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_agent_is_told_from_a_failure_and_says_where_was_looked()
    {
        AgentOutcome outcome = Run(AgentAction.Status, "nothing");

        Assert.Equal(AgentVerdict.Missing, outcome.Verdict);
        Assert.StartsWith("Cannot locate resource script nothing; looked", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_are_done_in_the_process()
    {
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "IPaddr", "10.0.0.1/24/eth0"));
        Assert.Equal(AgentOutcome.Failed("no"), Run(AgentAction.Stop, "IPv6addr", "fd00:0:0:0:0:0:0:1"));
        Runner().Announce(new Effect.Announce(
            new GroupName("g"), [Resource("IPaddr2", "10.0.0.2"), Resource("web")]));
        Runner().Dispose();

        Assert.Equal(["Start 10.0.0.1/24/eth0", "Stop fd00:0:0:0:0:0:0:1", "announce 10.0.0.2"], _addressWork);
    }

    [Fact]
    public void An_address_that_is_up_but_could_not_be_announced_is_in_the_log()
    {
        AgentOutcome outcome = Run(AgentAction.Start, "IPaddr", "10.0.0.9");

        Assert.Equal(AgentVerdict.Ok, outcome.Verdict);
        Assert.Equal(["Warning IPaddr::10.0.0.9: the neighbours were not told"], _log.Lines);
    }

    [Fact]
    public void Addresses_do_not_wait_for_scripts()
    {
        _directory.Script("resource.d/slow", "#!/bin/sh\nexec sleep 1000\n");
        for (int i = 0; i < ProcessWatcher.RunningLimit + 10; i++)
        {
            Runner().Run(Effect(AgentAction.Start, Resource("slow"), Long), _ => { });
        }

        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "IPaddr", "10.0.0.1"));
    }

    [Fact]
    public void A_start_does_not_wait_for_monitors_that_hang()
    {
        _directory.Script("resource.d/slow", "#!/bin/sh\nexec sleep 1000\n");
        _directory.Script("resource.d/quick", "#!/bin/sh\nexit 0\n");
        for (int i = 0; i < ProcessWatcher.RunningLimit + 10; i++)
        {
            Runner().Run(Effect(AgentAction.Monitor, Resource("slow"), Long), _ => { });
        }

        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "quick"));
    }

    [Fact]
    public void An_own_address_script_counts_from_the_next_reload()
    {
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "IPaddr", "10.0.0.1"));
        string own = _directory.Script("resource.d/IPaddr", "#!/bin/sh\nexit 9\n");

        Runner().Use(["PATH=/usr/bin:/bin"]);
        Assert.Contains("exit code 9", Run(AgentAction.Start, "IPaddr", "10.0.0.1").Reason, StringComparison.Ordinal);

        File.Delete(own);
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "IPaddr", "10.0.0.1"));
    }

    [Fact]
    public void A_script_that_was_just_put_there_is_found_without_a_reload()
    {
        Assert.Equal(AgentVerdict.Missing, Run(AgentAction.Start, "late").Verdict);
        _directory.Script("resource.d/late", "#!/bin/sh\nexit 0\n");

        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "late"));
    }

    private static Resource Resource(string type, params string[] arguments) =>
        new(string.Join("::", [type, .. arguments]), type, arguments);

    private static Effect.RunAgent Effect(AgentAction action, Resource resource, TimeSpan deadline) =>
        new(new RunId(1), new GroupName("g"), resource, action, deadline);

    private AgentRunner Runner() => _runner ??= new AgentRunner(
        new AgentCatalog(new AgentDirectories(
            _directory.File("resource.d"),
            _directory.File("init.d"),
            [_directory.File("units")],
            _directory.File("systemctl"))),
        _watcher,
        _looks,
        new AddressCalls(DoAddress, arguments => _addressWork.Add($"announce {arguments[0]}")),
        ["HA_CURHOST=alpha", "PATH=/usr/bin:/bin"],
        _log);

    private AgentOutcome DoAddress(Effect.RunAgent run)
    {
        string address = run.Resource.Arguments[0];
        _addressWork.Add($"{run.Action} {address}");
        if (address == "10.0.0.9")
        {
            return AgentOutcome.Ok with { Reason = "the neighbours were not told" };
        }

        return run.Action == AgentAction.Start ? AgentOutcome.Ok : AgentOutcome.Failed("no");
    }

    private AgentOutcome Run(AgentAction action, string type, params string[] arguments) =>
        Run(action, Resource(type, arguments), Long);

    private AgentOutcome Run(AgentAction action, string type, TimeSpan deadline) =>
        Run(action, Resource(type), deadline);

    private AgentOutcome Run(AgentAction action, Resource resource, TimeSpan deadline)
    {
        using ManualResetEventSlim ended = new();
        AgentOutcome? outcome = null;
        Runner().Run(Effect(action, resource, deadline), given =>
        {
            outcome = given;
            ended.Set();
        });
        Assert.True(ended.Wait(TimeSpan.FromSeconds(90)), "no answer");
        return outcome!;
    }
}
