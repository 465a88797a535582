// Mistakes of administrators: what is refused at the start, and what is said aloud on every node.

using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests;

[Collection(AloneCollection.Name)]
public sealed class RefusalTests
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private static LabFiles Files { get; } = new()
    {
        HaCf = LabFiles.HaCfFor(nodes: 2),
        Haresources = $"node1 {LiveCluster.Group}\n",
    };

    [ClusterFact]
    public void Authkeys_that_others_can_read_are_refused_with_the_mode_found()
    {
        using var cluster = new LiveCluster(1, Files);
        File.SetUnixFileMode(
            Path.Combine(cluster[1].HaDirectory, "authkeys"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        cluster[1].StartDaemon();

        Assert.Equal(6, cluster[1].WaitForDaemonsEnd(EndLimit));
        cluster.Require(cluster[1].LogTail().Contains("644", StringComparison.Ordinal), "the mode found is named");
        var check = cluster[1].Check();
        Assert.Equal(6, check.ExitCode);
    }

    [ClusterFact]
    public void A_broken_file_is_refused_with_its_line_by_run_and_by_check()
    {
        using var cluster = new LiveCluster(1, Files with { Haresources = "node1 10.77.0.100\nnode9 10.77.0.101\n" });
        cluster[1].StartDaemon();

        Assert.Equal(6, cluster[1].WaitForDaemonsEnd(EndLimit));
        cluster.Require(cluster[1].LogTail().Contains("haresources:2:", StringComparison.Ordinal), "the line is named");
        var check = cluster[1].Check();
        Assert.Equal(6, check.ExitCode);
        Assert.Contains("haresources:2:", check.Said, StringComparison.Ordinal);
    }

    [ClusterFact]
    public void Check_accepts_the_files_of_a_good_cluster()
    {
        using var cluster = new LiveCluster(1, Files);
        var check = cluster[1].Check();
        Assert.Equal(0, check.ExitCode);
    }

    [ClusterFact]
    public void Two_nodes_with_one_name_are_said_aloud_on_both()
    {
        using var cluster = new LiveCluster(2, Files);
        cluster[1].StartDaemon();
        cluster[2].StartDaemon(name: "node1");
        AwaitOnBoth(cluster, "call themselves node1");
    }

    [ClusterFact]
    public void Two_nodes_with_one_uuid_are_said_aloud_on_both()
    {
        using var cluster = new LiveCluster(2, Files);
        cluster[1].StartDaemon();
        var uuid = Path.Combine(cluster[1].StateDirectory, "hb_uuid");
        cluster.Await("node1 has made its UUID", () => File.Exists(uuid) && new FileInfo(uuid).Length == 16);
        File.Copy(uuid, Path.Combine(cluster[2].StateDirectory, "hb_uuid"));
        cluster[2].StartDaemon();
        AwaitOnBoth(cluster, "have the same UUID");
    }

    private static void AwaitOnBoth(LiveCluster cluster, string words) => cluster.Await(
        $"both logs say \"{words}\" as an error",
        () => cluster.Lab.Nodes.All(node => File.Exists(node.ConsoleFile) && File.ReadLines(node.ConsoleFile).Any(
            line => line.Contains(words, StringComparison.Ordinal) && IsLoud(line))));

    private static bool IsLoud(string line) =>
        line.Contains(" ERROR: ", StringComparison.Ordinal) || line.Contains(" CRIT: ", StringComparison.Ordinal);
}
