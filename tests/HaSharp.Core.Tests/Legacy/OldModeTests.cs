using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Tests.Nodes;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>auto_failback legacy beside heartbeat 3.0.6: groups are asked for by name (spec 9.9).</summary>
public sealed class OldModeTests
{
    private static readonly string[] Pair = ["node1 a", "node2 b"];

    [Fact]
    public void A_node_that_comes_to_an_active_peer_asks_for_its_own_groups_and_waits_for_the_answer()
    {
        var (bench, peer) = Came();
        Assert.Equal("", bench.Where("a"));
        peer.Say(
            ("t", "ip-request-resp"), ("dest", "node1"), ("ipaddr", "a"), ("weown", "yes"), ("ok", "OK"));
        Assert.Equal("1", bench.Where("a"));
        Assert.Equal("", bench.Where("b"));
        Assert.Equal("node2", bench.Status(1).Groups[1].Owner);
    }

    [Fact]
    public void A_request_without_an_answer_is_repeated()
    {
        var (_, peer) = Came();
        peer.News();
        peer.Live(11);
        Assert.Contains("ip-request", peer.News());
    }

    [Fact]
    public void What_the_peer_asks_for_is_released_first_and_then_answered_for()
    {
        var bench = new Bench(2, Pair, AutoFailback.Legacy);
        var peer = new Puppet(bench);
        bench.Start(1);
        bench.Run(11);
        Assert.Equal("1 1", bench.Where("a") + " " + bench.Where("b"));
        peer.Status();
        peer.Say(("t", "ip-request"), ("ipaddr", "b"));
        Assert.Equal("", bench.Where("b"));
        Assert.Equal(["ip-request-resp node2"], peer.News());
        var answer = peer.Messages[^1];
        Assert.Equal(("b", "yes", "OK"), (answer.Text("ipaddr"), answer.Text("weown"), answer.Text("ok")));
        Assert.Equal(("node2", "started"), (bench.Status(1).Groups[1].Owner, bench.Status(1).Groups[1].State));
        peer.Say(("t", "ip-request"), ("ipaddr", "nobody knows it"));
        Assert.Equal("no", peer.Messages[^1].Text("weown"));
    }

    [Fact]
    public void What_the_peer_takes_by_itself_is_seen()
    {
        var (bench, peer) = Came();
        peer.Say(
            ("t", "ip-request-resp"), ("dest", "node2"), ("ipaddr", "b"), ("weown", "yes"), ("ok", "OK"));
        Assert.Equal("node2", bench.Status(1).Groups[1].Owner);
    }

    [Fact]
    public void Takeover_asks_by_name_and_standby_is_refused_with_the_reason()
    {
        var (bench, peer) = Came();
        peer.Say(
            ("t", "ip-request-resp"), ("dest", "node1"), ("ipaddr", "a"), ("weown", "no"), ("ok", "OK"));
        peer.Live(11);
        peer.News();
        var client = bench.Ask(1, new Command.Takeover(new Scope.All(), TimeSpan.FromSeconds(60)));
        Assert.Equal(["ip-request"], peer.News());
        peer.Say(
            ("t", "ip-request-resp"), ("dest", "node1"), ("ipaddr", "b"), ("weown", "yes"), ("ok", "OK"));
        Assert.IsType<CommandResult.Done>(bench.LastReply(client));
        var standby = bench.Ask(1, new Command.Standby(new Scope.All(), TimeSpan.FromSeconds(60)));
        Assert.Contains("auto_failback is legacy", bench.LastReply(standby).Text);
    }

    [Fact]
    public void A_peer_that_left_or_died_is_replaced()
    {
        var (bench, peer) = Came();
        peer.Say(("t", "shutdone"), ("st", "dead"));
        Assert.Equal("1 1", bench.Where("a") + " " + bench.Where("b"));
    }

    private static (Bench Bench, Puppet Peer) Came()
    {
        var bench = new Bench(2, Pair, AutoFailback.Legacy);
        var peer = new Puppet(bench);
        bench.Start(1);
        peer.Status();
        Assert.Equal(["ip-request"], peer.News());
        return (bench, peer);
    }
}
