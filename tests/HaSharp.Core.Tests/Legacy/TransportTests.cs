using System.Globalization;
using HaSharp.Core.Legacy;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>Acknowledgements and retransmissions (spec 7.2 to 7.4).</summary>
public sealed class TransportTests
{
    private static readonly string[] Pair = ["node1 a", "node2 b"];

    [Fact]
    public void Every_tenth_message_is_acknowledged_and_only_that()
    {
        var (_, peer) = Puppet.Joined(Pair);
        peer.Live(300);
        var acks = peer.Heard.Where(static text => text.StartsWith("NS_ackmsg", Ordinal)).ToList();
        Assert.InRange(acks.Count, 29, 31);
        Assert.Equal($"NS_ackmsg node2 {peer.Sequence - (peer.Sequence % 10):x}", acks[^1]);
    }

    [Fact]
    public void What_is_missing_is_not_acknowledged_but_asked_for_after_50_ms()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        while (peer.Sequence % 10 != 7)
        {
            peer.Status();
        }

        peer.News();
        var lost = peer.Lose(("t", "status"), ("st", "active"), ("dt", "1388"), ("protocol", "1"));
        peer.Status();
        peer.Status();
        bench.Run(0.049);
        Assert.Empty(peer.News());
        bench.Run(0.3);
        Assert.Equal("NS_rexmit", peer.Heard[0].Split(' ')[0]);
        var request = peer.Messages.Last(static message => message.Text("t") == "NS_rexmit");
        var wanted = (peer.Sequence - 2).ToString(CultureInfo.InvariantCulture);
        Assert.Equal((wanted, wanted), (request.Text("firstseq"), request.Text("lastseq")));
        Assert.Null(request.Text("seq"));
        peer.News();
        peer.Give(lost);
        Assert.Equal([$"NS_ackmsg node2 {peer.Sequence:x}"], peer.News());
        bench.Run(1);
        Assert.Empty(peer.News());
    }

    [Fact]
    public void Messages_that_only_overtook_one_another_are_not_asked_for()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        var first = peer.Lose(("t", "ask_resources"), ("rsc_hold", "local"), ("info", "me"));
        peer.Resource("local", stable: true);
        peer.Give(first);
        bench.Run(1);
        Assert.DoesNotContain(peer.Heard, static text => text.StartsWith("NS_rexmit", Ordinal));
    }

    [Fact]
    public void A_message_that_never_comes_is_given_up()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.Lose(("t", "status"));
        peer.Live(30);
        var asked = peer.Heard.Count(static text => text.StartsWith("NS_rexmit", Ordinal));
        Assert.Equal(Arrivals.MostRequests, asked);
        bench.Run(1);
    }

    [Fact]
    public void A_refusal_ends_the_requests()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.Lose(("t", "status"));
        peer.Status();
        peer.Give(peer.Make(0, ("t", "NS_nak_rexmit"), ("firstseq", $"{peer.Sequence - 1:x}"), ("dest", "node1")));
        bench.Run(1);
        Assert.DoesNotContain(peer.Heard, static text => text.StartsWith("NS_rexmit", Ordinal));
    }

    [Fact]
    public void A_jump_of_more_than_64_is_not_asked_for_at_all()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.Sequence += 1000;
        peer.Status();
        bench.Run(2);
        Assert.DoesNotContain(peer.Heard, static text => text.StartsWith("NS_rexmit", Ordinal));
    }

    [Fact]
    public void What_the_peer_misses_is_repeated_byte_for_byte()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        bench.Run(3);
        var sequence = peer.Counted.Keys.Max() - 2;
        var repeated = new List<byte[]>();
        bench.Wiretap = (_, bytes) => repeated.Add(bytes.ToArray());
        peer.Give(peer.Make(0, Request(sequence, sequence)));
        Assert.Equal(peer.Counted[sequence], Assert.Single(repeated));
    }

    [Fact]
    public void A_report_that_is_repeated_after_a_newer_one_is_followed_by_the_present_one()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.AskResources("all", "me");
        peer.AskResources("all", "done");
        var reports = peer.Counted.Where(pair => Packet.Open(
            pair.Value, new Authenticator(bench.Config.Keys)).Message!.Text("t") == "resource").ToList();
        peer.News();
        peer.Give(peer.Make(0, Request(reports[^1].Key, reports[^1].Key)));
        Assert.Equal(["resource all 1"], peer.News());
        peer.Give(peer.Make(0, Request(reports[^2].Key, reports[^2].Key)));
        Assert.Equal([Describe(reports[^2].Value), "resource all 1"], peer.News());

        string Describe(byte[] bytes)
        {
            var message = Packet.Open(bytes, new Authenticator(bench.Config.Keys)).Message!;
            return $"resource {message.Text("rsc_hold")} {message.Text("isstable")}";
        }
    }

    [Theory]
    [InlineData(1, 200_000)]
    [InlineData(0, 5)]
    [InlineData(9, 5)]
    [InlineData(100_000, 200_000)]
    public void A_request_for_what_was_never_said_is_ignored_and_counted_once_a_minute(long first, long last)
    {
        var (bench, peer) = Puppet.Joined(Pair);
        var said = peer.Messages.Count;
        for (var i = 0; i < 1000; i++)
        {
            peer.Give(peer.Make(0, Request(first, last)));
        }

        Assert.Equal(said, peer.Messages.Count);
        Assert.Single(bench.Events[0].OfType<ClusterEvent.RequestRefused>());
    }

    [Fact]
    public void Requests_cost_at_most_50_datagrams_each_and_no_datagram_is_repeated_within_240_ms()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        peer.Live(200);
        var last = peer.Counted.Keys.Max();
        var said = peer.Messages.Count;
        for (var i = 0; i < 100; i++)
        {
            peer.Give(peer.Make(0, Request(1, last)));
        }

        // And once the present report, because an old one was among them.
        Assert.InRange(peer.Messages.Count - said, SentMessages.Batch, SentMessages.Batch + 1);
        bench.Run(0.3);
    }

    [Fact]
    public void What_is_no_longer_kept_is_refused_with_its_number_in_hex()
    {
        var (_, peer) = Puppet.Joined(Pair);
        peer.Live(600);
        peer.News();
        peer.Give(peer.Make(0, Request(26, 26)));
        Assert.Equal(["NS_nak_rexmit seqno too low node2 1a"], peer.News());
    }

    [Fact]
    public void Control_messages_of_another_generation_are_ignored()
    {
        var (_, peer) = Puppet.Joined(Pair);
        peer.Live(2);
        var said = peer.Messages.Count;
        peer.Generation--;
        peer.Give(peer.Make(0, Request(1, 1)));
        peer.Generation += 2;
        peer.Give(peer.Make(0, Request(1, 1)));
        Assert.Equal(said, peer.Messages.Count);
    }

    private static (string, string)[] Request(long first, long last) =>
    [
        ("t", "NS_rexmit"), ("dest", "node1"),
        ("firstseq", first.ToString(CultureInfo.InvariantCulture)),
        ("lastseq", last.ToString(CultureInfo.InvariantCulture)),
    ];

    private const StringComparison Ordinal = StringComparison.Ordinal;
}
