using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>Hand-overs beside a heartbeat 3.0.6, in both directions (spec 9.6).</summary>
public sealed class HandoverTests
{
    private static readonly string[] Pair = ["node1 a", "node2 b"];

    [Fact]
    public void Standby_offers_first_and_releases_after_the_peer_has_promised()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        var client = bench.Ask(1, new Command.Standby(new Scope.All(), TimeSpan.FromSeconds(60)));
        Assert.Equal(["ask_resources local me"], peer.News());
        Assert.Equal("1", bench.Where("a"));
        peer.AskResources("local", "other");
        Assert.Equal("1", bench.Where("a"));
        bench.Run(0.3);
        Assert.Equal("", bench.Where("a"));
        Assert.Equal(["resource none 0 standby", "ask_resources local done"], peer.News());
        Assert.IsType<CommandResult.Accepted>(bench.LastReply(client));
        peer.AskResources("local", "done");
        peer.Resource("all", stable: true);
        Assert.IsType<CommandResult.Done>(bench.LastReply(client));
        Assert.Contains("resource none 1", peer.News());
        Assert.Equal("node2", bench.Status(1).Groups[0].Owner);
    }

    [Fact]
    public void A_hand_over_whose_last_word_was_lost_ends_when_the_peer_is_stable()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Ask(1, new Command.Standby(new Scope.All(), TimeSpan.FromSeconds(60)));
        peer.AskResources("local", "other");
        bench.Run(0.3);
        peer.Resource("local", stable: true);
        peer.Live(3);
        peer.Resource("local", stable: true);
        Assert.Equal("1", bench.Where("a"));
        Assert.Equal("resource local 1", peer.News()[^1]);
    }

    [Fact]
    public void An_offer_that_nobody_answers_is_withdrawn_after_10_s_and_repeated()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Ask(1, new Command.Standby(new Scope.All(), TimeSpan.FromSeconds(60)));
        peer.Live(9);
        Assert.Equal(["ask_resources local me"], peer.News().Where(static text => text.StartsWith("ask", Ordinal)));
        peer.Live(2);
        Assert.Single(bench.Events[0].OfType<ClusterEvent.StandbyUnanswered>());
        peer.Live(6);
        Assert.Equal(["ask_resources local me"], peer.News().Where(static text => text.StartsWith("ask", Ordinal)));
        Assert.Equal("1", bench.Where("a"));
    }

    [Fact]
    public void An_answer_that_comes_late_still_binds_both_sides()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Ask(1, new Command.Standby(new Scope.All(), TimeSpan.FromSeconds(60)));
        peer.Live(11);
        peer.AskResources("local", "other");
        bench.Run(0.3);
        Assert.Equal("", bench.Where("a"));
        Assert.Contains("ask_resources local done", peer.News());
    }

    [Fact]
    public void The_peers_standby_is_answered_and_nothing_starts_before_it_has_released()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.AskResources("all", "me");
        Assert.Equal(["ask_resources all other"], peer.News());
        peer.Resource("none", stable: false, "standby");
        Assert.Equal("", bench.Where("b"));
        Assert.Equal("stopping", bench.Status(1).Groups[1].State);
        peer.AskResources("all", "done");
        Assert.Equal("1", bench.Where("b"));
        var said = peer.News();
        Assert.Contains("ask_resources all done", said);
        Assert.Equal("resource all 1", said[^1]);
    }

    [Fact]
    public void Of_two_offers_that_cross_the_peers_counts()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Ask(1, new Command.Standby(new Scope.All(), TimeSpan.FromSeconds(60)));
        peer.AskResources("local", "me");
        Assert.Equal("ask_resources local other", peer.News()[^1]);
        peer.AskResources("local", "done");
        Assert.Equal("1", bench.Where("b"));
    }

    [Fact]
    public void An_offer_that_the_peer_itself_ignores_is_forgotten_after_10_s()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.AskResources("local", "me");
        peer.Live(11);
        Assert.Single(bench.Events[0].OfType<ClusterEvent.StandbyAbandoned>());
        Assert.Equal("started", bench.Status(1).Groups[1].State);
        Assert.Equal("", bench.Where("b"));
    }

    [Fact]
    public void A_release_may_take_longer_than_10_s()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.AskResources("local", "me");
        peer.Resource("none", stable: false, "standby");
        peer.Live(30);
        peer.AskResources("local", "done");
        Assert.Equal("1", bench.Where("b"));
    }

    [Fact]
    public void A_second_offer_during_a_hand_over_is_ignored_as_heartbeat_ignores_it()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.AskResources("local", "me");
        peer.Resource("none", stable: false, "standby");
        peer.AskResources("foreign", "me");
        Assert.Single(bench.Events[0].OfType<ClusterEvent.StandbyIgnored>());
        peer.AskResources("local", "done");
        Assert.Equal("1", bench.Where("b"));
    }

    [Fact]
    public void A_node_that_leaves_does_not_take_what_the_peer_offers()
    {
        var (bench, peer) = Puppet.Joined(["node1 a", "node2 b"]);
        bench.Agent = static (_, run) => run.Action == AgentAction.Stop
            ? new AgentOutcome(AgentVerdict.Failed, "busy") : null;
        bench.Ask(1, new Command.Stop());
        peer.News();
        peer.AskResources("local", "me");
        Assert.Empty(peer.News());
        Assert.Single(bench.Events[0].OfType<ClusterEvent.StandbyIgnored>());
    }

    [Fact]
    public void An_offer_of_a_peer_that_shuts_down_is_ignored()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.Resource("none", stable: false, "shutdown");
        peer.AskResources("local", "me");
        peer.AskResources("local", "done");
        Assert.Equal("", bench.Where("b"));
        Assert.Single(bench.Events[0].OfType<ClusterEvent.StandbyIgnored>());
    }

    [Fact]
    public void Takeover_asks_the_peer_to_go_standby()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        var client = bench.Ask(1, new Command.Takeover(new Scope.All(), TimeSpan.FromSeconds(60)));
        Assert.Equal(["hb_takeover foreign"], peer.News());
        peer.AskResources("local", "me");
        peer.Resource("none", stable: false, "standby");
        peer.AskResources("local", "done");
        Assert.Equal("1", bench.Where("b"));
        Assert.IsType<CommandResult.Done>(bench.LastReply(client));
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;
}
