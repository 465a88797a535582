// What breaks in the shared pair, one thing at a time.

using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests;

[Collection(PairCollection.Name)]
public sealed class FailureTests(Pair pair)
{
    /// <summary>Longer than deadtime and a few keepalives.</summary>
    private static readonly TimeSpan LongerThanDeadtime = TimeSpan.FromSeconds(2);

    [ClusterFact]
    public void After_a_power_cut_the_other_node_serves_everything()
    {
        var cluster = pair.Home();
        var begun = Clock.Now;
        cluster.PowerOff(cluster[1]);
        pair.AwaitOwners("node2", "node2");
        cluster.Await("the client is answered by node2", () => cluster.IsServedBy("node2"));

        // Ten times the deadtime.
        cluster.Require(Clock.Now - begun < TimeSpan.FromSeconds(10), "it took no more than 10 s");
        cluster.Require(cluster[2].Status()?.Holdings == "all", "node2 says that it holds all");
    }

    [ClusterFact]
    public void A_node_that_returns_after_a_power_cut_gets_its_group_back()
    {
        var cluster = pair.Home();
        cluster.PowerOff(cluster[1]);
        pair.AwaitOwners("node2", "node2");

        var change = cluster.Move("node1", () =>
        {
            cluster.Boot(cluster[1]);
            cluster[1].StartDaemon();
        });
        cluster.Require(change.Gap < TimeSpan.FromSeconds(1), $"the gap of the return was {change.Gap}");
    }

    [ClusterFact]
    public void One_of_two_links_cut_moves_nothing_and_is_reported_by_both()
    {
        var cluster = pair.Home();
        var begun = Clock.Now;
        cluster.Lab.Cut(cluster[1], "eth1");
        AwaitLink(cluster, "dead");
        Thread.Sleep(LongerThanDeadtime);
        RequireThatNothingMoved(cluster, begun);

        cluster.Lab.Mend(cluster[1], "eth1");
        AwaitLink(cluster, "up");
        RequireThatNothingMoved(cluster, begun);
    }

    [ClusterFact]
    public void An_interface_that_disappears_and_returns_is_opened_again_and_moves_nothing()
    {
        var cluster = pair.Home();
        var begun = Clock.Now;
        cluster[1].RemoveInterface("eth1");
        AwaitLink(cluster, "dead");

        cluster[1].PlugIn("eth1");
        AwaitLink(cluster, "up");
        RequireThatNothingMoved(cluster, begun);
    }

    [ClusterFact]
    public void After_a_partition_heals_the_node_that_goes_on_serving_has_no_outage()
    {
        var cluster = pair.Home();
        cluster.Lab.Partition();
        cluster.Await("each node serves both groups", () => cluster.Watch.Holders.Count == 2
            && pair.Second.Holders.Count == 2);

        var healed = Clock.Now;
        cluster.Lab.Heal();
        cluster.Await(
            "each group has one holder again",
            () => cluster.Watch.Holders.Count == 1 && pair.Second.Holders.Count == 1);
        cluster.Await("both nodes are stable", () => cluster.Lab.Nodes.All(node => node.Status() is { Stable: true }));
        foreach (var watch in new[] { cluster.Watch, pair.Second })
        {
            cluster.Require(
                watch.Since(healed).All(holding => holding.Holders.Contains(watch.Owner)),
                $"{watch.Owner}, which goes on serving, held its address all the time");
        }

        cluster.Await("the client is answered", () => cluster.IsServedBy(cluster.Watch.Owner));
        var silence = AnswerLog.LongestSilence(cluster.Client.Log.Since(healed));
        cluster.Require(silence < TimeSpan.FromSeconds(1), $"the client was without an answer for {silence}");
    }

    [ClusterFact]
    public void A_node_that_stood_still_for_longer_than_deadtime_comes_back_without_a_quarrel()
    {
        var cluster = pair.Home();
        cluster[1].Pause();
        cluster.Await("node2 has taken over", () => cluster.Watch.Holders.Contains("node2"));

        cluster[1].Resume();
        cluster.Await("the address has one holder again", () => cluster.Watch.Holders.Count == 1);
        pair.AwaitOwners("node1", "node2");
        cluster.Await("the client is answered by node1", () => cluster.IsServedBy("node1"));
    }

    private static void AwaitLink(LiveCluster cluster, string status) => cluster.Await(
        $"both nodes report the link eth1 to the other as {status}",
        () => cluster.Lab.Nodes.All(node => LinkToPeer(node) == status));

    private static string? LinkToPeer(LabNode node)
    {
        var status = node.Status();
        return status?.Nodes.Single(other => other.Name != node.Name).Links.GetValueOrDefault("eth1");
    }

    private void RequireThatNothingMoved(LiveCluster cluster, TimeSpan begun)
    {
        cluster.Require(cluster.Watch.Since(begun).Count == 1, "the first group's address has not moved");
        cluster.Require(pair.Second.Since(begun).Count == 1, "the second group's address has not moved");
        cluster.Require(
            AnswerLog.Changes(cluster.Client.Log.Since(begun)).Count == 0, "the client was answered by one node only");
    }
}
