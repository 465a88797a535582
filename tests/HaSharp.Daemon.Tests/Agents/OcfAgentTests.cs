using HaSharp.Core.Resources;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Agents;

/// <summary>OCF resource agents, with scripts in a root of the test's own.</summary>
[Collection(ProcessTests.Name)]
public sealed class OcfAgentTests : IDisposable
{
    private const string Word = "ocf:test:disk::device=/dev/sdb1::options=a=b";

    private readonly AgentBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Everything_that_an_agent_expects_is_in_its_environment()
    {
        Agent("env > $HOME; exit 0");

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, Word));

        string[] lines = _bench.Lines("out");
        string[] expected =
        [
            "OCF_RESKEY_device=/dev/sdb1", "OCF_RESKEY_options=a=b", $"OCF_ROOT={_bench.Files.File("ocf")}",
            "OCF_RESOURCE_TYPE=disk", "OCF_RESOURCE_PROVIDER=test", "OCF_RA_VERSION_MAJOR=1",
            "OCF_EXIT_REASON_PREFIX=ocf-exit-reason:", "OCF_CHECK_LEVEL=0", "HA_RSCTMP=/run/resource-agents",
            "LC_ALL=C", "OCF_RESKEY_CRM_meta_name=start", "OCF_RESKEY_CRM_meta_interval=0",
            $"HASHARP_MARK=g/{Word}",
        ];
        Assert.Empty(expected.Except(lines));
        Assert.Contains(lines, line => line.StartsWith("OCF_RESKEY_crm_feature_set=3.", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("OCF_RESKEY_CRM_meta_timeout=5", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("OCF_RESKEY_CRM_meta_on_node=node-", StringComparison.Ordinal));
        Assert.True(Directory.Exists("/run/resource-agents"));
    }

    [Fact]
    public void An_instance_has_one_name_for_ever_that_is_fit_for_files_and_no_other_resource_has_it()
    {
        Agent("echo $OCF_RESOURCE_INSTANCE >> $HOME");
        _bench.Run(AgentAction.Start, Word);
        _bench.Run(AgentAction.Stop, Word);
        _bench.Run(AgentAction.Start, "ocf:test:disk::device=/dev/sdc1");

        string[] names = _bench.Lines("out");
        Assert.Equal("disk-3f8af03c", names[0]);
        Assert.Equal(names[0], names[1]);
        Assert.NotEqual(names[0], names[2]);
    }

    [Fact]
    public void A_probe_is_told_from_a_recurring_check_by_its_interval_and_both_are_monitor()
    {
        Agent("echo $1 $OCF_RESKEY_CRM_meta_interval >> $HOME; exit 7");

        Assert.Equal(AgentOutcome.NotRunning, _bench.Run(AgentAction.Status, Word));
        Assert.Equal(AgentOutcome.NotRunning, _bench.Run(AgentAction.Monitor, Word));
        _bench.Run(AgentAction.Monitor, Word, AgentBench.Long, TimeSpan.FromSeconds(1.5));
        Assert.Equal(["monitor 0", "monitor 10000", "monitor 1500"], _bench.Lines("out"));
    }

    [Fact]
    public void The_check_level_is_a_parameter_of_the_recurring_check_without_prefix()
    {
        Agent("env | grep ^OCF_CHECK >> $HOME");
        _bench.Run(AgentAction.Monitor, Word + "::OCF_CHECK_LEVEL=10");
        _bench.Run(AgentAction.Status, Word + "::OCF_CHECK_LEVEL=10");

        Assert.Equal(["OCF_CHECK_LEVEL=10", "OCF_CHECK_LEVEL=0"], _bench.Lines("out"));
    }

    [Theory]
    [InlineData(AgentAction.Status, 0, AgentVerdict.Ok)]
    [InlineData(AgentAction.Status, 1, AgentVerdict.Failed)]
    [InlineData(AgentAction.Status, 2, AgentVerdict.Unable)]
    [InlineData(AgentAction.Status, 5, AgentVerdict.NotRunning)]
    [InlineData(AgentAction.Status, 6, AgentVerdict.Hopeless)]
    [InlineData(AgentAction.Status, 7, AgentVerdict.NotRunning)]
    [InlineData(AgentAction.Status, 8, AgentVerdict.Ok)]
    [InlineData(AgentAction.Status, 9, AgentVerdict.Failed)]
    [InlineData(AgentAction.Monitor, 4, AgentVerdict.Unable)]
    [InlineData(AgentAction.Monitor, 5, AgentVerdict.Unable)]
    [InlineData(AgentAction.Monitor, 7, AgentVerdict.NotRunning)]
    [InlineData(AgentAction.Monitor, 190, AgentVerdict.Ok)]
    [InlineData(AgentAction.Monitor, 191, AgentVerdict.Ok)]
    [InlineData(AgentAction.Monitor, 255, AgentVerdict.Failed)]
    [InlineData(AgentAction.Start, 1, AgentVerdict.Failed)]
    [InlineData(AgentAction.Start, 3, AgentVerdict.Unable)]
    [InlineData(AgentAction.Start, 5, AgentVerdict.Unable)]
    [InlineData(AgentAction.Start, 6, AgentVerdict.Hopeless)]
    [InlineData(AgentAction.Start, 7, AgentVerdict.Failed)]
    [InlineData(AgentAction.Start, 8, AgentVerdict.Failed)]
    [InlineData(AgentAction.Stop, 1, AgentVerdict.Failed)]
    [InlineData(AgentAction.Stop, 5, AgentVerdict.Ok)]
    [InlineData(AgentAction.Stop, 7, AgentVerdict.Ok)]
    public void Exit_codes_say_who_could_try_again(AgentAction action, int code, AgentVerdict verdict)
    {
        Agent($"exit {code}");

        Assert.Equal(verdict, _bench.Run(action, Word).Verdict);
    }

    [Fact]
    public void The_reason_is_what_the_agent_calls_its_reason()
    {
        Agent("echo ocf-exit-reason:first >&2; echo 'ocf-exit-reason: no such device ' >&2; echo bye >&2; exit 1");

        Assert.Equal(
            AgentOutcome.Failed($"{_bench.Files.File("ocf/resource.d/test/disk")} start: no such device (exit code 1)"),
            _bench.Run(AgentAction.Start, Word));
    }

    [Theory]
    [InlineData("exit 5", "start: software is not installed (exit code 5)")]
    [InlineData("echo noise >&2; exit 1", "start ended with exit code 1: noise")]
    public void Without_a_reason_the_code_or_the_last_line_is_one(string script, string reason)
    {
        Agent(script);

        Assert.EndsWith(reason, _bench.Run(AgentAction.Start, Word).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_works_but_not_well_is_remarked_once()
    {
        Agent("echo ocf-exit-reason:one disk is lost >&2; exit 190");

        _bench.Run(AgentAction.Monitor, Word);
        AgentOutcome outcome = _bench.Run(AgentAction.Monitor, Word);

        Assert.Equal(new AgentOutcome(AgentVerdict.Ok, "one disk is lost"), outcome);
        Assert.Equal([$"Warning {Word}: one disk is lost"], _bench.Log.Lines);
    }

    [Fact]
    public void After_the_killing_the_agent_stops_once_more_and_puts_away_what_is_left()
    {
        Agent("echo $1 >> $HOME; [ $1 = start ] && { setsid sleep 1000 & }; exit 0");
        _bench.Run(AgentAction.Start, Word);
        Assert.True(SpinWait.SpinUntil(() => _bench.MarkOf(Word).Find().Count == 1, TimeSpan.FromSeconds(30)));

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, Word));
        Assert.Empty(_bench.MarkOf(Word).Find());
        Assert.Equal(["start", "stop"], _bench.Lines("out"));
    }

    [Theory]
    [InlineData("ocf:test:nothing", "there is no ")]
    [InlineData("ocf:.test:disk", "is no OCF agent's name: write ocf:PROVIDER:TYPE")]
    [InlineData("ocf:test:.disk", "is no OCF agent's name: write ocf:PROVIDER:TYPE")]
    [InlineData("ocf:test:../../outside", "is no OCF agent's name: write ocf:PROVIDER:TYPE")]
    [InlineData("ocf:test", "is no OCF agent's name: write ocf:PROVIDER:TYPE")]
    public void A_name_that_leads_nowhere_is_said_to(string word, string reason)
    {
        _bench.Files.Script("ocf/resource.d/.test/disk", "#!/bin/sh\n");
        _bench.Files.Script("ocf/resource.d/test/.disk", "#!/bin/sh\n");
        _bench.Files.Script("ocf/outside", "#!/bin/sh\n");

        AgentOutcome outcome = _bench.Run(AgentAction.Start, word);

        Assert.Equal(AgentVerdict.Missing, outcome.Verdict);
        Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
    }

    /// <summary>Writes to $HOME, the file "out".</summary>
    private void Agent(string script) =>
        _bench.Files.Script("ocf/resource.d/test/disk", $"#!/bin/sh\nHOME={_bench.Files.File("out")}\n{script}\n");
}
