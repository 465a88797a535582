// What a daemon costs that has nothing to do, and how long a question to it takes.

using System.Globalization;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks;

internal static class IdleBench
{
    private const int StatusRuns = 20;
    private const double TicksPerSecond = 100;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Measuring = TimeSpan.FromSeconds(70);

    public static void Run(string hasharp)
    {
        using var cluster = new LiveCluster(2, MoveBench.AddressOnly(), hasharp);
        cluster.StartAll();
        cluster.AwaitSettled("node1");
        Thread.Sleep(Settling);

        var before = cluster.Lab.Nodes.Select(node => CpuSeconds(node.DaemonProcessId)).ToList();
        var begun = Clock.Now;
        Thread.Sleep(Measuring);
        var seconds = (Clock.Now - begun).TotalSeconds;
        var percent = cluster.Lab.Nodes
            .Select((node, i) => (CpuSeconds(node.DaemonProcessId) - before[i]) / seconds * 100).ToList();
        var rss = cluster.Lab.Nodes.Select(node => MebiBytes(node.DaemonProcessId, "Rss:")).ToList();
        var pss = cluster.Lab.Nodes.Select(node => MebiBytes(node.DaemonProcessId, "Pss:")).ToList();

        Table.Row("idle daemon, keepalive 200ms: resident memory", "MiB", rss, "<= 45");
        Table.Row("idle daemon: its share of it (PSS)", "MiB", pss, "");
        Table.Row("idle daemon: CPU of one core over 70 s", "%", percent, "<= 0.1", "F3");
    }

    public static void RunStatus(string hasharp)
    {
        using var cluster = new LiveCluster(2, MoveBench.AddressOnly(), hasharp);
        cluster.StartAll();
        cluster.AwaitSettled("node1");
        var times = new List<double>();
        for (var run = 0; run < StatusRuns; run++)
        {
            var begun = Clock.Now;
            Tool.Demand([hasharp, "status", "--run-dir", cluster[1].RunDirectory]);
            times.Add((Clock.Now - begun).TotalMilliseconds);
        }

        Table.Row("`hasharp status`, from start to exit", "ms", times, "median <= 100");
    }

    /// <summary>User and system time of a process, all threads.</summary>
    public static double CpuSeconds(int process)
    {
        var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        // The name, in parentheses, may contain blanks; utime and stime are the 12th and 13th words after it.
        var words = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return words[11..13].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static double MebiBytes(int process, string field)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/smaps_rollup");
        var line = File.ReadLines(file).First(line => line.StartsWith(field, StringComparison.Ordinal));
        var kibiBytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return double.Parse(kibiBytes, CultureInfo.InvariantCulture) / 1024;
    }
}
