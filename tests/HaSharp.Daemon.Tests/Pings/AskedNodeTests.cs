using System.Net;
using System.Text;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Pings;

namespace HaSharp.Daemon.Tests.Pings;

/// <summary>The checks that heartbeat lacks (spec 13.1, F29, F31).</summary>
public sealed class AskedNodeTests
{
    private static readonly byte[] Payload = Encoding.ASCII.GetBytes("ts=1");
    private static readonly byte[] Asked = IPAddress.Parse("192.0.2.1").GetAddressBytes();
    private static readonly byte[] Member = IPAddress.Parse("192.0.2.2").GetAddressBytes();
    private static readonly byte[] Stranger = IPAddress.Parse("192.0.2.9").GetAddressBytes();

    [Fact]
    public void The_very_first_answer_counts()
    {
        using AskedNode node = Node("192.0.2.1");
        ushort sequence = node.Begin(Payload);
        Assert.NotEqual(0, sequence);
        Assert.True(node.Takes(Asked, sequence, Payload));
    }

    [Fact]
    public void No_answer_counts_before_anything_was_asked()
    {
        using AskedNode node = Node("192.0.2.1");
        Assert.False(node.Takes(Asked, 0, []));
        Assert.False(node.Takes(Asked, 0, Payload));
        Assert.False(node.Takes(Asked, 1, Payload));
    }

    [Fact]
    public void An_answer_from_an_address_that_was_not_asked_does_not_count()
    {
        using AskedNode node = Node("192.0.2.1");
        ushort sequence = node.Begin(Payload);
        Assert.False(node.Takes(Stranger, sequence, Payload));
        Assert.False(node.Takes([], sequence, Payload));
        Assert.True(node.Takes(Asked, sequence, Payload));
    }

    [Fact]
    public void A_replayed_answer_does_not_count()
    {
        using AskedNode node = Node("192.0.2.1");
        ushort sequence = node.Begin(Payload);
        Assert.True(node.Takes(Asked, sequence, Payload));
        Assert.False(node.Takes(Asked, sequence, Payload));
        ushort next = node.Begin(Payload);
        Assert.False(node.Takes(Asked, sequence, Payload));
        Assert.True(node.Takes(Asked, next, Payload));
    }

    [Fact]
    public void An_answer_with_other_bytes_than_were_sent_does_not_count()
    {
        using AskedNode node = Node("192.0.2.1");
        ushort first = node.Begin(Payload);
        ushort second = node.Begin(Encoding.ASCII.GetBytes("ts=2"));
        Assert.False(node.Takes(Asked, second, Payload));
        Assert.False(node.Takes(Asked, first, []));
        Assert.True(node.Takes(Asked, first, Payload));
    }

    [Fact]
    public void Of_a_group_the_first_answer_of_any_member_counts_and_no_other()
    {
        using AskedNode node = Node("192.0.2.1", "192.0.2.2");
        ushort sequence = node.Begin(Payload);
        Assert.True(node.Takes(Member, sequence, Payload));
        Assert.False(node.Takes(Asked, sequence, Payload));
    }

    [Fact]
    public void Answers_may_be_late_by_the_window_and_no_more()
    {
        using AskedNode node = Node("192.0.2.1");
        ushort old = node.Begin(Payload);
        ushort kept = node.Begin(Payload);
        for (int i = 0; i < AskedNode.Window - 1; i++)
        {
            _ = node.Begin(Payload);
        }

        Assert.False(node.Takes(Asked, old, Payload));
        Assert.True(node.Takes(Asked, kept, Payload));
    }

    [Fact]
    public void Sequence_numbers_go_round_without_ever_being_0()
    {
        using AskedNode node = Node("192.0.2.1");
        for (int i = 0; i < 200_000; i++)
        {
            ushort sequence = node.Begin(Payload);
            Assert.NotEqual(0, sequence);
            Assert.True(node.Takes(Asked, sequence, Payload));
        }
    }

    private static AskedNode Node(params string[] hosts) =>
        new(new PingNodeConfig(new NodeName("node"), hosts) { Kind = PingKind.PingGroup }, before: null);
}
