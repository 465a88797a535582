using System.Collections.Concurrent;
using System.Diagnostics;
using HaSharp.Simulator.Scenarios;
using HaSharp.Simulator.Seeds;
using Xunit.Abstractions;

namespace HaSharp.Simulator.Tests.Seeds;

/// <summary>
/// Random runs under all checkers. SIM_HOURS says how many simulated hours (200 if absent), SIM_FIRST the first seed (1).
/// A failure names the lines that replay it.
/// </summary>
public sealed class SeedTests(ITestOutputHelper output)
{
    private const int Hours = 200;

    private static readonly int[] _nodes = [2, 2, 3, 2, 3, 5];

    private static readonly TimeSpan _length = TimeSpan.FromHours(1);

    [Fact]
    public void Two_hundred_hours_of_random_faults_break_no_rule()
    {
        ConcurrentQueue<string> failures = [];
        ConcurrentQueue<Outcome> outcomes = [];
        long began = Stopwatch.GetTimestamp();
        Parallel.ForEach(
            Runs(Number("SIM_HOURS", Hours), Number("SIM_FIRST", 1)),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            run => Judge(run, outcomes, failures));
        TimeSpan wall = Stopwatch.GetElapsedTime(began);
        TimeSpan played = outcomes.Aggregate(TimeSpan.Zero, static (sum, outcome) => sum + outcome.Played);
        TimeSpan nodes = outcomes.Aggregate(TimeSpan.Zero, static (sum, outcome) => sum + outcome.NodeTime);
        string summary = FormattableString.Invariant(
            $"simulator: {outcomes.Count} random runs, {played.TotalHours:F1} cluster-hours, {nodes.TotalHours:F1} node-hours in {wall.TotalSeconds:F1} s ({nodes.TotalSeconds / wall.TotalSeconds:F0} node-seconds per second), {failures.Count} failed");
        output.WriteLine(summary);
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "seeds.txt"), summary + "\n");
        Assert.True(failures.IsEmpty, $"{summary}\n{string.Join('\n', failures.Order(StringComparer.Ordinal))}");
    }

    /// <summary>Every profile and every size of cluster in turn.</summary>
    private static IEnumerable<SeededRun> Runs(int hours, int first)
    {
        Profile[] profiles = Enum.GetValues<Profile>();
        for (int i = 0; i < hours; i++)
        {
            yield return new SeededRun(
                first + i, _nodes[i / profiles.Length % _nodes.Length], profiles[i % profiles.Length]);
        }
    }

    private static void Judge(SeededRun run, ConcurrentQueue<Outcome> outcomes, ConcurrentQueue<string> failures)
    {
        try
        {
            Outcome outcome = Play.Run(run.Scenario(_length));
            outcomes.Enqueue(outcome);
            if (outcome.Violations.Count > 0)
            {
                failures.Enqueue($"{run}: {outcome.Violations[0]}");
            }
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            failures.Enqueue($"{run}: {broken}");
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : otherwise;
}
