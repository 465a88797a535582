namespace HaSharp.Simulator.Tests.Heartbeats;

/// <summary>
/// The model of heartbeat says what heartbeat 3.0.6 was recorded to say (spec 21): two of them, keepalive 1 s, deadtime
/// 5 s, one group each; on many seeds, because in the original, too, answers come sooner or later.
/// </summary>
public sealed class TraceTests
{
    private const string Requested = "ip-request-resp";
    private const string ReportOfOwn = "resource local 1 req_our_resources()";
    private const string MachDown = "resource foreign mach_down";

    private static readonly string[] _cluster =
    [
        "ha.cf keepalive 1",
        "ha.cf deadtime 5",
        "ha.cf initdead 10",
        "haresources node1 IPaddr::10.0.0.100",
        "haresources node2 IPaddr::10.0.0.200",
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Both_start_together_and_take_their_own_after_ten_seconds(int seed)
    {
        HeartbeatWire wire = new("off", seed, _cluster);
        wire.Do("power-on node1 node2");
        wire.Run(5);
        foreach (string node in new[] { "node1", "node2" })
        {
            string[] statuses =
                [.. wire.Everything(TimeSpan.Zero).Where(said => said.Node == node && said.Type == "status")
                    .Select(static said => said.Text).Distinct()];
            Assert.Equal(["status init", "status up", "status active"], statuses);
            string[] words = [.. wire.Words(node, TimeSpan.Zero).Where(static word => !word.StartsWith("req"))];
            Assert.Equal(["repnodes", "starting"], words.Where(static word => !word.StartsWith("res")).Order());
            Assert.All(words.Where(static word => word.StartsWith("res")),
                static word => Assert.Equal("resource none 0", word));
        }

        TimeSpan middle = wire.Now;
        Assert.False(wire.Runs("node1", 0) || wire.Runs("node2", 1));
        wire.Run(10);
        List<string>[] both = [wire.Words("node1", middle), wire.Words("node2", middle)];
        Assert.All(both, static words =>
        {
            Assert.Contains("resource local 1", words);
            Assert.Contains(Requested, words);
            Assert.Contains(ReportOfOwn, words);
            Assert.True(words.IndexOf(Requested) < words.IndexOf(ReportOfOwn));
        });
        Assert.True(wire.Runs("node1", 0) && wire.Runs("node2", 1));
        Assert.True(Ready(wire, "node1", "local") && Ready(wire, "node2", "local"));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Standby_of_all_is_the_recorded_talk_of_four(int seed)
    {
        HeartbeatWire wire = Together("off", seed);
        TimeSpan from = wire.Now;
        wire.Do("standby node1 all");
        wire.Run(10);
        Assert.Equal(
            ["ask_resources all me", "resource none 0 standby", "ask_resources all done", "resource none 1",
                "resource none 1"],
            wire.Words("node1", from));
        Assert.Equal(
            ["ask_resources all other", "resource all 1", "ask_resources all done", "resource all 1"],
            wire.Words("node2", from));
        Assert.True(wire.Runs("node2", 0) && wire.Runs("node2", 1) && !wire.Runs("node1", 0));
        Assert.True(Ready(wire, "node1", "none") && Ready(wire, "node2", "all"));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Takeover_makes_the_other_node_go_standby(int seed)
    {
        HeartbeatWire wire = Together("off", seed);
        TimeSpan from = wire.Now;
        wire.Do("takeover node1 all");
        wire.Run(10);
        Assert.Equal("hb_takeover all", wire.Words("node1", from)[0]);
        Assert.Equal("ask_resources all me", wire.Words("node2", from)[0]);
        Assert.True(wire.Runs("node1", 0) && wire.Runs("node1", 1) && !wire.Runs("node2", 1));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_crash_is_followed_by_stonith_and_the_takeover(int seed)
    {
        HeartbeatWire wire = Together("off", seed);
        TimeSpan from = wire.Now;
        wire.Do("power-cut node1");
        wire.Run(15);
        List<string> words = wire.Words("node2", from);
        Assert.Equal("stonith n_stnth", words[0]);
        Assert.Equal(["resource all 1 req_our_resources()", MachDown], words[1..].Order(StringComparer.Ordinal));
        Assert.True(wire.Runs("node2", 0) && Ready(wire, "node2", "all"));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Who_returns_stays_without_groups_when_auto_failback_is_off(int seed)
    {
        HeartbeatWire wire = Together("off", seed);
        wire.Do("power-cut node1");
        wire.Run(15);
        TimeSpan from = wire.Now;
        wire.Do("power-on node1");
        wire.Run(15);
        Assert.Equal(["resource none 0", "resource none 1"], wire.Words("node1", from)[^2..]);
        Assert.Equal("resource all 1", wire.Words("node2", from)[^1]);
        Assert.True(Ready(wire, "node1", "none") && Ready(wire, "node2", "all"));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Who_returns_gets_its_groups_back_when_auto_failback_is_on(int seed)
    {
        HeartbeatWire wire = Together("on", seed);
        wire.Do("power-cut node1");
        wire.Run(15);
        TimeSpan from = wire.Now;
        wire.Do("power-on node1");
        wire.Run(15);
        Assert.Contains("ask_resources foreign me", wire.Words("node2", from));
        Assert.True(wire.Runs("node1", 0) && wire.Runs("node2", 1) && !wire.Runs("node2", 0));
        Assert.True(Ready(wire, "node1", "local") && Ready(wire, "node2", "local"));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_clean_stop_says_goodbye_and_the_other_takes_over_at_once(int seed)
    {
        HeartbeatWire wire = Together("off", seed);
        TimeSpan from = wire.Now;
        wire.Do("stop node1");
        wire.Run(2);
        Assert.Equal(["resource none 0 shutdown", "shutdone dead"], wire.Words("node1", from));
        Assert.True(wire.Runs("node2", 0));
        wire.Run(20);
        Assert.Equal("stonith unneeded", wire.Words("node2", from)[^1]);
        Assert.Contains(MachDown, wire.Words("node2", from));
        Assert.True(Ready(wire, "node2", "all"));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_healed_partition_makes_both_give_up_everything_and_restart(int seed)
    {
        HeartbeatWire wire = Together("off", seed);
        wire.Do("partition node1 | node2");
        wire.Run(12);
        Assert.True(wire.Runs("node1", 0) && wire.Runs("node2", 0));
        TimeSpan healed = wire.Now;
        wire.Do("heal");
        wire.Run(8);
        foreach (string node in new[] { "node1", "node2" })
        {
            List<string> words = wire.Words(node, healed);
            Assert.Equal("resource none 0 shutdown", words.First(static word => word.EndsWith("shutdown")));
            Assert.Contains("shutdone dead", words);
            Said last = wire.Everything(healed).Last(said => said.Node == node && said.Type == "status");
            Assert.Equal(35_000, last.Deadtime);
            Assert.False(wire.Runs(node, 0) || wire.Runs(node, 1));
        }

        wire.Run(30);
        Assert.All(wire.Everything(wire.Now - TimeSpan.FromSeconds(2)).Where(static said => said.Node == "node1"),
            said => Assert.True(said.Generation > wire.Everything(TimeSpan.Zero)[0].Generation));
        Assert.True(wire.Runs("node1", 0) && wire.Runs("node2", 1) && !wire.Runs("node2", 0));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_quick_restart_keeps_what_runs_and_is_stable_at_once(int seed)
    {
        HeartbeatWire wire = Together("off", seed);
        TimeSpan from = wire.Now;
        wire.Do("reload node1");
        wire.Run(10);
        List<string> words = wire.Words("node1", from);
        Assert.Contains("starting", words);
        Assert.Equal("resource local 1", words[words.IndexOf("starting") + 1]);
        Assert.True(wire.Runs("node1", 0) && Ready(wire, "node1", "local") && Ready(wire, "node2", "local"));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Ten_percent_of_loss_for_a_minute_moves_nothing(int seed)
    {
        HeartbeatWire wire = Together("off", seed);
        TimeSpan from = wire.Now;
        wire.Do("loss 10%");
        wire.Run(60);
        Assert.DoesNotContain("stonith", string.Join('\n', wire.Words("node1", from)));
        Assert.Empty(wire.Words("node2", from));
        Assert.Contains(wire.Everything(from), static said => said.Type == "NS_rexmit");
        Assert.Contains(wire.Everything(from), static said => said.Type == "NS_ackmsg");
    }

    private static HeartbeatWire Together(string failback, int seed)
    {
        HeartbeatWire wire = new(failback, seed, _cluster);
        wire.Do("power-on node1 node2");
        wire.Run(30);
        Assert.True(Ready(wire, "node1", "local") && Ready(wire, "node2", "local"));
        return wire;
    }

    /// <summary>What rscstatus prints: "transition" while anything goes on (9.7).</summary>
    private static bool Ready(HeartbeatWire wire, string node, string holdings)
    {
        Machine machine = wire.World[new Core.NodeName(node)];
        return machine.Node!.Snapshot(machine.LocalTime(wire.Now)).Holdings == holdings;
    }
}
