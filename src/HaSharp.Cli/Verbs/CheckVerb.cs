using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using HaSharp.Core.Config;
using HaSharp.Daemon.Files;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp check: reads the three files as the daemon would and says all that is wrong with them.</summary>
internal static class CheckVerb
{
    public static Command Build()
    {
        var directory = new Argument<string?>("DIR")
        {
            Description = "Directory of the files (default: --ha-dir).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = new Option<bool>("--json") { Description = "Print a JSON object." };
        var command = new Command("check", """
            Check ha.cf, haresources and authkeys without a daemon. Exit code 0: they can be used; 6: they cannot.

            Examples:
              hasharp check
              hasharp check /root/new-ha.d && cp /root/new-ha.d/* /etc/ha.d && hasharp reload
            """)
        {
            directory,
            json,
            CommonOptions.HaDirectory,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(directory) ?? parsed.GetRequiredValue(CommonOptions.HaDirectory), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string directory, bool json)
    {
        // Files of any machine may be checked here, so our own name need not be among the nodes.
        ConfigResult result = ConfigReader.Read(ConfigDirectory.Read(directory));
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
