using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Nodes;

/// <summary>What a node hears: membership, lateness, bad packets, identity (spec 8, 5.8, 11.5).</summary>
public sealed class HearingTests
{
    private static readonly string[] Pair = ["node1 ip"];
    private static readonly LinkName Eth0 = new("eth0");

    [Fact]
    public void A_node_is_judged_by_the_deadtime_that_it_announces()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Run(2);
        bench.PowerCut(1);
        bench.Give(2, Status(bench, "node1", 1, generation: 1_200_000, sequence: 1, dtMs: 9000));
        bench.Give(2, Status(bench, "node1", 1, generation: 1_200_000, sequence: 2, dtMs: 9000));
        bench.Run(8.9);
        Assert.Equal("up", bench.Status(2).Nodes[0].Status);
        bench.Run(0.2);
        Assert.Equal("dead", bench.Status(2).Nodes[0].Status);
    }

    [Fact]
    public void A_late_node_is_reported_once_while_it_is_silent_and_once_when_it_is_heard_again()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Run(2);
        bench.CutBoth(1, 2);
        bench.Run(4.2);
        Assert.Single(bench.Events[1].OfType<ClusterEvent.NodeLate>());
        bench.Heal();
        bench.Run(3);
        var late = Assert.Single(bench.Events[1].OfType<ClusterEvent.LateHeartbeat>());
        Assert.InRange(late.IntervalMs, 4000, 5000);
        Assert.DoesNotContain(bench.Events[1], static e => e is ClusterEvent.NodeDead);
    }

    [Fact]
    public void A_link_that_is_silent_goes_down_and_comes_up_again()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        Assert.Equal("up", bench.Status(2).Nodes[0].Links[0].Status);
        bench.CutBoth(1, 2);
        bench.Run(6);
        Assert.Equal("dead", bench.Status(2).Nodes[0].Links[0].Status);
        bench.Heal();
        bench.Run(2);
        Assert.Equal("up", bench.Status(2).Nodes[0].Links[0].Status);
        Assert.Contains(bench.Events[1], static e => e is ClusterEvent.LinkDead);
    }

    [Fact]
    public void The_silence_of_others_while_we_slept_does_not_count()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Run(2);
        bench.Sleep(2, 4.5);
        Assert.DoesNotContain(bench.Events[1], static e => e is ClusterEvent.NodeDead);
        Assert.Contains(bench.Events[1], static e => e is ClusterEvent.Asleep);
        bench.Run(2);
        Assert.Equal("1", bench.Where("ip"));
    }

    [Theory]
    [InlineData("###\n0:,%%%\n")]
    [InlineData("")]
    [InlineData("#")]
    [InlineData(">>>\n<<<\n")]
    [InlineData("###\n-5:(0)t=x,%%%\n")]
    public void Garbage_is_counted_reported_once_a_minute_and_changes_nothing(string text)
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        var before = bench.Status(2) with { UptimeMs = 0 };
        for (var i = 0; i < 500; i++)
        {
            bench.Give(2, new Input.DatagramReceived(Eth0, System.Text.Encoding.Latin1.GetBytes(text)));
        }

        Assert.Single(bench.Events[1].OfType<ClusterEvent.PacketRefused>());
        Assert.Equal(500, bench.Status(2).RefusedPackets.Values.Sum());
        Assert.Equal(before.Groups[0].Owner, bench.Status(2).Groups[0].Owner);
        Assert.Equal(before.Role, bench.Status(2).Role);
        bench.Run(61);
        bench.Give(2, new Input.DatagramReceived(Eth0, System.Text.Encoding.Latin1.GetBytes(text)));
        Assert.Equal(500, bench.Events[1].OfType<ClusterEvent.PacketRefused>().Last().Count);
    }

    [Fact]
    public void A_replayed_heartbeat_does_not_keep_a_dead_node_alive()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.PowerCut(1);
        var old = Status(bench, "node1", 1, generation: 1_200_000, sequence: 7, dtMs: 5000);
        bench.Give(2, old);
        for (var i = 0; i < 12; i++)
        {
            bench.Run(1);
            bench.Give(2, old);
        }

        Assert.Equal("dead", bench.Status(2).Nodes[0].Status);
        Assert.Equal("2", bench.Where("ip"));
    }

    [Fact]
    public void What_was_heard_before_our_own_restart_is_a_replay_after_it()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        var old = Status(bench, "node1", 1, generation: 1_100_000, sequence: 7, dtMs: 5000);
        var effects = new List<Effect>();
        var identity = new NodeIdentity(
            new NodeName("node2"), new byte[16], new Generation(2_000_000), 1_700_000_000, bench.Now,
            [new ReplayMark(new NodeName("node1"), new Generation(1_100_000), 7)]);
        var restarted = new ClusterNode(bench.Config, identity);
        restarted.Step(old, bench.Now, effects);
        Assert.Equal("init", restarted.Snapshot(bench.Now).Nodes[0].Status);
        Assert.Equal(1, restarted.Snapshot(bench.Now).RefusedPackets["replayed"]);
    }

    [Fact]
    public void A_node_that_is_not_in_the_configuration_is_reported_and_ignored()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Give(2, Status(bench, "stranger", 9, generation: 5, sequence: 1, dtMs: 5000));
        Assert.Equal("stranger", Assert.Single(bench.Events[1].OfType<ClusterEvent.UnknownNode>()).Node);
        Assert.Equal(2, bench.Status(2).Nodes.Count);
    }

    [Fact]
    public void A_second_machine_with_our_name_is_reported_loudly_on_both()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Give(1, Status(bench, "node1", 77, generation: 5_000_000, sequence: 1, dtMs: 5000));
        bench.Give(2, Status(bench, "node1", 77, generation: 5_000_000, sequence: 1, dtMs: 5000));
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.TwoNodesOneName);
        Assert.Contains(bench.Events[1], static e => e is ClusterEvent.TwoNodesOneName);
    }

    [Fact]
    public void A_copy_of_our_disk_that_starts_as_often_as_we_is_reported()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Give(1, Status(bench, "node1", 1, generation: 1_100_000, sequence: 5000, dtMs: 5000));
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.TwoNodesOneName);
    }

    [Fact]
    public void With_log_badpack_off_bad_packets_are_counted_and_not_reported()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        var quiet = bench.Config with { Log = new LogConfig { LogBadPackets = false } };
        bench.Give(2, new Input.ConfigurationChanged(quiet));
        bench.Give(2, new Input.DatagramReceived(Eth0, new byte[] { 1, 2, 3 }));
        Assert.Empty(bench.Events[1].OfType<ClusterEvent.PacketRefused>());
        Assert.Equal(1, bench.Status(2).RefusedPackets.Values.Sum());
    }

    [Fact]
    public void Two_nodes_with_one_uuid_are_reported_loudly()
    {
        var bench = new Bench(3, Pair).Start(1, 2);
        bench.Give(2, Status(bench, "node3", 1, generation: 5_000_000, sequence: 1, dtMs: 5000));
        bench.Give(1, Status(bench, "node3", 1, generation: 5_000_000, sequence: 1, dtMs: 5000));
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.TwoNodesOneUuid);
        Assert.Contains(bench.Events[1], static e => e is ClusterEvent.TwoNodesOneUuid);
    }

    [Fact]
    public void Our_own_broadcast_that_comes_back_is_ignored()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        var effects = new List<Effect>();
        bench.Nodes[0]!.Step(Input.TimePassed.Instance, bench.Now + TimeSpan.FromSeconds(1), effects);
        var own = effects.OfType<Effect.SendDatagram>().First();
        var before = bench.Events[0].Count;
        bench.Give(1, new Input.DatagramReceived(Eth0, own.Bytes));
        Assert.Equal(before, bench.Events[0].Count);
        Assert.Empty(bench.Status(1).RefusedPackets);
    }

    [Fact]
    public void Nothing_starts_beside_a_heartbeat_node_that_does_not_say_what_it_holds_and_it_is_named()
    {
        var bench = new Bench(2, Pair).Start(1);
        bench.Give(1, Status(bench, "node2", 2, generation: 5_000_000, sequence: 1, dtMs: 60_000));
        bench.Run(12);
        Assert.Equal("", bench.Where("ip"));
        Assert.Equal("waiting for node2 to say what it holds", bench.Status(1).Reason);
        Assert.Equal("heartbeat 3.0.6", bench.Status(1).Nodes[1].Software);
        Assert.Contains(bench.Events[0], static e => e is ClusterEvent.PeerIsHeartbeat);
    }

    [Fact]
    public void Nodes_with_different_files_say_so_once()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Give(2, new Input.ConfigurationChanged(bench.Config with { Digest = 2 }));
        bench.Run(5);
        Assert.Single(bench.Events[0].OfType<ClusterEvent.ConfigDiffers>());
    }

    [Fact]
    public void A_link_that_cannot_be_opened_is_shown_with_its_trouble()
    {
        var bench = new Bench(2, Pair).Start(1, 2);
        bench.Give(1, new Input.LinkChanged(Eth0, "no interface eth0"));
        Assert.Equal("no interface eth0", bench.Status(1).Nodes[0].Links[0].Trouble);
        bench.Give(1, new Input.LinkChanged(Eth0, null));
        Assert.Null(bench.Status(1).Nodes[0].Links[0].Trouble);
    }

    [Fact]
    public void A_reload_releases_removed_groups_and_leaves_the_others_untouched()
    {
        var bench = new Bench(2, ["node1 a", "node1 b"]).Start(1, 2);
        bench.Actions.Clear();
        var smaller = Bench.MakeConfig(2, ["node1 a", "node1 c"], AutoFailback.Off);
        bench.Give(1, new Input.ConfigurationChanged(smaller));
        bench.Give(2, new Input.ConfigurationChanged(smaller));
        bench.Run(3);
        Assert.Equal("", bench.Where("b"));
        Assert.Equal("1", bench.Where("c"));
        Assert.DoesNotContain(bench.Actions, static action => action.StartsWith("node1 a ", StringComparison.Ordinal));
        Assert.Equal(2, bench.Status(1).Groups.Count);
    }

    [Fact]
    public void A_group_whose_resources_changed_is_released_as_it_was_and_acquired_as_it_is()
    {
        var bench = new Bench(2, ["node1 a x"]).Start(1, 2);
        bench.Actions.Clear();
        var changed = Bench.MakeConfig(2, ["node1 a y"], AutoFailback.Off);
        bench.Give(1, new Input.ConfigurationChanged(changed));
        bench.Give(2, new Input.ConfigurationChanged(changed));
        bench.Run(3);
        Assert.Equal("", bench.Where("x"));
        Assert.Equal("1", bench.Where("y"));
        Assert.Equal(GroupState.Started.Word(), bench.Status(1).Groups[0].State);
    }

    /// <summary>A status as heartbeat would send it, without our extension, signed with the bench's key.</summary>
    private static Input.DatagramReceived Status(
        Bench bench, string name, byte uuid, long generation, long sequence, long dtMs)
    {
        var bytes = new byte[16];
        bytes[0] = uuid;
        var message = new Message()
            .Add(FieldNames.Type, "status")
            .Add(FieldNames.Status, "up")
            .AddHex(FieldNames.Deadtime, dtMs)
            .Add(FieldNames.Protocol, "1")
            .Add(FieldNames.Source, name)
            .AddBinary(FieldNames.SourceUuid, bytes)
            .AddHex(FieldNames.Sequence, sequence)
            .AddHex(FieldNames.Generation, generation)
            .AddHex(FieldNames.Time, 1_700_000_000);
        return new Input.DatagramReceived(
            Eth0, Packet.Seal(message, new Authenticator(bench.Config.Keys), MessageFormat.Netstring));
    }
}
