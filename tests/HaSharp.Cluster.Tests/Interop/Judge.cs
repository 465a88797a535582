// The judge of a life: after each deed every address must get its one holder in time, without a change that nobody
// asked for; both nodes must say so; the real node must see ours alive, answer its clients and complain of nothing.

using HaSharp.Benchmarks;
using HaSharp.Benchmarks.Interop;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Interop;

/// <summary>Who serves the two addresses; "nobody", "node1+node2" in a partition, or "one", whichever.</summary>
internal sealed record Owners(string First, string Second)
{
    public static readonly Owners AnyOne = new("one", "one");

    public IReadOnlyList<string> Names => [First, Second];
}

/// <summary>What is usual in a scene although it would be a complaint in another.</summary>
/// <param name="Lines">Parts of lines of the real node.</param>
/// <param name="AnyPath">The addresses may have other holders on the way.</param>
/// <param name="Apart">The nodes do not hear each other in the end.</param>
/// <param name="TheirWord">The real node says what it holds.</param>
internal sealed record Allowed(
    IReadOnlyList<string> Lines, bool AnyPath = false, bool Apart = false, bool TheirWord = true)
{
    public static readonly Allowed Nothing = new([]);

    /// <summary>
    /// It acquires twice when a peer says goodbye, and may be surprised by its own second word (spec 9.8).
    /// </summary>
    public static Allowed Takeover(string real) => new([$"Ignored standby message 'done' from {real} in state"]);

    /// <summary>Said of any node that was silent, and the ping node is one.</summary>
    public static readonly Allowed PingNodeBack = new([$"Late heartbeat: Node {MixedFiles.PingNode}"]);

    /// <summary>The real node does not get out of its takeover.</summary>
    public static readonly Allowed Stuck = new(["received during takeover"], TheirWord: false);

    public static readonly Allowed Partition = new([], AnyPath: true, Apart: true);

    /// <summary>
    /// The first two are said to any peer. The third is what the node says that notices while the other goes on, as
    /// after a loss in one direction between two of its own kind.
    /// </summary>
    public static readonly Allowed Healing = new(
        ["returning after partition", "Late heartbeat: Node", "Both machines own"], AnyPath: true);
}

internal sealed class Judge(MixedCluster cluster)
{
    private static readonly TimeSpan AgreeLimit = TimeSpan.FromSeconds(20);
    private readonly Dictionary<string, int> _read = new(StringComparer.Ordinal);

    public SceneResult Watch(string name, Owners owners, TimeSpan limit, Action deed, Allowed allowed)
    {
        var begun = Clock.Now;
        var settled = TimeSpan.Zero;
        string? failure = null;
        try
        {
            deed();
            MixedCluster.Await($"{owners.First} serves the first address, {owners.Second} the second one",
                () => Is(cluster.First, owners.First) && Is(cluster.Second, owners.Second), limit);
            MixedCluster.AwaitAnswer(
                "every node that runs says that it holds what it holds", () => AllAgree(owners, allowed), AgreeLimit);
            settled = Clock.Now - begun;
            RequireNoOtherChange(begun, owners, allowed);
            RequireSeenAlive(allowed);
        }
        catch (ClusterException e)
        {
            failure = e.Message + "\n" + Path(begun) + cluster.Describe();
        }

        var complaint = Complaint(allowed) is { Length: > 0 } said
            ? $"the real node complains: {said}\n{cluster.Describe()}"
            : null;
        return new SceneResult(name, settled, Gap(begun), failure, complaint);
    }

    /// <summary>After a failure: both nodes from cold, so that the next scene begins as it should.</summary>
    public void StartAgain(TimeSpan limit)
    {
        cluster.Lab.Heal();
        foreach (var member in cluster.Members)
        {
            cluster.PowerOff(member);
        }

        foreach (var member in cluster.Members)
        {
            cluster.Boot(member);
            member.Start();
        }

        cluster.AwaitServed("node1", "node2", limit);
        MixedCluster.AwaitAnswer(
            "both nodes are stable", () => AllAgree(new Owners("node1", "node2"), Allowed.Nothing), limit);
        _ = NewLines().ToList();
    }

    /// <summary>Who holds the addresses now.</summary>
    public Owners Now() => new(cluster.First.Watch.Owner, cluster.Second.Watch.Owner);

    /// <summary>Whether the addresses get other holders within a time.</summary>
    public bool Changes(Owners before, TimeSpan limit)
    {
        var end = Clock.Now + limit;
        while (Now() == before && Clock.Now < end)
        {
            Thread.Sleep(20);
        }

        return Now() != before;
    }

    private static bool Is(ServedAddress address, string owner) => owner switch
    {
        "one" => address.Watch.Holders is [var holder] && address.IsServedBy(holder),
        "node1" or "node2" => address.IsServedBy(owner),
        _ => address.Watch.Owner == owner,
    };

    private bool AllAgree(Owners owners, Allowed allowed)
    {
        var held = owners == Owners.AnyOne ? Now() : owners;
        return cluster.Members
            .Where(member => member.Runs && (allowed.TheirWord || member.Kind == Kind.HaSharp))
            .All(member => member.Holdings == Expected(member.Name, held));
    }

    private static string Expected(string name, Owners owners)
    {
        var held = owners.Names.Select(owner => owner.Split('+').Contains(name)).ToList();
        var local = name == "node1" ? held[0] : held[1];
        var foreign = name == "node1" ? held[1] : held[0];
        return (local, foreign) switch
        {
            (true, true) => "all",
            (true, false) => "local",
            (false, true) => "foreign",
            _ => "none",
        };
    }

    private void RequireNoOtherChange(TimeSpan begun, Owners owners, Allowed allowed)
    {
        foreach (var (address, owner) in new[] { (cluster.First, owners.First), (cluster.Second, owners.Second) })
        {
            var holders = address.HoldersSince(begun);
            var together = holders.Any(name => name.Contains('+', StringComparison.Ordinal));
            MixedCluster.Require(
                allowed.AnyPath || (holders.Count <= 2 && !together),
                $"the address went to {owner} directly, but: {string.Join(" then ", holders)}");
            // It stayed where it was: then it was there all the time.
            MixedCluster.Require(
                allowed.AnyPath || holders.Count != 1 || address.Watch.Since(begun)[0].Holders.Count == 0
                    || address.Watch.Since(begun).Count == 1 || owner == "nobody",
                $"{owner}, which kept the address, held it all the time");
        }
    }

    private void RequireSeenAlive(Allowed allowed)
    {
        var running = cluster.Members.Where(member => member.Runs).ToList();
        if (running.Count < 2 || allowed.Apart)
        {
            return;
        }

        foreach (var member in running)
        {
            var other = cluster.OtherThan(member).Name;
            MixedCluster.AwaitAnswer($"{member.Name} sees {other} as active with its link up", () =>
                member.StatusOf(other) == "active" && member.LinkTo(other, "eth0") == "up", AgreeLimit);
        }
    }

    private string Complaint(Allowed allowed)
    {
        var lines = NewLines().ToList();
        return string.Join(" | ", KnownLines.Complaints(lines, allowed.Lines).Concat(KnownLines.Freezes(lines)));
    }

    /// <summary>What the real nodes have logged since the last time.</summary>
    private IEnumerable<string> NewLines()
    {
        foreach (var member in cluster.Members.Where(member => member.Kind == Kind.Heartbeat))
        {
            var log = member.Log;
            var from = _read.GetValueOrDefault(member.Name);
            _read[member.Name] = log.Count;
            foreach (var line in log.Skip(from))
            {
                yield return line;
            }
        }
    }

    private TimeSpan Gap(TimeSpan begun)
    {
        var first = cluster.First.GapSince(begun);
        var second = cluster.Second.GapSince(begun);
        return first > second ? first : second;
    }

    private string Path(TimeSpan begun) =>
        $"first address: {string.Join(" then ", cluster.First.HoldersSince(begun))}; "
        + $"second: {string.Join(" then ", cluster.Second.HoldersSince(begun))}\n";
}
