using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;
using HaSharp.Core.Tests.Nodes;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>One cluster with heartbeat 3.0.6: what is said, and what is held (spec 8.3, 9.4, 9.6, 9.8, 21).</summary>
public sealed class DialogueTests
{
    private static readonly string[] Pair = ["node1 a", "node2 b"];

    [Fact]
    public void Nothing_is_decided_before_the_peer_has_said_what_it_holds()
    {
        var bench = new Bench(2, Pair);
        var peer = new Puppet(bench);
        bench.Start(1);
        peer.Status("up");
        Assert.Equal("active", bench.Status(1).Nodes[0].Status);
        Assert.Equal("joining", bench.Status(1).Role);
        Assert.Empty(peer.News());
        peer.Status();
        Assert.Equal(["reqnodes node2", "starting"], peer.News());
        Assert.Equal("", bench.Where("a"));
        peer.Resource("none", stable: false);
        Assert.Equal("1", bench.Where("a"));
        Assert.Equal("", bench.Where("b"));
        Assert.Equal("resource local 1", peer.News()[^1]);
    }

    [Fact]
    public void A_peer_that_holds_all_is_left_alone_with_auto_failback_off()
    {
        var bench = new Bench(2, Pair);
        var peer = new Puppet(bench);
        bench.Start(1);
        peer.Status();
        peer.Resource("all", stable: true);
        peer.Live(20);
        Assert.Equal("", bench.Where("a"));
        Assert.Equal("node2", bench.Status(1).Groups[0].Owner);
        Assert.Equal("started", bench.Status(1).Groups[0].State);
        Assert.Equal(["resource none 1"], peer.Heard.Where(static text => text.StartsWith("resource", Ordinal)));
    }

    [Fact]
    public void A_peer_that_was_there_first_and_is_not_stable_may_still_be_releasing()
    {
        var bench = new Bench(2, Pair);
        var peer = new Puppet(bench);
        bench.Start(1);
        peer.Status();
        peer.Resource("none", stable: false);
        peer.Live(2);
        Assert.Equal("", bench.Where("a"));
        peer.Say(("t", "shutdone"), ("st", "dead"));
        Assert.Equal("1 1", bench.Where("a") + " " + bench.Where("b"));
    }

    [Fact]
    public void A_peer_whose_first_report_was_lost_is_asked_again()
    {
        var (_, peer) = Puppet.Joined(Pair);
        peer.Generation++;
        peer.Sequence = 0;
        peer.Status();
        peer.Live(6);
        Assert.Contains("starting", peer.News());
    }

    [Fact]
    public void What_runs_here_after_a_restart_of_the_daemon_stays_here()
    {
        var bench = new Bench(2, Pair);
        bench.Running[0].Add("a");
        var peer = new Puppet(bench);
        bench.Start(1);
        peer.Status();
        peer.Resource("local", stable: true);
        Assert.Equal("1", bench.Where("a"));
        Assert.Equal("resource local 1", peer.News()[^1]);
        Assert.DoesNotContain("node1 a Stop", bench.Actions);
    }

    [Fact]
    public void A_node_says_starting_once_because_a_second_one_is_an_error_for_heartbeat()
    {
        var bench = new Bench(2, Pair);
        var peer = new Puppet(bench);
        bench.Start(1);
        peer.Status("up");
        peer.Status();
        peer.Say(("t", "starting"));
        Assert.Single(peer.Heard, "starting");
    }

    [Fact]
    public void Who_asks_with_starting_says_in_the_same_breath_that_it_is_stable()
    {
        var (_, peer) = Puppet.Joined(Pair);
        peer.Generation++;
        peer.Sequence = 0;
        peer.Status();
        peer.Live(9);
        Assert.Equal(["reqnodes node2", "starting", "resource local 1"], peer.News().Take(3));
    }

    [Fact]
    public void A_starting_that_comes_after_a_newer_report_does_not_make_the_peer_unstable()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        var late = peer.Lose(("t", "starting"));
        peer.Resource("local", stable: true);
        peer.Give(late);
        Assert.True(bench.Status(1).Stable);
    }

    [Fact]
    public void The_message_starting_is_answered_with_what_is_held()
    {
        var (_, peer) = Puppet.Joined(Pair);
        peer.Restart();
        peer.Say(("t", "starting"));
        Assert.Equal(["starting", "resource local 1"], peer.News());
        peer.Resource("none", stable: false);
        peer.Resource("local", stable: true);
        Assert.Equal(["resource local 1"], peer.News());
    }

    [Fact]
    public void A_list_of_nodes_is_given_as_heartbeat_gives_it()
    {
        var (_, peer) = Puppet.Joined(Pair);
        peer.Say(("t", "reqnodes"), ("dest", "node1"));
        var answer = peer.Messages[^1];
        Assert.Equal(
            [
                "dest", "t", "nodelist", "delnodelist", "destuuid", "src", "srcuuid", "seq", "hg", "ts", "ld", "ttl",
                "auth",
            ],
            answer.Fields.ToArray().Select(static field => field.Name));
        Assert.Equal("node1 node2 ", answer.Text("nodelist"));
        Assert.Equal(" ", answer.Text("delnodelist"));
    }

    [Fact]
    public void A_peer_with_other_nodes_in_its_list_is_named()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.Say(("t", "repnodes"), ("nodelist", "node1 node2 node3 "), ("delnodelist", " "));
        Assert.Single(bench.Events[0].OfType<ClusterEvent.NodeListsDiffer>());
    }

    [Fact]
    public void A_peer_that_speaks_another_mode_does_not_stop_what_runs_here()
    {
        var bench = new Bench(2, Pair);
        var peer = new Puppet(bench);
        bench.Start(1);
        bench.Run(11);
        peer.Status("up");
        peer.Status();
        peer.Live(30);
        Assert.Equal("1 1", bench.Where("a") + " " + bench.Where("b"));
        Assert.Single(bench.Events[0].OfType<ClusterEvent.HoldingsUnknown>());
    }

    [Theory]
    [InlineData("local", "ask_resources foreign me")]
    [InlineData("all", "ask_resources all me")]
    [InlineData("failback", "ask_resources foreign me")]
    public void The_peers_takeover_is_a_standby_here_with_its_words_exchanged(string word, string answer)
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.AskResources("local", "me");
        peer.AskResources("local", "done");
        peer.Resource("none", stable: true);
        peer.News();
        Assert.Equal("1 1", bench.Where("a") + " " + bench.Where("b"));
        peer.Say(("t", "hb_takeover"), ("rsc_hold", word));
        Assert.Equal([answer], peer.News());
    }

    [Fact]
    public void With_auto_failback_on_the_peers_groups_are_offered_back_when_it_is_stable()
    {
        var (bench, peer) = Puppet.Joined(Pair, AutoFailback.On);
        bench.Run(7);
        Assert.Equal("1 1", bench.Where("a") + " " + bench.Where("b"));
        peer.Restart();
        peer.Say(("t", "starting"));
        peer.Resource("none", stable: false);
        Assert.DoesNotContain("ask_resources foreign me", peer.News());
        peer.Resource("none", stable: true);
        Assert.Contains("ask_resources foreign me", peer.News());
    }

    [Fact]
    public void A_peer_that_shuts_down_is_waited_for_and_then_replaced_at_once()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.Resource("none", stable: false, "shutdown");
        peer.Live(2);
        Assert.Equal("", bench.Where("b"));
        peer.Say(("t", "shutdone"), ("st", "dead"));
        Assert.Equal("1", bench.Where("b"));
        peer.Live(3);
        Assert.Equal("dead", bench.Status(1).Nodes[1].Status);
        Assert.Single(bench.Events[0].OfType<ClusterEvent.NodeLeft>());
    }

    [Fact]
    public void We_leave_as_heartbeat_does_and_end_when_the_peer_has_acknowledged_it()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Ask(1, new Command.Stop());
        Assert.Equal(["resource none 0 shutdown"], peer.News());
        bench.Run(0.29);
        Assert.Equal("1", bench.Where("a"));
        bench.Run(0.02);
        Assert.Equal(["shutdone"], peer.News());
        Assert.DoesNotContain(1, bench.Ended);
        var goodbye = peer.Counted.Keys.Max() - 9;
        peer.Say(("t", "NS_ackmsg"), ("dest", "node1"), ("ackseq", goodbye.ToString("x", null)));
        Assert.Contains(1, bench.Ended);
    }

    [Fact]
    public void A_node_that_could_not_stop_something_does_not_say_goodbye()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Agent = static (_, run) => run.Action == AgentAction.Stop
            ? new AgentOutcome(AgentVerdict.Failed, "busy") : null;
        bench.Ask(1, new Command.Stop());
        peer.Live(40);
        Assert.DoesNotContain("shutdone", peer.Heard);
        Assert.Contains(1, bench.Ended);
    }

    [Fact]
    public void A_silent_peer_is_replaced_after_its_own_deadtime()
    {
        var (bench, _) = Puppet.Joined(Pair);
        bench.Run(4.5);
        Assert.Equal("", bench.Where("b"));
        bench.Run(1);
        Assert.Equal("1", bench.Where("b"));
    }

    [Fact]
    public void What_a_restarted_peer_does_not_take_is_started_here()
    {
        var (bench, peer) = Puppet.Joined(["node1 a", "node1 c", "node2 b"]);
        peer.Say(("t", "resource"), ("rsc_hold", "foreign"), ("info", "mach_down"));
        peer.Restart();
        peer.Say(("t", "starting"));
        peer.Resource("none", stable: false);
        peer.Resource("local", stable: true);
        Assert.Equal("1 1 ", bench.Where("a") + " " + bench.Where("c") + " " + bench.Where("b"));
    }

    [Fact]
    public void A_group_that_cannot_be_started_here_is_offered_together_with_the_others_of_its_node()
    {
        var bench = new Bench(2, ["node1 a", "node1 c"])
        {
            Agent = static (_, run) => run is { Action: AgentAction.Start, Resource.Text: "c" }
                ? new AgentOutcome(AgentVerdict.Failed, "no disk") : null,
        };
        var peer = new Puppet(bench);
        bench.Start(1);
        peer.Status();
        peer.Resource("none", stable: true);
        Assert.Contains("ask_resources local me", peer.News());
        peer.AskResources("local", "other");
        bench.Run(0.3);
        Assert.Equal("", bench.Where("a"));
        Assert.Contains("ask_resources local done", peer.News());
    }

    [Fact]
    public void One_group_of_several_cannot_move_alone()
    {
        var (bench, peer) = Puppet.Joined(["node1 a", "node1 c", "node2 b"]);
        var lifetime = TimeSpan.FromSeconds(60);
        var client = bench.Ask(1, new Command.Standby(new Scope.Group(new GroupName("c")), lifetime));
        Assert.Contains("use local", bench.LastReply(client).Text);
        Assert.Empty(peer.News());
        client = bench.Ask(1, new Command.Takeover(new Scope.Group(new GroupName("b")), lifetime));
        Assert.IsType<CommandResult.Accepted>(bench.LastReply(client));
    }

    [Fact]
    public void A_third_node_in_the_list_stops_everything_beside_a_heartbeat_peer()
    {
        var bench = new Bench(3, Pair);
        var peer = new Puppet(bench);
        bench.Start(1);
        bench.Run(11);
        peer.Status();
        bench.Ask(1, new Command.Standby(new Scope.All(), TimeSpan.FromSeconds(60)));
        peer.Resource("none", stable: true);
        Assert.Single(bench.Events[0].OfType<ClusterEvent.TooManyNodesForHeartbeat>());
        Assert.Contains("one other node only", bench.Status(1).Nodes[1].Limits);
        Assert.DoesNotContain(peer.Heard, static text => text.StartsWith("resource", Ordinal));
    }

    [Fact]
    public void A_share_without_groups_is_claimed_because_heartbeat_complains_otherwise()
    {
        var bench = new Bench(2, ["node2 b"]);
        var peer = new Puppet(bench);
        bench.Start(1);
        peer.Status();
        peer.Resource("none", stable: false);
        peer.Resource("local", stable: true);
        Assert.Equal("resource local 1", peer.News()[^1]);
        peer.AskResources("all", "me");
        peer.AskResources("all", "done");
        Assert.Equal("resource all 1", peer.News()[^1]);
        bench.Ask(1, new Command.Standby(new Scope.Foreign(), TimeSpan.FromSeconds(60)));
        peer.Resource("none", stable: true);
        Assert.Contains("ask_resources all me", peer.News());
    }

    [Fact]
    public void A_third_node_that_a_reload_brings_stops_everything_beside_a_heartbeat_peer()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        var three = bench.Config.Nodes.Append(new NodeName("node3"));
        bench.Give(1, new Input.ConfigurationChanged(bench.Config with { Nodes = [.. three] }));
        peer.Status();
        Assert.Single(bench.Events[0].OfType<ClusterEvent.TooManyNodesForHeartbeat>());
        bench.Give(1, new Input.ConfigurationChanged(bench.Config));
        peer.Status();
        Assert.Contains("all groups of a node move together", bench.Status(1).Nodes[1].Limits);
    }

    [Fact]
    public void A_peer_that_never_says_what_it_holds_is_named()
    {
        var bench = new Bench(2, Pair);
        var peer = new Puppet(bench);
        bench.Start(1);
        peer.Status();
        peer.Live(25);
        Assert.Single(bench.Events[0].OfType<ClusterEvent.HoldingsUnknown>());
        Assert.Equal("waiting for node2 to say what it holds", bench.Status(1).Reason);
    }

    [Fact]
    public void A_heartbeat_node_that_becomes_a_HaSharp_node_is_one()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.Say(("t", "shutdone"), ("st", "dead"));
        bench.Run(1);
        bench.Wiretap = static (_, _) => { };
        bench.Start(2);
        bench.Run(3);
        Assert.Equal("hasharp", bench.Status(1).Nodes[1].Software);
        Assert.Equal("1 1", bench.Where("a") + " " + bench.Where("b"));
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;
}
