using HaSharp.Core.Control;

namespace HaSharp.Cli.OldNames;

/// <summary>A node as heartbeat's API shows it: ping nodes are nodes, lists are in reverse order of ha.cf.</summary>
/// <param name="Status">init, up, active, ping or dead.</param>
internal sealed record OldNode(
    string Name, string Status, bool IsPing, IReadOnlyList<(string Name, string Status)> Links)
{
    /// <summary>Of every node; heartbeat uses it for quorum, which two nodes have no use for.</summary>
    public const string Weight = "100";

    public string Type => IsPing ? "ping" : "normal";

    /// <summary>A ping node has one link, which is called as itself.</summary>
    public static IEnumerable<OldNode> Of(StatusReport status) => status.Nodes
        .Select(node => new OldNode(
            node.Name, node.Status, false, [.. node.Links.Reverse().Select(link => (link.Name, link.Status))]))
        .Concat(status.PingNodes.Select(ping => new OldNode(
            ping.Name, ping.Status, true, [(ping.Name, ping.Status == "ping" ? "up" : "dead")])))
        .Reverse();

    public static OldNode? Find(StatusReport status, string name) =>
        Of(status).FirstOrDefault(node => string.Equals(node.Name, name, StringComparison.OrdinalIgnoreCase));
}
