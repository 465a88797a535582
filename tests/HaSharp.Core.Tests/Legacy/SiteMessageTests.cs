namespace HaSharp.Core.Tests.Legacy;

/// <summary>What a site's script has injected on the heartbeat node, for rc.d on ours (spec 6.4, 10.1).</summary>
public sealed class SiteMessageTests
{
    [Fact]
    public void A_type_that_nobody_handles_is_told_with_its_text_fields()
    {
        var (bench, peer) = Puppet.Joined(["node1 a", "node2 b"]);
        bench.Scripts.Clear();
        peer.Say(("t", "drbd-split"), ("disk", "r 0"));

        var (node, script) = Assert.Single(bench.Scripts);
        Assert.Equal(1, node);
        Assert.StartsWith("drbd-split: t=drbd-split disk=r 0 src=node2 ", script, StringComparison.Ordinal);
        Assert.Contains(" seq=", script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("starting")]
    [InlineData("resource")]
    [InlineData("ask_resources")]
    [InlineData("hb_takeover")]
    [InlineData("ip-request")]
    [InlineData("stonith")]
    [InlineData("reqnodes")]
    public void What_is_acted_on_is_no_event(string type)
    {
        var (bench, peer) = Puppet.Joined(["node1 a", "node2 b"]);
        bench.Scripts.Clear();
        peer.Say(("t", type));
        Assert.Empty(bench.Scripts);
    }

    [Fact]
    public void A_message_that_arrives_twice_is_told_once_and_one_for_another_node_never()
    {
        var (bench, peer) = Puppet.Joined(["node1 a", "node2 b"]);
        bench.Scripts.Clear();
        byte[] datagram = peer.Lose(("t", "custom"));
        peer.Give(datagram);
        peer.Give(datagram);
        peer.Say(("t", "custom"), ("dest", "node9"));
        Assert.Single(bench.Scripts);
    }
}
