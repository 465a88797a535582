using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

/// <summary>The forms of IPaddr's argument (spec 17).</summary>
public sealed class VirtualAddressTests
{
    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5 - - - -")]
    [InlineData("10.0.0.5/24", "10.0.0.5 24 - - -")]
    [InlineData("10.0.0.5/255.255.255.0", "10.0.0.5 24 - - -")]
    [InlineData("10.0.0.5/255.255.255.255", "10.0.0.5 32 - - -")]
    [InlineData("10.0.0.5/128.0.0.0", "10.0.0.5 1 - - -")]
    [InlineData("10.0.0.5/24/eth0", "10.0.0.5 24 eth0 - -")]
    [InlineData("10.0.0.5/24/eth0:1", "10.0.0.5 24 eth0 eth0:1 -")]
    [InlineData("10.0.0.5/24/eth0/10.0.0.255", "10.0.0.5 24 eth0 - 10.0.0.255")]
    [InlineData("10.0.0.5/24/10.0.0.255", "10.0.0.5 24 - - 10.0.0.255")]
    [InlineData("10.0.0.5//eth0", "10.0.0.5 - eth0 - -")]
    [InlineData("10.0.0.5/24//10.0.0.255", "10.0.0.5 24 - - 10.0.0.255")]
    [InlineData("10.0.0.5/24/bond0.100", "10.0.0.5 24 bond0.100 - -")]
    [InlineData("2001:db8:0:0:0:0:0:5", "2001:db8::5 - - - -")]
    [InlineData("2001:db8::5/64/eth0", "2001:db8::5 64 eth0 - -")]
    public void An_argument_is_read(string argument, string expected)
    {
        Assert.True(VirtualAddress.TryParse([argument], out VirtualAddress? read, out string problem));
        Assert.Equal("", problem);
        Assert.Equal(
            expected,
            $"{read.Address} {read.PrefixLength?.ToString() ?? "-"} {read.Interface ?? "-"} {read.Label ?? "-"} "
            + $"{read.Broadcast?.ToString() ?? "-"}");
    }

    [Theory]
    [InlineData("", " is not an IP address")]
    [InlineData("web", "web is not an IP address")]
    [InlineData("10.0.5", "10.0.5 is not an IP address")]
    [InlineData("010.0.0.5", "010.0.0.5 is not an IP address")]
    [InlineData("10.0.0.256", "10.0.0.256 is not an IP address")]
    [InlineData("fe80::1%eth0/64", "fe80::1%eth0 is not an IP address")]
    [InlineData("0.0.0.0/24", "0.0.0.0 cannot be the address of one machine")]
    [InlineData("224.0.0.1", "224.0.0.1 cannot be the address of one machine")]
    [InlineData("255.255.255.255", "255.255.255.255 cannot be the address of one machine")]
    [InlineData("ff02::1", "ff02::1 cannot be the address of one machine")]
    [InlineData("::", ":: cannot be the address of one machine")]
    [InlineData("10.0.0.5/0", "0 is not a network mask for 10.0.0.5: write 1 to 32")]
    [InlineData("10.0.0.5/33", "33 is not a network mask for 10.0.0.5: write 1 to 32")]
    [InlineData("10.0.0.5/-1", "-1 is not a network mask for 10.0.0.5: write 1 to 32")]
    [InlineData("10.0.0.5/eth0", "eth0 is not a network mask for 10.0.0.5: write 1 to 32")]
    [InlineData("10.0.0.5/255.0.255.0", "255.0.255.0 is not a network mask for 10.0.0.5: write 1 to 32")]
    [InlineData("10.0.0.5/0.0.0.0", "0.0.0.0 is not a network mask for 10.0.0.5: write 1 to 32")]
    [InlineData("fd00::5/129", "129 is not a network mask for fd00::5: write 1 to 128")]
    [InlineData("fd00::5/255.255.255.0", "255.255.255.0 is not a network mask for fd00::5: write 1 to 128")]
    [InlineData("10.0.0.5/24/:1", ":1 is not an interface or label: 1 to 15 characters")]
    [InlineData("10.0.0.5/24/eth0:toolonglabel", "eth0:toolonglabel is not an interface or label: 1 to 15 characters")]
    [InlineData("10.0.0.5/24/eth0/eth1", "eth1 is not a broadcast address for 10.0.0.5")]
    [InlineData("fd00::5/64/10.0.0.255", "10.0.0.255 is not a broadcast address for fd00::5")]
    [InlineData("10.0.0.5/24/a/10.0.0.255/b", "10.0.0.5/24/a/10.0.0.255/b has too many parts: " + VirtualAddress.Form)]
    public void A_wrong_argument_is_refused_with_a_sentence(string argument, string expected)
    {
        Assert.False(VirtualAddress.TryParse([argument], out _, out string problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void No_argument_and_two_arguments_are_refused()
    {
        Assert.False(VirtualAddress.TryParse([], out _, out string none));
        Assert.Equal("the address is missing: address[/mask[/interface[/broadcast]]]", none);
        Assert.False(VirtualAddress.TryParse(["fd00", "5/64"], out _, out string two));
        Assert.Equal(
            "one argument is wanted, address[/mask[/interface[/broadcast]]], but there are 2; "
            + "an IPv6 address must be written without ::",
            two);
    }
}
