using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Links;

namespace HaSharp.Daemon.Tests.Links;

/// <summary>Why a link cannot be opened is said in one sentence.</summary>
public sealed partial class LinkOpenerTests : IDisposable
{
    private readonly TwoNodes nodes = new();

    public static TheoryData<string> Media => TwoNodes.Media;

    public void Dispose() => nodes.Dispose();

    [RootTheory]
    [MemberData(nameof(Media))]
    public void A_missing_interface_is_named(string medium) =>
        AssertRefused("interface eth0 does not exist", TwoNodes.Config(medium));

    [RootFact]
    public void An_interface_name_that_cannot_exist_does_not_exist() => AssertRefused(
        "interface a-name-that-is-far-too-long-for-linux does not exist",
        TwoNodes.Config("bcast", 2, "a-name-that-is-far-too-long-for-linux"));

    [RootTheory]
    [MemberData(nameof(Media))]
    public void An_interface_that_is_down_is_named(string medium)
    {
        nodes.Connect();
        nodes.A.Ip("link set eth0 down");
        AssertRefused("interface eth0 is down", TwoNodes.Config(medium));
    }

    [RootTheory]
    [InlineData("bcast")]
    [InlineData("ucast")]
    [InlineData("mcast")]
    public void An_interface_without_an_IPv4_address_is_named(string medium)
    {
        NetworkNamespace.Connect(nodes.A, nodes.B);
        AssertRefused("interface eth0 has no usable IPv4 address yet", TwoNodes.Config(medium));
    }

    [RootTheory]
    [InlineData("ucast6")]
    [InlineData("mcast6")]
    public void An_interface_whose_IPv6_addresses_are_still_checked_is_named(string medium)
    {
        NetworkNamespace.Connect(nodes.A, nodes.B);
        nodes.A.Ip("addr flush dev eth0; addr add fd09::1/64 dev eth0");
        AssertRefused("interface eth0 has no usable IPv6 address yet", TwoNodes.Config(medium));
    }

    [RootFact]
    public void A_subnet_without_a_broadcast_address_is_named()
    {
        NetworkNamespace.Connect(nodes.A, nodes.B);
        nodes.A.Ip("addr add 10.9.0.1/32 dev eth0");
        AssertRefused("interface eth0 has no broadcast address", TwoNodes.Config("bcast"));
    }

    [RootFact]
    public void A_host_name_without_an_address_is_named()
    {
        nodes.Connect();
        var config = new LinkConfig.Ucast(new LinkName("eth0"), "eth0", "no-such-host.invalid", TwoNodes.Port);
        AssertRefused("the host name no-such-host.invalid cannot be resolved: ", config);
    }

    [RootFact]
    public void An_address_of_the_other_family_is_refused()
    {
        nodes.Connect();
        AssertRefused(
            "10.9.0.2 is no IPv6 address",
            new LinkConfig.Ucast6(new LinkName("eth0"), "eth0", "10.9.0.2", TwoNodes.Port));
    }

    [RootTheory]
    [InlineData("bcast")]
    [InlineData("ucast")]
    public void A_port_that_another_program_uses_is_named(string medium)
    {
        nodes.Connect();
        using Socket other = nodes.A.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, 0));
        other.Bind(new IPEndPoint(IPAddress.Any, TwoNodes.Port));
        AssertRefused("UDP port 694 on interface eth0 is in use by another program", TwoNodes.Config(medium));
    }

    [RootFact]
    public void Without_permission_the_remedy_is_named()
    {
        nodes.Connect();
        nodes.A.Run(() => Assert.Equal(0, SetThreadUserId(SetUserIdNumber, 65534, 65534, 65534)));
        AssertRefused(
            "UDP port 694 on interface eth0 is not permitted: run as root, or with CAP_NET_RAW and "
            + "CAP_NET_BIND_SERVICE",
            TwoNodes.Config("bcast"));
    }

    private static long SetUserIdNumber => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 117 : 147;

    private void AssertRefused(string sentence, LinkConfig config)
    {
        LinkException refused = Assert.Throws<LinkException>(
            () => nodes.A.Run(() => LinkOpener.Open(config, new UcastPeers()).Dispose()));
        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The raw call changes one thread only; the C library's function would change them all.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SetThreadUserId(long number, long real, long effective, long saved);
}
