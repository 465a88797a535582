using System.Net;
using HaSharp.Core.Config;
using HaSharp.Daemon.Addresses;

namespace HaSharp.Daemon.Tests.Addresses;

/// <summary>Which address a resource is, in the words of every agent.</summary>
public sealed class AskedAddressTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", null, null)]
    [InlineData("IPaddr2::10.0.0.1/24/eth0", "10.0.0.1", 24, "eth0")]
    [InlineData("ocf:heartbeat:IPaddr2::ip=10.0.0.1::cidr_netmask=24::nic=eth0", "10.0.0.1", 24, "eth0")]
    [InlineData("ocf:heartbeat:IPaddr2::nic=eth1::ip=10.0.0.1::lvs_support=true", "10.0.0.1", null, "eth1")]
    [InlineData("ocf:heartbeat:IPaddr::ip=10.0.0.1::cidr_netmask=255.255.255.0", "10.0.0.1", 24, null)]
    [InlineData("ocf:heartbeat:IPaddr2::ip=10.0.0.1::nic=eth0:web", "10.0.0.1", null, "eth0")]
    [InlineData("ocf:heartbeat:IPaddr2::ip=fd00:0:0:0:0:0:0:1::cidr_netmask=64", "fd00::1", 64, null)]
    [InlineData("ocf:heartbeat:IPv6addr::ipv6addr=fd00:0:0:0:0:0:0:1/64::nic=eth0", "fd00::1", 64, "eth0")]
    public void It_is_read_in_the_words_of_each_agent(string word, string address, int? bits, string? place)
    {
        VirtualAddress read = Assert.IsType<VirtualAddress>(AskedAddress.Read(Resource.Parse(word)));
        Assert.Equal((IPAddress.Parse(address), bits, place), (read.Address, read.PrefixLength, read.Interface));
    }

    [Theory]
    [InlineData("ocf:heartbeat:IPaddr2")]
    [InlineData("ocf:heartbeat:IPaddr2::ip=the-web")]
    [InlineData("ocf:heartbeat:IPaddr2::ip=10.0.0.1::cidr_netmask=33")]
    [InlineData("ocf:heartbeat:IPaddr2::ipaddr=10.0.0.1")]
    public void What_cannot_be_read_is_no_address(string word) => Assert.Null(AskedAddress.Read(Resource.Parse(word)));
}
