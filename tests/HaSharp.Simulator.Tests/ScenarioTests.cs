using System.Runtime.CompilerServices;
using HaSharp.Simulator.Scenarios;

namespace HaSharp.Simulator.Tests;

/// <summary>Plays every file of Scenarios/ and compares its trace with the one in the file.</summary>
public sealed class ScenarioTests
{
    private const string Dashes = "---";

    /// <summary>SIM_REWRITE=1 writes the traces in the files anew. Read the difference before you keep it.</summary>
    private static bool Rewrite => Environment.GetEnvironmentVariable("SIM_REWRITE") == "1";

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder(), "*.scn").Order(StringComparer.Ordinal).Select(static path => Name(path))];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_scenario_goes_as_its_file_says(string name)
    {
        string path = Path.Combine(Folder(), name + ".scn");
        string text = File.ReadAllText(path);
        ScenarioResult read = ScenarioReader.Read(name + ".scn", text);
        Assert.True(read.Scenario is not null, string.Join('\n', read.Problems));
        Outcome outcome = Play.Run(read.Scenario, trace: true);
        if (Rewrite)
        {
            int script = text.IndexOf('\n' + Dashes, StringComparison.Ordinal);
            File.WriteAllText(path, $"{(script < 0 ? text : text[..(script + 1)])}{Dashes}\n{outcome.Trace}");
        }
        else
        {
            Assert.Equal(read.Scenario.Expected, outcome.Trace);
        }

        Assert.True(outcome.Violations.Count == 0, string.Join('\n', outcome.Violations));
    }

    [Fact]
    public void The_scenarios_are_found() => Assert.True(Directory.GetFiles(Folder(), "*.scn").Length >= 17);

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path);

    private static string Folder([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Scenarios");
}
