using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Processes;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp agent describe: what an agent says of itself.</summary>
internal static class AgentDescribeVerb
{
    private const int Width = 100;

    public static Command Build()
    {
        var name = new Argument<string>("NAME") { Description = "The agent's name as in haresources." };
        var command = new Command(
            "describe", "Say what an agent is and what it says of itself; a parameter with a star must be given.")
        {
            name,
            CommonOptions.Json,
            CommonOptions.HaDirectory,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(name), AgentVerb.HaDirectory(parsed), parsed.GetValue(CommonOptions.Json)));
        return command;
    }

    private static int Run(string name, string haDirectory, bool json)
    {
        using ProcessWatcher processes = new();
        var describer = new AgentDescriber(
            new AgentCatalog(AgentDirectories.OfMachine(haDirectory)),
            processes,
            AgentVerb.EnvironmentOf(haDirectory, out _));
        (AgentDescription? agent, string trouble) = describer.Describe(name).GetAwaiter().GetResult();
        if (agent is null)
        {
            Console.Error.WriteLine(trouble);
            return ExitCode.Failed;
        }

        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(agent, AgentJson.Default.AgentDescription));
        }
        else
        {
            Print(agent, Console.Out);
        }

        return ExitCode.Done;
    }

    private static void Print(AgentDescription agent, TextWriter output)
    {
        output.WriteLine($"{agent.Name} ({agent.Kind}) {agent.Path}".TrimEnd());
        if (agent.Help.Length > 0)
        {
            output.WriteLine();
            output.WriteLine(agent.Help);
        }

        if (agent.MetaData is not { } said)
        {
            return;
        }

        output.WriteLine("\nactions");
        foreach (OcfAction action in said.Actions)
        {
            output.WriteLine($"  {action.Name,-14} " + string.Join(", ", Times(action)));
        }

        output.WriteLine("\nparameters");
        int widest = said.Parameters.Select(parameter => parameter.Name.Length + 1).DefaultIfEmpty(0).Max();
        foreach (OcfParameter parameter in said.Parameters)
        {
            string sign = parameter.IsRequired ? "*" : "";
            string byDefault = parameter.Default is { Length: > 0 } value ? $" [{value}]" : "";
            string line = $"  {(parameter.Name + sign).PadRight(widest)}  {parameter.Short}{byDefault}";
            output.WriteLine(line.Length > Width ? line[..Width] + "…" : line.TrimEnd());
        }
    }

    private static IEnumerable<string> Times(OcfAction action) =>
        new (string Word, string Value)[]
        {
            ("timeout", action.Timeout), ("interval", action.Interval), ("depth", action.Depth), ("role", action.Role),
        }.Where(time => time.Value.Length > 0).Select(time => $"{time.Word} {time.Value}");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AgentDescription))]
internal sealed partial class AgentJson : JsonSerializerContext;
