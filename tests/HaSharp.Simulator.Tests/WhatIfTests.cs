using System.Text;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Simulator.Scenarios;

namespace HaSharp.Simulator.Tests;

/// <summary>What operators ask before it happens: the answer is that of the nodes themselves.</summary>
public sealed class WhatIfTests
{
    private const string Disk = "node1 IPaddr::10.0.0.100 Filesystem::/dev/sdb::/srv\n";
    private const string Web = "node1 IPaddr::10.0.0.200 web\n";

    private static readonly NodeName _node1 = new("node1");
    private static readonly NodeName _node2 = new("node2");
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_power_cut_costs_the_deadtime_and_the_starts_and_the_timeline_says_who_does_what_why()
    {
        Answer answer = Ask(Config(Web), SingleFault.Now(new Deed.PowerCut(_node1)));

        GroupFate web = Assert.Single(answer.Groups);
        Assert.Equal([_node1], web.Before);
        Assert.Equal([_node2], web.After);
        Assert.True(answer.Survives);

        // Deadtime 5 s less up to a keepalive, two agents with a status of half a second before each.
        Assert.InRange(web.Outage, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8.1));
        Assert.InRange(answer.Rest - web.Outage, TimeSpan.FromMilliseconds(-20), TimeSpan.FromMilliseconds(20));
        Assert.StartsWith("    0.000 *     power-cut node1\n", answer.Timeline, StringComparison.Ordinal);
        Assert.Contains("owner is node2 (epoch 2), because node1 is dead or has left", answer.Timeline,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_holds_nothing_is_no_outage()
    {
        Answer answer = Ask(Config(Web), SingleFault.Now(new Deed.PowerCut(_node2)));

        Assert.True(answer.Survives);
        Assert.Equal(TimeSpan.Zero, answer.Groups[0].Outage);
    }

    [Fact]
    public void A_single_link_that_is_cut_lets_a_service_run_twice_and_a_disk_once()
    {
        ClusterConfig config = Config(Disk + Web);
        Answer answer = Ask(config, [.. SingleFault.Cut(config, link: null)]);

        Assert.Equal([true, false], answer.Groups.Select(group => group.Survives));
        Assert.Equal([_node1, _node2], answer.Groups[1].After);
        Assert.True(answer.Groups[1].Doubled > _second);
    }

    [Fact]
    public void What_runs_nowhere_at_the_end_does_not_survive()
    {
        Answer answer = Ask(
            Config(Web), [.. SingleFault.Breaks(_node1, "web"), .. SingleFault.Breaks(_node2, "web")]);

        Assert.False(answer.Survives);
        Assert.Empty(answer.Groups[0].After);
    }

    [Fact]
    public void Every_node_link_and_resource_is_a_single_fault_and_an_answer_is_always_the_same()
    {
        ClusterConfig config = Config(Disk + Web);
        IReadOnlyList<SingleFault> faults = SingleFault.All(config);

        Assert.Equal(faults.Count, faults.Select(fault => fault.Name).Distinct().Count());
        Assert.Equal((2 * 5) + 1 + (4 * 3), faults.Count);
        foreach (SingleFault fault in faults)
        {
            string[] twice =
            [
                .. Enumerable.Range(0, 2).Select(_ => WhatIf.Ask(config, fault.Deeds, _second).Timeline),
            ];
            Assert.Equal(twice[0], twice[1]);
        }
    }

    [Fact]
    public void Checks_and_ping_nodes_of_the_files_are_well_in_the_virtual_world()
    {
        ClusterConfig config = Config(Web, "ping 10.0.0.1\ncheck web /bin/true 2 1 1 1\n");
        Answer answer = Ask(config, SingleFault.Now(new Deed.Ask(_node1, Order.Standby, "all")));

        Assert.Equal([_node2], answer.Groups[0].After);
        Assert.True(answer.Survives);
    }

    private static Answer Ask(ClusterConfig config, params PlannedDeed[] deeds) => WhatIf.Ask(config, deeds, _second);

    private static ClusterConfig Config(string haresources, string more = "")
    {
        ConfigResult read = ConfigReader.Read(new ConfigSources
        {
            HaCf = "keepalive 1\ndeadtime 5\nwarntime 3\ninitdead 10\nbcast eth0\nauto_failback off\n"
                + "node node1 node2\n" + more,
            Haresources = haresources,
            AuthKeys = Text("auth 1\n1 crc\n"),
        });
        return read.Config ?? throw new InvalidOperationException(string.Join('\n', read.Problems));
    }

    private static ReadOnlyMemory<byte> Text(string text) => Encoding.UTF8.GetBytes(text);
}
