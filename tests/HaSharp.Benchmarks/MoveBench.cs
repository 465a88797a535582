// The gap that a client sees when the address moves, planned or after a power cut; the time until it is up at a start.

using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks;

internal static class MoveBench
{
    /// <summary>The address alone, the timing of the promised figures, and no return by itself.</summary>
    public static LabFiles AddressOnly(string? timing = null) => new()
    {
        HaCf = LabFiles.HaCfFor(nodes: 2, timing: timing, autoFailback: "off"),
        Haresources = $"node1 {LiveCluster.Group}\n",
    };

    public static void RunMoves(string hasharp, int runs)
    {
        using var cluster = StartedPair(hasharp);
        var standby = new List<double>();
        var takeover = new List<double>();
        var stop = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            standby.Add(MilliSeconds(cluster, (owner, _) => cluster.Demand(owner, "standby")));
            takeover.Add(MilliSeconds(cluster, (_, other) => cluster.Demand(other, "takeover")));
            stop.Add(MilliSeconds(cluster, (owner, _) => cluster.Stop(owner)));
            Rejoin(cluster);
        }

        Table.Row("standby: gap at the client", "ms", standby, "median <= 20");
        Table.Row("takeover: gap at the client", "ms", takeover, "median <= 20");
        Table.Row("clean stop: gap at the client", "ms", stop, "median <= 20");
    }

    public static void RunPowerCuts(string hasharp, int runs)
    {
        using var cluster = StartedPair(hasharp);
        var gaps = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            // Not always at the same moment of the keepalive's period.
            Thread.Sleep(TimeSpan.FromMilliseconds(500 + (37 * run)));
            gaps.Add(MilliSeconds(cluster, (owner, _) => cluster.PowerOff(owner)));
            Rejoin(cluster);
        }

        Table.Row("power cut, keepalive 200ms deadtime 1: gap", "ms", gaps, "median <= 1050");
    }

    public static void RunColdStarts(string hasharp, int runs)
    {
        var fromLaunch = new List<double>();
        var fromUp = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            using var cluster = new LiveCluster(2, AddressOnly(), hasharp);
            var launched = Clock.Now;
            cluster.StartAll();
            cluster.Await("both control sockets are there", () => cluster.Lab.Nodes.All(HasSocket));
            var up = Clock.Now;
            cluster.Await("the client is answered", () => cluster.Client.Log.Latest is not null);
            var answered = cluster.Client.Log.Since(default)[0].At;
            fromLaunch.Add((answered - launched).TotalMilliseconds);
            fromUp.Add(Math.Max(0, (answered - up).TotalMilliseconds));
            cluster.AwaitSettled("node1");
        }

        Table.Row("both started: until the first answer, from exec", "ms", fromLaunch, "");
        Table.Row("both started: the same, since both are up", "ms", fromUp, "<= 2000");
    }

    /// <summary>Many, because what delays a start happens seldom.</summary>
    public static void RunRestarts(string hasharp, int runs)
    {
        using var cluster = StartedPair(hasharp);
        var times = new List<double>();
        var silences = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            cluster.Stop(cluster[2]);
            var begun = Clock.Now;
            Rejoin(cluster);
            times.Add((Clock.Now - begun).TotalMilliseconds);
            silences.Add(AnswerLog.LongestSilence(cluster.Client.Log.Since(begun)).TotalMilliseconds);
        }

        Table.Row("standby started again: until its status says so", "ms", times, "");
        Table.Row("standby started again: silence of the other node", "ms", silences, "");
    }

    private static LiveCluster StartedPair(string hasharp)
    {
        var cluster = new LiveCluster(2, AddressOnly(), hasharp);
        cluster.StartAll();
        cluster.AwaitSettled("node1");
        return cluster;
    }

    private static double MilliSeconds(LiveCluster cluster, Action<LabNode, LabNode> act)
    {
        var owner = cluster.Named(cluster.Watch.Owner);
        var other = cluster.OtherThan(owner.Name);
        return cluster.Move(other.Name, () => act(owner, other)).Gap.TotalMilliseconds;
    }

    /// <summary>Starts what does not run, and waits until both are in the cluster again.</summary>
    private static void Rejoin(LiveCluster cluster)
    {
        var owner = cluster.Watch.Owner;
        foreach (var node in cluster.Lab.Nodes.Where(node => node.DaemonProcessId == 0))
        {
            cluster.Boot(node);
            node.StartDaemon();
            cluster.Await($"{node.Name} is active", () => IsActive(node.Status(), node.Name));
        }

        cluster.AwaitSettled(owner);
    }

    private static bool IsActive(LabStatus? status, string name) =>
        status is { Stable: true } && status.Nodes.All(node => node.Status == "active") && status.Node == name;

    private static bool HasSocket(LabNode node) =>
        Directory.EnumerateFiles(node.RunDirectory).Any(file => file.EndsWith("sock", StringComparison.Ordinal)
            || file.EndsWith("control", StringComparison.Ordinal));
}
