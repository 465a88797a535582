using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Control;

namespace HaSharp.Simulator;

/// <summary>What runs as the daemon of a virtual machine: the core, or a node that misbehaves on purpose.</summary>
public interface INode
{
    /// <summary>When Step wants to be called with TimePassed.</summary>
    Instant NextDeadline { get; }

    void Step(Input input, Instant now, List<Effect> effects);

    StatusReport Snapshot(Instant now);
}

/// <summary>The real one.</summary>
public sealed class CoreNode(ClusterConfig config, NodeIdentity identity) : INode
{
    private readonly ClusterNode _node = new(config, identity);

    public Instant NextDeadline => _node.NextDeadline;

    public void Step(Input input, Instant now, List<Effect> effects) => _node.Step(input, now, effects);

    public StatusReport Snapshot(Instant now) => _node.Snapshot(now);
}
