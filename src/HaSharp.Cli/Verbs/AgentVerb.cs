using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using HaSharp.Cli.Service;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Addresses;
using HaSharp.Daemon.Agents;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp agent: resource agents, listed, described, and run by hand as the daemon would run them.</summary>
internal static class AgentVerb
{
    private const string Words = "NAME [ARGUMENT...] ACTION";

    /// <summary>A person who waits can press Ctrl-C; this only keeps a forgotten one from waiting for ever.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromHours(1);

    public static Command Build()
    {
        // Also without run, as heartbeat's wrappers and resource-agents/IPaddr call it.
        Argument<string[]> words = WordsOf(ArgumentArity.ZeroOrMore);
        var command = new Command("agent", """
            List, describe or run resource agents as the daemon finds and runs them.
            Exit code: 0 done or running, 1 failed, 2 usage, 3 not running, 5 not finished in time.

            Examples:
              hasharp agent list
              hasharp agent describe ocf:heartbeat:nginx
              hasharp agent run service mysqld start
              hasharp agent run IPaddr::10.0.0.100/24/eth0 status
              hasharp agent run ocf:heartbeat:Filesystem::device=/dev/sdb1::directory=/srv::fstype=ext4 monitor
            """)
        {
            Run(),
            AgentListVerb.Build(),
            AgentDescribeVerb.Build(),
            words,
            CommonOptions.HaDirectory,
        };
        command.SetAction(parsed => Run(parsed.GetValue(words) ?? [], HaDirectory(parsed), prefersBuiltIn: true));
        return command;
    }

    public static string HaDirectory(ParseResult parsed) =>
        Path.GetFullPath(parsed.GetRequiredValue(CommonOptions.HaDirectory));

    /// <summary>That of the daemon, as far as its files can be read.</summary>
    public static IReadOnlyList<string> EnvironmentOf(string haDirectory, out ClusterConfig? config)
    {
        ConfigResult files = Startup.ReadFiles(new ServiceOptions(haDirectory, "", "", null), out NodeName self);
        config = files.Config;
        return config is null
            ? AgentEnvironment.Of(self, haDirectory)
            : AgentEnvironment.Of(config, self, haDirectory);
    }

    private static Command Run()
    {
        Argument<string[]> words = WordsOf(ArgumentArity.OneOrMore);
        var command = new Command(
            "run", "Run an agent; NAME may be a word of haresources, kill ends its processes by force.")
        {
            words,
            CommonOptions.Json,
            CommonOptions.HaDirectory,
        };
        command.SetAction(parsed => parsed.GetValue(CommonOptions.Json)
            ? RunForJson(parsed.GetRequiredValue(words), HaDirectory(parsed))
            : Run(parsed.GetRequiredValue(words), HaDirectory(parsed), prefersBuiltIn: false));
        return command;
    }

    private static Argument<string[]> WordsOf(ArgumentArity arity) => new(Words)
    {
        Description = "The agent's name as in haresources, its arguments, and start, stop, status, monitor or kill.",
        Arity = arity,
    };

    private static int Run(string[] words, string haDirectory, bool prefersBuiltIn) =>
        CommandOf(haDirectory, prefersBuiltIn).Run(words, Console.Out, Console.Error);

    private static int RunForJson(string[] words, string haDirectory)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int exitCode = CommandOf(haDirectory, prefersBuiltIn: false).Run(words, output, errors);
        var report = new AgentRunReport([.. words], exitCode, output.ToString(), errors.ToString());
        Console.Out.WriteLine(JsonSerializer.Serialize(report, AgentRunJson.Default.AgentRunReport));
        return exitCode;
    }

    public static AgentCommand CommandOf(string haDirectory, bool prefersBuiltIn) => new(
        new AgentCatalog(AgentDirectories.OfMachine(haDirectory)),
        (resource, action) => CallOf(resource, action, haDirectory),
        AddressAgentCommand.Run) { PrefersBuiltIn = prefersBuiltIn };

    /// <summary>Under a mark already: an agent calls us, and what it starts through us shall keep its mark.</summary>
    private static AgentCall CallOf(Resource resource, AgentAction action, string haDirectory)
    {
        IReadOnlyList<string> environment = EnvironmentOf(haDirectory, out ClusterConfig? config);
        GroupName group = config?.Groups.FirstOrDefault(
            group => group.Resources.Any(of => of.Text == resource.Text))?.Name ?? new GroupName("-");
        var call = new AgentCall(group, resource, action, Deadline, environment);
        return Environment.GetEnvironmentVariable(ResourceMark.Variable) is { } mark
            ? call with { Mark = mark }
            : call;
    }
}

/// <summary>What agent run --json prints.</summary>
/// <param name="Words">As they were given: agent, arguments, action.</param>
/// <param name="ExitCode">0 done or running, 1 failed, 2 usage, 3 not running, 5 not finished in time.</param>
/// <param name="Output">What the agent said, and at its end what the daemon would make of it.</param>
internal sealed record AgentRunReport(IReadOnlyList<string> Words, int ExitCode, string Output, string Errors);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AgentRunReport))]
internal sealed partial class AgentRunJson : JsonSerializerContext;
