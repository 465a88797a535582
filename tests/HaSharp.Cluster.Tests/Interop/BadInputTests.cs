// Every case of bad input, sent over the wire to HaSharp while it shares a cluster with a real heartbeat 3.0.6. Never
// to the heartbeat itself: some of them end it.

using System.Net;
using System.Net.Sockets;
using HaSharp.Benchmarks;
using HaSharp.Benchmarks.Interop;
using HaSharp.Cli.Demo;
using HaSharp.Core.Config;
using HaSharp.Core.Tests.Legacy;
using HaSharp.Core.Wire;
using Xunit.Abstractions;

namespace HaSharp.Cluster.Tests.Interop;

[Trait("tier", "interop")]
public sealed class BadInputTests(ITestOutputHelper output)
{
    /// <summary>Each kind of refusal is worth a line a minute, and there are about 15 kinds.</summary>
    private const int MostLines = 40;

    private const int Flood = 200;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LongerThanDeadtime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2);
    private static readonly MixedFiles Files = new("bcast", "sha1", "classic", "off");
    private static readonly IPEndPoint Receiver = new(IPAddress.Parse("10.77.0.11"), 694);

    /// <summary>It is told of, and asked for, messages that somebody else made in its name.</summary>
    private static readonly string[] AboutWhatItNeverSaid = ["corrupted ackseq", "Cannot rexmit pkt"];

    private static readonly byte[] Secret =
        System.Text.Encoding.ASCII.GetBytes(Files.Files.Authkeys.Trim().Split(' ')[^1]);

    private static readonly Authenticator Keys =
        new(new AuthKeys(1, [new AuthKey(1, AuthMethod.Sha1, Secret)]));

    [InteropFact]
    public void No_bad_input_changes_anything_in_a_mixed_pair()
    {
        using var cluster = new MixedCluster(Files, Kind.HaSharp, Kind.Heartbeat);
        try
        {
            foreach (var member in cluster.Members)
            {
                member.Start();
            }

            cluster.AwaitServed("node1", "node2", Limit);
            MixedCluster.AwaitAnswer(
                "both are stable", () => cluster.Members.All(member => member.Holdings == "local"), Limit);
            SendAndRequireThatNothingChanges(cluster, "in the name of a stranger", static _ => Stranger(), []);
            SendAndRequireThatNothingChanges(cluster, "in the name of the peer", Impostor, AboutWhatItNeverSaid);
            FloodAndRequireThatNothingChanges(cluster);
        }
        catch (ClusterException e)
        {
            Assert.Fail(e.Message + "\n" + cluster.Describe());
        }
    }

    /// <param name="voice">Who says it, given the peer's newest status.</param>
    /// <param name="usual">Complaints of the real node that belong to it.</param>
    private void SendAndRequireThatNothingChanges(
        MixedCluster cluster, string name, Func<Header, Forgery> voice, string[] usual) =>
        RequireThatNothingChanges(cluster, name, usual, socket =>
        {
            foreach (var one in BadInputCases.All)
            {
                foreach (var datagram in one.Datagrams(voice(HearPeer(socket))))
                {
                    socket.SendTo(datagram, Receiver);
                }
            }
        });

    /// <summary>Each case many times at once, in the name of the stranger.</summary>
    private void FloodAndRequireThatNothingChanges(MixedCluster cluster) =>
        RequireThatNothingChanges(cluster, "floods", [], static socket =>
        {
            foreach (var one in BadInputCases.All)
            {
                var datagrams = one.Datagrams(Stranger());
                for (var i = 0; i < Flood; i++)
                {
                    foreach (var datagram in datagrams)
                    {
                        socket.SendTo(datagram, Receiver);
                    }
                }
            }
        });

    private void RequireThatNothingChanges(
        MixedCluster cluster, string name, string[] usual, Action<Socket> send)
    {
        var (ours, theirs) = (cluster[1], cluster[2]);
        var (lines, log) = (ours.Log.Count, theirs.Log.Count);
        var refused = Refused(ours);
        var begun = Clock.Now;
        Wiretap.Within(cluster.Lab, send);
        Thread.Sleep(LongerThanDeadtime);

        MixedCluster.Require(ours.Runs, "HaSharp runs");
        MixedCluster.Require(Refused(ours) - refused > BadInputCases.All.Count / 2, "the bad input has arrived");
        foreach (var (address, owner) in new[] { (cluster.First, "node1"), (cluster.Second, "node2") })
        {
            MixedCluster.Require(
                address.Watch.Since(begun).Count == 1 && address.IsServedBy(owner), $"{owner} kept its address");
            MixedCluster.Require(address.GapSince(begun) < LongestSilence, $"{owner} served its address");
        }

        MixedCluster.AwaitAnswer(
            "each holds its own", () => cluster.Members.All(member => member.Holdings == "local"), Limit);
        MixedCluster.Require(theirs.StatusOf("node1") == "active", "the real node counts ours as active");
        MixedCluster.Require(ours.StatusOf("node2") == "active", "ours counts the real node as active");
        var complaints = KnownLines.Complaints(theirs.Log.Skip(log), usual).ToList();
        MixedCluster.Require(complaints.Count == 0, $"the real node complains: {string.Join(" | ", complaints)}");
        var said = ours.Log.Skip(lines).ToList();
        output.WriteLine(FormattableString.Invariant(
            $"{name}: {Refused(ours) - refused} refused, {said.Count} lines:\n{string.Join("\n", said)}"));
        MixedCluster.Require(said.Count <= MostLines, $"HaSharp wrote {said.Count} lines");
        MixedCluster.Require(
            !said.Any(static line => line.Contains("dead", StringComparison.Ordinal)
                && line.Contains("node2", StringComparison.Ordinal)),
            "the peer was never counted as dead");
    }

    private static Forgery Stranger() =>
        new("node3", [.. Enumerable.Repeat((byte)0x33, 16)], 1_700_000_000, 0x10, "t01") { Secret = Secret };

    /// <summary>It says what the peer would say next; the peer's own word of that number is then repeated.</summary>
    private static Forgery Impostor(Header heard) => new(
        heard.Source.Text, heard.Uuid.ToArray(), heard.Generation.Number, heard.Sequence!.Value + 1, "active")
    {
        Secret = Secret,
    };

    /// <summary>The real node's next status.</summary>
    private static Header HearPeer(Socket socket)
    {
        var buffer = new byte[65536];
        while (socket.Available > 0)
        {
            socket.Receive(buffer);
        }

        var end = Clock.Now + Limit;
        while (Clock.Now < end)
        {
            if (socket.Poll(100_000, SelectMode.SelectRead)
                && Packet.Open(buffer.AsSpan(0, socket.Receive(buffer)), Keys).Message is { } message
                && Header.TryRead(message, out var header)
                && header is { IsStatus: true, Source.Text: "node2" })
            {
                return header;
            }
        }

        throw new ClusterException("the real node is not heard on the network");
    }

    private static long Refused(Member member) => (member as HaSharpMember)?.Status()?.RefusedPackets.Values.Sum() ?? 0;
}
