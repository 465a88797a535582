using HaSharp.Core.Resources;
using HaSharp.Daemon.Addresses;
using HaSharp.Daemon.Tests.Links;

namespace HaSharp.Daemon.Tests.Addresses;

/// <summary>What the neighbour at the other end of the cable sees when an address moves.</summary>
public sealed class AnnouncementTests : IDisposable
{
    private const string Broadcast = "ffffffffffff";
    private const string AllNodes = "333300000001";

    private readonly TwoNodes nodes = new();
    private readonly AddressAgent agent = new();
    private readonly string hardwareAddress = "";

    public AnnouncementTests()
    {
        if (NetworkNamespace.WhyImpossible is null)
        {
            nodes.Connect();
            nodes.A.Ip("link set eth0 address 02:00:00:00:00:0a");
            hardwareAddress = "02000000000a";
        }
    }

    public void Dispose()
    {
        agent.Dispose();
        nodes.Dispose();
    }

    [RootFact]
    public void Start_sends_a_gratuitous_ARP_request_and_reply_at_once()
    {
        using Witness witness = nodes.B.Run(() => new Witness(Witness.Arp));
        Run(AgentAction.Start, "10.9.0.50/24/eth0");
        agent.Dispose();

        const string Address = "0a090032";
        string header = hardwareAddress + "0806" + "0001080006040001"[..12];
        Assert.Equal(
            [
                Broadcast + header + "0001" + hardwareAddress + Address + Broadcast + Address,
                Broadcast + header + "0002" + hardwareAddress + Address + hardwareAddress + Address,
            ],
            witness.Take().Select(frame => Convert.ToHexStringLower(frame.AsSpan(0, 42))));
    }

    [RootTheory]
    [InlineData('0', "20000000")]
    [InlineData('1', "a0000000")]
    public void Start_sends_an_unsolicited_neighbour_advertisement_at_once(char forwarding, string flags)
    {
        nodes.A.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/eth0/forwarding", forwarding.ToString()));
        using Witness witness = nodes.B.Run(() => new Witness(Witness.Ipv6));
        Run(AgentAction.Start, "fd09::50/64/eth0");
        agent.Dispose();

        const string Address = "fd090000000000000000000000000050";
        byte[] frame = Assert.Single(witness.Take(), frame => frame[54] == 136);
        string text = Convert.ToHexStringLower(frame);
        Assert.StartsWith(AllNodes + hardwareAddress + "86dd", text, StringComparison.Ordinal);
        Assert.Equal("6000000000203aff" + Address + "ff020000000000000000000000000001", text[28..108]);
        Assert.Equal("8800", text[108..112]);
        Assert.Equal(flags + Address + "0201" + hardwareAddress, text[116..]);
        Assert.Equal(0xFFFF, Sum(frame));
    }

    [RootFact]
    public void The_neighbour_believes_it()
    {
        nodes.B.Ip("neigh add 10.9.0.50 lladdr 02:00:00:00:00:99 dev eth0 nud reachable");
        nodes.B.Ip("neigh add fd09::50 lladdr 02:00:00:00:00:99 dev eth0 nud reachable");
        Run(AgentAction.Start, "10.9.0.50/24/eth0");
        Run(AgentAction.Start, "fd09::50/64/eth0");
        TwoNodes.AssertSoon(() => KnownToB("10.9.0.50") && KnownToB("fd09::50"));
    }

    [RootFact]
    public void The_address_is_announced_five_times_within_about_six_seconds()
    {
        using Witness witness = nodes.B.Run(() => new Witness(Witness.Arp));
        Run(AgentAction.Start, "10.9.0.50/24/eth0");
        int frames = 0;
        TwoNodes.AssertSoon(() => (frames += witness.Take().Count) == 10);
        Assert.Empty(witness.Take());
    }

    [RootFact]
    public void After_a_stop_nothing_is_announced()
    {
        Run(AgentAction.Start, "10.9.0.50/24/eth0");
        Run(AgentAction.Stop, "10.9.0.50/24/eth0");
        using Witness witness = nodes.B.Run(() => new Witness(Witness.Arp));
        Thread.Sleep(300);
        Assert.Empty(witness.Take());
    }

    [RootFact]
    public void An_address_that_somebody_else_took_away_is_not_announced_any_more()
    {
        Run(AgentAction.Start, "10.9.0.50/24/eth0");
        nodes.A.Ip("addr del 10.9.0.50/24 dev eth0");
        using Witness witness = nodes.B.Run(() => new Witness(Witness.Arp));
        Thread.Sleep(300);
        Assert.Empty(witness.Take());
    }

    [RootFact]
    public void An_address_that_is_there_is_announced_again_on_request_and_one_that_is_not_is_not()
    {
        nodes.A.Ip("addr add 10.9.0.50/24 dev eth0");
        using Witness witness = nodes.B.Run(() => new Witness(Witness.Arp));
        nodes.A.Run(() => agent.Announce(["10.9.0.51/24/eth0"]));
        nodes.A.Run(() => agent.Announce(["web"]));
        Assert.Empty(witness.Take());
        nodes.A.Run(() => agent.Announce(["10.9.0.50/24/eth0"]));
        Assert.NotEmpty(witness.Take());
    }

    [RootFact]
    public void A_repeated_start_announces_again()
    {
        nodes.A.Ip("addr add 10.9.0.50/24 dev eth0");
        using Witness witness = nodes.B.Run(() => new Witness(Witness.Arp));
        Run(AgentAction.Start, "10.9.0.50/24/eth0");
        Assert.NotEmpty(witness.Take());
    }

    private void Run(AgentAction action, string argument) =>
        Assert.Equal(AgentOutcome.Ok, nodes.A.Run(() => agent.Run(action, [argument])));

    private bool KnownToB(string address) =>
        nodes.B.Ip($"neigh show {address} dev eth0").Contains("02:00:00:00:00:0a", StringComparison.Ordinal);

    /// <summary>The ones' complement sum that a correct checksum brings to all ones (RFC 4443 section 2.3).</summary>
    private static int Sum(byte[] frame)
    {
        int sum = 32 + 58;
        for (int i = 14 + 8; i < 14 + 72; i += 2)
        {
            sum += (frame[i] << 8) | frame[i + 1];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return sum;
    }
}
