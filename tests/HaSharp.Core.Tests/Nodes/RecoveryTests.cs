using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Core.Tests.Nodes;

/// <summary>What runs is watched and repaired; what cannot be repaired moves, and not for ever.</summary>
public sealed class RecoveryTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly string[] Pair = ["node1 ip web db"];

    [Fact]
    public void Every_resource_is_monitored_by_default_every_10_s_by_its_owner_alone()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Run(100);
        Assert.InRange(bench.Monitors.Count(static m => m == "node1 web Monitor"), 9, 11);
        Assert.DoesNotContain(bench.Monitors, static m => m.StartsWith("node2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_resource_that_ended_is_restarted_in_place_with_what_stands_right_of_it()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Actions.Clear();
        bench.Running[0].Remove("web");
        bench.Run(10.5);
        Assert.Equal(
            [
                "node1 db Stop", "node1 web Stop",
                "node1 web Status", "node1 web Start", "node1 db Status", "node1 db Start",
            ],
            bench.Actions);
        Assert.Equal("node1", bench.Status(1).Groups[0].Owner);
        Assert.Equal(1, bench.Status(1).Groups[0].Resources[1].Failures);
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.ResourceRecovered { Resource: "web" });
        bench.Run(700);
        Assert.Equal(0, bench.Status(1).Groups[0].Resources[1].Failures);
    }

    [Fact]
    public void An_address_that_was_deleted_is_put_back_at_once_and_nothing_else_is_touched()
    {
        var bench = new Bench(2, Pair) { Config = Addresses() }.Start(1, 2);
        bench.Run(2);
        bench.Actions.Clear();
        bench.Running[0].Remove("10.0.0.100");
        bench.Give(1, new Input.ResourceSuspected(new GroupName("10.0.0.100"), "10.0.0.100", "deleted"));
        Assert.Equal(["node1 10.0.0.100 Status", "node1 10.0.0.100 Start"], bench.Actions);
        Assert.Equal("1", bench.Where("10.0.0.100"));
    }

    [Fact]
    public void A_suspicion_that_is_wrong_changes_nothing()
    {
        var bench = new Bench(2, Pair) { Config = Addresses() }.Start(1, 2);
        bench.Actions.Clear();
        bench.Give(1, new Input.ResourceSuspected(new GroupName("10.0.0.100"), "10.0.0.100", "carrier lost"));
        bench.Give(2, new Input.ResourceSuspected(new GroupName("10.0.0.100"), "10.0.0.100", "carrier lost"));
        bench.Give(1, new Input.ResourceSuspected(new GroupName("nobody"), "nothing", "?"));
        Assert.Empty(bench.Actions);
        Assert.Single(bench.Monitors, static m => m == "node1 10.0.0.100 Monitor");
    }

    [Fact]
    public void After_three_failures_in_the_window_the_next_one_moves_the_group_and_it_does_not_come_back()
    {
        var bench = new Bench(2, ["node1 ip web"], AutoFailback.On) { Agent = Fails(1, "web", AgentAction.Monitor) };
        bench.Start(1, 2);
        bench.Run(60);
        Assert.Equal(4, bench.Actions.Count(static a => a == "node1 web Start"));
        Assert.Equal("2", bench.Where("web"));
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.ResourceGivenUp);
        bench.Run(500);
        Assert.Equal("2", bench.Where("web"));
        Assert.Equal(1, bench.Events[1].Count(static e => e is ClusterEvent.GroupAcquired));
    }

    [Fact]
    public void A_monitor_says_how_often_it_is_run_and_nothing_else_does()
    {
        HashSet<(AgentAction, TimeSpan)> told = [];
        var bench = new Bench(2, Pair)
        {
            Agent = (_, run) =>
            {
                told.Add((run.Action, run.Interval));
                return null;
            },
        };
        bench.Start(1, 2);
        bench.Run(60);
        Assert.Contains((AgentAction.Monitor, ManagedResource.UsualInterval), told);
        Assert.All(told, static one => Assert.Equal(one.Item1 == AgentAction.Monitor, one.Item2 > TimeSpan.Zero));
    }

    [Fact]
    public void A_verdict_that_only_this_node_cannot_moves_the_group_at_once()
    {
        var bench = new Bench(2, Pair)
        {
            Agent = static (node, run) => node == 1 && run is { Action: AgentAction.Monitor, Resource.Text: "web" }
                ? AgentOutcome.Unable("not installed") : null,
        };
        bench.Start(1, 2);
        bench.Run(11);
        Assert.Equal("2", bench.Where("web"));
        Assert.Single(bench.Actions, static a => a == "node1 web Start");
    }

    [Fact]
    public void An_agent_that_is_gone_or_refused_takes_nothing_down_that_runs()
    {
        var refused = false;
        var bench = new Bench(2, Pair)
        {
            Agent = (node, run) => refused && node == 1 && run.Resource.Text == "web"
                ? AgentOutcome.Missing("others may write it") : null,
        };
        bench.Start(1, 2);
        refused = true;
        bench.Run(60);
        Assert.Equal("1", bench.Where("db"));
        Assert.Equal("others may write it", bench.Status(1).Groups[0].Resources[1].Reason);
    }

    [Fact]
    public void A_group_that_failures_have_frozen_moves_when_an_operator_asks_for_it()
    {
        var bench = new Bench(2, Pair);
        bench = new Bench(2, Pair)
        {
            Config = bench.Config with { Recovery = new RecoveryConfig { MaxMoves = 0, MaxRestarts = 0 } },
            Agent = Fails(1, "web", AgentAction.Monitor),
        };
        bench.Start(1, 2);
        bench.Run(30);
        Assert.Equal("", bench.Where("web"));
        var take = bench.Ask(2, new Command.Takeover(new Scope.All(), Minute));
        bench.Run(2);
        Assert.IsType<CommandResult.Done>(bench.LastReply(take));
        Assert.Equal("2", bench.Where("web"));
    }

    [Fact]
    public void A_repair_goes_on_beside_a_node_that_could_not_stop_its_part()
    {
        var bench = new Bench(2, Pair)
        {
            Agent = static (node, run) => node == 1 && run is { Action: AgentAction.Stop, Resource.Text: "ip" }
                ? AgentOutcome.Failed("busy") : null,
        };
        bench.Start(1, 2);
        bench.CutBoth(1, 2);
        bench.Run(20);
        bench.Heal();
        bench.Run(60);
        Assert.Equal("1 2", bench.Where("ip"));
        bench.Running[1].Remove("web");
        bench.Run(20);
        Assert.Equal("2", bench.Where("web"));
    }

    [Fact]
    public void A_reload_that_switches_monitoring_on_monitors_what_runs_already()
    {
        var bench = new Bench(2, Pair);
        bench = new Bench(2, Pair)
        {
            Config = bench.Config with { Recovery = new RecoveryConfig { MonitorInterval = TimeSpan.Zero } },
        };
        bench.Start(1, 2);
        bench.Run(30);
        Assert.Empty(bench.Monitors);
        bench.Give(1, new Input.ConfigurationChanged(bench.Config with { Recovery = new RecoveryConfig() }));
        bench.Run(15);
        Assert.NotEmpty(bench.Monitors);
    }

    [Fact]
    public void A_monitor_that_hangs_counts_as_a_failure()
    {
        var hung = false;
        var bench = new Bench(2, Pair)
        {
            Agent = (node, run) =>
            {
                var first = !hung && run is { Action: AgentAction.Monitor, Resource.Text: "web" };
                hung |= first;
                return first ? AgentOutcome.TimedOut(run.Deadline) : null;
            },
        };
        bench.Start(1, 2);
        bench.Run(15);
        Assert.Equal(2, bench.Actions.Count(static a => a == "node1 web Start"));
        Assert.Equal("1", bench.Where("web"));
    }

    [Fact]
    public void What_fails_everywhere_is_left_stopped_and_tried_again_when_the_failures_do_not_count_any_more()
    {
        var broken = true;
        var bench = new Bench(2, Pair)
        {
            Agent = (_, run) => broken && run is { Action: AgentAction.Start, Resource.Text: "web" }
                ? AgentOutcome.Failed("no license") : null,
        };
        bench.Start(1, 2);
        bench.Run(300);
        Assert.Equal(2, bench.Actions.Count(static a => a.EndsWith("web Start", StringComparison.Ordinal)));
        Assert.Contains("no license", bench.Status(2).Groups[0].Reason);
        broken = false;
        bench.Run(310);
        Assert.NotEqual("", bench.Where("web"));
    }

    [Fact]
    public void Failures_move_a_group_only_so_often_within_an_hour_and_then_it_stays_and_says_so()
    {
        var bench = new Bench(2, Pair);
        bench = new Bench(2, Pair)
        {
            Config = bench.Config with
            {
                Recovery = new RecoveryConfig { MaxMoves = 2, MaxRestarts = 0, FailureWindow = Minute },
            },
            Agent = Fails(0, "web", AgentAction.Monitor),
        };
        bench.Start(1, 2);
        bench.Run(1800);
        var moves = bench.Events.Sum(static events => events.Count(static e => e is ClusterEvent.OwnerChanged));
        Assert.Equal(3, moves);
        Assert.Contains(bench.Events.SelectMany(static e => e), static e => e is ClusterEvent.Frozen);
        bench.Run(3700);
        Assert.True(bench.Events.Sum(static all => all.Count(static e => e is ClusterEvent.OwnerChanged)) > moves);
    }

    [Fact]
    public void A_stop_that_hangs_is_followed_by_killing_and_the_next_owner_starts_when_nothing_is_left()
    {
        var bench = new Bench(2, Pair)
        {
            Agent = static (node, run) => node == 1 && run is { Action: AgentAction.Stop, Resource.Text: "web" }
                ? AgentOutcome.TimedOut(run.Deadline) : null,
            Unkillable = false,
        };
        bench.Start(1, 2);
        bench.Actions.Clear();
        bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        Assert.Equal(
            ["node1 db Stop", "node1 web Stop", "node1 web Kill", "node1 web Status", "node1 ip Stop"],
            bench.Actions.Take(5));
        Assert.Equal("2", bench.Where("web"));
    }

    [Theory]
    [InlineData("node1 ip web", "2")]
    [InlineData("node1 ip Filesystem", "1")]
    public void What_cannot_be_killed_keeps_a_group_with_a_disk_and_releases_one_without(string line, string where)
    {
        var last = line.Split(' ')[^1];
        var bench = new Bench(2, [line]);
        bench = new Bench(2, [line])
        {
            Config = bench.Config with { Recovery = new RecoveryConfig() },
            Agent = (node, run) => node == 1 && run.Action == AgentAction.Stop && run.Resource.Text == last
                ? AgentOutcome.TimedOut(run.Deadline) : null,
        };
        bench.Start(1, 2);
        bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        bench.Run(30);
        Assert.Equal(where, bench.Where("ip"));
        Assert.Equal(where == "1" ? "fence" : "release", bench.Status(1).Groups[0].FailedStop);
    }

    [Fact]
    public void What_was_killed_may_take_a_moment_to_be_gone()
    {
        var looks = 0;
        var bench = new Bench(2, ["node1 ip Filesystem"])
        {
            Unkillable = false,
            Agent = (node, run) => (node, run.Resource.Text, run.Action) switch
            {
                (1, "Filesystem", AgentAction.Stop) => AgentOutcome.TimedOut(run.Deadline),
                (1, "Filesystem", AgentAction.Status) when ++looks is 2 or 3 => AgentOutcome.Ok,
                _ => null,
            },
        };
        bench.Start(1, 2);
        looks = 1;
        bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        bench.Run(5);
        Assert.Equal(4, looks);
        Assert.Equal("2", bench.Where("Filesystem"));
    }

    [Fact]
    public void What_the_agents_meta_data_say_counts_until_ha_cf_says_otherwise()
    {
        var policy = new RecoveryConfig
        {
            StopTimeout = TimeSpan.FromSeconds(7),
            Resources = new Dictionary<string, ResourceOptions>
            {
                ["web"] = new() { Interval = TimeSpan.FromSeconds(2) },
            },
        };
        var web = new ManagedResource(new Resource("web", "web", []))
        {
            Described = new AgentTimes(
                TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(60)),
        };
        Assert.Equal(TimeSpan.FromSeconds(2), web.Interval(policy));
        Assert.Equal(TimeSpan.FromSeconds(20), web.Interval(new RecoveryConfig()));
        Assert.Equal(TimeSpan.FromSeconds(3), web.Deadline(AgentAction.Monitor, policy));
        Assert.Equal(TimeSpan.FromSeconds(40), web.Deadline(AgentAction.Start, policy));
        Assert.Equal(TimeSpan.FromSeconds(7), web.Deadline(AgentAction.Stop, policy));
    }

    /// <param name="node">0: on every node.</param>
    private static Func<int, Effect.RunAgent, AgentOutcome?> Fails(int node, string resource, AgentAction action) =>
        (number, run) => (node == 0 || number == node) && run.Action == action && run.Resource.Text == resource
            ? AgentOutcome.Failed("broken") : null;

    private static ClusterConfig Addresses()
    {
        var config = Bench.MakeConfig(2, ["node1 10.0.0.100 web"], AutoFailback.Off);
        var group = config.Groups[0];
        return config with
        {
            Groups =
            [
                group with
                {
                    Resources = [new Resource("10.0.0.100", "IPaddr", ["10.0.0.100"]), group.Resources[1]],
                },
            ],
        };
    }
}
