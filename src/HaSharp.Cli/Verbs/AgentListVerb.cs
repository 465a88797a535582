using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using HaSharp.Daemon.Agents;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp agent list: what can be named in haresources on this machine.</summary>
internal static class AgentListVerb
{
    public static Command Build()
    {
        var command = new Command("list", "List the agents of this machine, those first that are looked for first.")
        {
            CommonOptions.Json,
            CommonOptions.HaDirectory,
        };
        command.SetAction(parsed => Run(AgentVerb.HaDirectory(parsed), parsed.GetValue(CommonOptions.Json)));
        return command;
    }

    private static int Run(string haDirectory, bool json)
    {
        AgentDirectories directories = AgentDirectories.OfMachine(haDirectory);
        IReadOnlyList<AgentEntry> agents = AgentListing.Of(new AgentCatalog(directories), directories);
        if (json)
        {
            AgentLine[] lines = [.. agents.Select(agent => new AgentLine(
                agent.Name, agent.Location.Kind, agent.Path, (agent.Location as AgentLocation.Refused)?.Reason))];
            Console.Out.WriteLine(JsonSerializer.Serialize(lines, AgentListJson.Default.AgentLineArray));
            return ExitCode.Done;
        }

        int widest = agents.Max(agent => agent.Name.Length);
        foreach (AgentEntry agent in agents)
        {
            string where = agent.Location is AgentLocation.Refused refused ? refused.Reason : agent.Path;
            Console.Out.WriteLine($"{agent.Name.PadRight(widest)}  {agent.Location.Kind,-8}  {where}".TrimEnd());
        }

        return ExitCode.Done;
    }
}

/// <summary>What list --json prints.</summary>
/// <param name="Kind">built-in, script, init, systemd, ocf or refused.</param>
/// <param name="Path">Empty for the built-in code.</param>
/// <param name="Refused">Why it is not run; null: it is.</param>
internal sealed record AgentLine(string Name, string Kind, string Path, string? Refused);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AgentLine[]))]
internal sealed partial class AgentListJson : JsonSerializerContext;
