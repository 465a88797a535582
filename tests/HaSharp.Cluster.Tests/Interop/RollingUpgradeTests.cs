// From heartbeat + heartbeat over heartbeat + HaSharp to HaSharp + HaSharp, as docs/migrating-from-heartbeat.md says:
// the service is up all the time but for the moment of each move.

using HaSharp.Benchmarks;
using HaSharp.Benchmarks.Interop;
using HaSharp.Cli.Demo;
using Xunit.Abstractions;

namespace HaSharp.Cluster.Tests.Interop;

[Trait("tier", "interop")]
public sealed class RollingUpgradeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    /// <summary>Each address moves at most four times: away and back on either node.</summary>
    private static readonly TimeSpan TotalGap = TimeSpan.FromSeconds(10);

    [InteropFact]
    public void A_pair_is_upgraded_one_node_after_the_other_and_serves_throughout()
    {
        using var cluster = new MixedCluster(
            new MixedFiles("bcast", "sha1", "classic", "off"), Kind.Heartbeat, Kind.Heartbeat);
        try
        {
            foreach (var member in cluster.Members)
            {
                member.Start();
            }

            Await(cluster, "node1", "node2", ("local", "local"));
            InteropReport.Add("Rolling upgrade of a pair of heartbeats:\n");
            var begun = Clock.Now;
            Upgrade(cluster, 2);
            Upgrade(cluster, 1);
            RequireServedThroughout(cluster, begun);
        }
        catch (ClusterException e)
        {
            Assert.Fail(e.Message + "\n" + cluster.Describe());
        }
    }

    /// <summary>Moves everything away, replaces the program, and brings the node's own group home.</summary>
    private void Upgrade(MixedCluster cluster, int number)
    {
        var old = cluster[number];
        var other = cluster.OtherThan(old);
        Step(cluster, $"{old.Name}: hb_standby all", () => old.Standby("all"));
        Await(cluster, other.Name, other.Name, number == 1 ? ("none", "all") : ("all", "none"));
        Step(cluster, $"{old.Name}: heartbeat -k", old.Stop);

        var replaced = cluster.Replace(number, Kind.HaSharp);
        Step(cluster, $"{old.Name}: hasharp starts", replaced.Start);
        MixedCluster.AwaitAnswer(
            "both see each other as active",
            () => replaced.StatusOf(other.Name) == "active" && other.StatusOf(replaced.Name) == "active", Limit);
        Await(cluster, other.Name, other.Name, number == 1 ? ("none", "all") : ("all", "none"));
        Step(cluster, $"{old.Name}: hasharp takeover local", () => replaced.Takeover("local"));
        Await(cluster, "node1", "node2", ("local", "local"));
    }

    private void Note(string line)
    {
        output.WriteLine(line);
        InteropReport.Add($"  {line}\n");
    }

    private void Step(MixedCluster cluster, string what, Action deed)
    {
        Note(FormattableString.Invariant(
            $"{what} (served by {cluster.First.Watch.Owner} and {cluster.Second.Watch.Owner})"));
        deed();
    }

    private static void Await(MixedCluster cluster, string first, string second, (string One, string Two) holdings)
    {
        cluster.AwaitServed(first, second, Limit);
        MixedCluster.AwaitAnswer(
            $"node1 holds {holdings.One} and node2 {holdings.Two}",
            () => cluster[1].Holdings == holdings.One && cluster[2].Holdings == holdings.Two, Limit);
    }

    private void RequireServedThroughout(MixedCluster cluster, TimeSpan begun)
    {
        foreach (var address in new[] { cluster.First, cluster.Second })
        {
            var changes = AnswerLog.Changes(address.Client.Log.Since(begun));
            var total = TimeSpan.FromTicks(changes.Sum(change => change.Gap.Ticks));
            Note(FormattableString.Invariant($"{changes.Count} moves of this address, ")
                + $"gaps {string.Join(", ", changes.Select(change => $"{change.Gap.TotalMilliseconds:F0}"))} ms, "
                + $"in all {total.TotalMilliseconds:F0} ms; "
                + $"longest silence {address.GapSince(begun).TotalMilliseconds:F0} ms");
            MixedCluster.Require(address.Watch.MostHoldersSince(begun) <= 1, "the address never had two holders");
            MixedCluster.Require(total < TotalGap, $"the gaps of all moves were {total}");
        }
    }
}
