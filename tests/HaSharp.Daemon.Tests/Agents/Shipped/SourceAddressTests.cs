using HaSharp.Daemon.Tests.Control;
using HaSharp.Daemon.Tests.Host;
using HaSharp.Daemon.Tests.Links;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>resource-agents/IPsrcaddr and SendArp on two machines with a cable between them.</summary>
public sealed class SourceAddressTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TwoNodes _nodes = new();

    public void Dispose()
    {
        _nodes.Dispose();
        _directory.Dispose();
    }

    [Links.RootFact]
    public void The_default_route_gets_the_source_and_what_it_had_before_comes_back()
    {
        _nodes.Connect();
        _nodes.A.Ip("addr add 10.9.0.50/24 dev eth0; addr add 10.9.0.60/24 dev eth0");
        _nodes.A.Ip("route add default via 10.9.0.2 dev eth0 proto static src 10.9.0.60 metric 7");
        string before = Routes();
        Assert.Equal(Answer.Stopped, Source("10.9.0.50", "status"));
        Assert.Equal(Answer.Done, Source("10.9.0.50", "start"));
        Assert.Equal(Answer.Done, Source("10.9.0.50", "start"));
        Assert.Equal("default via 10.9.0.2 dev eth0 proto static src 10.9.0.50 metric 7", Routes());
        Assert.Contains("src 10.9.0.50", _nodes.A.Ip("route get 192.0.2.1"), StringComparison.Ordinal);
        Assert.Equal(Answer.Running, Source("10.9.0.50", "status"));
        Assert.Equal(Answer.Done, Source("10.9.0.50", "stop"));
        Assert.Equal(before, Routes());
        Assert.Equal(Answer.Done, Source("10.9.0.50", "stop"));
        Assert.Equal(Answer.Stopped, Source("10.9.0.50", "monitor"));
    }

    [Links.RootFact]
    public void The_route_that_vanished_with_its_address_is_brought_back_by_stop_and_by_start()
    {
        _nodes.Connect();
        _nodes.A.Ip("addr add 10.9.0.50/24 dev eth0; route add default via 10.9.0.2");
        Assert.Equal(Answer.Done, Source("10.9.0.50", "start"));
        _nodes.A.Ip("addr del 10.9.0.50/24 dev eth0");
        Assert.Equal("", Routes());
        Assert.Equal(Answer.Stopped, Source("10.9.0.50", "status"));
        _nodes.A.Ip("addr add 10.9.0.50/24 dev eth0");
        Assert.Equal(Answer.Done, Source("10.9.0.50", "start"));
        Assert.Equal("default via 10.9.0.2 dev eth0 src 10.9.0.50", Routes());
        _nodes.A.Ip("addr del 10.9.0.50/24 dev eth0");
        Assert.Equal(Answer.Done, Source("10.9.0.50", "stop"));
        Assert.Equal("default via 10.9.0.2 dev eth0", Routes());
    }

    [Links.RootFact]
    public void A_default_route_that_somebody_else_made_meanwhile_is_left_alone()
    {
        _nodes.Connect();
        _nodes.A.Ip("addr add 10.9.0.50/24 dev eth0; route add default via 10.9.0.2");
        Assert.Equal(Answer.Done, Source("10.9.0.50", "start"));
        _nodes.A.Ip("route replace default via 10.9.0.3");
        Assert.Equal(Answer.Stopped, Source("10.9.0.50", "status"));
        Assert.Equal(Answer.Done, Source("10.9.0.50", "stop"));
        Assert.Equal("default via 10.9.0.3 dev eth0", Routes());
    }

    [Links.RootFact]
    public void An_IPv6_source_is_set_and_taken_back()
    {
        _nodes.Connect();
        _nodes.A.Ip("addr add fd09::50/64 dev eth0 nodad; -6 route add default via fd09::2 dev eth0 metric 9");
        string before = _nodes.A.Ip("-6 route show default");
        Assert.Equal(Answer.Done, Source("fd09:0:0:0:0:0:0:50", "start"));
        Assert.Contains("src fd09::50", _nodes.A.Ip("-6 route get 2001:db8::1"), StringComparison.Ordinal);
        Assert.Equal(Answer.Running, Source("fd09:0:0:0:0:0:0:50", "status"));
        Assert.Equal(Answer.Done, Source("fd09:0:0:0:0:0:0:50", "stop"));
        Assert.Equal(before, _nodes.A.Ip("-6 route show default"));
    }

    [Links.RootFact]
    public void An_address_that_is_not_here_and_a_missing_route_are_told()
    {
        _nodes.Connect();
        Assert.Equal(
            new Answer(1, "", "10.9.0.50 is not an address of this node"), Source("10.9.0.50", "start"));
        Assert.Equal(
            new Answer(1, "", "there is no default route whose source could be 10.9.0.1"), Source("10.9.0.1", "start"));
        Assert.Equal(2, Source("web", "start").Code);
    }

    [Links.RootFact]
    public void An_address_is_announced_on_its_interface_and_one_on_lo_as_well()
    {
        _nodes.Connect();
        _nodes.A.Ip("addr add 10.9.0.50/24 dev eth0; addr add 10.9.0.60/32 dev lo");
        foreach (string address in (string[])["10.9.0.50", "10.9.0.60"])
        {
            using Witness witness = _nodes.B.Run(() => new Witness(Witness.Arp));
            Assert.Equal(Answer.Stopped, Arp($"{address}/eth0", "status"));
            Assert.Equal(Answer.Done, Arp($"{address}/eth0", "start"));
            byte last = byte.Parse(address.Split('.')[3], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Contains(witness.Take(), frame => frame[31] == last && frame[41] == last);
            Assert.Equal(Answer.Running, Arp($"{address}/eth0", "monitor"));
            Assert.Equal(Answer.Done, Arp($"{address}/eth0", "stop"));
            Assert.Equal(Answer.Stopped, Arp($"{address}/eth0", "status"));
        }
    }

    [Links.RootFact]
    public void An_address_of_somebody_else_is_not_announced()
    {
        _nodes.Connect();
        Answer answer = Arp("10.9.0.70/eth0", "start");
        Assert.Equal(1, answer.Code);
        Assert.StartsWith("10.9.0.70 is not an address of this node", answer.Reason, StringComparison.Ordinal);
        Assert.Equal(Answer.Stopped, Arp("10.9.0.70/eth0", "status"));
        Assert.Equal(2, Arp("10.9.0.70", "start").Code);
    }

    private string Routes() => string.Join(' ', _nodes.A.Ip("route show default").Split(' ', '\n')
        .Where(word => word.Length > 0));

    private Answer Source(string address, string action) =>
        _nodes.A.Run(() => new ShippedAgent("IPsrcaddr", _directory).Run(address, action));

    private Answer Arp(string argument, string action) => _nodes.A.Run(
        () => new ShippedAgent("SendArp", _directory).With("HASHARP", Hasharp.Path).Run(argument, action));
}
