using HaSharp.Simulator.Scenarios;
using HaSharp.Simulator.Seeds;
using Xunit.Abstractions;

namespace HaSharp.Simulator.Tests.Seeds;

/// <summary>
/// Plays one random run again, cuts it down to what is needed to fail, and prints it as a scenario with its trace:
/// SIM_SEED="seed=7 nodes=3 profile=lossy" dotnet test --filter Replay --logger "console;verbosity=detailed".
/// </summary>
public sealed class ReplayTests(ITestOutputHelper output)
{
    private const string WithoutSeed = "seed=1 nodes=2 profile=mixed";

    private static readonly TimeSpan _length = TimeSpan.FromHours(1);

    [Fact]
    public void Replay_of_the_run_that_SIM_SEED_names_breaks_no_rule()
    {
        string line = Environment.GetEnvironmentVariable("SIM_SEED") ?? WithoutSeed;
        SeededRun? run = SeededRun.Parse(line);
        Assert.True(run is not null, $"no line of a random run: {line}");
        Scenario scenario = run.Scenario(_length);
        Outcome outcome = Play.Run(scenario);
        output.WriteLine($"{run}: played {outcome.Played.TotalSeconds:F0} s");
        if (outcome.Violations.Count > 0)
        {
            Scenario small = Reduce(scenario with { End = outcome.Played }, outcome.Violations[0].Rule);
            Outcome again = Play.Run(small, trace: true);
            output.WriteLine($"{small}---\n{again.Trace}");
            Assert.Fail(string.Join('\n', again.Violations.Prepend(outcome.Violations[0])));
        }
    }

    [Fact]
    public void A_reduced_run_is_short_and_breaks_the_same_rule()
    {
        // Asked for an hour without any start or stop, the cluster must fail: one node that starts is enough for that.
        const string text = """
            cluster node1 node2
            haresources node1 web
            at 0s power-on node1
            at 1s power-on node2
            at 60s loss 10%
            at 90s heal
            at 100s stop node1
            at 120s cut node1 node2
            at 400s agent web stop fails
            at 500s kill node2
            at 600s start node2
            at 900s settled 10s
            run 901s
            """;
        Scenario scenario = ScenarioReader.Read("reduce", text).Scenario!;
        PlannedDeed question = new(scenario.End, new Deed.Settled(scenario.End));
        Scenario small = Reduce(scenario with { Deeds = [.. scenario.Deeds, question] }, "Convergence");
        Assert.True(small.Deeds.Count <= 2, small.ToString());
        Assert.Contains(Play.Run(small).Violations, static violation => violation.Rule == "Convergence");
    }

    private static Scenario Reduce(Scenario scenario, string rule) => Reduction.Reduce(
        scenario, candidate => Play.Run(candidate).Violations.Any(violation => violation.Rule == rule));
}
