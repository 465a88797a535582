using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.OldNames;

/// <summary>heartbeat's commands as links to the hasharp under test, called inside the nodes of a laboratory.</summary>
internal sealed class OldCommands
{
    private readonly string _directory;

    public OldCommands(Lab lab)
    {
        _directory = Directory.CreateDirectory(Path.Combine(lab.Home, "bin")).FullName;
        foreach (string name in (string[])["cl_status", "hb_standby", "hb_takeover", "heartbeat"])
        {
            File.CreateSymbolicLink(Path.Combine(_directory, name), lab.Hasharp[0]);
        }
    }

    /// <summary>Where heartbeat's Debian package has a command, our link of that name.</summary>
    public string Ours(string text) => text
        .Replace("/usr/share/heartbeat", _directory, StringComparison.Ordinal)
        .Replace("/usr/libexec/heartbeat", _directory, StringComparison.Ordinal);

    /// <param name="words">The command with heartbeat's path or without any.</param>
    public ToolResult Run(LabNode node, params IReadOnlyList<string> words)
    {
        string program = Ours(words[0]);
        Machine machine = node.Machine ?? throw new LabException($"{node.Name} has no power");
        return machine.Run(
        [
            "env", "DOTNET_EnableDiagnostics=0", $"HASHARP_HA_DIR={node.HaDirectory}",
            $"HASHARP_RUN_DIR={node.RunDirectory}", $"HASHARP_STATE_DIR={node.StateDirectory}",
            program.Contains('/', StringComparison.Ordinal) ? program : Path.Combine(_directory, program),
            .. words.Skip(1),
        ]);
    }
}
