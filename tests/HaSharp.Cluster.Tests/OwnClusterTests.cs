// Tests whose cluster is configured in a way of its own, so that each makes and removes one.

using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests;

[Collection(AloneCollection.Name)]
public sealed class OwnClusterTests
{
    private const string Haresources = $"node1 {LiveCluster.Group}\n";

    // Long enough for a slow machine to start a daemon in.
    private const string Patient = "keepalive 200ms\ndeadtime 10\nwarntime 5\ninitdead 12\n";

    [ClusterFact]
    public void A_daemon_killed_and_started_again_within_deadtime_moves_nothing()
    {
        using var cluster = Started(2, new LabFiles
        {
            HaCf = LabFiles.HaCfFor(nodes: 2, timing: Patient),
            Haresources = Haresources,
        });
        var begun = Clock.Now;
        cluster[1].KillDaemon();
        cluster[1].StartDaemon();
        cluster.AwaitSettled("node1");

        cluster.Require(cluster.Watch.Since(begun).Count == 1, "node1 has held the address all the time");
        var answers = cluster.Client.Log.Since(begun);
        cluster.Require(AnswerLog.Changes(answers).Count == 0, "the client was answered by node1 only");
        var silence = AnswerLog.LongestSilence(answers);
        cluster.Require(silence < TimeSpan.FromSeconds(1), $"the client was without an answer for {silence}");
    }

    [ClusterFact]
    public void With_auto_failback_off_a_group_stays_until_an_operator_moves_it()
    {
        using var cluster = Started(2, new LabFiles
        {
            HaCf = LabFiles.HaCfFor(nodes: 2, autoFailback: "off"),
            Haresources = Haresources,
        });
        cluster.Move("node2", () => cluster.PowerOff(cluster[1]));
        var returned = Clock.Now;
        cluster.Boot(cluster[1]);
        cluster[1].StartDaemon();
        cluster.Await("node1 is in the cluster", () => cluster[1].Status() is { Role: "standby", Stable: true });
        cluster.AwaitSettled("node2");
        cluster.Require(cluster.Watch.Since(returned).Count == 1, "the return of node1 moved nothing");

        cluster.Move("node1", () => cluster.Demand(cluster[1], "takeover"));
    }

    [ClusterFact]
    public void Of_three_nodes_the_second_failure_goes_to_the_third()
    {
        using var cluster = Started(3, new LabFiles
        {
            HaCf = LabFiles.HaCfFor(nodes: 3),
            Haresources = Haresources,
        });
        cluster.Move("node2", () => cluster.PowerOff(cluster[1]));
        cluster.Move("node3", () => cluster.PowerOff(cluster[2]));
        cluster.Move("node1", () =>
        {
            cluster.Boot(cluster[1]);
            cluster[1].StartDaemon();
        });
    }

    [ClusterTheory]
    [InlineData("ucast eth0 10.77.0.11", "ucast eth0 10.77.0.12")]
    [InlineData("mcast eth0 239.192.0.42 694 1 0", "mcast eth1 239.192.0.43 694 1 0")]
    [InlineData("ucast6 eth1 fd77:1::11", "ucast6 eth1 fd77:1::12")]
    [InlineData("mcast6 eth0 ff12::1:2:3:4 694 1 0", "bcast eth1")]
    public void Every_kind_of_medium_carries_a_pair(string first, string second)
    {
        using var cluster = Started(2, new LabFiles
        {
            HaCf = LabFiles.HaCfFor(nodes: 2, media: [first, second]),
            Haresources = Haresources,
        });
        cluster.Await("each node hears the other", () => cluster.Lab.Nodes.All(HearsTheOther));
        cluster.Move("node2", () => cluster.PowerOff(cluster[1]));
    }

    [ClusterFact]
    public void A_full_disk_for_log_and_state_stops_neither_heartbeats_nor_moves()
    {
        using var cluster = new LiveCluster(2, new LabFiles
        {
            HaCf = LabFiles.HaCfFor(nodes: 2) + "logfile /mnt/ha-log\ndebugfile /mnt/ha-debug\ndebug 1\n",
            Haresources = Haresources,
        });
        foreach (var node in cluster.Lab.Nodes)
        {
            MountSmall(node, node.StateDirectory);
            MountSmall(node, "/mnt");
        }

        cluster.StartAll();
        cluster.AwaitSettled("node1");
        foreach (var node in cluster.Lab.Nodes)
        {
            Fill(node, node.StateDirectory);
            Fill(node, "/mnt");
        }

        var begun = Clock.Now;
        Thread.Sleep(TimeSpan.FromSeconds(3));
        cluster.Require(cluster.Watch.Since(begun).Count == 1, "nothing has moved");
        cluster.Require(
            cluster[2].Status()?.NodeNamed("node1")?.Status == "active", "node2 has heard node1 all the time");
        cluster.Move("node2", () => cluster.Demand(cluster[1], "standby"));
        cluster.Move("node1", () => cluster.Demand(cluster[1], "takeover"));
        cluster.Stop(cluster[1]);
        cluster.AwaitSettled("node2");
    }

    [ClusterFact]
    public void An_operator_whose_time_is_up_gets_exit_code_5_and_the_move_goes_on()
    {
        using var cluster = Started(2, new LabFiles
        {
            HaCf = LabFiles.HaCfFor(nodes: 2),
            Haresources = $"node1 {LiveCluster.Group} slow\n",
            Agents = new SortedDictionary<string, string> { ["slow"] = SlowAgent },
        });
        var result = cluster[1].Run("standby", "--wait", "1");
        cluster.Require(result.ExitCode == 5, $"exit code 5 and not {result.ExitCode}: {result.Said}");
        cluster.AwaitSettled("node2");
    }

    private const string SlowAgent = """
        #!/bin/sh
        mark=/run/slow-agent
        case $1 in
        start) touch $mark ;;
        stop) [ ! -e $mark ] || sleep 4; rm -f $mark ;;
        status) if [ -e $mark ]; then echo running; else echo stopped; fi ;;
        esac

        """;

    private static LiveCluster Started(int nodes, LabFiles files)
    {
        var cluster = new LiveCluster(nodes, files);
        try
        {
            cluster.StartAll();
            cluster.AwaitSettled("node1");
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>On any link: of two ucast lines one leads to the node itself.</summary>
    private static bool HearsTheOther(LabNode node) => node.Status() is { } status
        && status.Nodes.Where(other => other.Name != node.Name).All(other => other.Links.Values.Contains("up"));

    private static void MountSmall(LabNode node, string directory) =>
        node.Machine?.Demand(["mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "small", directory]);

    private static void Fill(LabNode node, string directory)
    {
        var result = node.Machine?.Run(["dd", "if=/dev/zero", $"of={directory}/filler", "bs=1k", "count=1000"]);
        Assert.NotEqual(0, result?.ExitCode);
    }
}
