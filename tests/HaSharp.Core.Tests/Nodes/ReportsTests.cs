using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Core.Tests.Nodes;

/// <summary>What the log and the receivers of notices are told of a group: each turn once, nothing else.</summary>
public sealed class ReportsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly string[] Pair = ["node1 ip web db"];

    [Fact]
    public void A_repair_in_place_is_told_as_a_failure_and_a_recovery_of_the_resource_that_failed_and_as_nothing_else()
    {
        var bench = Settled();
        bench.Running[0].Remove("web");
        bench.Run(15);
        Assert.Equal(["ResourceFailed web", "ResourceRecovered web"], Told(bench, 1));
        bench.Ask(1, new Command.Switch(SwitchAction.Restart, "web", WholeGroup: false, Minute));
        bench.Run(5);
        Assert.Equal("1", bench.Where("db"));
        Assert.Equal(["ResourceFailed web", "ResourceRecovered web"], Told(bench, 1));
    }

    [Fact]
    public void Maintenance_a_stopped_resource_and_a_restart_are_no_change_of_role_and_no_acquisition()
    {
        var bench = Settled();
        bench.Ask(1, new Command.Maintain(new Scope.All(), 30 * Minute));
        bench.Ask(1, new Command.Maintain(new Scope.All(), null));
        bench.Run(2);
        bench.Ask(1, new Command.Switch(SwitchAction.Stop, "db", WholeGroup: false, Minute));
        bench.Run(2);
        bench.Ask(1, new Command.Switch(SwitchAction.Start, "db", WholeGroup: false, Minute));
        bench.Run(2);
        bench.Ask(1, new Command.Switch(SwitchAction.Restart, "ip", WholeGroup: true, Minute));
        bench.Run(5);
        Assert.Equal("1", bench.Where("db"));
        Assert.Empty(Told(bench, 1));
    }

    [Fact]
    public void A_group_that_is_stopped_and_started_is_told_as_released_and_acquired()
    {
        var bench = Settled();
        bench.Ask(1, new Command.Switch(SwitchAction.Stop, "ip", WholeGroup: true, Minute));
        bench.Run(2);
        bench.Ask(1, new Command.Switch(SwitchAction.Start, "ip", WholeGroup: true, Minute));
        bench.Run(2);
        Assert.Equal(["GroupReleased", "Role Standby", "Role Active", "GroupAcquired"], Told(bench, 1));
    }

    [Fact]
    public void A_daemon_that_comes_back_to_what_runs_tells_that_it_has_it()
    {
        var bench = Settled();
        bench.Kill(1);
        bench.Start(1);
        Assert.Contains("GroupAcquired", Told(bench, 1));
    }

    [Fact]
    public void A_group_that_runs_nowhere_is_told_with_the_reason()
    {
        var bench = new Bench(2, Pair)
        {
            Agent = static (_, run) => run is { Action: AgentAction.Start, Resource.Text: "web" }
                ? AgentOutcome.Failed("exit code 7") : null,
        };
        bench.Start(1, 2);
        bench.Run(5);
        var told = bench.Events.SelectMany(static all => all).OfType<ClusterEvent.NobodyRuns>().ToList();
        Assert.NotEmpty(told);
        Assert.Contains("exit code 7", told[^1].Reason);
    }

    [Fact]
    public void A_node_that_ends_alone_raises_no_alarm()
    {
        var bench = Settled();
        bench.PowerCut(2);
        bench.Run(40);
        bench.Ask(1, new Command.Stop(Keep: false));
        bench.Run(5);
        Assert.DoesNotContain(bench.Events[0], static told => told is ClusterEvent.NobodyRuns);
    }

    private static Bench Settled()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Run(5);
        bench.Events[0].Clear();
        return bench;
    }

    private static List<string> Told(Bench bench, int node) =>
    [
        .. bench.Events[node - 1].Select(static told => told switch
        {
            ClusterEvent.RoleChanged role => $"Role {role.Role}",
            ClusterEvent.GroupAcquired => "GroupAcquired",
            ClusterEvent.GroupReleased => "GroupReleased",
            ClusterEvent.ResourceFailed failed => $"ResourceFailed {failed.Resource}",
            ClusterEvent.ResourceRecovered again => $"ResourceRecovered {again.Resource}",
            _ => "",
        }).Where(static told => told.Length > 0),
    ];
}
