// Ten minutes on a machine that has no time: four busy loops, short timing. Nothing may fail over, and a late heartbeat
// is only forgiven when the machine itself stood still at that moment, which the stall probe knows.

using System.Globalization;
using System.Text.RegularExpressions;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks;

internal static partial class Soak
{
    private const int BusyLoops = 4;
    private const string Timing = "keepalive 100ms\ndeadtime 500ms\nwarntime 250ms\ninitdead 5\n";
    private static readonly TimeSpan Keepalive = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LogMargin = TimeSpan.FromMilliseconds(50);

    /// <summary>True when nothing failed over and every late heartbeat has a stall to blame.</summary>
    public static bool Run(string hasharp, double minutes)
    {
        var directory = Directory.CreateTempSubdirectory("hasharp-soak-").FullName;
        try
        {
            using var cluster = new LiveCluster(2, MoveBench.AddressOnly(Timing), hasharp);
            using var probe = new StallProbe(directory);
            cluster.StartAll();
            cluster.AwaitSettled("node1");
            return Run(cluster, probe, TimeSpan.FromMinutes(minutes));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static bool Run(LiveCluster cluster, StallProbe probe, TimeSpan duration)
    {
        for (var i = 0; i < BusyLoops; i++)
        {
            cluster.Lab.Switch.Launch(["sh", "-c", "while :; do :; done"], "/dev/null").Dispose();
        }

        var wallBegun = DateTime.Now;
        var begun = Clock.Now;
        Thread.Sleep(duration);

        var owners = cluster.Watch.Since(begun).Count - 1;
        var incidents = cluster.Lab.Nodes.SelectMany(node => Incidents(node, wallBegun)).OrderBy(i => i.At).ToList();
        var answers = cluster.Client.Log.Since(begun);
        return Report(incidents, probe, owners, AnswerLog.LongestSilence(answers), duration);
    }

    private static bool Report(
        List<Incident> incidents, StallProbe probe, int ownerChanges, TimeSpan silence, TimeSpan duration)
    {
        var stalls = probe.Stalls;
        foreach (var incident in incidents)
        {
            var blame = WorstStall(stalls, incident).TotalMilliseconds;
            Say($"{incident.At:HH:mm:ss.fff} {incident.Node}: {incident.Text} | machine stalled {blame:F0} ms");
        }

        var deaths = incidents.Count(incident => incident.IsDeath);
        var late = incidents.Where(incident => !incident.IsDeath).ToList();
        var excused = late.Count(incident => IsExcused(stalls, incident));
        var longest = stalls.Select(stall => stall.Length.TotalMilliseconds).DefaultIfEmpty().Max();
        var kind = probe.IsNative ? "native" : "managed";
        Say($"soak: {duration.TotalMinutes:0.#} minutes, keepalive 100ms, deadtime 500ms, warntime 250ms");
        Say($"  {BusyLoops} busy loops on {Environment.ProcessorCount} CPUs");
        Say($"  false failovers: {deaths} node(s) declared dead, the address moved {ownerChanges} time(s)");
        Say($"  late heartbeats: {late.Count}, of which {excused} while the machine itself stood still");
        Say($"  longest silence at the client: {silence.TotalMilliseconds:F1} ms");
        Say($"  stalls of the machine over 5 ms ({kind} probe): {stalls.Count}, longest {longest:F1} ms");
        return deaths == 0 && ownerChanges == 0 && excused == late.Count;
    }

    private static void Say(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));

    private static bool IsExcused(IReadOnlyList<Stall> stalls, Incident incident) =>
        WorstStall(stalls, incident) * 2 >= incident.Silence - Keepalive;

    /// <summary>The longest stall of the machine in the time for which nothing was heard.</summary>
    private static TimeSpan WorstStall(IReadOnlyList<Stall> stalls, Incident incident)
    {
        var begin = incident.At - incident.Silence - LogMargin;
        var end = incident.At + LogMargin;
        return stalls.Where(stall => stall.End >= begin && stall.Begin <= end)
            .Select(stall => stall.Length).DefaultIfEmpty().Max();
    }

    private static IEnumerable<Incident> Incidents(LabNode node, DateTime begun) =>
        from line in File.ReadAllLines(node.ConsoleFile)
        let match = IncidentLine().Match(line)
        where match.Success
        let at = begun.Date + TimeSpan.Parse(match.Groups["at"].Value, CultureInfo.InvariantCulture)
        let time = at < begun.AddHours(-12) ? at.AddDays(1) : at
        where time >= begun
        let silence = double.Parse(match.Groups["ms"].Value, CultureInfo.InvariantCulture)
        select new Incident(
            time, node.Name, match.Groups["text"].Value, TimeSpan.FromMilliseconds(silence),
            line.Contains("is dead", StringComparison.Ordinal));

    [GeneratedRegex(
        @"^(?<at>\d\d:\d\d:\d\d\.\d{3}) \w+: "
        + @"(?<text>(Late heartbeat|node \S+ is dead|I was asleep).*?(?<ms>\d+) ms.*)$")]
    private static partial Regex IncidentLine();

    private sealed record Incident(DateTime At, string Node, string Text, TimeSpan Silence, bool IsDeath);
}
