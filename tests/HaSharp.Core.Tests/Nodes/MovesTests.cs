using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Core.Tests.Nodes;

/// <summary>Whole nodes on a table: who holds what after what (spec 9.11).</summary>
public sealed class MovesTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly string[] Pair = ["node1 ip web"];

    [Fact]
    public void Nodes_that_start_together_start_each_group_on_its_preferred_node_at_once()
    {
        var bench = new Bench(2, ["node1 a", "node2 b"]).Start(1, 2);
        Assert.Equal("1", bench.Where("a"));
        Assert.Equal("2", bench.Where("b"));
        Assert.True(bench.Status(1).Stable);
        Assert.Equal("local", bench.Status(2).Holdings);
    }

    [Fact]
    public void A_lone_node_waits_for_initdead_and_then_takes_everything()
    {
        var bench = new Bench(2, ["node1 a", "node2 b"]).Start(1);
        bench.Run(9.5);
        Assert.Equal("", bench.Where("a"));
        bench.Run(1);
        Assert.Equal("1", bench.Where("a"));
        Assert.Equal("1", bench.Where("b"));
        Assert.Equal("all", bench.Status(1).Holdings);
    }

    [Fact]
    public void Resources_start_left_to_right_and_stop_right_to_left_with_status_asked_before_start()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Actions.Clear();
        bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        Assert.Equal(
            [
                "node1 web Stop", "node1 ip Stop",
                "node2 ip Status", "node2 ip Start", "node2 web Status", "node2 web Start",
            ],
            bench.Actions);
    }

    [Fact]
    public void Standby_is_done_when_the_other_node_runs_the_group()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        var client = bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        Assert.IsType<CommandResult.Done>(bench.LastReply(client));
        Assert.Equal("2", bench.Where("web"));
        Assert.Equal("node2", bench.Status(1).Groups[0].Owner);
        Assert.Equal("started", bench.Status(1).Groups[0].State);
    }

    [Fact]
    public void Standby_is_refused_when_no_other_node_is_alive()
    {
        var bench = new Bench(2, Pair).Start(1);
        bench.Run(11);
        var client = bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        Assert.Contains("node2 is dead", Assert.IsType<CommandResult.Refused>(bench.LastReply(client)).Text);
        Assert.Equal("1", bench.Where("web"));
    }

    [Fact]
    public void Takeover_brings_a_group_here()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        var client = bench.Ask(2, new Command.Takeover(new Scope.Group(new GroupName("ip")), Minute));
        Assert.IsType<CommandResult.Done>(bench.LastReply(client));
        Assert.Equal("2", bench.Where("ip"));
    }

    [Fact]
    public void An_operators_move_is_not_undone_by_auto_failback()
    {
        var bench = new Bench(2, Pair, AutoFailback.On).Start(1, 2);
        bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        bench.Run(30);
        Assert.Equal("2", bench.Where("ip"));
    }

    [Theory]
    [InlineData(AutoFailback.On, "1")]
    [InlineData(AutoFailback.Legacy, "1")]
    [InlineData(AutoFailback.Off, "2")]
    public void After_a_power_cut_the_group_returns_only_with_auto_failback(AutoFailback failback, string expected)
    {
        var bench = new Bench(2, Pair, failback).Start(1, 2);
        bench.Run(3);
        bench.PowerCut(1);
        bench.Run(4.9);
        Assert.Equal("", bench.Where("ip"));
        bench.Run(1.1);
        Assert.Equal("2", bench.Where("ip"));
        bench.Start(1);
        bench.Run(2);
        Assert.Equal(expected, bench.Where("ip"));
    }

    [Fact]
    public void A_pinned_group_fails_back_after_its_preferred_node_was_away()
    {
        var bench = new Bench(2, Pair, AutoFailback.On).Start(1, 2);
        bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        bench.PowerCut(1);
        bench.Run(7);
        bench.Start(1);
        bench.Run(2);
        Assert.Equal("1", bench.Where("ip"));
    }

    [Fact]
    public void A_node_that_is_stopped_hands_everything_over_and_is_not_reported_dead()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        var client = bench.Ask(1, new Command.Stop());
        Assert.Equal("2", bench.Where("ip"));
        Assert.IsType<CommandResult.Done>(bench.LastReply(client));
        Assert.Contains(1, bench.Ended);
        bench.Run(20);
        Assert.Contains(bench.Events[1], static e => e is ClusterEvent.NodeLeft);
        Assert.DoesNotContain(bench.Events[1], static e => e is ClusterEvent.NodeDead);
    }

    [Fact]
    public void With_three_nodes_the_next_in_order_takes_over_and_then_the_third()
    {
        var bench = new Bench(3, ["node2 ip web"]).Start(1, 2, 3);
        Assert.Equal("2", bench.Where("ip"));
        bench.PowerCut(2);
        bench.Run(7);
        Assert.Equal("3", bench.Where("ip"));
        bench.PowerCut(3);
        bench.Run(7);
        Assert.Equal("1", bench.Where("ip"));
    }

    [Fact]
    public void A_node_that_joins_a_running_cluster_leaves_everything_where_it_is()
    {
        var bench = new Bench(2, ["node1 a", "node2 b"]).Start(1);
        bench.Run(11);
        bench.Start(2);
        bench.Run(5);
        Assert.Equal("1", bench.Where("a"));
        Assert.Equal("1", bench.Where("b"));
    }

    [Fact]
    public void A_restart_of_the_daemon_within_deadtime_moves_nothing()
    {
        var bench = new Bench(2, Pair, AutoFailback.On).Start(1, 2);
        bench.Run(2);
        bench.Kill(1);
        bench.Run(2);
        bench.Actions.Clear();
        bench.Start(1);
        bench.Run(10);
        Assert.Equal("1", bench.Where("ip"));
        Assert.DoesNotContain(bench.Actions, static action => action.EndsWith("Start", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Actions, static action => action.EndsWith("Stop", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(AutoFailback.Off, "2")]
    [InlineData(AutoFailback.On, "1")]
    public void A_healed_partition_leaves_one_owner_that_never_stopped(AutoFailback failback, string expected)
    {
        var bench = new Bench(2, Pair, failback).Start(1, 2);
        bench.Run(2);
        bench.CutBoth(1, 2);
        bench.Run(8);
        Assert.Equal("1 2", bench.Where("ip"));
        bench.Actions.Clear();
        bench.Heal();
        bench.Run(3);
        Assert.Equal(expected, bench.Where("ip"));
        Assert.DoesNotContain($"node{expected} ip Stop", bench.Actions);
        Assert.Contains($"node{expected} ip Announce", bench.Actions);
        bench.Run(20);
        Assert.Equal(expected, bench.Where("ip"));
    }

    [Fact]
    public void A_partition_in_which_the_other_could_not_start_it_ends_without_an_outage()
    {
        var bench = new Bench(2, Pair)
        {
            Agent = static (node, run) => node == 2 && run.Action == AgentAction.Start
                ? AgentOutcome.Failed("no interface")
                : null,
        };
        bench.Start(1, 2);
        bench.Run(2);
        bench.CutBoth(1, 2);
        bench.Run(8);
        bench.Actions.Clear();
        bench.Heal();
        bench.Run(10);
        Assert.Equal("1", bench.Where("ip"));
        Assert.DoesNotContain("node1 ip Stop", bench.Actions);
        Assert.Equal("node1", bench.Status(2).Groups[0].Owner);
    }

    [Fact]
    public void A_node_that_another_node_still_hears_is_not_taken_over()
    {
        var bench = new Bench(3, ["node1 ip"]).Start(1, 2, 3);
        bench.CutBoth(1, 2);
        bench.Run(20);
        Assert.Equal("1", bench.Where("ip"));
        Assert.Contains("another node still hears it", bench.Status(2).Groups[0].Reason);
    }

    [Fact]
    public void A_failed_start_releases_the_group_and_offers_it_to_the_other_node_once()
    {
        var bench = new Bench(2, Pair)
        {
            Agent = static (node, run) => run.Resource.Text == "web" && run.Action == AgentAction.Start
                ? AgentOutcome.Failed("exit code 1")
                : null,
        };
        bench.Start(1, 2);
        bench.Run(60);
        Assert.Equal("", bench.Where("ip"));
        Assert.Equal(
            ["node1 web Start", "node2 web Start"],
            bench.Actions.Where(static a => a.EndsWith("web Start", StringComparison.Ordinal)));
        Assert.Equal("failed", bench.Status(1).Groups[0].State);
        Assert.Contains("exit code 1", bench.Status(2).Groups[0].Reason);
    }

    [Fact]
    public void What_could_not_be_started_here_is_tried_again_when_the_node_that_ran_it_is_gone()
    {
        var broken = true;
        var bench = new Bench(2, Pair)
        {
            Agent = (node, run) => broken && node == 1 && run.Resource.Text == "web" && run.Action == AgentAction.Start
                ? AgentOutcome.Failed("exit code 1")
                : null,
        };
        bench.Start(1, 2);
        Assert.Equal("2", bench.Where("web"));
        Assert.Contains("failed on its preferred node", bench.Status(2).Groups[0].Reason);
        broken = false;
        bench.PowerCut(2);
        bench.Run(7);
        Assert.Equal("1", bench.Where("web"));
    }

    [Fact]
    public void A_failed_stop_is_retried_and_then_keeps_the_group_from_the_other_node()
    {
        var bench = new Bench(2, Pair)
        {
            Agent = static (node, run) => node == 1 && run.Resource.Text == "ip" && run.Action == AgentAction.Stop
                ? AgentOutcome.Failed("busy")
                : null,
        };
        bench.Start(1, 2);
        var client = bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        bench.Run(30);
        Assert.Equal(11, bench.Actions.Count(static a => a == "node1 ip Stop"));
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.StopFailed);
        Assert.IsType<CommandResult.Refused>(bench.LastReply(client));
        Assert.Equal("1", bench.Where("ip"));
        bench.PowerCut(1);
        bench.Run(20);
        Assert.Equal("", bench.Where("ip"));
        var take = bench.Ask(2, new Command.Takeover(new Scope.All(), Minute));
        Assert.IsType<CommandResult.Done>(bench.LastReply(take));
        Assert.Equal("2", bench.Where("ip"));
    }

    [Fact]
    public void A_node_that_ends_with_a_stop_failure_tells_the_others_and_they_leave_that_group_alone()
    {
        var bench = new Bench(2, ["node1 ip", "node1 web"])
        {
            Agent = static (node, run) => node == 1 && run.Resource.Text == "ip" && run.Action == AgentAction.Stop
                ? AgentOutcome.Failed("busy")
                : null,
        };
        bench.Start(1, 2);
        var client = bench.Ask(1, new Command.Stop());
        bench.Run(40);
        Assert.IsType<CommandResult.Refused>(bench.LastReply(client));
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.ShutdownUnclean);
        Assert.Contains(1, bench.Ended);
        Assert.Equal("2", bench.Where("web"));
        Assert.Equal("1", bench.Where("ip"));
        Assert.Contains("could not stop it", bench.Status(2).Groups[0].Reason);
        Assert.DoesNotContain(bench.Events[1], static e => e is ClusterEvent.NodeLeft);
    }

    [Theory]
    [InlineData(AgentVerdict.Failed)]
    [InlineData(AgentVerdict.TimedOut)]
    [InlineData(AgentVerdict.Missing)]
    public void After_stops_that_failed_only_a_status_that_says_so_counts_as_stopped(AgentVerdict status)
    {
        var stopping = false;
        var bench = new Bench(2, Pair)
        {
            Agent = (node, run) =>
            {
                stopping |= run.Action == AgentAction.Stop;
                return node == 1 && stopping && run.Resource.Text == "ip"
                    ? new AgentOutcome(run.Action == AgentAction.Status ? status : AgentVerdict.Failed, "who knows")
                    : null;
            },
        };
        bench.Start(1, 2);
        bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        bench.Run(30);
        Assert.Equal("stop-failed", bench.Status(1).Groups[0].Resources[0].State);
        Assert.DoesNotContain(bench.Actions, static action => action == "node2 ip Start");
    }

    [Fact]
    public void A_resource_whose_agent_is_missing_fails_without_a_stop_and_goes_to_the_other_node()
    {
        var bench = new Bench(2, Pair)
        {
            Agent = static (node, run) => node == 1 && run.Resource.Text == "web"
                ? AgentOutcome.Missing("no such script")
                : null,
        };
        bench.Start(1, 2);
        Assert.Equal("2", bench.Where("web"));
        Assert.DoesNotContain("node1 web Stop", bench.Actions);
    }

    [Fact]
    public void A_node_that_slept_longer_than_deadtime_gives_way_to_the_one_that_took_over()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Run(2);
        bench.Sleep(1, 20);
        bench.Run(2);
        Assert.Equal("2", bench.Where("ip"));
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.AsleepTooLong);
        Assert.DoesNotContain(bench.Events[0], static e => e is ClusterEvent.NodeDead);
    }

    [Fact]
    public void Groups_move_independently()
    {
        var bench = new Bench(2, ["node1 a", "node1 b"]).Start(1, 2);
        bench.Ask(1, new Command.Standby(new Scope.Group(new GroupName("b")), Minute));
        Assert.Equal("1", bench.Where("a"));
        Assert.Equal("2", bench.Where("b"));
        Assert.Equal("foreign", bench.Status(2).Holdings);
    }
}
