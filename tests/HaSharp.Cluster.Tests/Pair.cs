// The cluster that most tests share: two nodes, two links, and a group that prefers each. Every test begins with
// Home(), which repairs whatever the test before has left behind, so that the order of tests does not matter.

using System.Net;
using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PairCollection : ICollectionFixture<Pair>
{
    public const string Name = "pair";
}

public sealed class Pair : IDisposable
{
    /// <summary>The group that prefers node2; LiveCluster.Group prefers node1.</summary>
    public const string SecondGroup = "IPaddr::10.77.0.101/24/eth0";
    public static readonly IPAddress SecondAddress = IPAddress.Parse("10.77.0.101");

    private LiveCluster? _cluster;
    private AddressWatch? _second;

    public static LabFiles Files { get; } = new()
    {
        HaCf = LabFiles.HaCfFor(nodes: 2),
        Haresources = $"node1 {LiveCluster.Group}\nnode2 {SecondGroup}\n",
    };

    /// <summary>The watch of the group that prefers node2.</summary>
    public AddressWatch Second => _second ?? throw new LabException("Home comes first");

    /// <summary>Both nodes up and joined, all cables in, each group on its preferred node.</summary>
    public LiveCluster Home()
    {
        var cluster = _cluster ??= new LiveCluster(2, Files);
        _second ??= new AddressWatch(cluster.Lab, SecondAddress);
        cluster.Lab.Heal();
        foreach (var node in cluster.Lab.Nodes)
        {
            cluster.Boot(node);
            cluster.Lab.Mend(node, "eth0");
            cluster.Lab.Mend(node, "eth1");
            if (node.DaemonProcessId == 0)
            {
                node.StartDaemon();
            }
        }

        cluster.Await("both nodes are active on all links", () => cluster.Lab.Nodes.All(HearsEverything));
        foreach (var node in cluster.Lab.Nodes.Where(node => node.Status()?.Holdings != "local"))
        {
            node.Run("takeover", "local");
        }

        AwaitOwners("node1", "node2");
        return cluster;
    }

    /// <summary>Waits until each group is where it shall be, as the interfaces and both nodes say.</summary>
    public void AwaitOwners(string first, string second) => _cluster?.Await(
        $"{first} holds the first group and {second} the second one",
        () => _cluster.Watch.Owner == first && Second.Owner == second
            && _cluster.Lab.Nodes.Where(node => node.DaemonProcessId != 0)
                .All(node => Says(node.Status(), first, second)));

    public void Dispose()
    {
        _second?.Dispose();
        _cluster?.Dispose();
    }

    private static bool HearsEverything(LabNode node) => node.Status() is { } status
        && status.Nodes.All(other => other.Status == "active" && other.Links.Values.All(link => link == "up"));

    private static bool Says(LabStatus? status, string first, string second) =>
        status is { Stable: true } && IsAt(status, LiveCluster.Group, first) && IsAt(status, SecondGroup, second);

    private static bool IsAt(LabStatus status, string group, string owner) =>
        status.Groups.Any(one => one.Name == group && one.Owner == owner && one.State == "started");
}
