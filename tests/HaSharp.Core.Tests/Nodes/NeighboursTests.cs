using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Core.Tests.Nodes;

/// <summary>What another machine that answers for an address means for a node that would start its group.</summary>
public sealed class NeighboursTests
{
    private const string Address = "10.0.0.100";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_disk_is_not_taken_from_a_silent_owner_whose_address_is_still_answered_for()
    {
        var bench = Silent("Filesystem");
        bench.AddressAnswered = static _ => true;
        bench.Run(60);
        Assert.Equal("1", bench.Where("Filesystem"));
        Assert.Contains("not node1", bench.Status(2).Groups[0].Reason, StringComparison.Ordinal);
        Assert.Single(bench.Events[1], static told => told is ClusterEvent.AddressTaken);
        bench.AddressAnswered = static _ => false;
        bench.PowerCut(1);
        bench.Run(5);
        Assert.Equal("2", bench.Where("Filesystem"));
    }

    [Fact]
    public void An_operator_who_knows_better_takes_it_all_the_same()
    {
        var bench = Silent("Filesystem");
        bench.AddressAnswered = static _ => true;
        bench.Run(20);
        bench.PowerCut(1);
        var take = bench.Ask(2, new Command.Takeover(new Scope.All(), Minute));
        bench.Run(2);
        Assert.Contains(
            $"52:54:00:1 still has {Address}", Assert.IsType<CommandResult.Done>(bench.LastReply(take)).Text);
        Assert.Equal("2", bench.Where("Filesystem"));
    }

    [Fact]
    public void A_silent_owner_that_nobody_answers_for_costs_no_time()
    {
        var bench = Silent("Filesystem");
        var cut = bench.Now;
        while (bench.Where("Filesystem").Length < 2 && bench.Now < cut + Minute)
        {
            bench.Run(0.01);
        }

        // Nobody has said anything since the last heartbeat, which was less than a keepalive before the cut.
        Assert.True(bench.Now < cut + bench.Config.Deadtime + TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public void What_has_no_disk_is_taken_and_announced_unless_ha_cf_says_wait()
    {
        var bench = Silent("web");
        bench.AddressAnswered = static _ => true;
        bench.Run(20);
        Assert.Equal("1 2", bench.Where("web"));

        bench = Silent("web", AddressConflict.Wait);
        bench.AddressAnswered = static _ => true;
        bench.Run(20);
        Assert.Equal("1", bench.Where("web"));
    }

    [Fact]
    public void A_group_that_nobody_ran_is_not_started_beside_a_foreign_machine_with_its_address()
    {
        var foreign = true;
        var bench = Make("Filesystem", AddressConflict.Auto);
        bench.AddressAnswered = _ => foreign;
        bench.Start(1, 2);
        bench.Run(10);
        Assert.Equal("", bench.Where("Filesystem"));
        foreign = false;
        bench.Run(5);
        Assert.Equal("1", bench.Where("Filesystem"));
    }

    [Fact]
    public void A_maintenance_that_ends_while_the_owner_is_silent_asks_before_anything_starts()
    {
        var bench = Make("Filesystem", AddressConflict.Auto).Start(1, 2);
        bench.Run(5);
        bench.Ask(1, new Command.Maintain(new Scope.All(), Minute));
        bench.Run(5);
        bench.AddressAnswered = static _ => true;
        bench.CutBoth(1, 2);
        bench.Run(120);
        Assert.Equal("1", bench.Where("Filesystem"));
        Assert.Single(bench.Events[1], static told => told is ClusterEvent.AddressTaken);
    }

    [Fact]
    public void What_failed_here_is_not_tried_again_beside_a_silent_owner_that_still_answers()
    {
        var broken = true;
        var bench = Make("Filesystem", AddressConflict.Auto);
        bench.Agent = (node, run) => broken && node == 1 && run.Action == AgentAction.Start
            && run.Resource.Text == "Filesystem" ? AgentOutcome.Failed("bad superblock") : null;
        bench.Start(1, 2);
        bench.Run(5);
        Assert.Equal("2", bench.Where("Filesystem"));
        broken = false;
        bench.AddressAnswered = static _ => true;
        bench.CutBoth(1, 2);
        bench.Run(60);
        Assert.Equal("2", bench.Where("Filesystem"));
    }

    [Fact]
    public void A_hand_over_whose_giver_falls_silent_half_way_waits_for_its_address()
    {
        var stuck = true;
        var bench = Make("Filesystem", AddressConflict.Auto).Start(1, 2);
        bench.Run(5);
        bench.Agent = (node, run) => stuck && node == 1 && run.Action == AgentAction.Stop
            ? AgentOutcome.Failed("busy") : null;
        bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        bench.Run(3);
        bench.AddressAnswered = static _ => true;
        bench.Kill(1);
        bench.Run(30);
        Assert.Equal("1", bench.Where("Filesystem"));
        Assert.Contains("not node1", bench.Status(2).Groups[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_three_nodes_one_that_died_long_ago_delays_no_move_between_the_others()
    {
        var bench = Make("Filesystem", AddressConflict.Auto, nodes: 3).Start(1, 2, 3);
        bench.Run(5);
        bench.PowerCut(1);
        bench.Run(30);
        Assert.Equal("2", bench.Where("Filesystem"));
        bench.AddressAnswered = static _ => true;
        bench.Ask(2, new Command.Standby(new Scope.All(), Minute));
        bench.Run(0.5);
        Assert.Equal("3", bench.Where("Filesystem"));
        Assert.DoesNotContain(bench.Events[2], static told => told is ClusterEvent.AddressTaken);
    }

    [Fact]
    public void Of_three_nodes_the_one_on_which_an_operator_asks_takes_what_the_others_wait_for()
    {
        var bench = Make("Filesystem", AddressConflict.Auto, nodes: 3).Start(1, 2, 3);
        bench.Run(5);
        bench.AddressAnswered = static _ => true;
        bench.Kill(1);
        bench.Run(30);
        Assert.Equal("1", bench.Where("Filesystem"));
        bench.PowerCut(1);
        var take = bench.Ask(3, new Command.Takeover(new Scope.All(), Minute));
        bench.Run(2);
        Assert.IsType<CommandResult.Done>(bench.LastReply(take));
        Assert.Equal("3", bench.Where("Filesystem"));
    }

    [Fact]
    public void Moves_that_the_owner_agrees_to_ask_nobody()
    {
        var bench = Make("Filesystem", AddressConflict.Auto).Start(1, 2);
        bench.Run(5);
        bench.AddressAnswered = static _ => true;
        bench.Ask(1, new Command.Standby(new Scope.All(), Minute));
        bench.Run(2);
        Assert.Equal("2", bench.Where("Filesystem"));
        bench.Ask(2, new Command.Stop(Keep: false));
        bench.Run(2);
        Assert.Equal("1", bench.Where("Filesystem"));
    }

    /// <summary>Node 1 runs the group, and nobody hears anybody any more.</summary>
    private static Bench Silent(string resource, AddressConflict policy = AddressConflict.Auto)
    {
        var bench = Make(resource, policy).Start(1, 2);
        bench.Run(5);
        Assert.Equal("1", bench.Where(resource));
        bench.CutBoth(1, 2);
        return bench;
    }

    private static Bench Make(string resource, AddressConflict policy, int nodes = 2)
    {
        var config = Bench.MakeConfig(nodes, [$"node1 {Address} {resource}"], AutoFailback.Off);
        var group = config.Groups[0];
        return new Bench(nodes, [$"node1 {Address} {resource}"])
        {
            Config = config with
            {
                Recovery = new RecoveryConfig { AddressConflict = policy },
                Groups =
                [
                    group with { Resources = [new Resource(Address, "IPaddr", [Address]), group.Resources[1]] },
                ],
            },
        };
    }
}
