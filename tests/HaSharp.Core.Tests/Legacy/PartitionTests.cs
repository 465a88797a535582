using HaSharp.Core.Config;
using HaSharp.Core.Resources;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>Partitions of a pair with a heartbeat 3.0.6, in both directions and in one (spec 8.6).</summary>
public sealed class PartitionTests
{
    private static readonly string[] Pair = ["node1 a", "node2 b"];

    [Fact]
    public void After_a_partition_we_go_on_and_the_peer_gives_everything_up_and_starts_anew()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Run(20);
        bench.Actions.Clear();
        peer.Sequence += 20;
        peer.Status();
        Assert.Single(bench.Events[0].OfType<ClusterEvent.NodeReturned>());
        peer.Live(2);
        peer.Resource("none", stable: false, "shutdown");
        peer.Say(("t", "shutdone"), ("st", "dead"));
        Assert.Equal("1 1", bench.Where("a") + " " + bench.Where("b"));
        Assert.DoesNotContain(bench.Actions, static action => action.EndsWith("Stop", Ordinal));

        // It may have announced the addresses last.
        Assert.Contains("node1 a Announce", bench.Actions);
        Assert.Contains("node1 b Announce", bench.Actions);
    }

    [Fact]
    public void A_peer_that_returns_and_goes_on_is_asked_what_it_holds_and_keeps_it()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Run(7);
        Assert.Equal("1", bench.Where("b"));
        peer.Sequence += 7;
        peer.Status();
        peer.News();
        peer.Live(4);
        Assert.DoesNotContain("starting", peer.News());
        peer.Live(2);
        Assert.Contains("starting", peer.News());
        peer.Resource("local", stable: true);
        Assert.Equal("", bench.Where("b"));
        Assert.Equal("1", bench.Where("a"));
        Assert.Equal("resource local 1", peer.News()[^1]);
    }

    [Fact]
    public void What_the_peer_took_while_it_did_not_hear_us_is_left_to_it()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.Say(("t", "resource"), ("rsc_hold", "foreign"), ("info", "mach_down"));
        Assert.Equal("", bench.Where("a"));
        Assert.Equal("node2", bench.Status(1).Groups[0].Owner);
    }

    [Fact]
    public void What_the_peer_took_is_left_to_it_also_by_the_preferred_node_with_auto_failback_on()
    {
        var (bench, peer) = Puppet.Joined(Pair, AutoFailback.On);
        peer.Say(("t", "resource"), ("rsc_hold", "foreign"), ("info", "mach_down"));
        Assert.Equal("", bench.Where("a"));
    }

    [Fact]
    public void While_a_returned_peer_is_awaited_we_look_stable_because_it_waits_for_that()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Agent = static (_, run) => run is { Action: AgentAction.Start, Resource.Text: "b" }
            ? new AgentOutcome(AgentVerdict.Failed, "not now") : null;
        bench.Run(5.1);
        peer.Sequence += 6;
        bench.Agent = static (_, _) => null;
        peer.Status();
        bench.Run(1);
        Assert.DoesNotContain(peer.Heard, static text => text.EndsWith(" 0", Ordinal));
    }

    [Fact]
    public void A_peer_that_returns_and_does_not_hear_us_keeps_what_it_took()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Run(7);
        peer.Sequence += 7;
        peer.Status();
        peer.Live(15);
        Assert.Equal(("", ""), (bench.Where("a"), bench.Where("b")));
        Assert.Equal("node2", bench.Status(1).Groups[0].Owner);
    }

    [Fact]
    public void What_a_returned_peer_says_before_it_gives_everything_up_is_not_believed()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Run(20);
        peer.Sequence += 20;
        peer.Status();
        peer.Resource("all", stable: true);
        peer.Live(2);
        peer.Resource("none", stable: false, "shutdown");
        peer.Say(("t", "shutdone"), ("st", "dead"));
        Assert.Equal("1 1", bench.Where("a") + " " + bench.Where("b"));
        Assert.DoesNotContain(bench.Actions, static action => action.EndsWith("Stop", Ordinal));
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;
}
