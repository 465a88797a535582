using System.Diagnostics;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Agents;

/// <summary>Agents that do what no agent should: one outcome each, in time, and nobody else notices.</summary>
[Collection(ProcessTests.Name)]
public sealed class BadAgentTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    private readonly AgentBench _bench = new();

    public void Dispose()
    {
        // Asked for its status, the bad one would begin anew.
        Script("echo stopped");
        _ = _bench.Run(AgentAction.Kill, "bad", Short);
        _bench.Dispose();
    }

    [Theory]
    [InlineData("exec cat /dev/urandom")]
    [InlineData("exec yes 'I am running'")]
    [InlineData("exec cat /dev/urandom >&2")]
    public void Output_without_end_is_cut_and_ended_at_the_deadline(string script)
    {
        Script(script);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        foreach (AgentAction action in (AgentAction[])[AgentAction.Start, AgentAction.Monitor])
        {
            AgentOutcome outcome = _bench.Run(action, "bad", Short);
            Assert.Equal(AgentVerdict.TimedOut, outcome.Verdict);
            AssertReadable(outcome.Reason);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1 << 24);
        Assert.Empty(_bench.MarkOf("bad").Find());
    }

    [Theory]
    [InlineData("head -c 20000000 /dev/urandom; exit 1")]
    [InlineData("head -c 20000000 /dev/zero >&2; exit 1")]
    public void Megabytes_of_anything_are_a_failure_with_a_reason_that_can_be_read(string script)
    {
        Script(script);

        AgentOutcome outcome = _bench.Run(AgentAction.Start, "bad");

        Assert.Equal(AgentVerdict.Failed, outcome.Verdict);
        Assert.Contains("ended with exit code 1", outcome.Reason, StringComparison.Ordinal);
        AssertReadable(outcome.Reason);
    }

    [Fact]
    public void A_daemon_that_holds_the_pipes_of_its_start_script_does_not_hold_up_the_start()
    {
        Script("setsid sleep 1000 & exit 0");
        long started = Stopwatch.GetTimestamp();

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "bad"));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Slack);
        Assert.Single(_bench.MarkOf("bad").Find());
    }

    [Fact]
    public void What_ignores_TERM_is_killed_with_its_whole_group_and_what_left_the_group_by_its_mark()
    {
        Script("""
            trap '' TERM
            setsid sh -c 'trap "" TERM; while :; do sleep 1; done' &
            sh -c 'while :; do sleep 1; done' &
            while :; do sleep 1; done
            """);

        Assert.Equal(AgentVerdict.TimedOut, _bench.Run(AgentAction.Stop, "bad", Short).Verdict);
        Script("echo stopped");
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, "bad"));
        Assert.Empty(_bench.MarkOf("bad").Find());
    }

    [Fact]
    public async Task Agents_that_hang_do_not_hold_up_others()
    {
        Script("exec sleep 1000");
        _bench.Files.Script("resource.d/good", "#!/bin/sh\necho running\n");
        Task<AgentOutcome>[] hanging =
        [
            .. Enumerable.Range(0, 20).Select(i => Task.Factory.StartNew(
                () => _bench.Run(AgentAction.Monitor, $"bad::{i}", Slack),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)),
        ];
        Assert.True(SpinWait.SpinUntil(() => _bench.MarkOf("bad::19").Find().Count == 1, Slack));
        long started = Stopwatch.GetTimestamp();

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Monitor, "good"));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Slack / 3);
        Script("echo stopped");
        foreach (int i in Enumerable.Range(0, 20))
        {
            _bench.Run(AgentAction.Kill, $"bad::{i}", Short);
        }

        foreach (Task<AgentOutcome> hang in hanging)
        {
            Assert.Equal(AgentVerdict.Failed, (await hang).Verdict);
        }
    }

    private static void AssertReadable(string reason)
    {
        Assert.InRange(reason.Length, 1, 1000);
        Assert.DoesNotContain(reason, char.IsControl);
    }

    private void Script(string script) => _bench.Files.Script("resource.d/bad", $"#!/bin/sh\n{script}\n");
}
