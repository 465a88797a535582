// The digest of what must be equal on all nodes: nodes in order, auto_failback, the groups in order.
// The idea: nodes compare one number and so notice files that differ, which heartbeat never did (spec 4.2 no. 9).
// Invariant: never of a key, and independent of remarks, blanks and everything that may differ between nodes.

using System.Text;

namespace HaSharp.Core.Config;

internal static class ConfigDigest
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(
        IReadOnlyList<NodeName> nodes, AutoFailback autoFailback, IReadOnlyList<GroupConfig> groups)
    {
        var text = new StringBuilder();
        foreach (var node in nodes)
        {
            text.Append("node ").Append(node).Append('\n');
        }

        text.Append("auto_failback ").Append(autoFailback).Append('\n');
        foreach (var group in groups)
        {
            text.Append("group ").Append(group.Preferred).Append(' ');
            text.AppendJoin(' ', group.Resources).Append('\n');
        }

        return Fnv1a(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>FNV-1a, 64 bits.</summary>
    public static ulong Fnv1a(ReadOnlySpan<byte> bytes)
    {
        var hash = OffsetBasis;
        foreach (var b in bytes)
        {
            hash = unchecked((hash ^ b) * Prime);
        }

        return hash;
    }
}
