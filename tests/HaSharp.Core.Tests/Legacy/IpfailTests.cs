using HaSharp.Core.Config;
using HaSharp.Core.Legacy;
using HaSharp.Core.Tests.Wire;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>Spec 13.3, line by line; F22.</summary>
public sealed class IpfailTests
{
    private static readonly TimeSpan Keepalive = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1500);
    private readonly Ipfail _ipfail = new(Keepalive);
    private Instant _now = Instant.FromSeconds(100);

    // "link (any node) becomes dead | send own N to the peer (even when N = 0)"
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_link_that_dies_makes_us_say_our_count(int count)
    {
        Tell(count);
        Assert.Empty(Said());
        Tell(count, linkDied: true);
        Assert.Equal([$"num_ping_nodes {count}"], SaidAfterGrace(count));
    }

    // "node status ping (a ping node returned) | send N"
    [Fact]
    public void A_ping_node_that_returns_makes_us_say_our_count()
    {
        Tell(1);
        Tell(2);
        Assert.Equal(["num_ping_nodes 2"], SaidAfterGrace(2));
        Assert.Empty(SaidAfterGrace(2));
    }

    // The link of a ping node dies with it.
    [Fact]
    public void A_ping_node_that_is_lost_makes_us_say_our_count_once()
    {
        Tell(1);
        Tell(0, linkDied: true);
        Tell(0);
        Assert.Equal(["num_ping_nodes 0"], SaidAfterGrace(0));
        Assert.Empty(SaidAfterGrace(0));
    }

    // So that the peer may notice the same event first.
    [Fact]
    public void Nothing_that_the_peer_may_be_about_to_notice_is_said_before_a_keepalive_and_a_half_second()
    {
        Tell(1);
        Tell(0, linkDied: true);
        Assert.Equal(_now + Grace, _ipfail.NextDeadline);
        _now += Grace - TimeSpan.FromMilliseconds(1);
        Tell(0);
        TakeCount(0);
        Assert.Equal(["abort_giveup"], Said());
        Tell(2);
        TakeCount(1);
        _now += Grace - TimeSpan.FromMilliseconds(1);
        Tell(2);
        Assert.Equal(["num_ping_nodes 2"], Said());
        _now += TimeSpan.FromMilliseconds(1);
        Tell(2);
        Assert.Equal(["you_are_dead"], Said());
    }

    // A flapping ping node is not worth a message for each change.
    [Fact]
    public void Changes_within_the_grace_are_one_message_with_the_last_count()
    {
        Tell(1);
        Tell(0);
        Tell(1);
        Tell(3);
        Assert.Equal(["num_ping_nodes 3"], SaidAfterGrace(3));
        Assert.Empty(SaidAfterGrace(3));
    }

    // "peer's ipfail joins (hbapi-clstat join from another node) | send N"
    [Fact]
    public void The_sign_on_of_the_peers_ipfail_is_answered_with_our_count()
    {
        Tell(2);
        Take("t=hbapi-clstat;st=join;from_id=ipfail;to_id=ipfail;src=node2;info=signon;client_gen=0");
        Assert.Equal(["num_ping_nodes 2"], Said());
    }

    // 14.4: "A message with to_id goes only to that client".
    [Theory]
    [InlineData("t=hbapi-clstat;st=join;from_id=dopd;to_id=dopd;src=node2;info=signon;client_gen=0")]
    [InlineData("t=you_are_dead;dest=node1;from_id=other;to_id=other;client_gen=0")]
    [InlineData("t=you_are_dead;dest=node1")]
    [InlineData("t=num_ping_nodes;src=node2;num_ping=9;dest=node1;from_id=x;to_id=x;client_gen=0")]
    [InlineData("t=num_ping_nodes;src=node2;num_ping=many;dest=node1;from_id=ipfail;to_id=ipfail;client_gen=0")]
    [InlineData("t=num_ping_nodes;src=node2;dest=node1;from_id=ipfail;to_id=ipfail;client_gen=0")]
    [InlineData("t=nonsense;from_id=ipfail;to_id=ipfail")]
    public void What_is_for_others_or_makes_no_sense_changes_nothing(string message)
    {
        Tell(1);
        Take(message);
        Assert.Empty(Said());
        Assert.Equal(Instant.Never, _ipfail.NextDeadline);
    }

    // "num_ping_nodes received with M | N > M: send you_are_dead."
    [Fact]
    public void A_peer_that_sees_fewer_is_told_so()
    {
        Tell(2);
        TakeCount(1);
        Assert.Equal(["you_are_dead"], SaidAfterGrace(2));
        Assert.Null(DueAfter(60));
    }

    // "N < M: delayed give-up of all"; "one-shot timer of 2 x keepalive"
    [Fact]
    public void A_peer_that_sees_more_gets_everything_after_twice_keepalive_and_once()
    {
        Tell(0);
        TakeCount(1);
        Assert.Empty(Said());
        Assert.Equal(_now + (2 * Keepalive), _ipfail.NextDeadline);
        Assert.Null(DueAfter(1.9));
        Assert.Equal(GiveUp.All, DueAfter(0.2));
        Assert.Equal(Instant.Never, _ipfail.NextDeadline);
        Assert.Null(DueAfter(60));
    }

    // "you_are_dead | delayed give-up of all"
    [Fact]
    public void Being_told_that_we_see_fewer_makes_us_give_everything_up_after_twice_keepalive()
    {
        Tell(0);
        Take(Dead);
        Assert.Null(DueAfter(1.9));
        Assert.Equal(GiveUp.All, DueAfter(0.2));
    }

    // "a new one replaces the old"
    [Fact]
    public void A_second_word_begins_the_delay_anew()
    {
        Tell(0);
        Take(Dead);
        Assert.Null(DueAfter(1.5));
        Take(Dead);
        Assert.Null(DueAfter(1.5));
        Assert.Equal(GiveUp.All, DueAfter(0.6));
        Assert.Null(DueAfter(60));
    }

    // "N = M: send abort_giveup; if an own give-up timer runs cancel it"
    [Fact]
    public void Equal_counts_call_the_giving_up_off_on_both_sides()
    {
        Tell(0, failback: true);
        Take(Dead);
        TakeCount(0);
        Assert.Equal(["abort_giveup"], Said());
        Assert.Null(DueAfter(60));
    }

    // "else if auto_failback is on and the cluster is stable: delayed give-up of foreign"
    [Theory]
    [InlineData(true, true, GiveUp.Foreign)]
    [InlineData(true, false, null)]
    [InlineData(false, true, null)]
    public void Equal_counts_send_groups_home_when_auto_failback_is_on_and_all_is_stable(
        bool failback, bool stable, GiveUp? expected)
    {
        Tell(1, failback: failback, stable: stable);
        TakeCount(1);
        Assert.Equal(["abort_giveup"], Said());
        Assert.Null(DueAfter(1.9));
        Assert.Equal(expected, DueAfter(0.2));
    }

    // "abort_giveup | cancel own timer"
    [Fact]
    public void The_peer_may_call_our_giving_up_off()
    {
        Tell(0);
        Take(Dead);
        Take("t=abort_giveup;src=node2;dest=node1;from_id=ipfail;to_id=ipfail;client_gen=0");
        Assert.Null(DueAfter(60));
        Assert.Empty(Said());
    }

    // "at expiry, if rscstatus is not transition ...; else remember need_standby"; "if a give-up is pending
    // (need_standby): wait 10 s, send N". F22: "re-evaluate on any stability change, non-blocking".
    [Fact]
    public void What_comes_due_in_a_transition_is_compared_again_as_soon_as_it_is_over()
    {
        Tell(0, stable: false);
        Take(Dead);
        Assert.Null(DueAfter(2.1));
        Assert.Empty(Said());
        Tell(0, stable: true);
        Assert.Equal(["num_ping_nodes 0"], Said());
        Take(Dead);
        Assert.Equal(GiveUp.All, DueAfter(2.1));
        Tell(0, stable: false);
        Tell(0, stable: true);
        Assert.Empty(Said());
    }

    [Fact]
    public void What_waits_for_stability_is_called_off_like_a_delay()
    {
        Tell(0, stable: false, failback: true);
        Take(Dead);
        Assert.Null(DueAfter(2.1));
        TakeCount(0);
        Assert.Equal(["abort_giveup"], Said());
        Tell(0, stable: true, failback: true);
        Assert.Empty(Said());
        Assert.Null(DueAfter(60));
    }

    // "nothing is done when the peer's ipfail is absent"
    [Fact]
    public void Nothing_is_said_to_an_ipfail_that_signed_off_until_it_is_back()
    {
        Tell(2);
        Take("t=hbapi-clstat;st=leave;from_id=ipfail;to_id=ipfail;src=node2;info=died;client_gen=0");
        Tell(1, linkDied: true);
        Assert.Empty(SaidAfterGrace(1));
        Take("t=hbapi-clstat;st=join;from_id=ipfail;to_id=ipfail;src=node2;info=signon;client_gen=1");
        Assert.Equal(["num_ping_nodes 1"], Said());
        Take("t=hbapi-clstat;st=leave;from_id=ipfail;to_id=ipfail;src=node2;info=died;client_gen=1");
        TakeCount(0);
        Assert.Equal(["you_are_dead"], SaidAfterGrace(1));
    }

    [Fact]
    public void A_count_before_we_know_our_own_is_passed_over()
    {
        TakeCount(3);
        Assert.Empty(Said());
        Assert.Equal(Instant.Never, _ipfail.NextDeadline);
    }

    // Measured: what heartbeat's client says may take 700 ms to the wire; it judges at once by what it knows itself.
    [Theory]
    [CombinatorialOfTwoNodes]
    public void Of_two_that_lose_a_ping_node_or_see_it_again_within_a_keepalive_nobody_gives_up(
        int before, int after, double theirDelay, double latency)
    {
        var keepalive = TimeSpan.FromMilliseconds(500);
        var own = new Ipfail(keepalive);
        own.Tell(before, false, false, true, _now);
        var ours = _now + TimeSpan.FromSeconds(1);
        var theirs = ours + TimeSpan.FromSeconds(theirDelay);
        var heartbeat = new HeartbeatIpfail(keepalive, TimeSpan.FromSeconds(latency), before);
        for (var step = 0; step < 1000; step++)
        {
            _now += TimeSpan.FromMilliseconds(10);
            own.Tell(_now >= ours ? after : before, false, false, true, _now);
            if (_now >= theirs)
            {
                heartbeat.Notices(after, _now);
            }

            foreach (var said in own.TakeMessages())
            {
                heartbeat.Hears(said, _now);
            }

            while (heartbeat.Says(_now) is { } said)
            {
                own.Take(said.Compose(new("node2"), new("node1")), _now);
            }

            Assert.Null(own.TakeDue(_now));
            Assert.False(heartbeat.GivesUp(_now), "the peer gave up");
        }
    }

    // "N < M: delayed give-up of all" may be overtaken by what we notice ourselves.
    [Fact]
    public void Who_sees_as_many_again_before_giving_up_asks_the_peer_to_judge_again()
    {
        Tell(0);
        Take(Dead);
        Tell(1);
        Assert.Equal(["num_ping_nodes 1"], Said());
        Assert.Null(DueAfter(5));
        Take(Dead);
        Assert.Equal(GiveUp.All, DueAfter(2.1));

        Tell(0);
        TakeCount(2);
        Tell(1);
        Assert.Equal(GiveUp.All, DueAfter(2.1));
    }

    // 6.1 and the recorded packets: fields and their order, you_are_dead without src.
    [Fact]
    public void The_messages_have_the_recorded_fields_in_the_recorded_order()
    {
        _ipfail.SignOn();
        Tell(1);
        Tell(2, linkDied: true);
        _now += Grace;
        Tell(2);
        TakeCount(1);
        _now += Grace;
        Tell(2);
        TakeCount(2);
        Assert.Equal(
            [
                "t=hbapi-clstat;st=join;from_id=ipfail;to_id=ipfail;src=node1;info=signon;client_gen=0",
                "t=num_ping_nodes;src=node1;num_ping=2;dest=node2;from_id=ipfail;to_id=ipfail;client_gen=0",
                "t=you_are_dead;dest=node2;from_id=ipfail;to_id=ipfail;client_gen=0",
                "t=abort_giveup;src=node1;dest=node2;from_id=ipfail;to_id=ipfail;client_gen=0",
            ],
            _ipfail.TakeMessages().Select(said => Fields(said.Compose(new("node1"), new("node2")))));
        Assert.Empty(_ipfail.TakeMessages());
    }

    // Example E10: 397 bytes.
    [Fact]
    public void A_count_with_its_header_is_example_E10_byte_for_byte()
    {
        var message = new IpfailMessage("num_ping_nodes", 1).Compose(new("alpha"), new("bravo"));
        var rest = Samples.Message(
            "destuuid=bravo;srcuuid=alpha;seq=11;hg=5f5e1001;ts=5f5e1064;ld=0.10 0.20 0.30 1/100 4242;ttl=4");
        foreach (var field in rest.Fields)
        {
            message.Add(field.Name, field.Type, field.Value);
        }

        var packet = Packet.Seal(message, Samples.Keys(active: 2), MessageFormat.Classic);
        Assert.Equal(397, packet.Length);
        Assert.EndsWith("42:2 08b7a60996659a5eaca94c02f811ac59865126f2,", Text(packet), StringComparison.Ordinal);
    }

    // What the real program said to the other when it lost its ping node.
    [Fact]
    public void The_recorded_conversation_of_two_real_nodes_is_followed()
    {
        Tell(1);
        Tell(0, linkDied: true);
        _now += Grace;
        Tell(0);
        var said = _ipfail.TakeMessages().Single().Compose(new("node1"), new("node2"));
        Assert.Equal(OwnFields("039.bin"), Fields(said));
        _ipfail.Take(Recorded("040.bin"), _now);
        Assert.Equal(GiveUp.All, DueAfter(2.1));
        Tell(1);
        _now += Grace;
        Tell(1);
        said = _ipfail.TakeMessages().Single().Compose(new("node1"), new("node2"));
        Assert.Equal(OwnFields("054.bin"), Fields(said));
        _ipfail.Take(Recorded("055.bin"), _now);
        Assert.Null(DueAfter(60));
    }

    private const string Dead = "t=you_are_dead;dest=node1;from_id=ipfail;to_id=ipfail;client_gen=0";

    private void Tell(int count, bool linkDied = false, bool failback = false, bool stable = true) =>
        _ipfail.Tell(count, linkDied, failback, stable, _now);

    private void Take(string fields) => _ipfail.Take(Samples.Message(fields), _now);

    private void TakeCount(int count) =>
        Take($"t=num_ping_nodes;src=node2;num_ping={count};dest=node1;from_id=ipfail;to_id=ipfail;client_gen=0");

    private GiveUp? DueAfter(double seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        return _ipfail.TakeDue(_now);
    }

    private List<string> Said() =>
        [.. _ipfail.TakeMessages().Select(said => said.Count is { } count ? $"{said.Type} {count}" : said.Type)];

    private List<string> SaidAfterGrace(int count)
    {
        Assert.Empty(_ipfail.TakeMessages());
        _now += Grace;
        Tell(count);
        return Said();
    }

    /// <summary>Loss and return, who notices first, and how slow the peer's words are.</summary>
    private sealed class CombinatorialOfTwoNodesAttribute : Xunit.Sdk.DataAttribute
    {
        public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) =>
            from before in (int[])[0, 1]
            from delay in (double[])[-0.45, 0, 0.45]
            from latency in (double[])[0, 0.7]
            select new object[] { before, 1 - before, delay, latency };
    }

    /// <summary>Heartbeat's ipfail as 13.3 has it.</summary>
    private sealed class HeartbeatIpfail(TimeSpan keepalive, TimeSpan latency, int count)
    {
        private readonly Queue<(Instant At, IpfailMessage Message)> _toSay = new();
        private Instant _giveUpAt = Instant.Never;
        private int _count = count;

        public void Notices(int count, Instant now)
        {
            if (count != _count)
            {
                _count = count;
                Say(new IpfailMessage("num_ping_nodes", count), now);
            }
        }

        public void Hears(IpfailMessage said, Instant now)
        {
            switch (said.Type)
            {
                case "num_ping_nodes" when _count > said.Count:
                    Say(new IpfailMessage("you_are_dead"), now);
                    break;
                case "num_ping_nodes" when _count == said.Count:
                    _giveUpAt = Instant.Never;
                    Say(new IpfailMessage("abort_giveup"), now);
                    break;
                case "num_ping_nodes" or "you_are_dead":
                    _giveUpAt = now + (2 * keepalive);
                    break;
                default:
                    _giveUpAt = Instant.Never;
                    break;
            }
        }

        public IpfailMessage? Says(Instant now) =>
            _toSay.TryPeek(out var next) && next.At <= now ? _toSay.Dequeue().Message : null;

        public bool GivesUp(Instant now) => now >= _giveUpAt;

        private void Say(IpfailMessage message, Instant now) => _toSay.Enqueue((now + latency, message));
    }

    private static string Text(byte[] packet) => System.Text.Encoding.Latin1.GetString(packet);

    private static string Fields(Message message)
    {
        var fields = new List<string>();
        foreach (var field in message.Fields)
        {
            fields.Add($"{field.Name}={message.Text(field.Name)}");
        }

        return string.Join(';', fields);
    }

    private static Message Recorded(string file)
    {
        var key = new AuthKeys(1, [new AuthKey(1, AuthMethod.Sha1, "HaSharpTestKey1"u8.ToArray())]);
        var captures = Path.Combine(Captures.Root(), "tests", "HaSharp.Core.Tests", "Data", "captures");
        var path = Path.Combine(captures, "raw", "sha1-classic-bcast-ipfail", file);
        return Packet.Open(File.ReadAllBytes(path), new Authenticator(key)).Message!;
    }

    /// <summary>The fields before the header.</summary>
    private static string OwnFields(string file)
    {
        var all = Fields(Recorded(file));
        return all[..all.IndexOf(";destuuid", StringComparison.Ordinal)];
    }
}
