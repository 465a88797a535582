using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Addresses;
using HaSharp.Daemon.Tests.Links;

namespace HaSharp.Daemon.Tests.Addresses;

/// <summary>Another machine has an address of ours: in a real network, where it answers or says so unasked.</summary>
public sealed class AddressContestTests : IDisposable
{
    private const string V4 = "10.9.0.50/24/eth0";
    private const string V6 = "fd09::50/64/eth0";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TwoNodes nodes = new();
    private readonly AddressAgent agent = new();
    private readonly BlockingCollection<Input> told = [];
    private readonly AddressWatch? watch;
    private readonly int indexAtB;

    public AddressContestTests()
    {
        if (NetworkNamespace.WhyImpossible is null)
        {
            nodes.Connect();
            indexAtB = int.Parse(nodes.B.Ip("-o link show dev eth0").Split(':')[0]);
            watch = nodes.A.Run(() => new AddressWatch(agent, told.Add));
        }
    }

    public void Dispose()
    {
        watch?.Dispose();
        agent.Dispose();
        told.Dispose();
        nodes.Dispose();
    }

    [RootTheory]
    [InlineData(V4)]
    [InlineData(V6)]
    public void Who_has_the_address_when_it_is_taken_answers_and_is_told_of_once(string argument)
    {
        nodes.B.Ip($"addr add {argument.Replace("/eth0", " dev eth0", StringComparison.Ordinal)}"
            + (argument == V6 ? " nodad" : ""));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, argument));

        AssertContested(argument);
        AssertQuiet();
    }

    [RootTheory]
    [InlineData(V4)]
    [InlineData(V6)]
    public void Who_announces_the_address_while_we_have_it_is_told_of_once(string argument)
    {
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, argument));
        AssertQuiet();
        using var other = new AddressAgent();
        Assert.Equal(AgentOutcome.Ok, nodes.B.Run(() => other.Run(AgentAction.Start, [argument])));

        AssertContested(argument);
        AssertQuiet();
    }

    [RootTheory]
    [InlineData(V4)]
    [InlineData(V6)]
    public void Who_has_an_address_that_is_only_asked_about_answers_each_question(string argument)
    {
        Ask(argument);
        Assert.Equal(new Input.NeighboursAsked(Web), Next());
        AssertQuiet();
        nodes.B.Ip($"addr add {argument.Replace("/eth0", " dev eth0", StringComparison.Ordinal)}"
            + (argument == V6 ? " nodad" : ""));
        Ask(argument);
        Assert.Equal(new Input.NeighboursAsked(Web), Next());
        AssertContested(argument);
        Assert.True(SpinWait.SpinUntil(() => AsksAgain(argument), Patience), "it answers a later question, too");
        Assert.DoesNotContain(argument.Split('/')[0], nodes.A.Ip("addr show dev eth0"), StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData("ocf:heartbeat:IPaddr2::ip=10.9.0.50::cidr_netmask=24::nic=eth0", "10.9.0.50/24")]
    [InlineData("ocf:heartbeat:IPaddr::ip=10.9.0.50", "10.9.0.50/24")]
    [InlineData("ocf:heartbeat:IPv6addr::ipv6addr=fd09:0:0:0:0:0:0:50::cidr_netmask=64", "fd09::50/64")]
    public void Who_has_the_address_of_an_OCF_agent_answers_the_question(string word, string address)
    {
        nodes.B.Ip($"addr add {address} dev eth0{(address.Contains(':') ? " nodad" : "")}");
        watch!.Ask(new Effect.AskNeighbours(Web, [Resource.Parse(word)]));

        Assert.Equal(new Input.NeighboursAsked(Web), Next());
        AssertContested(word);
    }

    [RootFact]
    public void A_question_that_nobody_answers_is_silence_and_leaves_as_it_should()
    {
        using Witness arp = nodes.B.Run(() => new Witness(Witness.Arp));
        using Witness ipv6 = nodes.B.Run(() => new Witness(Witness.Ipv6));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, V4));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, V6));

        // Behind the Ethernet header: a request, from nobody, for the address; and a solicitation of it, from nobody.
        byte[] question = arp.Wait(frame => frame[21] == 1 && frame.AsSpan(28, 4).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(IPAddress.Parse("10.9.0.50").GetAddressBytes(), question[38..42]);
        byte[] solicitation = ipv6.Wait(
            frame => frame[54] == 135 && frame.AsSpan(22, 16).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(IPAddress.Parse("ff02::1:ff00:50").GetAddressBytes(), solicitation[38..54]);
        Assert.Equal(IPAddress.Parse("fd09::50").GetAddressBytes(), solicitation[62..78]);
        Assert.Equal(255, solicitation[21]);
        Assert.Equal(Checksum(solicitation[14..]), solicitation[56..58]);
        AssertQuiet();
    }

    [RootFact]
    public void A_claim_on_the_wire_counts_and_what_only_looks_like_one_does_not()
    {
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, V4));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, V6));
        byte[] arp = Arp("02:00:00:00:00:07", "10.9.0.50");
        byte[] advertisement = Advertisement("02:00:00:00:00:08", "fd09::50");
        byte[] ours = Mac(nodes.A);

        // Another address; our own; nobody's; the wrong kind of network; cut off; an unknown word.
        Send(Witness.Arp, Arp("02:00:00:00:00:07", "10.9.0.51"));
        Send(Witness.Arp, With(arp, 8, ours));
        Send(Witness.Arp, With(arp, 8, new byte[6]));
        Send(Witness.Arp, With(arp, 0, [0, 6]));
        Send(Witness.Arp, With(arp, 4, [8]));
        Send(Witness.Arp, arp[..20]);
        Send(Witness.Arp, With(arp, 6, [0, 9]));

        // Another address; from beyond a router; damaged; another message; an option of no length; ours.
        Send(Witness.Ipv6, Advertisement("02:00:00:00:00:08", "fd09::51"));
        Send(Witness.Ipv6, With(advertisement, 7, [64]));
        Send(Witness.Ipv6, With(advertisement, 70, [77]));
        Send(Witness.Ipv6, Checked(With(advertisement, 40, [135])));
        Send(Witness.Ipv6, Checked(With(advertisement, 65, [0])));
        Send(Witness.Ipv6, Checked(With(advertisement, 66, ours)));
        Send(Witness.Ipv6, advertisement[..60]);
        AssertQuiet();

        Send(Witness.Arp, arp);
        Assert.Equal(new Input.AddressContested(Web, V4, "02:00:00:00:00:07"), Next());
        Send(Witness.Ipv6, advertisement);
        Assert.Equal(new Input.AddressContested(Web, V6, "02:00:00:00:00:08"), Next());
        AssertQuiet();
    }

    [RootFact]
    public void A_flood_of_claims_is_one_claim_and_holds_up_nothing()
    {
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, V4));
        byte[] arp = Arp("02:00:00:00:00:07", "10.9.0.50");
        Send(Witness.Arp, arp, times: 20_000);
        nodes.A.Ip("addr del 10.9.0.50/24 dev eth0");
        Assert.Equal(new Input.AddressContested(Web, V4, "02:00:00:00:00:07"), Next());
        Assert.Equal(new Input.ResourceSuspected(Web, V4, "10.9.0.50 has been taken away"), Next());
        AssertQuiet();
    }

    [RootFact]
    public void Nobody_listens_when_there_is_nothing_to_listen_for()
    {
        Assert.Equal(1, PacketSockets());
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, V4));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "10.9.0.51/24/eth0"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, V6));
        TwoNodes.AssertSoon(() => PacketSockets() == 4);
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, V4));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, V6));
        TwoNodes.AssertSoon(() => PacketSockets() == 3);
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, "10.9.0.51/24/eth0"));
        TwoNodes.AssertSoon(() => PacketSockets() == 2);
    }

    private static GroupName Web => new("web");

    private AgentOutcome Run(AgentAction action, string argument) => nodes.A.Run(() => watch!.Run(
        new Effect.RunAgent(new RunId(1), Web, new Resource(argument, "IPaddr", [argument]), action, Patience)));

    private void Ask(string argument) =>
        watch!.Ask(new Effect.AskNeighbours(Web, [new Resource(argument, "IPaddr", [argument])]));

    private bool AsksAgain(string argument)
    {
        Ask(argument);
        return told.TryTake(out Input? said, 100) && (said is Input.AddressContested || told.TryTake(out said, 100))
            && said is Input.AddressContested;
    }

    /// <summary>With the header line.</summary>
    private int PacketSockets() =>
        nodes.A.Run(() => File.ReadAllLines("/proc/thread-self/net/packet").Length);

    private void AssertContested(string argument)
    {
        string rival = string.Join(':', Mac(nodes.B).Select(part => $"{part:x2}"));
        Assert.Equal(new Input.AddressContested(Web, argument, rival), Next());
    }

    private Input Next()
    {
        Assert.True(told.TryTake(out Input? next, Patience), "nothing was told");
        return next;
    }

    private void AssertQuiet() => Assert.False(told.TryTake(out Input? next, 300), $"{next}");

    private static byte[] Mac(NetworkNamespace network)
    {
        string[] words = network.Ip("-o link show dev eth0").Split(' ');
        return PhysicalAddress.Parse(words[Array.IndexOf(words, "link/ether") + 1]).GetAddressBytes();
    }

    /// <summary>From B's end of the cable, with B's hardware address in the link header.</summary>
    private void Send(int etherType, byte[] packet, int times = 1) => nodes.B.Run(() =>
    {
        var bigEndian = (ProtocolType)BinaryPrimitives.ReverseEndianness((ushort)etherType);
        using var socket = new Socket(AddressFamily.Packet, SocketType.Dgram, bigEndian);
        for (int i = 0; i < times; i++)
        {
            socket.SendTo(packet, new LinkEndPoint(etherType, indexAtB));
        }
    });

    private static byte[] Arp(string mac, string address) =>
    [
        0, 1, 8, 0, 6, 4, 0, 2,
        .. PhysicalAddress.Parse(mac).GetAddressBytes(), .. IPAddress.Parse(address).GetAddressBytes(),
        0, 0, 0, 0, 0, 0, 10, 9, 0, 1,
    ];

    private static byte[] Advertisement(string mac, string address) => Checked(
    [
        0x60, 0, 0, 0, 0, 32, 58, 255,
        .. IPAddress.Parse("fd09::2").GetAddressBytes(), .. IPAddress.Parse("ff02::1").GetAddressBytes(),
        136, 0, 0, 0, 0x20, 0, 0, 0, .. IPAddress.Parse(address).GetAddressBytes(),
        2, 1, .. PhysicalAddress.Parse(mac).GetAddressBytes(),
    ]);

    private static byte[] With(byte[] packet, int at, byte[] bytes)
    {
        byte[] changed = [.. packet];
        bytes.CopyTo(changed, at);
        return changed;
    }

    private static byte[] Checked(byte[] packet) => With(packet, 42, Checksum(packet));

    /// <summary>Of ICMPv6 behind an IPv6 header, computed another way than in the program.</summary>
    private static byte[] Checksum(byte[] packet)
    {
        byte[] length = [0, 0, 0, (byte)(packet.Length - 40)];
        byte[] all = [.. packet[8..40], .. length, 0, 0, 0, 58, .. With(packet, 42, [0, 0])[40..]];
        int sum = all.Chunk(2).Sum(pair => (pair[0] << 8) | pair[1]);
        sum = ~(sum % 0xFFFF) & 0xFFFF;
        return [(byte)(sum >> 8), (byte)sum];
    }

    /// <summary>Broadcast on an interface: struct sockaddr_ll.</summary>
    private sealed class LinkEndPoint(int etherType, int index) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20);
            byte[] bytes = [(byte)(etherType >> 8), (byte)etherType, (byte)index, 0, 0, 0, 0, 0, 0, 6];
            for (int i = 0; i < bytes.Length; i++)
            {
                address[2 + i] = bytes[i];
            }

            for (int i = 12; i < 18; i++)
            {
                address[i] = 0xFF;
            }

            return address;
        }
    }
}
