// Ping nodes of real daemons: hosts on the switch that answer real ICMP, go and come.

using System.Text.Json;
using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests;

[Collection(AloneCollection.Name)]
public sealed class PingNodeTests
{
    private const string Timing = "keepalive 200ms\ndeadtime 2\nwarntime 1\ninitdead 5\ndeadping 1\n";
    private const string Hosts = "ping 10.77.0.253 router\nping6 fd77:0::253\n"
        + "ping_group uplinks 10.77.0.99 10.77.1.253\n";

    [ClusterFact]
    public void A_ping_node_that_goes_is_dead_and_is_back_when_it_answers_again_and_no_group_moves()
    {
        using var cluster = Cluster(Hosts);
        Give(cluster, "10.77.0.253/24", "br0");
        Give(cluster, "fd77:0::253/64", "br0");
        Give(cluster, "10.77.1.253/24", "br1");
        cluster.StartAll();
        cluster.AwaitSettled("node1");
        foreach (var node in cluster.Lab.Nodes)
        {
            AwaitPings(cluster, node, "10.77.0.253 ping, router dead, fd77:0::253 ping, uplinks ping");
        }

        var begun = Clock.Now;
        Take(cluster, "10.77.0.253/24", "br0");
        Take(cluster, "10.77.1.253/24", "br1");
        foreach (var node in cluster.Lab.Nodes)
        {
            AwaitPings(cluster, node, "10.77.0.253 dead, router dead, fd77:0::253 ping, uplinks dead");
            Says(cluster, node, "node 10.77.0.253: is dead (silent for 1");
            Says(cluster, node, "Link 10.77.0.253:10.77.0.253 dead.");
            Says(cluster, node, "ping node router cannot be asked: the host name router cannot be resolved");
        }

        Give(cluster, "10.77.0.253/24", "br0");
        Take(cluster, "fd77:0::253/64", "br0");
        foreach (var node in cluster.Lab.Nodes)
        {
            AwaitPings(cluster, node, "10.77.0.253 ping, router dead, fd77:0::253 dead, uplinks dead");
            Says(cluster, node, "Status update for node 10.77.0.253: status ping");
        }

        cluster.AwaitSettled("node1");
        cluster.Require(cluster.Watch.Since(begun).Count == 1, "node1 has held the address all the time");
    }

    [ClusterFact]
    public void A_reload_adds_and_removes_ping_nodes()
    {
        using var cluster = Cluster("ping 10.77.0.254\n");
        cluster.StartAll();
        cluster.AwaitSettled("node1");
        AwaitPings(cluster, cluster[1], "10.77.0.254 ping");
        Files("ping 10.77.0.250\nping_group uplinks 10.77.0.254\n").WriteTo(cluster[1].HaDirectory);
        cluster.Demand(cluster[1], "reload");
        AwaitPings(cluster, cluster[1], "10.77.0.250 dead, uplinks ping");
        AwaitPings(cluster, cluster[2], "10.77.0.254 ping");
        Files("").WriteTo(cluster[1].HaDirectory);
        cluster.Demand(cluster[1], "reload");
        AwaitPings(cluster, cluster[1], "");
    }

    [ClusterFact]
    public void Ping_nodes_that_do_not_answer_do_not_delay_a_start()
    {
        using var cluster = Cluster("ping 10.77.0.250 10.77.0.251\n", Timing.Replace("initdead 5", "initdead 120"));
        cluster.StartAll();
        cluster.AwaitSettled("node1");
        AwaitPings(cluster, cluster[1], "10.77.0.250 dead, 10.77.0.251 dead");
        cluster.Require(
            cluster[1].Run("status").Output.Contains("10.77.0.250  dead    never", StringComparison.Ordinal),
            "status has a table of ping nodes");
    }

    private static LiveCluster Cluster(string hosts, string timing = Timing) => new(2, Files(hosts, timing));

    private static LabFiles Files(string hosts, string timing = Timing) => new()
    {
        HaCf = LabFiles.HaCfFor(nodes: 2, timing: timing) + hosts,
        Haresources = $"node1 {LiveCluster.Group}\n",
        Authkeys = "auth 1\n1 sha1 PingNodeTests\n",
    };

    private static void Give(LiveCluster cluster, string address, string bridge) =>
        cluster.Lab.Switch.Ip($"addr add {address} dev {bridge}{(address.Contains(':') ? " nodad" : "")}\n");

    private static void Take(LiveCluster cluster, string address, string bridge) =>
        cluster.Lab.Switch.Ip($"addr del {address} dev {bridge}\n");

    private static void AwaitPings(LiveCluster cluster, LabNode node, string expected)
    {
        var last = "";
        try
        {
            cluster.Await(expected, () => (last = Pings(node)) == expected);
        }
        catch (ClusterException late)
        {
            throw new ClusterException($"{node.Name} says: {last}", late);
        }
    }

    private static string Pings(LabNode node)
    {
        var result = node.Run("status", "--json");
        if (result.ExitCode != 0)
        {
            return result.Said;
        }

        using var status = JsonDocument.Parse(result.Output);
        return string.Join(", ", status.RootElement.GetProperty("pingNodes").EnumerateArray().Select(
            ping => $"{ping.GetProperty("name").GetString()} {ping.GetProperty("status").GetString()}"));
    }

    private static void Says(LiveCluster cluster, LabNode node, string line) => cluster.Await(
        $"{node.Name} logs: {line}", () => node.LogTail(500).Contains(line, StringComparison.Ordinal));
}
