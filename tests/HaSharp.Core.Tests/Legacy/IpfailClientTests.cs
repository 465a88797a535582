using HaSharp.Core.Config;
using HaSharp.Core.Tests.Nodes;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>The built-in ipfail beside a heartbeat peer: spec 13.3 from the wire to the groups.</summary>
public sealed class IpfailClientTests
{
    private static readonly string[] Pair = ["node1 a", "node2 b"];
    private static readonly string[] Router = ["router"];

    // 14.2: "Named clients: hbapi-clstat join is broadcast".
    [Fact]
    public void Our_ipfail_signs_on_once_when_communication_is_up()
    {
        var (_, peer) = Joined();
        var joins = peer.Messages.Where(static message => message.Text("t") == "hbapi-clstat").ToList();
        Assert.Equal(
            [
                "t", "st", "from_id", "to_id", "src", "info", "client_gen", "srcuuid", "seq", "hg", "ts", "ld", "ttl",
                "auth",
            ],
            Assert.Single(joins).Fields.ToArray().Select(static field => field.Name));
        peer.Live(20);
        Assert.Single(peer.Messages, static message => message.Text("t") == "hbapi-clstat");
    }

    // The order of the recorded packets, example E10.
    [Fact]
    public void The_lost_ping_node_is_told_with_the_fields_of_the_recorded_packet()
    {
        var (bench, peer) = Joined();
        bench.Answering.Clear();
        peer.Live(8);
        var said = Assert.Single(peer.Messages, static message => message.Text("t") == "num_ping_nodes");
        Assert.Equal(
            [
                "t", "src", "num_ping", "dest", "from_id", "to_id", "client_gen", "destuuid", "srcuuid", "seq", "hg",
                "ts", "ld", "ttl", "auth",
            ],
            said.Fields.ToArray().Select(static field => field.Name));
        Assert.Equal(("node1", "0", "node2"), (said.Text("src"), said.Text("num_ping"), said.Text("dest")));
    }

    [Fact]
    public void A_node_that_lost_its_ping_node_gives_everything_up_when_the_peer_says_that_it_sees_more()
    {
        var (bench, peer) = Joined();
        bench.Answering.Clear();
        peer.Live(8);
        Assert.Equal("1", bench.Where("a"));
        News(peer);
        Say(peer, "you_are_dead");
        peer.Live(1);
        Assert.Empty(News(peer));
        peer.Live(2);
        Assert.Equal(["ask_resources local me"], News(peer));
        Assert.Equal("1", bench.Where("a"));
        peer.AskResources("local", "other");
        bench.Run(0.3);
        Assert.Equal("", bench.Where("a"));
        peer.AskResources("local", "done");
        peer.Resource("all", stable: true);
        Assert.Equal("node2", bench.Status(1).Groups[0].Owner);
        peer.Live(30);
        Assert.Equal("node2", bench.Status(1).Groups[0].Owner);
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.GiveUpDue { Share: "all" });
    }

    [Fact]
    public void A_peer_that_lost_its_ping_node_is_told_that_we_see_more_and_gives_up()
    {
        var (bench, peer) = Joined();
        Count(peer, 0);
        Assert.Empty(News(peer));
        peer.Live(2);
        Assert.Equal(["you_are_dead node2"], News(peer));
        peer.Live(2);
        peer.AskResources("local", "me");
        Assert.Contains("ask_resources local other", News(peer));
        peer.Resource("none", stable: false, info: "standby");
        peer.AskResources("local", "done");
        Assert.Equal("1", bench.Where("b"));
        peer.Resource("none", stable: true);
        peer.Live(10);
        Assert.Equal("1", bench.Where("b"));
    }

    [Fact]
    public void When_both_lost_it_nobody_gives_up()
    {
        var (bench, peer) = Joined();
        bench.Answering.Clear();
        peer.Live(8);
        News(peer);
        Say(peer, "you_are_dead");
        peer.Live(1);
        Count(peer, 0);
        Assert.Equal(["abort_giveup node2"], News(peer));
        peer.Live(20);
        Assert.Empty(News(peer));
        Assert.Equal("1", bench.Where("a"));
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.GiveUpCalledOff);
    }

    [Fact]
    public void With_auto_failback_on_what_is_foreign_goes_home_when_both_see_equally_well_again()
    {
        var (bench, peer) = Joined(failback: AutoFailback.On);
        Count(peer, 0);
        peer.AskResources("local", "me");
        peer.Resource("none", stable: false, info: "standby");
        peer.AskResources("local", "done");
        peer.Resource("none", stable: true);
        peer.Live(5);
        Assert.Equal("1", bench.Where("b"));
        News(peer);
        Count(peer, 1);
        peer.Live(3);
        Assert.Equal(["abort_giveup node2", "ask_resources foreign me"], News(peer));
        peer.AskResources("foreign", "other");
        bench.Run(0.3);
        Assert.Equal("", bench.Where("b"));
        Assert.Equal("1", bench.Where("a"));
    }

    [Fact]
    public void A_link_that_dies_makes_us_say_our_count()
    {
        var (bench, peer) = Joined(links: 2);
        peer.Live(2);
        bench.Give(1, new Input.DatagramReceived(
            new LinkName("eth1"), peer.Make(++peer.Sequence, ("t", "status"), ("st", "active"), ("dt", "1388"))));
        peer.Live(3);
        Assert.Empty(News(peer));
        peer.Live(4);
        Assert.Equal(["num_ping_nodes node2"], News(peer));
    }

    // "A peer's ipfail joins: send N", and cl_status clientstatus on the peer.
    [Fact]
    public void The_peers_ipfail_is_answered_and_told_that_ours_is_online()
    {
        var (_, peer) = Joined();
        peer.Say(("t", "hbapi-clstat"), ("st", "join"), ("from_id", "ipfail"), ("to_id", "ipfail"));
        Assert.Equal(["num_ping_nodes node2"], News(peer));
        peer.Say(("t", "query-cstatus"), ("dest", "node1"), ("cn", "ipfail"), ("from_id", "cl_status"));
        Assert.Equal("online", LastAnswer(peer));
        peer.Say(("t", "query-cstatus"), ("dest", "node1"), ("cn", "dopd"), ("from_id", "cl_status"));
        Assert.Equal("offline", LastAnswer(peer));
    }

    [Theory]
    [InlineData(false, AutoFailback.Off)]
    [InlineData(true, AutoFailback.Legacy)]
    public void Without_its_line_or_in_the_old_mode_nothing_is_said_and_nothing_followed(
        bool line, AutoFailback failback)
    {
        var (bench, peer) = Joined(failback, line);
        bench.Answering.Clear();
        peer.Live(8);
        Say(peer, "you_are_dead");
        peer.Live(5);
        Assert.DoesNotContain(
            peer.Messages,
            static message => message.Text("from_id") == "ipfail" || message.Text("t") == "ask_resources");
        peer.Say(("t", "query-cstatus"), ("dest", "node1"), ("cn", "ipfail"), ("from_id", "cl_status"));
        Assert.Equal("offline", LastAnswer(peer));
    }

    [Fact]
    public void Between_HaSharp_nodes_nothing_is_said_and_nothing_moves()
    {
        var bench = new Bench(2, Pair) { Config = Config(AutoFailback.Off, line: true, links: 1) };
        bench.Answering.Add("router");
        var types = new SortedSet<string>(StringComparer.Ordinal);
        bench.Wiretap = (_, bytes) => types.Add(
            Core.Wire.Packet.Open(bytes.Span, new Core.Wire.Authenticator(bench.Config.Keys)).Message!.Text("t")!);
        bench.Start(1, 2);
        bench.Run(20);
        bench.Answering.Clear();
        bench.Run(20);
        Assert.Equal("dead", bench.Status(1).PingNodes[0].Status);
        Assert.Equal(["status"], types);
        Assert.Equal("1", bench.Where("a"));
    }

    private static ClusterConfig Config(AutoFailback failback, bool line, int links) =>
        Bench.MakeConfig(2, Pair, failback) with
        {
            Ipfail = line,
            Deadping = TimeSpan.FromSeconds(5),
            PingNodes = [new PingNodeConfig(new("router"), Router)],
            Links = [.. Enumerable.Range(0, links).Select(
                static i => new LinkConfig.Bcast(new($"eth{i}"), $"eth{i}", 694))],
        };

    private static (Bench Bench, Puppet Peer) Joined(
        AutoFailback failback = AutoFailback.Off, bool line = true, int links = 1)
    {
        var bench = new Bench(2, Pair) { Config = Config(failback, line, links) };
        bench.Answering.Add("router");
        var peer = new Puppet(bench);
        bench.Start(1);
        peer.Status("up");
        peer.Status();
        peer.Resource("none", stable: false);
        peer.Resource("local", stable: true);
        peer.Live(3);
        News(peer);
        return (bench, peer);
    }

    /// <summary>Without acknowledgements, which follow the number of messages alone.</summary>
    private static string[] News(Puppet peer) =>
        [.. peer.News().Where(static text => !text.StartsWith("NS_", StringComparison.Ordinal))];

    private static string? LastAnswer(Puppet peer) =>
        peer.Messages.FindLast(static message => message.Text("t") == "respond-cstatus")?.Text("cs");

    private static void Say(Puppet peer, string type) => peer.Say(
        ("t", type), ("dest", "node1"), ("from_id", "ipfail"), ("to_id", "ipfail"), ("client_gen", "0"));

    private static void Count(Puppet peer, int count) => peer.Say(
        ("t", "num_ping_nodes"), ("num_ping", $"{count}"), ("dest", "node1"), ("from_id", "ipfail"),
        ("to_id", "ipfail"), ("client_gen", "0"));
}
