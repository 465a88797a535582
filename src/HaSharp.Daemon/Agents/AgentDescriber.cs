using System.Text;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Processes;

namespace HaSharp.Daemon.Agents;

/// <summary>An agent, for people.</summary>
/// <param name="Path">Empty for the built-in code; a unit's name for systemd.</param>
/// <param name="Help">As its author wrote it; may be empty.</param>
/// <param name="MetaData">Of OCF agents.</param>
public sealed record AgentDescription(
    string Name, string Kind, string Path, string Help, OcfDescription? MetaData);

/// <summary>What agents say of themselves. Of these only OCF agents are run, with meta-data.</summary>
public sealed class AgentDescriber(AgentCatalog catalog, ProcessWatcher processes, IReadOnlyList<string> environment)
{
    private const int HeadBytes = 16384;
    private const string Address =
        """
        A virtual address, IPv4 or IPv6, which the daemon puts on an interface and announces itself.
        Argument: address[/mask[/interface[/broadcast]]]
        """;

    /// <param name="name">As in haresources, with or without arguments.</param>
    /// <returns>Null with one sentence for people: there is no such agent, or it cannot be described.</returns>
    public async Task<(AgentDescription? Description, string Trouble)> Describe(string name)
    {
        Resource resource = Resource.Parse(name);
        AgentLocation location = catalog.Locate(resource.Type);
        AgentDescription Of(string path, string help) => new(resource.Type, location.Kind, path, help, null);
        switch (location)
        {
            case AgentLocation.BuiltIn:
                return (Of("", Address), "");
            case AgentLocation.Script script:
                return (Of(script.Path, Remarks(script.Path)), "");
            case AgentLocation.Init init:
                return (Of(init.Path, Remarks(init.Path)), "");
            case AgentLocation.Unit unit:
                return (Of(unit.Name, await StateOf(resource, unit)), "");
            case AgentLocation.Ocf ocf:
                (OcfDescription? said, string trouble) =
                    await new AgentSurvey(catalog, processes, environment).Describe(ocf);
                return said is null
                    ? (null, $"{resource.Type}: {trouble}")
                    : (Of(ocf.Path, said.Long) with { MetaData = said }, "");
            case AgentLocation.Refused refused:
                return (null, refused.Reason);
            default:
                return (null, ((AgentLocation.Missing)location).Reason);
        }
    }

    /// <summary>The remarks that a script begins with, without their signs.</summary>
    private static string Remarks(string path)
    {
        try
        {
            byte[] head = new byte[HeadBytes];
            using FileStream file = File.OpenRead(path);
            string text = Encoding.UTF8.GetString(head, 0, file.ReadAtLeast(head, head.Length, false));
            IEnumerable<string> lines = text.Split('\n')
                .SkipWhile(line => line.StartsWith("#!", StringComparison.Ordinal))
                .TakeWhile(line => line.StartsWith('#') || line.Trim().Length == 0)
                .Where(line => !line.StartsWith(ScriptAgent.Declaration, StringComparison.Ordinal))
                .Select(line => line.TrimStart('#').TrimEnd());
            return string.Join('\n', lines.Select(line => line.StartsWith(' ') ? line[1..] : line)).Trim('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private async Task<string> StateOf(Resource resource, AgentLocation.Unit unit)
    {
        AgentCall call = new(new GroupName("-"), resource, AgentAction.Status, TimeSpan.FromSeconds(20), environment);
        (UnitState? state, AgentOutcome? trouble) =
            await UnitAgent.Show(new ActionRun(processes, call), unit.Systemctl, unit.Name);
        return state is null ? trouble!.Reason
            : state.WhyUnable is { } reason ? $"{unit.Name} {reason}"
            : state.StartsAtBoot ? $"{unit.Name} is {state.Words}; it is enabled, systemd starts it at boot"
            : $"{unit.Name} is {state.Words}";
    }
}
