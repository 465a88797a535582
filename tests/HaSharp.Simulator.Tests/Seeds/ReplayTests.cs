using HaSharp.Simulator.Scenarios;
using HaSharp.Simulator.Seeds;
using Xunit.Abstractions;

namespace HaSharp.Simulator.Tests.Seeds;

/// <summary>
/// Plays one random run again, cut down to what is needed to fail, and prints it as a scenario with its trace:
/// SIM_SEED="seed=7 nodes=3 profile=lossy" dotnet test tests/HaSharp.Simulator.Tests --filter Replay.
/// </summary>
public sealed class ReplayTests(ITestOutputHelper output)
{
    private static readonly TimeSpan _length = TimeSpan.FromHours(1);

    [SeedFact]
    public void Replay_of_the_seed_in_SIM_SEED_breaks_no_rule()
    {
        string line = Environment.GetEnvironmentVariable(SeedFactAttribute.Variable)!;
        SeededRun? run = SeededRun.Parse(line);
        Assert.True(run is not null, $"no line of a random run: {line}");
        Scenario scenario = run.Scenario(_length);
        Outcome outcome = Play.Run(scenario);
        if (outcome.Violations.Count > 0)
        {
            string rule = outcome.Violations[0].Rule;
            Scenario small = Reduction.Reduce(
                scenario with { End = outcome.Played },
                candidate => Play.Run(candidate).Violations.Any(violation => violation.Rule == rule));
            Outcome again = Play.Run(small, trace: true);
            output.WriteLine($"{small}---\n{again.Trace}");
            Assert.Fail(string.Join('\n', again.Violations.Prepend(outcome.Violations[0])));
        }

        output.WriteLine($"{run}: {outcome.Played.TotalSeconds:F0} s without a violation");
    }
}

/// <summary>Skipped, and says why, unless SIM_SEED names a run.</summary>
public sealed class SeedFactAttribute : FactAttribute
{
    public const string Variable = "SIM_SEED";

    public SeedFactAttribute() => Skip = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }
        ? null
        : $"plays the run that {Variable} names, and {Variable} is not set";
}
