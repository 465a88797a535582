using System.Text.RegularExpressions;

namespace HaSharp.Core.Tests.Tidy;

/// <summary>
/// Cli → Daemon, Ldirectord, Simulator → Core → Stateless, and never another arrow. A project boundary earns its place
/// by what it forbids; these tests are where it does.
/// </summary>
public sealed partial class ArchitectureTests(Repository repository) : IClassFixture<Repository>
{
    private static readonly (string Project, string[] Projects, string[] Packages)[] Allowed =
    [
        ("Stateless", [], []),
        ("HaSharp.Core", ["Stateless"], []),
        ("HaSharp.Simulator", ["HaSharp.Core"], []),
        ("HaSharp.Daemon", ["HaSharp.Core"], ["Polly.Core", "Microsoft.Extensions.Logging.Abstractions"]),
        ("HaSharp.Ldirectord", ["HaSharp.Core"], ["Polly.Core", "Microsoft.Extensions.Logging.Abstractions"]),
        (
            "HaSharp.Cli",
            ["HaSharp.Core", "HaSharp.Daemon", "HaSharp.Ldirectord", "HaSharp.Simulator"],
            [
                "Microsoft.Extensions.Hosting", "Serilog", "Serilog.Extensions.Logging", "Serilog.Sinks.Async",
                "Serilog.Sinks.Console", "Serilog.Sinks.File", "System.CommandLine",
            ]),
    ];

    // The banned list is an error in all of src; only these sections of .editorconfig may lift it.
    private static readonly string[] OpenPlaces =
    [
        "[src/{HaSharp.Daemon,HaSharp.Cli,HaSharp.Ldirectord}/**.cs]",
        "[src/HaSharp.Core/Wire/Compression.cs]",
        "[src/HaSharp.Simulator/Dice.cs]",
    ];

    // Mocks stand for I/O; pure code has none.
    private static readonly string[] PureTests = ["HaSharp.Core.Tests", "HaSharp.Simulator.Tests", "Stateless.Tests"];

    [Fact]
    public void Every_project_has_its_place_in_the_architecture() => Findings.None(
        Projects("src").Select(project => project.Name).Except(Allowed.Select(allowed => allowed.Project)));

    [Fact]
    public void No_project_refers_to_another_than_the_architecture_allows() => Findings.None(
        from project in Projects("src")
        from allowed in Allowed
        where allowed.Project == project.Name
        from reference in project.Projects.Except(allowed.Projects)
        select $"{project.File.Path}: a reference to {reference}");

    [Fact]
    public void No_project_uses_a_package_outside_its_place() => Findings.None(
        from project in Projects("src")
        from allowed in Allowed
        where allowed.Project == project.Name
        from package in project.Packages.Except(allowed.Packages)
        select $"{project.File.Path}: the package {package}");

    [Fact]
    public void The_core_uses_no_package() =>
        Findings.None(Projects("src").Single(project => project.Name == "HaSharp.Core").Packages);

    [Fact]
    public void No_product_refers_to_a_test() => Findings.None(
        from project in Projects("src")
        from reference in project.Projects.Intersect(Projects("tests").Select(test => test.Name))
        select $"{project.File.Path}: a reference to {reference}");

    [Fact]
    public void No_pure_test_needs_a_mock() => Findings.None(
        from project in Projects("tests")
        where PureTests.Contains(project.Name) && project.Packages.Contains("Moq")
        select project.File.Path);

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = repository.Files.Single(file => file.Path == "HaSharp.sln").Text.Replace('\\', '/');
        Findings.None(repository.Files
            .Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(file => !solution.Contains($"\"{file.Path}\"", StringComparison.Ordinal))
            .Select(file => file.Path));
    }

    [Fact]
    public void The_purity_fence_is_open_in_named_places_only()
    {
        var config = repository.Files.Single(file => file.Path == ".editorconfig");
        var lifted = new List<string>();
        var section = "";
        foreach (var line in config.Lines)
        {
            section = line.StartsWith('[') ? line : section;
            if (Lifted().IsMatch(line))
            {
                lifted.Add(section);
            }
        }

        Assert.Equal(OpenPlaces, lifted);
    }

    [Fact]
    public void Every_event_of_the_core_has_an_id_of_its_own()
    {
        var events = repository.Code.Where(file => file.IsUnder("src")).SelectMany(EventRules.Events).ToList();

        Assert.NotEmpty(events);
        Findings.None(events
            .Where(@event => @event.Id is null)
            .Select(@event => $"{@event.Place} has no number as id"));
        Findings.None(events
            .Where(@event => @event.Id is < 1000 or > 9999)
            .Select(@event => $"{@event.Place}: the id {@event.Id} is not between 1000 and 9999"));
        Findings.None(
            from same in events.GroupBy(@event => @event.Id)
            where same.Count() > 1
            from @event in same
            select $"{@event.Place}: the id {@event.Id} is given {same.Count()} times");
    }

    private List<ProjectFile> Projects(string folder) =>
    [
        .. repository.Files
            .Where(file => file.IsUnder(folder) && file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(file => new ProjectFile(file)),
    ];

    [GeneratedRegex("RS0030.*=\\s*(none|silent|suggestion|warning|default)")]
    private static partial Regex Lifted();
}
