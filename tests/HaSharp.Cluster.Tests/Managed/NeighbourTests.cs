// The heartbeats do not get through any more, and the clients' network does: both nodes live, and each thinks that the
// other is dead. Then one of them loses its power.

using HaSharp.Cluster.Tests.Interop;

namespace HaSharp.Cluster.Tests.Managed;

[Collection(SceneCollection.Collection)]
public sealed class NeighbourTests(Scenes scenes)
{
    // LVM is the name of a disk, so that its group is one that may not run twice; here it is moody under that name.
    private const string Disk = "IPaddr::10.77.0.101/24/eth0";
    private const string DiskLine = $"node1 {Disk} LVM::disk\n";

    [SceneFact("nft")]
    public void A_disk_stays_with_an_owner_whose_heartbeats_alone_are_lost() => scenes.Await();

    internal static void Answers()
    {
        var agents = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["moody"] = Moody.Agent,
            ["LVM"] = Moody.Agent,
        };
        using var stage = new Stage($"node1 {Stage.Address} moody::web\n{DiskLine}", "", agents);
        stage.Start(1, Stage.Address, Disk);

        using (new PacketLoss(stage.Cluster.Lab.Nodes, "udp dport 694"))
        {
            stage.AwaitLogged(2, $"Group {Disk} is not started here, because another machine still has its address");
            stage.Await("node2 takes what has no disk", () => Moody.Runs(stage, 2, "web"));
            stage.Require(
                stage.Group(2, Disk)?.Reason.Contains("that it is not node1", StringComparison.Ordinal) == true,
                "node2 says what it waits for");
            stage.Require(!Moody.Runs(stage, 2, "disk"), "node2 has not started the disk");

            stage.Cluster.PowerOff(stage[1]);
            stage.Await("node2 has the disk now", () => Moody.Runs(stage, 2, "disk"));
        }
    }
}
