// Bad packets over the real wire: nothing changes, all are counted, and the log says it once.

using System.Text;
using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests;

[Collection(PairCollection.Name)]
public sealed class BadInputTests(Pair pair)
{
    private const int Flood = 50;

    /// <summary>The datagram that ends a heartbeat 3.0.6: a netstring without content.</summary>
    private static readonly byte[] Deadly = Encoding.ASCII.GetBytes("###\n0:,%%%\n");

    [ClusterTheory]
    [InlineData("deadly")]
    [InlineData("unsigned")]
    [InlineData("wrongly signed")]
    [InlineData("truncated")]
    [InlineData("oversized")]
    [InlineData("absurd length")]
    [InlineData("empty")]
    public void A_bad_packet_is_dropped_and_counted_and_changes_nothing(string kind)
    {
        var cluster = pair.Home();
        SendAndRequireThatNothingChanges(cluster, Bad(kind, cluster.Lab), cluster.Lab.Nodes);
    }

    [ClusterFact]
    public void A_conversation_from_before_a_restart_is_dropped_and_counted_and_changes_nothing()
    {
        var cluster = pair.Home();
        var old = Wiretap.Record(cluster.Lab, 20).First(
            packet => packet.AsSpan().IndexOf(Encoding.ASCII.GetBytes("src=node1,")) >= 0);
        cluster.Stop(cluster[1]);
        pair.Home();

        // node1 itself takes no packets in its own name.
        SendAndRequireThatNothingChanges(cluster, old, [cluster[2]]);
    }

    private void SendAndRequireThatNothingChanges(LiveCluster cluster, byte[] bad, IReadOnlyList<LabNode> counting)
    {
        var before = counting.Select(node => (Refused: Refused(node), Lines: LogLines(node))).ToList();
        var begun = Clock.Now;
        Wiretap.Send(cluster.Lab, Enumerable.Repeat(bad, Flood));
        foreach (var (node, i) in counting.Select((node, i) => (node, i)))
        {
            cluster.Await($"{node.Name} has counted {Flood} packets", () => Refused(node) - before[i].Refused >= Flood);
            // One line per kind of refusal and minute, and something else may have happened on a busy machine.
            var said = LogLines(node) - before[i].Lines;
            cluster.Require(said <= 3, $"{node.Name} wrote {said} lines about {Flood} packets");
        }

        pair.AwaitOwners("node1", "node2");
        cluster.Require(cluster.Watch.Since(begun).Count == 1, "the address has not moved");
        cluster.Require(
            cluster.Lab.Nodes.All(node => node.Status()?.Nodes.All(other => other.Status == "active") == true),
            "both nodes count each other as active");
    }

    private static byte[] Bad(string kind, Lab lab) => kind switch
    {
        "deadly" => Deadly,
        "unsigned" => WithoutDigest(Real(lab)),
        "wrongly signed" => WithWrongDigest(Real(lab)),
        "truncated" => Real(lab) is var real ? real[..(real.Length / 2)] : [],
        "oversized" => [.. Enumerable.Repeat((byte)'A', 65_000)],
        "absurd length" => Encoding.ASCII.GetBytes("###\n99999999999:(0)t=status,%%%\n"),
        "empty" => [],
        _ => throw new LabException($"no such kind: {kind}"),
    };

    private static byte[] Real(Lab lab) => Wiretap.Record(lab, 1)[0];

    /// <summary>The packet up to and with its end mark; the digest follows that.</summary>
    private static byte[] WithoutDigest(byte[] packet) => packet[..(packet.AsSpan().LastIndexOf("%%%\n"u8) + 4)];

    private static byte[] WithWrongDigest(byte[] packet)
    {
        var wrong = (byte[])packet.Clone();
        var digit = wrong.Length - 2;
        wrong[digit] = wrong[digit] == (byte)'0' ? (byte)'1' : (byte)'0';
        return wrong;
    }

    private static long Refused(LabNode node) => node.Status()?.Refused.Values.Sum() ?? 0;

    private static int LogLines(LabNode node) => File.ReadAllLines(node.ConsoleFile).Length;
}
