// Rules of the packet filter in every node's network that drop something, until Dispose.

using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Interop;

internal sealed class PacketLoss : IDisposable
{
    private readonly IReadOnlyList<LabNode> _nodes;

    /// <param name="what">
    /// What is dropped on its way into a node, as nft says it. On its way out its sender would be told.
    /// </param>
    public PacketLoss(IReadOnlyList<LabNode> nodes, string what)
    {
        _nodes = nodes;
        foreach (var node in nodes)
        {
            node.Machine?.Demand(["nft", $$"""
                table inet loss { chain on_the_way { type filter hook input priority 0; {{what}} drop; }; }
                """]);
        }
    }

    public void Dispose()
    {
        foreach (var node in _nodes)
        {
            node.Machine?.Run(["nft", "delete table inet loss"]);
        }
    }
}
