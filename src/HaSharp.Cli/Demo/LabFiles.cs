// What is written into every node's ha directory: heartbeat's three files, and the agents of this laboratory.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HaSharp.Cli.Demo;

/// <summary>The files of a cluster, the same on all of its nodes.</summary>
public sealed record LabFiles
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Program = Secret | UnixFileMode.UserExecute | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public required string HaCf { get; init; }

    public required string Haresources { get; init; }

    public string Authkeys { get; init; } =
        "auth 1\n1 sha256 " + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) + "\n";

    /// <summary>Scripts for resource.d by name.</summary>
    public IReadOnlyDictionary<string, string> Agents { get; init; } = new SortedDictionary<string, string>();

    /// <summary>ha.cf in the manner of the demonstration.</summary>
    /// <param name="nodes">How many nodes: node1, node2 and so on.</param>
    /// <param name="media">Lines such as <c>bcast eth0</c>.</param>
    /// <param name="timing">Lines such as <c>keepalive 200ms</c>.</param>
    public static string HaCfFor(
        int nodes, IEnumerable<string>? media = null, string? timing = null, string autoFailback = "on")
    {
        var text = new StringBuilder();
        text.Append(timing ?? "keepalive 200ms\ndeadtime 1\nwarntime 500ms\ninitdead 5\n");
        text.Append("udpport 694\n");
        foreach (var medium in media ?? ["bcast eth0", "bcast eth1"])
        {
            text.Append(medium).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"auto_failback {autoFailback}\n");
        for (var number = 1; number <= nodes; number++)
        {
            text.Append(CultureInfo.InvariantCulture, $"node node{number}\n");
        }

        return text.ToString();
    }

    public void WriteTo(string haDirectory)
    {
        var agentDirectory = Path.Combine(haDirectory, "resource.d");
        Directory.CreateDirectory(agentDirectory);
        File.WriteAllText(Path.Combine(haDirectory, "ha.cf"), HaCf);
        File.WriteAllText(Path.Combine(haDirectory, "haresources"), Haresources);
        WriteWithMode(Path.Combine(haDirectory, "authkeys"), Authkeys, Secret);
        foreach (var (name, script) in Agents)
        {
            WriteWithMode(Path.Combine(agentDirectory, name), script, Program);
        }
    }

    private static void WriteWithMode(string path, string text, UnixFileMode mode)
    {
        File.Delete(path);
        using (new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        }))
        {
        }

        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
    }
}
