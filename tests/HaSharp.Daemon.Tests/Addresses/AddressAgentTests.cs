using HaSharp.Core.Resources;
using HaSharp.Daemon.Addresses;
using HaSharp.Daemon.Tests.Links;

namespace HaSharp.Daemon.Tests.Addresses;

/// <summary>Start, stop and status of addresses in a real network, with the command ip as the witness.</summary>
public sealed class AddressAgentTests : IDisposable
{
    private readonly TwoNodes nodes = new();
    private readonly AddressAgent agent = new();

    public AddressAgentTests()
    {
        if (NetworkNamespace.WhyImpossible is null)
        {
            nodes.Connect();
        }
    }

    public void Dispose()
    {
        agent.Dispose();
        nodes.Dispose();
    }

    [RootTheory]
    [InlineData("10.9.0.50", "inet 10.9.0.50/24 brd 10.9.0.255 scope global secondary eth0")]
    [InlineData("10.9.0.50/24", "inet 10.9.0.50/24 brd 10.9.0.255 scope global secondary eth0")]
    [InlineData("10.9.0.50/255.255.255.0/eth0", "inet 10.9.0.50/24 brd 10.9.0.255 scope global secondary eth0")]
    [InlineData("10.9.0.50/24/eth0:web", "inet 10.9.0.50/24 brd 10.9.0.255 scope global secondary eth0:web")]
    [InlineData("10.9.0.50/24/10.9.0.254", "inet 10.9.0.50/24 brd 10.9.0.254 scope global secondary eth0")]
    [InlineData("10.9.0.50/16/eth0/10.9.1.1", "inet 10.9.0.50/16 brd 10.9.1.1 scope global eth0")]
    [InlineData("10.9.0.50/32/eth0", "inet 10.9.0.50/32 scope global eth0")]
    [InlineData("172.16.1.1//eth0", "inet 172.16.1.1/32 scope global eth0")]
    [InlineData("fd09::50", "inet6 fd09::50/64 scope global nodad")]
    [InlineData("fd09:0:0:0:0:0:0:50/128/eth0", "inet6 fd09::50/128 scope global nodad")]
    [InlineData("2001:db8::1/64/eth0:web", "inet6 2001:db8::1/64 scope global nodad")]
    public void Start_adds_the_address_and_stop_takes_it_away(string argument, string expected)
    {
        string before = Show();
        Assert.Equal(AgentOutcome.NotRunning, Run(AgentAction.Status, argument));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, argument));
        Assert.Contains(expected, Lines());
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Status, argument));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, argument));
        Assert.Equal(AgentOutcome.NotRunning, Run(AgentAction.Status, argument));
        Assert.Equal(before, Show());
    }

    [RootTheory]
    [InlineData("10.9.0.50/24/eth0")]
    [InlineData("fd09::50/64")]
    public void Start_and_stop_may_be_repeated(string argument)
    {
        string before = Show();
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, argument));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, argument));
        string started = Show();
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, argument));
        Assert.Equal(started, Show());
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, argument));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, argument));
        Assert.Equal(before, Show());
    }

    [RootFact]
    public void An_address_that_somebody_added_with_another_mask_is_found_and_taken_away()
    {
        string before = Show();
        nodes.A.Ip("addr add 10.9.0.50/32 dev eth0");
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Status, "10.9.0.50/24/eth0"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, "10.9.0.50/24/eth0"));
        Assert.Equal(before, Show());
    }

    [RootFact]
    public void Only_the_named_interface_counts()
    {
        nodes.A.Ip("link add eth1 type veth peer name eth2; link set eth1 up; addr add 10.9.0.50/32 dev eth1");
        Assert.Equal(AgentOutcome.NotRunning, Run(AgentAction.Status, "10.9.0.50/32/eth0"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Status, "10.9.0.50/32/eth1"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Status, "10.9.0.50"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, "10.9.0.50/32/eth0"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Status, "10.9.0.50/32/eth1"));
    }

    [RootFact]
    public void The_address_of_a_real_server_on_lo_does_not_count_unless_lo_is_named()
    {
        nodes.A.Ip("addr add 10.9.0.50/32 dev lo");
        Assert.Equal(AgentOutcome.NotRunning, Run(AgentAction.Status, "10.9.0.50"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Status, "10.9.0.50/32/lo"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "10.9.0.50"));
        Assert.Contains("inet 10.9.0.50/24", Show(), StringComparison.Ordinal);
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, "10.9.0.50"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Status, "10.9.0.50/32/lo"));
    }

    [RootFact]
    public void The_route_decides_on_the_interface_when_none_is_named()
    {
        nodes.A.Ip("link add eth1 type veth peer name eth2; link set eth1 up; link set eth2 up");
        nodes.A.Ip("route add 192.168.7.0/24 dev eth1; route add default via 10.9.0.2");
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "192.168.7.1/24"));
        Assert.Contains("192.168.7.1/24", Show("eth1"), StringComparison.Ordinal);
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "172.16.1.1"));
        Assert.Contains("172.16.1.1/32", Show("eth0"), StringComparison.Ordinal);
    }

    [RootFact]
    public void Without_a_route_the_start_fails_and_says_what_to_write() => Assert.Equal(
        AgentOutcome.Failed(
            "no interface has a route to 172.16.1.1: name one, address[/mask[/interface[/broadcast]]]"),
        Run(AgentAction.Start, "172.16.1.1"));

    [RootFact]
    public void A_missing_interface_fails_the_start_and_nothing_else()
    {
        Assert.Equal(
            AgentOutcome.Failed("interface eth7 does not exist"), Run(AgentAction.Start, "10.9.0.50/24/eth7"));
        Assert.Equal(AgentOutcome.NotRunning, Run(AgentAction.Status, "10.9.0.50/24/eth7"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, "10.9.0.50/24/eth7"));
    }

    [RootFact]
    public void An_interface_that_is_down_is_switched_on()
    {
        nodes.A.Ip("link set eth0 down");
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "10.9.0.50/24/eth0"));
        Assert.Contains("<BROADCAST,MULTICAST,UP", nodes.A.Ip("link show dev eth0"), StringComparison.Ordinal);
    }

    [RootFact]
    public void A_refusal_of_the_kernel_is_a_sentence()
    {
        nodes.A.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/eth0/disable_ipv6", "1"));
        Assert.Equal(
            AgentOutcome.Failed("cannot add fd09::50/64 to eth0: permission denied"),
            Run(AgentAction.Start, "fd09::50/64/eth0"));
    }

    [RootFact]
    public void A_stop_of_the_oldest_address_of_a_subnet_leaves_the_others()
    {
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "172.16.1.1/24/eth0"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "172.16.1.2/24/eth0:two"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "172.16.1.3/24/eth0"));

        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, "172.16.1.1/24/eth0"));
        string left = Show();
        Assert.DoesNotContain("172.16.1.1/24", left, StringComparison.Ordinal);
        Assert.Contains("172.16.1.2/24 brd 172.16.1.255 scope global eth0:two", left, StringComparison.Ordinal);
        Assert.Contains("172.16.1.3/24 brd 172.16.1.255 scope global secondary eth0", left, StringComparison.Ordinal);
        Assert.Contains("10.9.0.1/24", left, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_stop_leaves_the_others_also_where_the_kernel_promotes_them()
    {
        nodes.A.Run(() => File.WriteAllText("/proc/sys/net/ipv4/conf/eth0/promote_secondaries", "1"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "172.16.1.1/24/eth0"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, "172.16.1.2/24/eth0"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, "172.16.1.1/24/eth0"));
        Assert.Contains("172.16.1.2/24", Show(), StringComparison.Ordinal);
    }

    [RootFact]
    public void Stops_at_the_same_moment_do_not_bring_back_each_others_addresses()
    {
        string before = Show();
        string[] arguments = [.. Enumerable.Range(1, 8).Select(i => $"172.16.1.{i}/24/eth0")];
        for (int round = 0; round < 20; round++)
        {
            Assert.All(arguments, argument => Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, argument)));
            nodes.A.Run(() =>
            {
                Thread[] stops = [.. arguments.Select(argument => new Thread(
                    () => agent.Run(AgentAction.Stop, [argument])))];
                Array.ForEach(stops, thread => thread.Start());
                Array.ForEach(stops, thread => thread.Join());
            });
            Assert.Equal(before, Show());
        }
    }

    [RootFact]
    public void Warming_up_changes_nothing_and_tells_nobody()
    {
        using Witness witness = nodes.B.Run(() => new Witness(Witness.Arp));
        string before = nodes.A.Ip("-o addr show");
        nodes.A.Run(agent.Warm);
        Assert.Equal(before, nodes.A.Ip("-o addr show"));
        Assert.Empty(witness.Take());
    }

    [Fact]
    public void A_wrong_argument_is_no_address_of_ours_whatever_the_action()
    {
        foreach (AgentAction action in Enum.GetValues<AgentAction>())
        {
            Assert.Equal(AgentOutcome.Missing("web is not an IP address"), agent.Run(action, ["web"]));
        }
    }

    private AgentOutcome Run(AgentAction action, string argument) => nodes.A.Run(() => agent.Run(action, [argument]));

    /// <summary>What ip says of each address of eth0, without its number, interface and lifetime.</summary>
    private IEnumerable<string> Lines() =>
        Show().Trim().Split('\n').Select(line => line.Split('\\')[0].Split("eth0", 2)[1].Trim());

    /// <summary>The kernel's own link-local address is tentative for its first second or two, whatever we do.</summary>
    private string Show(string interfaceName = "eth0") => nodes.A.Ip($"-o addr show dev {interfaceName}")
        .Replace(" scope link tentative ", " scope link ", StringComparison.Ordinal);
}
