using System.Globalization;
using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Tests.Nodes;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>
/// A peer that has the key and talks nonsense: what it says costs a bounded answer and bounded lines, and when it is
/// sensible again, it is believed again.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class NonsenseTests
{
    /// <summary>A batch of repeated datagrams, and a status because something changed.</summary>
    private const int MostAnswers = 51;

    private static readonly string[] Pair = ["node1 a", "node2 b"];

    [Fact]
    public void A_thousand_times_starting_is_a_thousand_short_answers_and_no_line()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        Repeat(bench, peer, 1000, 0, () => peer.Say(("t", "starting")));
        Assert.Equal(1000, peer.News().Count(static text => text.StartsWith("resource", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_thousand_times_reqnodes_is_a_thousand_lists_and_no_line()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        Repeat(bench, peer, 1000, 0, () => peer.Say(("t", "reqnodes"), ("dest", "node1")));
        Assert.Equal(1000, peer.News().Count(static text => text.StartsWith("repnodes", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("everything")]
    [InlineData("")]
    [InlineData("LOCAL")]
    public void A_resource_message_with_an_unknown_word_changes_nothing(string word)
    {
        var (bench, peer) = Puppet.Joined(Pair);
        Repeat(bench, peer, 1000, 0, () => peer.Resource(word, stable: true));
        Repeat(bench, peer, 1000, 0, () => peer.Resource(word, stable: false, "shutdown"));
        Assert.Equal(("1", ""), (bench.Where("a"), bench.Where("b")));
    }

    [Theory]
    [InlineData("me")]
    [InlineData("other")]
    [InlineData("done")]
    [InlineData("what")]
    public void Words_of_a_hand_over_that_fit_nothing_change_nothing_and_write_little(string phase)
    {
        var (bench, peer) = Puppet.Joined(Pair);
        foreach (var word in (string[])["everything", "", "none"])
        {
            Repeat(bench, peer, 1000, 2, () => peer.AskResources(word, phase));
        }

        Assert.Equal(("1", ""), (bench.Where("a"), bench.Where("b")));
    }

    [Fact]
    public void A_peer_that_changes_its_mind_all_the_time_writes_twenty_lines_a_minute()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        var active = false;
        Repeat(bench, peer, 1000, 10, () => peer.Status((active = !active) ? "up" : "active"));
        Repeat(bench, peer, 1000, 20, () =>
        {
            (peer.Generation, peer.Sequence) = (peer.Generation + (peer.Sequence > 2 ? 1 : 0), peer.Sequence % 3);
            peer.Status();
        });
    }

    [Fact]
    public void A_list_of_other_nodes_a_thousand_times_is_two_lines_a_minute()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        Repeat(bench, peer, 1000, 2, () => peer.Say(("t", "repnodes"), ("nodelist", "x y z "), ("delnodelist", " ")));
    }

    [Fact]
    public void A_newer_generation_in_our_own_name_is_one_line_a_minute()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        var generation = bench.Nodes[0]!.Identity.Generation.Number;
        Repeat(bench, peer, 1000, 1, () => peer.Give(peer.Make(
            ++generation, ("t", "status"), ("st", "active"), ("src", "node1"), ("hg", Forgery.Hex(generation)))));
        Assert.Equal("active", bench.Status(1).Nodes[1].Status);
    }

    [Fact]
    public void What_nobody_asked_for_is_refused_without_a_word()
    {
        var (bench, peer) = Puppet.Joined(Pair);
        var sequence = 0L;
        Repeat(bench, peer, 1000, 0, () => peer.Give(peer.Make(
            0, ("t", "NS_nak_rexmit"), ("firstseq", Forgery.Hex(++sequence)), ("dest", "node1"))));
        Repeat(bench, peer, 1000, 0, () => peer.Give(peer.Make(
            0, ("t", "NS_ackmsg"), ("ackseq", Forgery.Hex(1000 + ++sequence)), ("dest", "node1"))));
        bench.Ask(1, new Command.Stop());
        Assert.DoesNotContain(1, bench.Ended);
    }

    [Theory]
    [InlineData(1, AutoFailback.Off)]
    [InlineData(2, AutoFailback.On)]
    [InlineData(3, AutoFailback.Off)]
    [InlineData(4, AutoFailback.On)]
    [InlineData(5, AutoFailback.Legacy)]
    public void After_20000_senseless_messages_the_peer_is_believed_again(int seed, AutoFailback failback)
    {
        var walk = new NonsenseWalk(seed, failback, MostAnswers);
        walk.Go(10_000);
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        walk.Go(10_000);
        var growth = GC.GetTotalMemory(forceFullCollection: true) - memory;
        Assert.True(growth < 2_000_000, $"{growth} bytes more after 10,000 messages");
        walk.RequireThatLinesAreFew();
        walk.ComeToReason();
    }

    private static void Repeat(Bench bench, Puppet peer, int times, int mostLines, Action say)
    {
        peer.Live(61);
        peer.News();
        var lines = bench.Events[0].Count;
        for (var i = 0; i < times; i++)
        {
            var said = peer.Messages.Count;
            say();
            Assert.InRange(peer.Messages.Count - said, 0, MostAnswers);
        }

        var written = bench.Events[0].Count - lines;
        Assert.True(written <= mostLines, string.Create(CultureInfo.InvariantCulture, $"{written} lines"));
    }
}
