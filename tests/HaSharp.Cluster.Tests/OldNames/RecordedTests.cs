// Everything that two nodes of heartbeat 3.0.6 were asked, and said, is asked again of two nodes of HaSharp.

using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.OldNames;

public sealed class RecordedTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly string[] BothActive = ["node1", "node2"];

    /// <summary>The recording's, but for the log and the agent of the addresses.</summary>
    private static LabFiles Files { get; } = new()
    {
        HaCf = """
            logfacility none
            debug 0
            msgfmt classic
            keepalive 1
            deadtime 5
            warntime 3
            initdead 10
            auto_failback off
            udpport 694
            bcast eth0
            bcast eth1
            node node1 node2
            ping 10.77.0.254
            respawn hacluster /usr/libexec/heartbeat/ipfail

            """,
        Haresources = $"node1 {LiveCluster.Group}\nnode2 {Pair.SecondGroup}\n",
    };

    [ClusterFact]
    public void HaSharp_says_what_heartbeat_said_and_ends_as_it_did()
    {
        using var cluster = new LiveCluster(2, Files);
        var commands = new OldCommands(cluster.Lab);
        List<string> differences = [];
        int asked = 0;
        foreach (RecordedBlock block in RecordedBlock.Read(Path.Combine(AppContext.BaseDirectory, "recorded.txt")))
        {
            if (block.IsChanged)
            {
                Change(block.After, cluster, commands);
            }

            asked++;
            string expected = RecordedBlock.Normal(commands.Ours(block.Said));
            string said = Ask(block, cluster, commands);

            // A move is only asked for, and a death takes its time.
            Instant until = Instant.In(Patience);
            while (said != expected && block.After is not ("" or "both nodes run") && !until.HasCome)
            {
                Thread.Sleep(100);
                said = Ask(block, cluster, commands);
            }

            if (said != expected)
            {
                differences.Add($"line {block.Line}, {string.Join(' ', block.Words)}\n{expected}\nbut:\n{said}\n");
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differ:\n{string.Join('\n', differences)}");
        Assert.InRange(asked, 150, 1000);
    }

    private static string Ask(RecordedBlock block, LiveCluster cluster, OldCommands commands)
    {
        ToolResult result = commands.Run(cluster.Named(block.Node), block.Words);
        return RecordedBlock.Normal(result.ExitCode, result.Output, result.Errors);
    }

    private static void Change(string what, LiveCluster cluster, OldCommands commands)
    {
        switch (what)
        {
            case "both nodes run":
                foreach (LabNode node in cluster.Lab.Nodes)
                {
                    ToolResult started = commands.Run(node, "heartbeat");
                    cluster.Require(started.ExitCode == 0, $"heartbeat on {node.Name} ended with 0: {started.Said}");
                }

                cluster.Await("both nodes are active and stable", () => cluster.Lab.Nodes.All(
                    node => node.Status() is { Stable: true, Holdings: "local" } status
                        && BothActive.All(name => status.NodeNamed(name)?.Status == "active")));
                cluster.Await("both hear the ping node", () => cluster.Lab.Nodes.All(
                    node => commands.Run(node, "cl_status", "nodestatus", "10.77.0.254").Output == "ping\n"));
                break;
            case "node2 without eth1":
                cluster.Lab.Cut(cluster[2], "eth1");
                break;
            case "node2 without power":
                cluster.PowerOff(cluster[2]);
                break;
        }
    }

    private readonly record struct Instant(long At)
    {
        public bool HasCome => Environment.TickCount64 >= At;

        public static Instant In(TimeSpan time) => new(Environment.TickCount64 + (long)time.TotalMilliseconds);
    }
}
