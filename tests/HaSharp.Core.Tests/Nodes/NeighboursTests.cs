using HaSharp.Core.Config;
using HaSharp.Core.Control;

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
        Assert.IsType<CommandResult.Done>(bench.LastReply(take));
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

    private static Bench Make(string resource, AddressConflict policy)
    {
        var config = Bench.MakeConfig(2, [$"node1 {Address} {resource}"], AutoFailback.Off);
        var group = config.Groups[0];
        return new Bench(2, [$"node1 {Address} {resource}"])
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
