// What watching and repairing takes, and what it costs: a deleted address, a killed service, a hundred monitored
// resources, two hundred addresses.

using System.Globalization;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks;

internal static class ManagedBench
{
    private const int LeastRuns = 11;
    private const int Monitored = 100;
    private const int PerGroup = 10;
    private const int Addresses = 200;
    private const double NanosecondsPerMs = 1e6;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Measuring = TimeSpan.FromSeconds(60);

    /// <summary>Notes by the wall clock when it is looked for in vain, and when its start begins and ends.</summary>
    private const string TimedAgent = """
        #!/bin/sh
        now=$(date +%s%N) log=/run/timed.log
        running() {
            [ -s /run/timed.pid ] && kill -0 "$(cat /run/timed.pid)" 2> /dev/null
        }
        case $1 in
            start)
                setsid sleep 100000 < /dev/null > /dev/null 2>&1 &
                echo $! > /run/timed.pid
                echo "begin $now" >> $log
                echo "end $(date +%s%N)" >> $log
                ;;
            stop) ! running || kill "$(cat /run/timed.pid)" ;;
            status) if running; then echo running; else echo stopped && echo "look $now" >> $log; fi ;;
        esac

        """;

    private const string MarkAgent = """
        #!/bin/sh
        case $2 in
            start) : > /run/mark-$1 ;;
            stop) rm -f /run/mark-$1 ;;
            status) if [ -e /run/mark-$1 ]; then echo running; else echo stopped; fi ;;
        esac

        """;

    public static void Run(string hasharp, int runs)
    {
        RunDeletedAddress(hasharp, Math.Max(runs, LeastRuns));
        RunKilledService(hasharp, Math.Max(runs, LeastRuns));
        RunMonitored(hasharp);
        RunManyAddresses(hasharp, runs);
    }

    private static void RunDeletedAddress(string hasharp, int runs)
    {
        // After three failures it would move.
        using var cluster = Started(
            hasharp, $"node1 {LiveCluster.Group}\n", $"resource {LiveCluster.Group} max_restarts=1000\n");
        using var gap = new AddressGap(cluster[1]);
        var times = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            times.Add(gap.Delete($"{LiveCluster.Address}/24", "eth0").TotalMilliseconds);
            cluster.AwaitSettled("node1");
        }

        Table.Row("address deleted: until it is back", "ms", times, "<= 100");
    }

    private static void RunKilledService(string hasharp, int runs)
    {
        using var cluster = Started(
            hasharp, $"node1 {LiveCluster.Group} timed\n", "resource timed interval=1 max_restarts=1000\n", TimedAgent);
        var log = new TimedLog(cluster[1]);
        var totals = new List<double>();
        var beyond = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            // Not always at the same moment of the interval.
            Thread.Sleep(TimeSpan.FromMilliseconds(500 + (137 * run)));
            var seen = log.Lines.Count;
            var killed = log.Shell("date +%s%N && kill -9 $(cat /run/timed.pid)");
            cluster.Await("the service runs again", () => log.Lines.Skip(seen).Any(line => line.Word == "end"));
            var news = log.Lines[seen..];
            var begin = news.Find(static line => line.Word == "begin").At;
            totals.Add((news.Find(static line => line.Word == "end").At - killed) / NanosecondsPerMs);
            beyond.Add((begin - news.Find(static line => line.Word == "look").At) / NanosecondsPerMs);
            cluster.AwaitSettled("node1");
        }

        Table.Row("service killed, interval 1s: until it runs again", "ms", totals, "");
        Table.Row("the same beyond monitor interval and own start", "ms", beyond, "<= 100");
    }

    private static void RunMonitored(string hasharp)
    {
        var lines = from first in Enumerable.Range(0, Monitored / PerGroup)
                    select "node1 " + string.Join(' ', Enumerable.Range(first * PerGroup, PerGroup).Select(
                        number => FormattableString.Invariant($"mark::{number}"))) + "\n";
        using var cluster = Started(hasharp, $"node1 {LiveCluster.Group}\n{string.Concat(lines)}");
        cluster.Await(
            "all groups are started",
            () => cluster[1].Status() is { Stable: true } status && status.Groups.All(one => one.State == "started"));
        Thread.Sleep(Settling);
        var before = cluster.Lab.Nodes.Select(node => IdleBench.CpuSeconds(node.DaemonProcessId)).ToList();
        var begun = Clock.Now;
        Thread.Sleep(Measuring);
        var seconds = (Clock.Now - begun).TotalSeconds;
        var percent = cluster.Lab.Nodes.Select(
            (node, i) => (IdleBench.CpuSeconds(node.DaemonProcessId) - before[i]) / seconds * 100).ToList();
        Table.Row("100 resources every 10s: CPU of one core over 60 s", "%", [percent[0]], "", "F2");
        Table.Row("the same less that of the other, idle node", "%", [percent[0] - percent[1]], "<= 1", "F2");
    }

    private static void RunManyAddresses(string hasharp, int runs)
    {
        const int first = 20;
        var words = from number in Enumerable.Range(first, Addresses)
                    let text = FormattableString.Invariant($"10.77.0.{number}")
                    where text != LiveCluster.Address.ToString()
                    select $"{text}/24/eth0";
        using var cluster = Started(hasharp, $"node1 {LiveCluster.Group} {string.Join(' ', words)}\n");
        var times = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            cluster.Demand(cluster[1], "group", "stop", LiveCluster.Group);
            cluster.Await("the address is gone", () => cluster.Watch.Owner == "nobody");
            cluster.Demand(cluster[1], "group", "start", LiveCluster.Group);
            cluster.AwaitSettled("node1");
            var log = File.ReadAllLines(cluster[1].ConsoleFile);
            var begun = TimeOf(log, "Acquiring resource group");
            times.Add((TimeOf(log, "acquisition complete") - begun).TotalMilliseconds);
        }

        Table.Row("200 addresses in one group: until all are up", "ms", times, "<= 1000");
    }

    /// <summary>Of the last line with these words: 13:47:10.504 info: ...</summary>
    private static TimeSpan TimeOf(string[] log, string words) => TimeSpan.Parse(
        log.Last(line => line.Contains($": {words}", StringComparison.Ordinal)
            || (line.Contains("Resource group ", StringComparison.Ordinal)
                && line.EndsWith(words, StringComparison.Ordinal)))[..12],
        CultureInfo.InvariantCulture);

    private static LiveCluster Started(string hasharp, string haresources, string haCf = "", string agent = MarkAgent)
    {
        var cluster = new LiveCluster(
            2,
            new LabFiles
            {
                HaCf = LabFiles.HaCfFor(nodes: 2, autoFailback: "off") + haCf,
                Haresources = haresources,
                Agents = new SortedDictionary<string, string>(StringComparer.Ordinal)
                {
                    [agent == MarkAgent ? "mark" : "timed"] = agent,
                },
            },
            hasharp);
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

    /// <summary>What the timed agent notes on a node, in nanoseconds.</summary>
    private sealed class TimedLog(LabNode node)
    {
        public List<(string Word, double At)> Lines =>
        [
            .. from line in Text("cat /run/timed.log").Split('\n', StringSplitOptions.RemoveEmptyEntries)
               let words = line.Split(' ')
               select (words[0], double.Parse(words[1], CultureInfo.InvariantCulture)),
        ];

        public double Shell(string script) => double.Parse(Text(script), CultureInfo.InvariantCulture);

        private string Text(string script) => node.Machine?.Run(["sh", "-c", script]).Output
            ?? throw new LabException($"{node.Name} has no power");
    }
}
