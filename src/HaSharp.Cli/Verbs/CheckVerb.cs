using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using HaSharp.Core.Config;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Files;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp check: reads the three files as the daemon would and says all that is wrong with them.</summary>
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
        var json = new Option<bool>("--json") { Description = "Print a JSON object." };
        var command = new Command("check", """
            Check ha.cf, haresources and authkeys without a daemon; of the directory in use (no DIR) the agents, too.
            Exit code 0: they can be used; 6: they cannot.

            Examples:
              hasharp check
              hasharp check /root/new-ha.d && cp /root/new-ha.d/* /etc/ha.d && hasharp reload
            """)
        {
            directory,
            json,
            CommonOptions.HaDirectory,
        };
        command.SetAction(parsed => parsed.GetValue(directory) is { } named
            ? Run(named, Candidate(ConfigDirectory.Read(named)), parsed.GetValue(json))
            : Run(Live(parsed), ConfigDirectory.Read(Live(parsed)), parsed.GetValue(json), AgentFaults));
        return command;
    }

    private static string Live(ParseResult parsed) => parsed.GetRequiredValue(CommonOptions.HaDirectory);

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

    /// <summary>Only of the files that this machine uses: another one has other agents.</summary>
    private static IEnumerable<ConfigProblem> AgentFaults(string directory, ClusterConfig config)
    {
        var catalog = new AgentCatalog(AgentDirectories.OfMachine(Path.GetFullPath(directory)));
        return config.Groups.SelectMany(group => group.Resources).DistinctBy(resource => resource.Text)
            .Select(resource => (resource.Text, Fault: AgentSurvey.Fault(catalog, resource)))
            .Where(found => found.Fault is not null)
            .Select(found => new ConfigProblem(
                "haresources", 0, 0, ProblemSeverity.Warning, $"{found.Text}: {found.Fault}"));
    }

    private static int Run(
        string directory,
        ConfigSources sources,
        bool json,
        Func<string, ClusterConfig, IEnumerable<ConfigProblem>>? more = null)
    {
        // Files of any machine may be checked here, so our own name need not be among the nodes.
        ConfigResult result = ConfigReader.Read(sources with { Self = null });
        if (result.Config is { } read && more is not null)
        {
            result = result with { Problems = [.. result.Problems, .. more(directory, read)] };
        }

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
        string counts = $"{errors} errors, {warnings} warnings";
        return config is null
            ? $"{directory}: cannot be used: {counts}"
            : $"{directory}: good: {config.Nodes.Count} nodes, {config.Links.Count} links, "
                + $"{config.Groups.Count} resource groups; {counts}";
    }

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
