// keepalived's well-known check script for nginx, as it stands, under HaSharp: it starts nginx where it does not run,
// and stops its own cluster manager where nginx cannot be started. Only what it calls systemctl is a stand-in.

using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Managed;

[Collection(SceneCollection.Collection)]
public sealed class CheckTests(Scenes scenes)
{
    [SceneFact("nginx", "ps")]
    public void A_check_that_stops_its_own_manager_does_not_hang_and_the_other_node_takes_over() => scenes.Await();

    internal static void Stops()
    {
        var script = Stage.Source("tests", "HaSharp.Cluster.Tests", "Managed", "check_ng.sh");
        using var stage = Nginx.Ready($"check nginx {script} 500ms 30 1 2\n", $"node1 {Stage.Address}\n");
        foreach (var node in stage.Cluster.Lab.Nodes)
        {
            GiveSystemctl(stage, node);
        }

        using var client = new HttpProbe(stage.Cluster.Lab.Switch, LiveCluster.Address);
        stage.Start(1, Stage.Address);
        stage.Await("the check has started nginx on both nodes", () => Nginx.Runs(stage, 1) && Nginx.Runs(stage, 2));
        stage.Await("node1 answers", () => Nginx.Answers(client, "node1"));

        var begun = Clock.Now;
        var first = Nginx.Master(stage, 1);
        Nginx.Kill(stage, 1);
        stage.Await(
            "the check has started nginx again", () => Nginx.Runs(stage, 1) && Nginx.Master(stage, 1) != first);
        stage.Await("node1 answers again", () => Nginx.Answers(client, "node1"));
        stage.Require(stage.Cluster.Watch.Since(begun).Count == 1, "the address has not moved");

        begun = Clock.Now;
        Nginx.Break(stage[1]);
        Nginx.Kill(stage, 1);
        stage.Await("node2 answers", () => Nginx.Answers(client, "node2"));
        stage.Cluster.RequireCleanEnd(stage[1]);
        stage.Require(
            stage.Shell(1, "cat /var/log/check_ng.log").Contains("nginx down", StringComparison.Ordinal),
            "the script has written its log");
        stage.Require(stage.Cluster.Watch.MostHoldersSince(begun) == 1, "the address had one holder at most");
        stage.Require(!stage.Holds(1, $"pgrep -f check_n[g].sh"), "nothing of the check is left on node1");
    }

    /// <summary>In the node's own place for programs, which is before the machine's.</summary>
    private static void GiveSystemctl(Stage stage, LabNode node)
    {
        var program = stage.Cluster.Lab.Hasharp[0];
        var file = Path.Combine(node.Home, "systemctl");
        File.WriteAllText(file, $"""
            #!/bin/sh
            case $* in
                "start nginx") exec nginx -e /run/nginx.error -c {node.HaDirectory}/nginx.conf > /dev/null 2>&1 ;;
                "stop keepalived") exec {program} stop --run-dir {node.RunDirectory} ;;
                *) echo "unexpected: $*" >&2 && exit 1 ;;
            esac

            """);
        stage.Shell(node.Number, $"""
            mount -t tmpfs -o mode=755 bin /usr/local/sbin && mount -t tmpfs -o mode=755 log /var/log
            cp {file} /usr/local/sbin/systemctl && chmod 755 /usr/local/sbin/systemctl
            """);
    }
}
