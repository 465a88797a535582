// A cluster node: a pure function of what it has heard and what time it is.

using HaSharp.Core.Config;
using HaSharp.Core.Control;

namespace HaSharp.Core;

public sealed class ClusterNode
{
    /// <summary>A node that has heard nothing yet. The first Step says its first words.</summary>
    public ClusterNode(ClusterConfig config, NodeIdentity identity)
    {
        Config = config;
        Identity = identity;
        NextDeadline = identity.StartedAt;
    }

    public ClusterConfig Config { get; private set; }

    public NodeIdentity Identity { get; }

    /// <summary>When Step wants to be called next with TimePassed, if no other input comes earlier.</summary>
    public Instant NextDeadline { get; private set; }

    /// <summary>Takes one input in; appends what the world shall do to effects, which the caller owns.</summary>
    /// <param name="now">Never earlier than in the call before.</param>
    public void Step(Input input, Instant now, List<Effect> effects)
    {
        NextDeadline = now + Config.Keepalive;
    }

    /// <summary>What status shows.</summary>
    public StatusReport Snapshot(Instant now) => throw new NotSupportedException();
}
