using System.Text;
using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Nodes;

/// <summary>Ping nodes: spec 8.1, 8.2, 13.1.</summary>
public sealed class PingNodeTests
{
    private static readonly NodeName Router = new("10.77.0.254");
    private static readonly NodeName Uplinks = new("uplinks");
    private readonly List<Effect> _effects = [];
    private Instant _now = Instant.FromSeconds(100);

    // 13.1: "For every own status packet handed to a ping medium"
    [Fact]
    public void Each_ping_node_is_asked_once_per_keepalive()
    {
        var node = Lone();
        Run(node, 10.5, answering: []);
        Assert.Equal(11, Sent(Router).Count);
        Assert.Equal(11, Sent(Uplinks).Count);
    }

    // 13.1: "t=NS_st, st=ping, info=ping (or ping_group, ping6), src=<host as configured>, ts=<ts of the status>"
    [Fact]
    public void The_payload_is_the_message_that_heartbeat_sends_as_if_the_ping_node_had_sent_it()
    {
        var node = Lone();
        Run(node, 2.5, answering: []);
        var authenticator = new Authenticator(node.Config.Keys);
        Assert.Equal(
            [
                "t=NS_st st=ping info=ping src=10.77.0.254 ts=6553f100",
                "t=NS_st st=ping info=ping src=10.77.0.254 ts=6553f101",
                "t=NS_st st=ping info=ping src=10.77.0.254 ts=6553f102",
            ],
            Sent(Router).Select(ping => Fields(ping, authenticator)));
        Assert.Equal(
            "t=NS_st st=ping info=ping_group src=uplinks ts=6553f100", Fields(Sent(Uplinks)[0], authenticator));
    }

    // Table G, G10: "t=NS_st st=ping info=ping src=10.77.0.254 ts=6affc4c3 (payload of an ICMP echo)", 192 bytes.
    [Fact]
    public void The_payload_is_byte_for_byte_that_of_the_recorded_example()
    {
        var config = Config() with
        {
            MessageFormat = MessageFormat.Classic,
            Keys = new AuthKeys(1, [new AuthKey(1, AuthMethod.Sha1, "HaSharpTestKey1"u8.ToArray())]),
        };
        Run(Lone(config, unixSeconds: 0x6affc4c3), 0.5, answering: []);
        var payload = Sent(Router)[0].Payload.ToArray();
        Assert.Equal(192, payload.Length);
        var text = Encoding.Latin1.GetString(payload);
        Assert.Contains("auth=1 852c59cbbe9b3b22baad40a0d11686728e3a8b47,", text, StringComparison.Ordinal);
        Assert.EndsWith("42:1 ed31fbdcdb10e6e8ba6fa02fa8fa2aff47291e33,", text, StringComparison.Ordinal);
    }

    // 8.1: "ping (ping nodes when alive)"; "for a ping node the single link is named like the node".
    [Fact]
    public void A_ping_node_is_init_until_it_answers_and_then_ping()
    {
        var node = Lone();
        Run(node, 1, answering: []);
        Assert.Equal("init", Status(node, Router));
        Run(node, 1, answering: [Router]);
        Assert.Equal("ping", Status(node, Router));
        Assert.Equal("init", Status(node, Uplinks));
        Assert.Equal(
            ["Link 10.77.0.254:10.77.0.254 up.", "Status update for node 10.77.0.254: status ping"],
            Said("10.77.0.254"));
    }

    // 8.2: "always deadping for ping nodes"; 13.1: "Dead after deadping", "node X: is dead".
    [Fact]
    public void A_ping_node_that_falls_silent_is_dead_after_deadping_and_comes_back_with_its_next_answer()
    {
        var node = Lone();
        Run(node, 20, answering: [Router]);
        _effects.Clear();
        Run(node, 6.9, answering: []);
        Assert.Equal("ping", Status(node, Router));
        Run(node, 0.2, answering: []);
        Assert.Equal("dead", Status(node, Router));
        Assert.Equal(
            ["node 10.77.0.254: is dead (silent for 7000 ms)", "Link 10.77.0.254:10.77.0.254 dead."],
            Said("10.77.0.254"));
        Run(node, 30, answering: []);
        Assert.Equal(2, Said("10.77.0.254").Count);

        _effects.Clear();
        Run(node, 1, answering: [Router]);
        Assert.Equal("ping", Status(node, Router));
        Assert.Equal(2, Said("10.77.0.254").Count);
    }

    // 8.2: "initdead instead, for all nodes, until communication is up".
    [Fact]
    public void A_ping_node_that_never_answers_is_dead_after_initdead_while_we_join_and_after_deadping_later()
    {
        var config = Config() with { Nodes = [new("node1"), new("node2")] };
        var node = Lone(config);
        Run(node, 9.9, answering: []);
        Assert.Equal("init", Status(node, Router));
        Run(node, 0.2, answering: []);
        Assert.Equal("dead", Status(node, Router));
        Assert.Equal(["node 10.77.0.254: is dead (no ping answered for 10000 ms)"], Said("10.77.0.254"));

        _effects.Clear();
        var alone = Lone();
        Run(alone, 7.1, answering: []);
        Assert.Equal("dead", Status(alone, Router));
    }

    // Unlike 8.3: "an unreachable ping node delays start-up to initdead".
    [Fact]
    public void An_unreachable_ping_node_does_not_delay_joining()
    {
        var node = Lone();
        Run(node, 0.1, answering: []);
        Assert.Equal("init", Status(node, Router));
        Assert.Equal("standby", node.Snapshot(_now).Role);
    }

    [Fact]
    public void Time_in_which_we_slept_does_not_count_as_the_silence_of_a_ping_node()
    {
        var node = Lone();
        Run(node, 5, answering: [Router]);
        _now += TimeSpan.FromSeconds(60);
        Run(node, 5.5, answering: []);
        Assert.Equal("ping", Status(node, Router));
        Run(node, 2, answering: []);
        Assert.Equal("dead", Status(node, Router));
    }

    [Fact]
    public void Why_a_ping_node_cannot_be_asked_is_said_once_and_shown_until_it_can_be()
    {
        var node = Lone();
        var trouble = new Input.PingTroubled(Router, "the host name cannot be resolved");
        node.Step(trouble, _now, _effects);
        node.Step(trouble, _now, _effects);
        Assert.Equal(
            ["ping node 10.77.0.254 cannot be asked: the host name cannot be resolved"], Said("10.77.0.254"));
        Assert.Equal("the host name cannot be resolved", Report(node, Router).Trouble);
        node.Step(trouble with { Trouble = null }, _now, _effects);
        Assert.Null(Report(node, Router).Trouble);
    }

    [Fact]
    public void A_reload_keeps_what_is_known_of_a_ping_node_and_an_answer_of_one_that_is_gone_is_no_news()
    {
        var node = Lone();
        Run(node, 5, answering: [Router, Uplinks]);
        var config = Config();
        var added = new PingNodeConfig(new("10.0.0.1"), ["10.0.0.1"]);
        config = config with { PingNodes = [added, config.PingNodes[0]], Digest = 2 };
        node.Step(new Input.ConfigurationChanged(config), _now, _effects);
        Assert.Equal(
            ["10.0.0.1 init", "10.77.0.254 ping"],
            node.Snapshot(_now).PingNodes.Select(ping => $"{ping.Name} {ping.Status}"));
        node.Step(new Input.PingReplied(Uplinks), _now, _effects);
        Assert.Equal(2, node.Snapshot(_now).PingNodes.Count);
    }

    [Fact]
    public void The_report_shows_what_a_ping_node_is()
    {
        var node = Lone();
        Run(node, 5.25, answering: [Uplinks]);
        var report = Report(node, Uplinks);
        Assert.Equal(
            ("ping_group", "192.0.2.1 192.0.2.2", 250),
            (report.Kind, string.Join(' ', report.Hosts), report.LastHeardMs));
    }

    private static ClusterConfig Config() => Bench.MakeConfig(1, [], AutoFailback.Off) with
    {
        Deadping = TimeSpan.FromSeconds(7),
        PingNodes =
        [
            new PingNodeConfig(Router, ["10.77.0.254"]),
            new PingNodeConfig(Uplinks, ["192.0.2.1", "192.0.2.2"]) { Kind = PingKind.PingGroup },
        ],
    };

    private ClusterNode Lone(ClusterConfig? config = null, long unixSeconds = 1_700_000_000)
    {
        return new ClusterNode(
            config ?? Config(),
            new NodeIdentity(new("node1"), new byte[16], new Generation(5), unixSeconds, _now, []));
    }

    /// <summary>Time passes; what is asked of those that answer is answered at once.</summary>
    private void Run(ClusterNode node, double seconds, NodeName[] answering)
    {
        var end = _now + TimeSpan.FromSeconds(seconds);
        while (node.NextDeadline <= end)
        {
            _now = Instant.Later(_now, node.NextDeadline);
            var before = _effects.Count;
            node.Step(Input.TimePassed.Instance, _now, _effects);
            var asked = _effects.Skip(before).OfType<Effect.SendPing>().ToArray();
            foreach (var ping in asked.Where(ping => answering.Contains(ping.Node.Name)))
            {
                node.Step(new Input.PingReplied(ping.Node.Name), _now, _effects);
            }
        }

        _now = end;
    }

    private List<Effect.SendPing> Sent(NodeName name) =>
        [.. _effects.OfType<Effect.SendPing>().Where(ping => ping.Node.Name == name)];

    private List<string> Said(string name) =>
        [.. _effects.OfType<Effect.Report>().Select(report => report.Event.ToString())
            .Where(text => text.Contains(name, StringComparison.Ordinal))];

    private PingNodeReport Report(ClusterNode node, NodeName name) =>
        node.Snapshot(_now).PingNodes.Single(ping => ping.Name == name.Text);

    private string Status(ClusterNode node, NodeName name) => Report(node, name).Status;

    private static string Fields(Effect.SendPing ping, Authenticator authenticator)
    {
        var opened = Packet.Open(ping.Payload.Span, authenticator);
        Assert.Equal(Refusal.None, opened.Refusal);
        var fields = new List<string>();
        foreach (var field in opened.Message!.Fields)
        {
            if (field.Name != FieldNames.Auth)
            {
                fields.Add($"{field.Name}={opened.Message.Text(field.Name)}");
            }
        }

        return string.Join(' ', fields);
    }
}
