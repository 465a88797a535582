// What root runs must be written by root alone: an agent that somebody else can change makes him root.
// The idea: every step of the path is looked at, links and what they lead to included, because whoever may write a
// directory may put another file in the agent's place.

using System.Runtime.InteropServices;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Agents;

/// <summary>Whether an agent may be run; looks at the disk.</summary>
public static partial class AgentTrust
{
    private const int GroupWrites = 0b000_010_000;
    private const int OthersWrite = 0b000_000_010;
    private const int Permissions = 0xFFF;

    /// <summary>As the kernel: more links than these are a circle.</summary>
    private const int MostLinks = 40;

    /// <summary>Null: it may be run; else one sentence with path, mode and remedy.</summary>
    /// <param name="path">Absolute; it exists.</param>
    public static string? Objection(string path)
    {
        uint self = EffectiveUser();

        // In a user namespace root's files have the owner that / has.
        uint root = FileStatus.Of("/")?.Owner ?? 0;
        Stack<string> rest = new(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        string at = "/";
        string? objection = Objection("/", FileStatus.Of("/"), self, root);
        for (int links = 0; objection is null && rest.TryPop(out string? name);)
        {
            if (name is "." or "..")
            {
                at = name == "." ? at : Path.GetDirectoryName(at) ?? "/";
                continue;
            }

            string next = Path.Combine(at, name);
            FileStatus? status = FileStatus.Of(next);
            if (status is { IsLink: true } && Target(next) is { } target && links++ < MostLinks)
            {
                // A link itself cannot be written; who may replace it is up to its directory.
                at = target.StartsWith('/') ? "/" : at;
                Push(rest, target);
                continue;
            }

            objection = Objection(next, status, self, root);
            at = next;
        }

        return objection;
    }

    private static string? Objection(string path, FileStatus? status, uint self, uint root)
    {
        if (status is not { IsLink: false } found)
        {
            return $"{path} cannot be examined";
        }

        string mode = Convert.ToString(found.Mode & Permissions, 8).PadLeft(4, '0');
        if (found.Owner != 0 && found.Owner != self && found.Owner != root)
        {
            return $"{path} belongs to user {found.Owner} (mode {mode}), who could change what is run as root "
                + "(remedy: chown root)";
        }

        if ((found.Mode & OthersWrite) != 0)
        {
            return $"{path} has mode {mode}, so that everybody could change what is run as root (remedy: chmod o-w)";
        }

        return (found.Mode & GroupWrites) != 0 && found.Group != 0
            ? $"{path} has mode {mode}, so that group {found.Group} could change what is run as root "
                + "(remedy: chmod g-w)"
            : null;
    }

    private static string? Target(string link) => new FileInfo(link).LinkTarget;

    private static void Push(Stack<string> rest, string target)
    {
        foreach (string name in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            rest.Push(name);
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
