using HaSharp.Simulator.Scenarios;
using HaSharp.Simulator.Seeds;

namespace HaSharp.Simulator.Tests.Seeds;

/// <summary>
/// Random runs under all checkers, an hour each. SIM_HOURS says how many hours in all (200 if absent), SIM_FIRST the
/// first seed (1); SIM_MIXED_HOURS and SIM_HEARTBEAT are for runs of which one node is a heartbeat 3.0.6. A failure
/// names the lines that replay it.
/// </summary>
public sealed class SeedTests(SeedTotals totals) : IClassFixture<SeedTotals>
{
    private const int Hours = 208;
    private const int MixedHours = 32;

    private static readonly int[] _nodes = [2, 2, 3, 2, 3, 5];

    private static readonly TimeSpan _length = TimeSpan.FromHours(1);

    public static TheoryData<Profile> Profiles => [.. Enum.GetValues<Profile>()];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Random_faults_break_no_rule(Profile profile)
    {
        List<string> failures = [];
        Parallel.ForEach(
            Runs(profile),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            run => Judge(run, failures));
        Assert.True(failures.Count == 0, string.Join('\n', failures.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Random_faults_beside_a_heartbeat_break_no_rule(Profile profile)
    {
        List<string> failures = [];
        Parallel.ForEach(
            MixedRuns(profile),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            run => Judge(run, failures));
        Assert.True(failures.Count == 0, string.Join('\n', failures.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void A_seed_gives_the_same_run_every_time()
    {
        Scenario scenario = new SeededRun(7, 3, Profile.Mixed).Scenario(TimeSpan.FromMinutes(10));
        Assert.Equal(Play.Run(scenario, trace: true).Trace, Play.Run(scenario, trace: true).Trace);
    }

    [Fact]
    public void The_line_of_a_run_reads_back()
    {
        SeededRun run = new(12345, 3, Profile.Lossy);
        Assert.Equal("hasharp-sim seed=12345 nodes=3 profile=lossy", run.ToString());
        Assert.Equal(run, SeededRun.Parse(run.ToString()));
        SeededRun mixed = new(7, 2, Profile.Calm, "node2");
        Assert.Equal("hasharp-sim seed=7 nodes=2 profile=calm heartbeat=node2", mixed.ToString());
        Assert.Equal(mixed, SeededRun.Parse(mixed.ToString()));
        Assert.Null(SeededRun.Parse("seed=1 nodes=1 profile=lossy"));
        Assert.Null(SeededRun.Parse("seed=1 nodes=2 profile=unheard-of"));
    }

    [Fact]
    public void A_random_run_reads_back_from_its_text()
    {
        Scenario scenario = new SeededRun(99, 5, Profile.Mixed).Scenario(TimeSpan.FromHours(1));
        Scenario again = ScenarioReader.Read("again", scenario.ToString()).Scenario!;
        Assert.Equal(scenario.Deeds, again.Deeds);
        Assert.Equal(scenario.End, again.End);
    }

    /// <summary>Every size of cluster in turn.</summary>
    private static IEnumerable<SeededRun> Runs(Profile profile)
    {
        int profiles = Enum.GetValues<Profile>().Length;
        int first = Number("SIM_FIRST", 1);
        for (int i = (int)profile; i < Number("SIM_HOURS", Hours); i += profiles)
        {
            yield return new SeededRun(first + i, _nodes[i / profiles % _nodes.Length], profile);
        }
    }

    /// <summary>The one and the other node runs heartbeat, in turn.</summary>
    private static IEnumerable<SeededRun> MixedRuns(Profile profile)
    {
        int profiles = Enum.GetValues<Profile>().Length;
        int first = Number("SIM_FIRST", 1);
        for (int i = (int)profile; i < Number("SIM_MIXED_HOURS", MixedHours); i += profiles)
        {
            string heartbeat = Environment.GetEnvironmentVariable("SIM_HEARTBEAT")
                ?? (i / profiles % 2 == 0 ? "node1" : "node2");
            yield return new SeededRun(first + i, 2, profile, heartbeat);
        }
    }

    private void Judge(SeededRun run, List<string> failures)
    {
        string? failure = null;
        try
        {
            Outcome outcome = Play.Run(run.Scenario(_length));
            totals.Add(outcome);
            failure = outcome.Violations.Count > 0 ? $"{run}: {outcome.Violations[0]}" : null;
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            failure = $"{run}: {broken}";
        }

        if (failure is not null)
        {
            lock (failures)
            {
                failures.Add(failure);
            }
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : otherwise;
}
