using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Core.Tests.Nodes;

/// <summary>What operators order for a time: maintenance, stopped resources, a daemon that ends and keeps.</summary>
public sealed class OrdersTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly string[] Pair = ["node1 ip web db"];

    [Fact]
    public void In_maintenance_nothing_is_monitored_repaired_or_taken_over_until_its_time_is_up()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        Assert.IsType<CommandResult.Done>(bench.LastReply(bench.Ask(2, Maintain(30 * Minute))));
        bench.Run(2);
        bench.Monitors.Clear();
        bench.Actions.Clear();
        bench.Running[0].Remove("web");
        bench.Run(600);
        Assert.Empty(bench.Monitors);
        bench.PowerCut(1);
        bench.Run(600);
        Assert.Empty(bench.Actions);
        Assert.Contains("maintenance", bench.Status(2).Groups[0].Reason);
        var take = bench.LastReply(bench.Ask(2, new Command.Takeover(new Scope.All(), Minute)));
        Assert.Contains("maintenance off", Assert.IsType<CommandResult.Refused>(take).Text);
        bench.Run(700);
        Assert.Equal("2", bench.Where("web"));
    }

    [Fact]
    public void A_group_that_another_node_could_not_stop_is_not_said_to_be_stopped()
    {
        var bench = new Bench(2, Pair)
        {
            Agent = static (node, run) => node == 1 && run is { Resource.Text: "web", Action: AgentAction.Stop }
                ? AgentOutcome.Failed("busy") : null,
        };
        bench.Start(1, 2);
        bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        bench.Run(30);
        var stop = bench.LastReply(bench.Ask(2, new Command.Switch(SwitchAction.Stop, "ip", WholeGroup: true, Minute)));
        Assert.Contains("node1 could not stop it", Assert.IsType<CommandResult.Refused>(stop).Text);
        var web = bench.Status(1).Groups[0].Resources[1];
        Assert.Equal(("stop-failed", "stop of web failed: busy"), (web.State, web.Reason));
    }

    [Fact]
    public void What_is_in_maintenance_or_ordered_down_stays_while_the_rest_of_a_node_moves()
    {
        var bench = new Bench(2, ["node1 ip web", "node1 db", "node1 mail"]).Start(1, 2);
        bench.Ask(1, new Command.Switch(SwitchAction.Stop, "db", WholeGroup: true, Minute));
        bench.Ask(1, new Command.Maintain(new Scope.Group(new GroupName("mail")), Minute));
        bench.Run(2);
        var standby = bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        bench.Run(5);
        var said = Assert.IsType<CommandResult.Done>(bench.LastReply(standby)).Text;
        Assert.Contains("left as it is by order: db, mail", said);
        Assert.Equal(("2", "", "1"), (bench.Where("web"), bench.Where("db"), bench.Where("mail")));
    }

    [Fact]
    public void A_stop_in_maintenance_says_that_something_is_left_running()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Ask(1, Maintain(30 * Minute));
        bench.Ask(1, new Command.Stop());
        bench.Run(5);
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.ShutdownComplete { Keeps: true });
        Assert.Equal("1", bench.Where("web"));
    }

    [Fact]
    public void A_clock_that_is_set_right_ends_maintenance_at_its_time()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Ask(1, Maintain(30 * Minute));
        bench.Run(2);
        bench.Give(1, new Input.ClockRead(1_700_000_000 + 3600));
        Assert.Null(bench.Status(1).Groups[0].MaintenanceMs);
        Assert.NotNull(bench.Status(2).Groups[0].MaintenanceMs);
    }

    [Fact]
    public void Maintenance_survives_a_restart_of_the_daemon_and_of_all_daemons()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Ask(1, Maintain(30 * Minute));
        bench.Run(2);
        bench.Kill(1);
        bench.Kill(2);
        bench.Running[0].Remove("db");
        bench.Actions.Clear();
        bench.Start(1, 2);
        bench.Run(60);
        Assert.DoesNotContain(bench.Actions, static action => action.EndsWith("Start", StringComparison.Ordinal));
        Assert.NotNull(bench.Status(2).Groups[0].MaintenanceMs);
        bench.Ask(2, Maintain(null));
        bench.Run(2);
        Assert.Equal("1", bench.Where("db"));
    }

    [Fact]
    public void When_maintenance_ends_what_was_changed_by_hand_is_found_and_counts_as_no_failure()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Ask(1, Maintain(30 * Minute));
        bench.Running[0].Remove("db");
        bench.Ask(1, Maintain(null));
        bench.Run(2);
        Assert.Equal("1", bench.Where("db"));
        Assert.Equal(0, bench.Status(1).Groups[0].Resources[2].Failures);
    }

    [Fact]
    public void A_stopped_resource_stays_stopped_with_all_right_of_it_on_every_node_until_it_is_started()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        var stop = bench.Ask(1, new Command.Switch(SwitchAction.Stop, "web", WholeGroup: false, Minute));
        bench.Run(2);
        Assert.IsType<CommandResult.Done>(bench.LastReply(stop));
        Assert.Equal(["ip"], bench.Running[0]);
        Assert.Equal("started", bench.Status(1).Groups[0].State);
        foreach (var node in (int[])[1, 2])
        {
            var web = bench.Status(node).Groups[0].Resources[1];
            Assert.Equal(("stopped", "ordered to be stopped"), (web.State, web.Reason));
        }

        bench.PowerCut(1);
        bench.Run(20);
        Assert.Equal(["ip"], bench.Running[1]);
        var start = bench.Ask(2, new Command.Switch(SwitchAction.Start, "web", WholeGroup: false, Minute));
        bench.Run(2);
        Assert.IsType<CommandResult.Done>(bench.LastReply(start));
        Assert.Equal("2", bench.Where("db"));
    }

    [Fact]
    public void A_stopped_group_runs_nowhere_and_can_be_stopped_and_started_from_any_node()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        var stop = bench.Ask(2, new Command.Switch(SwitchAction.Stop, "ip", WholeGroup: true, Minute));
        bench.Run(2);
        Assert.IsType<CommandResult.Done>(bench.LastReply(stop));
        Assert.Empty(bench.Running[0]);
        bench.PowerCut(1);
        bench.Run(30);
        Assert.Empty(bench.Running[1]);
        Assert.Contains("ordered it to be stopped", bench.Status(2).Groups[0].Reason);
        bench.Ask(2, new Command.Switch(SwitchAction.Start, "ip", WholeGroup: true, Minute));
        bench.Run(2);
        Assert.Equal("2", bench.Where("db"));
    }

    [Fact]
    public void A_restart_stops_and_starts_and_is_no_failure()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Actions.Clear();
        var client = bench.Ask(1, new Command.Switch(SwitchAction.Restart, "web", WholeGroup: false, Minute));
        bench.Run(2);
        Assert.IsType<CommandResult.Done>(bench.LastReply(client));
        Assert.Equal(["node1 db Stop", "node1 web Stop"], bench.Actions.Take(2));
        Assert.Equal(0, bench.Status(1).Groups[0].Resources[1].Failures);
        var elsewhere = bench.Ask(2, new Command.Switch(SwitchAction.Restart, "web", WholeGroup: false, Minute));
        Assert.IsType<CommandResult.Refused>(bench.LastReply(elsewhere));
        var unknown = bench.Ask(1, new Command.Switch(SwitchAction.Stop, "wev", WholeGroup: false, Minute));
        Assert.Contains("there are: ip, web, db", bench.LastReply(unknown).Text);
    }

    [Fact]
    public void A_daemon_that_ends_and_keeps_leaves_all_running_and_nobody_takes_it_until_it_is_back()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Actions.Clear();
        bench.Ask(1, new Command.Stop(Keep: true));
        bench.Run(3);
        Assert.Contains(1, bench.Ended);
        bench.Run(120);
        Assert.Equal("1", bench.Where("db"));
        Assert.Contains("left it running", bench.Status(2).Groups[0].Reason);
        bench.Start(1);
        bench.Run(30);
        Assert.Equal("node1", bench.Status(2).Groups[0].Owner);
        Assert.DoesNotContain(bench.Actions, static action => action.EndsWith("Start", StringComparison.Ordinal)
            || action.EndsWith("Stop", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void What_a_daemon_kept_is_left_alone_by_nodes_that_never_heard_it_say_so(int nodes)
    {
        var bench = new Bench(nodes, Pair);
        bench.Start([.. Enumerable.Range(1, Math.Min(nodes, 2))]);
        bench.Run(15);
        bench.Ask(1, new Command.Stop(Keep: true));
        bench.Run(10);
        bench.Kill(2);
        bench.Run(10);
        bench.Start([.. Enumerable.Range(2, nodes - 1)]);
        bench.Run(60);
        Assert.Equal("1", bench.Where("db"));
        bench.Start(1);
        bench.Run(30);
        Assert.Equal("1", bench.Where("db"));
        Assert.Equal("node1", bench.Status(2).Groups[0].Owner);
    }

    [Fact]
    public void An_order_that_another_node_carries_out_is_done_when_that_node_says_so()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.CutBoth(1, 2);
        var client = bench.Ask(2, new Command.Switch(SwitchAction.Stop, "web", WholeGroup: false, Minute));
        Assert.IsType<CommandResult.Accepted>(bench.LastReply(client));
        bench.Heal();
        bench.Run(3);
        Assert.IsType<CommandResult.Done>(bench.LastReply(client));
        Assert.Equal(["ip"], bench.Running[0]);
    }

    [Fact]
    public void What_a_daemon_kept_is_taken_when_an_operator_says_so_and_the_answers_warn()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        var stop = bench.Ask(1, new Command.Stop(Keep: true));
        bench.Run(20);
        Assert.Equal("stopped; left running: ip", bench.LastReply(stop).Text);
        bench.PowerCut(1);
        Assert.Equal(
            "nothing to do: there is no maintenance; ip was left running on node1 (stop --keep): it stays as it is "
            + "until that node is back, or somebody orders a takeover",
            bench.LastReply(bench.Ask(2, Maintain(null))).Text);
        var take = bench.Ask(2, new Command.Takeover(new Scope.All(), Minute));
        bench.Run(2);
        Assert.Equal(
            "takeover all: done; ip was left running on node1 (stop --keep): make sure that nothing of it runs there "
            + "any more",
            Assert.IsType<CommandResult.Done>(bench.LastReply(take)).Text);
        Assert.Equal("2", bench.Where("db"));
    }

    [Fact]
    public void A_maintenance_is_told_with_the_time_that_was_asked_and_a_stop_in_it_tells_what_goes_on_running()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        var on = bench.Ask(1, Maintain(TimeSpan.FromSeconds(30)));
        Assert.Equal("maintenance on all for 30 s: done", bench.LastReply(on).Text);
        Assert.Equal(30_000, bench.Status(1).Groups[0].MaintenanceMs);
        Assert.Contains(
            "for 30 s", Assert.Single(bench.Events[0].OfType<ClusterEvent.MaintenanceBegun>()).Message.ToString());
        var stop = bench.Ask(1, new Command.Stop());
        bench.Run(3);
        Assert.Equal("stopped; left running, because of maintenance: ip", bench.LastReply(stop).Text);
    }

    [Fact]
    public void A_resource_of_two_groups_is_named_with_its_group()
    {
        var bench = new Bench(2, ["node1 ip/24 web", "node1 ip2 web"]).Start(1, 2);
        var both = bench.Ask(1, new Command.Switch(SwitchAction.Stop, "web", WholeGroup: false, Minute));
        Assert.Contains("write ip/24/web or ip2/web", bench.LastReply(both).Text);
        var one = bench.Ask(1, new Command.Switch(SwitchAction.Stop, "ip/24/web", WholeGroup: false, Minute));
        bench.Run(2);
        Assert.Equal("resource stop ip/24/web: done", bench.LastReply(one).Text);
        var states = bench.Status(1).Groups.Select(static group => group.Resources[1].State);
        Assert.Equal(["stopped", "started"], states);
    }

    [Fact]
    public void A_time_that_is_over_is_told_from_a_refusal()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.CutBoth(1, 2);
        var order = bench.Ask(2, new Command.Switch(SwitchAction.Stop, "web", WholeGroup: false, Minute / 30));
        bench.Run(3);
        Assert.Equal(
            "resource stop web is not done yet; the order stands",
            Assert.IsType<CommandResult.Late>(bench.LastReply(order)).Text);
    }

    [Fact]
    public void A_node_whose_check_fails_hands_over_to_one_that_is_fit_and_gets_nothing_back_before_it_passes()
    {
        var bench = Checked();
        bench.Start(1, 2);
        bench.Run(10);
        Assert.Equal("1", bench.Where("db"));
        bench.FailingChecks.Add((1, "gateway"));
        bench.Run(2.5);
        Assert.Equal("1", bench.Where("db"));
        bench.Run(2);
        Assert.Equal("2", bench.Where("db"));
        bench.Run(60);
        Assert.Equal("2", bench.Where("db"));
        bench.FailingChecks.Clear();
        bench.Run(5);
        Assert.Equal("1", bench.Where("db"));
    }

    [Fact]
    public void When_the_check_fails_on_every_node_the_group_stays_where_it_is()
    {
        var bench = Checked();
        bench.Start(1, 2);
        bench.Run(10);
        bench.FailingChecks.Add((1, "gateway"));
        bench.FailingChecks.Add((2, "gateway"));
        bench.Run(30);
        Assert.Equal("1", bench.Where("db"));
        Assert.Equal("fails", Assert.Single(bench.Status(1).Checks).State);
    }

    [Fact]
    public void The_first_run_of_a_check_that_fails_does_not_count_alone()
    {
        var bench = Checked();
        bench.FailingChecks.Add((1, "gateway"));
        bench.Start(1, 2);
        bench.Run(1);
        Assert.Equal("unknown", Assert.Single(bench.Status(1).Checks).State);
        bench.FailingChecks.Clear();
        bench.Run(10);
        Assert.Equal("1", bench.Where("db"));
        Assert.DoesNotContain(bench.Events[0], static e => e is ClusterEvent.CheckChanged { Passes: false });
    }

    [Fact]
    public void Every_node_tells_whose_check_fails_and_the_node_itself_why()
    {
        var bench = Checked();
        bench.Start(1, 2);
        bench.Run(10);
        bench.FailingChecks.Add((1, "gateway"));
        bench.Run(10);
        var (here, there) = (bench.Status(1), bench.Status(2));
        Assert.Equal("check gateway fails: exit code 1", here.Groups[0].Unfit);
        Assert.Null(there.Groups[0].Unfit);
        Assert.Equal("node2", here.Groups[0].Owner);
        foreach (var status in (StatusReport[])[here, there])
        {
            Assert.Equal(["gateway"], status.Nodes[0].FailingChecks);
            Assert.Empty(status.Nodes[1].FailingChecks);
        }
    }

    private static Bench Checked()
    {
        var second = TimeSpan.FromSeconds(1);
        var check = new CheckConfig("gateway", ["/bin/true"], second, second, 2, 3, []);
        return new Bench(2, Pair)
        {
            Config = Bench.MakeConfig(2, Pair, AutoFailback.On) with { Checks = [check] },
        };
    }

    private static Command.Maintain Maintain(TimeSpan? time) => new(new Scope.All(), time);
}
