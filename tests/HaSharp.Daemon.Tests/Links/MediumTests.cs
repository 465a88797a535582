using System.Net;
using System.Net.Sockets;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Links;

namespace HaSharp.Daemon.Tests.Links;

/// <summary>What every medium must do (spec 12), over a real cable between two network namespaces.</summary>
public sealed class MediumTests : IDisposable
{
    private const int TryAgain = -11;
    private const int MessageTooLong = 90;

    private readonly TwoNodes nodes = new();

    public static TheoryData<string> Media => TwoNodes.Media;

    public void Dispose() => nodes.Dispose();

    [RootTheory]
    [MemberData(nameof(Media))]
    public void Datagrams_pass_in_both_directions(string medium)
    {
        nodes.Connect();
        using OpenLink a = nodes.OpenAtA(medium);
        using OpenLink b = nodes.OpenAtB(medium);

        TwoNodes.Send(a, "from a");
        TwoNodes.AssertArrives(b, "from a");
        TwoNodes.Send(b, "from b");
        TwoNodes.AssertArrives(a, "from b");
    }

    [RootTheory]
    [MemberData(nameof(Media))]
    public void The_longest_datagram_passes_and_a_longer_one_is_refused(string medium)
    {
        nodes.Connect();
        using OpenLink a = nodes.OpenAtA(medium);
        using OpenLink b = nodes.OpenAtB(medium);

        TwoNodes.Send(a, new string('x', 65507));
        TwoNodes.AssertArrives(b, new string('x', 65507));
        Assert.Equal(MessageTooLong, a.Send(new byte[65536]));
    }

    [RootTheory]
    [MemberData(nameof(Media))]
    public void A_datagram_that_does_not_fit_the_buffer_says_its_true_length(string medium)
    {
        nodes.Connect();
        using OpenLink a = nodes.OpenAtA(medium);
        using OpenLink b = nodes.OpenAtB(medium);

        TwoNodes.Send(a, new string('x', 2000));
        byte[] buffer = new byte[100];
        int count = 0;
        TwoNodes.AssertSoon(() => (count = b.Receive(buffer, out _)) >= 0);
        Assert.Equal(2000, count);
        Assert.Equal(TryAgain, b.Receive(buffer, out _));
    }

    [RootTheory]
    [MemberData(nameof(Media))]
    public void To_receive_does_not_wait(string medium)
    {
        nodes.Connect();
        using OpenLink a = nodes.OpenAtA(medium);
        Assert.Equal(TryAgain, a.Receive(new byte[100], out _));
    }

    [RootTheory]
    [MemberData(nameof(Media))]
    public void To_send_and_to_receive_allocates_nothing(string medium)
    {
        nodes.Connect();
        using OpenLink a = nodes.OpenAtA(medium);
        using OpenLink b = nodes.OpenAtB(medium);
        byte[] buffer = new byte[2000];

        long before = 0;
        for (int i = 0; i < 200; i++)
        {
            before = i == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
            _ = a.Send(buffer.AsSpan(0, 300));
            while (b.Receive(buffer, out _) >= 0)
            {
            }

            while (a.Receive(buffer, out _) >= 0)
            {
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [RootTheory]
    [InlineData("bcast", 0, 64)]
    [InlineData("ucast", 0x10, 64)]
    [InlineData("mcast", 0, 1)]
    public void The_packet_looks_like_heartbeats(string medium, byte typeOfService, byte timeToLive)
    {
        nodes.Connect();
        using OpenLink a = nodes.OpenAtA(medium);
        using OpenLink b = nodes.OpenAtB(medium);
        using Witness witness = nodes.B.Run(() => new Witness(Witness.Ipv4));

        TwoNodes.Send(a, "a heartbeat");
        byte[] packet = witness.Wait(frame => frame.Length > 42 && frame[23] == 17)[14..];
        Assert.Equal(typeOfService, packet[1]);
        Assert.Equal(timeToLive, packet[8]);
        Assert.Equal(TwoNodes.Port, (packet[20] << 8) | packet[21]);
        Assert.Equal(TwoNodes.Port, (packet[22] << 8) | packet[23]);
    }

    [RootTheory]
    [MemberData(nameof(Media))]
    public void A_peer_that_sends_from_any_port_is_heard(string medium)
    {
        nodes.Connect();
        using OpenLink b = nodes.OpenAtB(medium);
        IPEndPoint to = medium switch
        {
            "bcast" => new IPEndPoint(IPAddress.Parse("10.9.0.255"), TwoNodes.Port),
            "mcast" => new IPEndPoint(IPAddress.Parse("239.1.2.3"), TwoNodes.Port),
            "ucast" => new IPEndPoint(IPAddress.Parse("10.9.0.2"), TwoNodes.Port),
            "ucast6" => new IPEndPoint(IPAddress.Parse("fd09::2"), TwoNodes.Port),
            _ => new IPEndPoint(IPAddress.Parse("ff12::1:2:3:4"), TwoNodes.Port),
        };
        nodes.A.Ip("route add 239.0.0.0/8 dev eth0");
        nodes.A.Run(() =>
        {
            using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (medium == "bcast")
            {
                socket.EnableBroadcast = true;
            }

            socket.SendTo("from an old peer"u8, to);
        });
        TwoNodes.AssertArrives(b, "from an old peer");
    }

    [RootFact]
    public void A_ucast_line_to_an_own_address_sends_nothing()
    {
        nodes.Connect();
        using OpenLink own = nodes.A.Run(() => LinkOpener.Open(TwoNodes.Config("ucast", 1), new UcastPeers()));
        using OpenLink other = nodes.OpenAtA("ucast");
        using OpenLink b = nodes.OpenAtB("ucast");

        Assert.Equal(-1, own.Descriptor);
        TwoNodes.Send(own, "to myself");
        TwoNodes.Send(b, "from b");
        TwoNodes.AssertArrives(other, "from b");
    }

    [RootFact]
    public void Datagrams_of_several_ucast_peers_on_one_interface_are_told_apart()
    {
        nodes.Connect();
        nodes.B.Ip("addr add 10.9.0.3/24 dev eth0");
        var peers = new UcastPeers();
        using OpenLink two = OpenUcast("to 2", 2, peers);
        using OpenLink three = OpenUcast("to 3", 3, peers);

        // The kernel picks a socket by a hash of the sender's port, so many ports reach both.
        for (int port = 2000; port < 2020; port++)
        {
            AssertHeardOn("to 2", SendFromB("10.9.0.2", port), two, three);
            AssertHeardOn("to 3", SendFromB("10.9.0.3", port), two, three);
        }
    }

    [RootFact]
    public void A_broadcast_link_does_not_hear_a_multicast_group_on_the_same_port()
    {
        nodes.Connect();
        using OpenLink bcast = nodes.OpenAtB("bcast");
        using OpenLink mcast = nodes.OpenAtB("mcast");
        using OpenLink sender = nodes.OpenAtA("mcast");

        TwoNodes.Send(sender, "to the group");
        TwoNodes.AssertArrives(mcast, "to the group");
        Assert.Equal(TryAgain, bcast.Receive(new byte[100], out _));
    }

    private OpenLink OpenUcast(string name, int peer, UcastPeers peers) => nodes.A.Run(() => LinkOpener.Open(
        new LinkConfig.Ucast(new LinkName(name), "eth0", $"10.9.0.{peer}", TwoNodes.Port), peers));

    private string SendFromB(string from, int port) => nodes.B.Run(() =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), port));
        socket.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse("10.9.0.1"), TwoNodes.Port));
        return from;
    });

    private static void AssertHeardOn(string expected, string from, params OpenLink[] links)
    {
        LinkName heardOn = default;
        TwoNodes.AssertSoon(() => links.Any(link => link.Receive(new byte[100], out heardOn) > 0));
        Assert.Equal(expected, heardOn.Text);
        Assert.NotEmpty(from);
    }
}
