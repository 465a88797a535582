using System.CommandLine;
using System.CommandLine.Invocation;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp version, hasharp --version.</summary>
internal sealed class VersionVerb : SynchronousCommandLineAction
{
    public static string Version { get; } =
        typeof(VersionVerb).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    public static Command Build() => new("version", "Print the version.")
    {
        Options = { CommonOptions.Json },
        Action = new VersionVerb(),
    };

    public override int Invoke(ParseResult parseResult)
    {
        Console.Out.WriteLine(
            parseResult.GetValue(CommonOptions.Json) ? $"{{\"version\":\"{Version}\"}}" : $"hasharp {Version}");
        return ExitCode.Done;
    }
}
