using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using HaSharp.Cli.Service;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Files;
using HaSharp.Daemon.Native;
using HaSharp.Daemon.Processes;

namespace HaSharp.Cli.Verbs;

/// <summary>
/// hasharp check: reads the three files as the daemon would, looks for what they name, and says all that is wrong.
/// </summary>
internal static class CheckVerb
{
    private const int AnyWrite = 0b010_010_010;
    private const int OthersRead = 0b000_100_100;

    public static Command Build()
    {
        var directory = new Argument<string?>("DIR")
        {
            Description = "Directory of the files (default: --ha-dir).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("check", """
            Check ha.cf, haresources and authkeys, and whether this machine has what they name: agents with their
            parameters, commands, interfaces. Needs no daemon. Agents are looked for in resource.d of --ha-dir if that
            is given, else of DIR if it has one.
            Exit code 0: the files can be used; 6: they cannot.

            Examples:
              hasharp check
              hasharp check /root/new-ha.d && cp /root/new-ha.d/* /etc/ha.d && hasharp reload
            """)
        {
            directory,
            CommonOptions.Json,
            CommonOptions.HaDirectory,
        };
        command.SetAction(parsed => Run(parsed, parsed.GetValue(directory)));
        return command;
    }

    private static int Run(ParseResult parsed, string? named)
    {
        string live = Path.GetFullPath(parsed.GetRequiredValue(CommonOptions.HaDirectory));
        bool isGiven = parsed.GetResult(CommonOptions.HaDirectory) is { Implicit: false };
        string directory = named ?? live;
        string home = named is not null && !isGiven && Directory.Exists(Path.Combine(named, "resource.d"))
            ? Path.GetFullPath(named)
            : live;
        ConfigSources sources = ConfigDirectory.Read(directory);
        NodeName self = sources.Self ?? new NodeName(Startup.MachineName());

        // Files of any machine may be checked here, so our own name need not be among the nodes.
        ConfigResult result = ConfigReader.Read((named is null ? sources : Candidate(sources)) with { Self = null });
        return Print(
            directory, result with { Problems = [.. result.Problems, .. Survey(result, self, home)] },
            parsed.GetValue(CommonOptions.Json));
    }

    /// <summary>What the files name, looked for on this machine.</summary>
    /// <param name="home">The directory that resource.d is in.</param>
    private static IEnumerable<ConfigProblem> Survey(ConfigResult files, NodeName self, string home)
    {
        var catalog = new AgentCatalog(AgentDirectories.OfMachine(home));
        IReadOnlyCollection<string>? interfaces = files.Config?.Nodes.Contains(self) == true
            ? Rtnetlink.InterfaceNames()
            : null;
        List<ConfigProblem> found = [.. AgentSurvey.Faults(catalog, files.Mentions, interfaces)];
        using ProcessWatcher processes = new();
        IReadOnlyList<string> environment = files.Config is { } config
            ? AgentEnvironment.Of(config, self, home)
            : AgentEnvironment.Of(self, home);
        new AgentSurvey(catalog, processes, environment).Ask(files.Mentions, (_, _) => { }, found.Add)
            .GetAwaiter().GetResult();
        if (files.Config is { } read && interfaces is null)
        {
            found.Add(new ConfigProblem(
                "ha.cf", 0, 0, ProblemSeverity.Note,
                $"this machine is called {self}, which is none of the nodes ({string.Join(", ", read.Nodes)}): its "
                + "interfaces were not looked at, and a start here would be refused"));
        }

        return found.OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line)
            .ThenBy(problem => problem.Column);
    }

    /// <summary>
    /// A directory that is named may be an archive. Where nobody at all may write authkeys, its mode says nothing about
    /// the file that will be installed, so it warns; the start refuses it.
    /// </summary>
    private static ConfigSources Candidate(ConfigSources sources)
    {
        if (sources.AuthKeysMode is not { } mode || (mode & AnyWrite) != 0 || (mode & OthersRead) == 0)
        {
            return sources;
        }

        var octal = Convert.ToString(mode, 8).PadLeft(4, '0');
        var warning = new ConfigProblem(
            "authkeys", 0, 0, ProblemSeverity.Warning,
            $"this read-only copy has mode {octal}; where it is used it must have 0600, or the start is refused");
        return sources with { AuthKeysMode = null, Problems = [.. sources.Problems, warning] };
    }

    private static int Print(string directory, ConfigResult result, bool json)
    {
        int errors = result.Problems.Count(problem => problem.Severity == ProblemSeverity.Error);
        int warnings = result.Problems.Count(problem => problem.Severity == ProblemSeverity.Warning);
        if (json)
        {
            var report = new CheckReport(directory, errors == 0, errors, warnings, [.. result.Problems.Select(Of)]);
            Console.Out.WriteLine(JsonSerializer.Serialize(report, CheckJson.Default.CheckReport));
        }
        else
        {
            foreach (ConfigProblem problem in result.Problems)
            {
                Console.Out.WriteLine(problem);
            }

            Console.Out.WriteLine(Summary(directory, result.Config, errors, warnings));
        }

        return errors == 0 ? ExitCode.Done : ExitCode.NotConfigured;
    }

    private static string Summary(string directory, ClusterConfig? config, int errors, int warnings)
    {
        string counts = $"{Count(errors, "error")}, {Count(warnings, "warning")}";
        return config is null
            ? $"{directory}: cannot be used: {counts}"
            : $"{directory}: good: {Count(config.Nodes.Count, "node")}, {Count(config.Links.Count, "link")}, "
                + $"{Count(config.Groups.Count, "resource group")}; {counts}";
    }

    private static string Count(int number, string thing) => $"{number} {thing}{(number == 1 ? "" : "s")}";

    private static CheckProblem Of(ConfigProblem problem) => new(
        problem.File, problem.Line, problem.Column, Word(problem.Severity), problem.Text);

    private static string Word(ProblemSeverity severity) => severity switch
    {
        ProblemSeverity.Note => "note",
        ProblemSeverity.Warning => "warning",
        _ => "error",
    };
}

/// <summary>What check --json prints.</summary>
internal sealed record CheckReport(
    string Directory, bool Usable, int Errors, int Warnings, IReadOnlyList<CheckProblem> Problems);

/// <param name="Severity">note, warning or error.</param>
internal sealed record CheckProblem(string File, int Line, int Column, string Severity, string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class CheckJson : JsonSerializerContext;
