using System.Globalization;
using HaSharp.Core.Config;
using HaSharp.Core.Tests.Nodes;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>
/// What heartbeat was ended or misled by, sent to a node that has a heartbeat peer: the node goes on, nothing moves,
/// and its peer is never lost.
/// </summary>
public sealed class BadInputTests
{
    private const int Deadtime = 5;
    private const int Flood = 1000;

    private static readonly string[] Pair = ["node1 a", "node2 b"];
    private static readonly byte[] Secret = "HaSharpTestKey1"u8.ToArray();

    private const string GoesOn = "replay: next seq (0x11), same generation";
    private const string GoesOnAfterGap = "gap: seq jumps 0x11 -> 0x20";

    public static TheoryData<string> SingleNames =>
        [.. BadInputCases.All.Select(static one => one.Name).Except([GoesOn, GoesOnAfterGap])];

    public static TheoryData<string> Names => [.. BadInputCases.All.Select(static one => one.Name)];

    [Fact]
    public void There_are_90_cases_and_each_has_a_name_of_its_own()
    {
        Assert.Equal(90, BadInputCases.All.Count);
        Assert.Equal(90, BadInputCases.All.Select(static one => one.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void In_the_name_of_a_node_that_is_not_configured(string name)
    {
        var scene = new Scene();
        scene.Send(name, Stranger(), copies: 1);
        Assert.Equal("active", scene.PeerStatus);
        scene.RequireThatThePeerIsHeard();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void In_the_name_of_the_peer_with_a_word_of_its_own(string name)
    {
        var scene = new Scene();
        scene.Send(name, Impostor(scene.Peer, "t01"), copies: 1);
        Assert.Equal("active", scene.PeerStatus);
        scene.RequireThatThePeerIsHeard();
    }

    /// <summary>
    /// Whoever has the key can say what the peer could say next, and then that counts: the peer's own message of the
    /// same number is a repetition. It must not count as silent, though.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void In_the_name_of_the_peer_as_it_would_say_it(string name)
    {
        var scene = new Scene();
        scene.Send(name, Impostor(scene.Peer, "active"), copies: 1);
        Assert.Equal("active", scene.PeerStatus);
        scene.RequireThatThePeerIsHeard();
    }

    /// <summary>The peer seems to have been started again, but goes on as before.</summary>
    [Theory]
    [MemberData(nameof(SingleNames))]
    public void In_the_name_of_the_peer_with_a_newer_generation(string name)
    {
        var scene = new Scene();
        scene.Send(name, Impostor(scene.Peer, "active") with { Generation = scene.Peer.Generation + 10 }, copies: 1);
        Assert.Equal("active", scene.PeerStatus);
        scene.RequireThatThePeerIsHeard();
    }

    /// <summary>Two statuses that follow one another are all that a restart is: with the key one can say so.</summary>
    [Theory]
    [InlineData(GoesOn)]
    [InlineData(GoesOnAfterGap)]
    public void A_newer_generation_that_goes_on_is_a_restart_and_moves_nothing(string name)
    {
        var scene = new Scene();
        var actions = scene.Bench.Actions.Count;
        var by = Impostor(scene.Peer, "active") with { Generation = scene.Peer.Generation + 10 };
        foreach (var datagram in BadInputCases.All.Single(one => one.Name == name).Datagrams(by))
        {
            scene.Peer.Give(datagram);
        }

        Assert.Equal("active", scene.PeerStatus);
        Assert.Single(scene.Bench.Events[0].OfType<ClusterEvent.NodeRestarted>());
        Assert.Equal((actions, "1"), (scene.Bench.Actions.Count, scene.Bench.Where("a")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_thousand_of_each_write_two_lines_a_minute(string name)
    {
        foreach (var by in (Func<Puppet, Forgery>[])[_ => Stranger(), peer => Impostor(peer, "active")])
        {
            var scene = new Scene();
            var before = scene.Bench.Events[0].Count;
            scene.Send(name, by(scene.Peer), copies: Flood);
            Assert.InRange(scene.Bench.Events[0].Count - before, 0, 2);
        }
    }

    /// <summary>It has the peer's key, and nothing else.</summary>
    private static Forgery Stranger() =>
        new("node3", [.. Enumerable.Repeat((byte)0x33, 16)], 1_700_000_000, 0x10, "t01") { Secret = Secret };

    /// <summary>It knows all that the peer has said.</summary>
    private static Forgery Impostor(Puppet peer, string word) =>
        new("node2", Puppet.Uuid, peer.Generation, peer.Sequence + 1, word) { Secret = Secret };

    /// <summary>node1 holds a, its heartbeat peer b, and both stay where they are.</summary>
    private sealed class Scene
    {
        public Scene()
        {
            (Bench, Peer) = Puppet.Joined(
                Pair, AutoFailback.Off, new AuthKeys(1, [new AuthKey(1, AuthMethod.Sha1, Secret)]));
            while (Peer.Sequence < 20)
            {
                Peer.Status();
            }

            Holdings = Held();
        }

        public Bench Bench { get; }

        public Puppet Peer { get; }

        public string PeerStatus => Bench.Status(1).Nodes[1].Status;

        private string Holdings { get; }

        public void Send(string name, Forgery by, int copies)
        {
            var one = BadInputCases.All.Single(one => one.Name == name);
            foreach (var datagram in Enumerable.Range(0, copies).SelectMany(_ => one.Datagrams(by)))
            {
                var said = Peer.Messages.Count;
                Peer.Give(datagram);
                Assert.InRange(Peer.Messages.Count - said, 0, 51);
                Assert.Equal(Holdings, Held());
            }
        }

        /// <summary>Its statuses go on as if nothing had been: it never counts as silent, and soon as active.</summary>
        public void RequireThatThePeerIsHeard()
        {
            for (var i = 0; i < 4 * Deadtime; i++)
            {
                Bench.Run(1);
                Assert.Contains(PeerStatus, (string[])["up", "active"]);
                Peer.Status();
                Assert.Contains(PeerStatus, (string[])["up", "active"]);
                Assert.Equal(Holdings, Held());
            }

            Assert.Equal("active", PeerStatus);
            Assert.DoesNotContain(
                Bench.Events[0], static e => e is ClusterEvent.NodeDead or ClusterEvent.NodeRestarted);
            Assert.Empty(Bench.Ended);
        }

        /// <summary>What runs, who owns it since when, and all that agents were asked to do.</summary>
        private string Held()
        {
            var report = Bench.Status(1);
            var groups = report.Groups.Select(static group => string.Create(
                CultureInfo.InvariantCulture, $"{group.Name} {group.Owner} {group.State} {group.Epoch}"));
            return $"{report.Role} {report.Holdings} {Bench.Where("a")} {string.Join(", ", groups)}"
                + $" after {Bench.Actions.Count} actions";
        }
    }
}
