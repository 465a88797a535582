// The media: heartbeat-spec 2.2, 2.3 no. 2, 2.4, 12 and the FIX items F13, F14.

using System.Net;
using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class MediaTests
{
    private static IReadOnlyList<LinkConfig> Links(params string[] lines)
        => Sources.OnlyHaCf(["node alpha bravo", "auto_failback on", .. lines]).Accepted().Links;

    // "bcast: interface..."
    [Fact]
    public void Bcast_takes_several_interfaces()
        => Assert.Equal(
            [
                new LinkConfig.Bcast(new("eth0"), "eth0", 694),
                new LinkConfig.Bcast(new("eth1"), "eth1", 694),
                new LinkConfig.Bcast(new("bond0.7"), "bond0.7", 694),
            ],
            Links("bcast eth0 eth1", "bcast bond0.7"));

    // "ucast: interface host, one peer per line"; "Host may be a name".
    [Theory]
    [InlineData("192.0.2.12")]
    [InlineData("bravo.example.com")]
    public void Ucast_takes_an_interface_and_a_host(string host)
        => Assert.Equal([new LinkConfig.Ucast(new("eth0"), "eth0", host, 694)], Links($"ucast eth0 {host}"));

    // "mcast: interface group port ttl loop, all five required; ttl 0..4, loop 0/1"
    [Fact]
    public void Mcast_takes_five_arguments()
        => Assert.Equal(
            [new LinkConfig.Mcast(new("eth0"), "eth0", IPAddress.Parse("239.192.0.1"), 700, 4, true)],
            Links("mcast eth0 239.192.0.1 700 4 1"));

    [Theory]
    [InlineData(
        "mcast eth0 239.0.0.1 694 1",
        "mcast needs interface group port ttl loop, with blanks between them; loop is missing")]
    [InlineData("mcast eth0", "group is missing")]
    [InlineData("mcast eth0 10.1.1.1 694 1 0", "4:12: error: \"10.1.1.1\" is not a multicast group")]
    [InlineData("mcast eth0 244.0.0.18 694 1 0", "4:12: error: \"244.0.0.18\" is not a multicast group")]
    [InlineData("mcast eth0 223.255.255.255 694 1 0", "is not a multicast group")]
    [InlineData("mcast eth0 240.0.0.0 694 1 0", "is not a multicast group")]
    [InlineData("mcast eth0 ff12::1 694 1 0", "is not a multicast group")]
    [InlineData("mcast eth0 239.1 694 1 0", "is not a multicast group")]
    [InlineData("mcast eth0 239.0.0.1 0 1 0", "4:22: error: \"0\" is not a number from 1 to 65535")]
    [InlineData("mcast eth0 239.0.0.1 65536 1 0", "\"65536\" is not a number from 1 to 65535")]
    [InlineData("mcast eth0 239.0.0.1 694 5 0", "4:26: error: \"5\" is not a number from 0 to 4")]
    [InlineData("mcast eth0 239.0.0.1 694 1 2", "4:28: error: \"2\" is not a number from 0 to 1")]
    [InlineData("mcast eth0 239.0.0.1 694 1 on", "\"on\" is not a number from 0 to 1")]
    [InlineData("mcast6 eth0 ff12::1 694 1", "mcast6 needs interface group port hops loop")]
    [InlineData("mcast6 eth0 fe80::1 694 1 0", "is not a multicast group; IPv6 groups begin with ff")]
    [InlineData("mcast6 eth0 239.0.0.1 694 1 0", "is not a multicast group")]
    [InlineData("mcast6 eth0 ff12::1 694 256 0", "is not a number from 0 to 255")]
    [InlineData("ucast eth0", "ucast needs interface host, with blanks between them; host is missing")]
    [InlineData("ucast eth0 192.0.2.300", "\"192.0.2.300\" is not an IPv4 address")]
    [InlineData("ucast eth0 192.0.2", "\"192.0.2\" is not an IPv4 address")]
    [InlineData("ucast eth0 192.0.2.01", "\"192.0.2.01\" is not an IPv4 address")]
    [InlineData("ucast eth0 fe80::1", "is an IPv6 address where an IPv4 address is due")]
    [InlineData("ucast eth0 bra/vo", "is neither an address nor a host's name")]
    [InlineData("ucast6 eth0 192.0.2.1", "is an IPv4 address where an IPv6 address is due")]
    [InlineData("ucast6 eth0 fe80::1::2", "is not an IPv6 address")]
    [InlineData("bcast abcdefghijklmnop", "cannot be an interface")]
    [InlineData("bcast /dev/ttyS0", "cannot be an interface")]
    [InlineData("ucast a/b 192.0.2.1", "cannot be an interface")]
    public void A_wrong_medium_is_refused_at_its_place(string line, string expected)
        => Assert.Contains(expected, Sources.WithHaCf(line).Refused(), StringComparison.Ordinal);

    [Theory]
    [InlineData("224.0.0.0")]
    [InlineData("239.255.255.255")]
    public void The_multicast_groups_reach_from_224_to_239(string group)
        => Assert.Single(Links($"mcast eth0 {group} 694 0 0"));

    [Fact]
    public void The_IPv6_media_take_what_their_IPv4_counterparts_take()
        => Assert.Equal(
            [
                new LinkConfig.Ucast6(new("eth0"), "eth0", "2001:db8::1", 738),
                new LinkConfig.Mcast6(new("eth1"), "eth1", IPAddress.Parse("ff12::1:2:3:4"), 694, 1, false),
            ],
            Links("udpport 738", "ucast6 eth0 2001:db8::1", "mcast6 eth1 ff12::1:2:3:4 694 1 0"));

    [Fact]
    public void A_link_local_peer_may_name_its_zone()
        => Assert.Equal("fe80::1%eth0", Assert.IsType<LinkConfig.Ucast6>(Links("ucast6 eth0 fe80::1%eth0")[0]).Host);

    [Fact]
    public void What_follows_the_arguments_of_a_medium_is_ignored_with_a_warning()
        => Assert.StartsWith(
            "ha.cf:4:22: warning: \"192.0.2.2\" and what follows is ignored",
            Sources.WithHaCf("ucast eth1 192.0.2.1 192.0.2.2 x").Warned(), StringComparison.Ordinal);

    // 2.4: "falling back to 694". F13: "order-independent configuration".
    [Theory]
    [InlineData("udpport 738", "ucast eth0 192.0.2.1", "bcast eth1")]
    [InlineData("ucast eth0 192.0.2.1", "bcast eth1", "udpport 738")]
    [InlineData("udpport 694", "ucast eth0 192.0.2.1", "udpport 738", "bcast eth1")]
    public void Udpport_holds_for_all_media_wherever_it_stands(params string[] lines)
        => Assert.Equal(
            [
                new LinkConfig.Ucast(new("eth0"), "eth0", "192.0.2.1", 738),
                new LinkConfig.Bcast(new("eth1"), "eth1", 738),
            ],
            Links(lines));

    [Fact]
    public void Udpport_does_not_touch_a_multicast_group()
    {
        var links = Links("udpport 738", "mcast eth0 239.0.0.1 700 1 0");
        Assert.Equal(700, Assert.IsType<LinkConfig.Mcast>(links[0]).Port);
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("1", true)]
    [InlineData("65535", true)]
    [InlineData("65536", false)]
    [InlineData("70000", false)]
    [InlineData("-1", false)]
    [InlineData("694/udp", false)]
    public void A_port_reaches_from_1_to_65535(string port, bool isAccepted)
        => Assert.Equal(isAccepted, Sources.WithHaCf($"udpport {port}").Config is not null);

    // F14: "duplicate ucast link names: unique names".
    [Fact]
    public void Media_that_share_an_interface_have_names_of_their_own()
        => Assert.Equal(
            ["eth0", "eth0:192.0.2.12", "eth0:bcast", "eth0:239.0.0.1:694", "eth0:239.0.0.1:695", "eth1"],
            Links(
                "ucast eth0 192.0.2.11", "ucast eth0 192.0.2.12", "bcast eth0", "mcast eth0 239.0.0.1 694 1 0",
                "mcast eth0 239.0.0.1 695 1 0", "bcast eth1").Select(link => link.Name.Text));

    [Fact]
    public void Even_a_name_that_would_be_taken_is_unique()
        => Assert.Equal(
            ["eth0", "eth0:bravo", "eth0:bravo#2"],
            Links("bcast eth0", "ucast eth0 bravo", "ucast6 eth0 bravo").Select(link => link.Name.Text));

    [Fact]
    public void A_medium_that_is_declared_twice_is_one_with_a_warning()
    {
        var result = Sources.WithHaCf("ucast eth1 192.0.2.1", "ucast eth1 192.0.2.1");
        Assert.Contains("is declared twice (ucast eth1 192.0.2.1)", result.Warned(), StringComparison.Ordinal);
        Assert.Equal(2, result.Accepted().Links.Count);
    }

    // 2.3 no. 2: "At least one medium."
    [Theory]
    [InlineData("", "no medium is declared; add a line such as \"bcast eth0\"")]
    [InlineData("ping 192.0.2.1", "no medium is declared")]
    [InlineData("serial /dev/ttyS0", "no medium that HaSharp supports is declared")]
    public void There_must_be_a_medium(string line, string expected)
        => Assert.Contains(
            expected, Sources.OnlyHaCf("node alpha", "auto_failback on", line).Refused(), StringComparison.Ordinal);

    // 2.7: the minimal file, with the own address in ucast.
    [Fact]
    public void The_minimal_file_of_the_specification_loads()
    {
        var config = Sources.OnlyHaCf(
            "keepalive 1", "deadtime 10", "initdead 20", "udpport 694", "ucast eth0 192.0.2.11",
            "ucast eth0 192.0.2.12", "auto_failback off", "node alpha bravo").Accepted();
        Assert.Equal(AutoFailback.Off, config.AutoFailback);
        Assert.Equal(2, config.Links.Count);
    }
}
