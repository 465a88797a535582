// 2000 to 2999: who is there.
// The idea: heartbeat's own wording (spec 16), which log watchers match, with the figure that it lacks.
// Invariant: one event for one change; nothing here is repeated while it lasts.

using System.Runtime.CompilerServices;
using HaSharp.Core.Wire;

namespace HaSharp.Core;

public abstract partial record ClusterEvent
{
    public sealed record NodeStatusChanged(NodeName Node, NodeStatus Status) : ClusterEvent(2001, Severity.Info)
    {
        public override FormattableString Message => $"Status update for node {Node}: status {Status.Word()}";
    }

    public sealed record LinkUp(NodeName Node, LinkName Link) : ClusterEvent(2002, Severity.Info)
    {
        public override FormattableString Message => $"Link {Node}:{Link} up.";
    }

    public sealed record LinkDead(NodeName Node, LinkName Link) : ClusterEvent(2003, Severity.Warning)
    {
        public override FormattableString Message => $"Link {Node}:{Link} dead.";
    }

    public sealed record NodeDead(NodeName Node, long SilentMs) : ClusterEvent(2004, Severity.Warning)
    {
        public override FormattableString Message => $"node {Node}: is dead (silent for {SilentMs} ms)";
    }

    public sealed record NodeNeverHeard(NodeName Node, long InitdeadMs) : ClusterEvent(2005, Severity.Warning)
    {
        public override FormattableString Message =>
            $"node {Node}: is dead (not heard within initdead, {InitdeadMs} ms)";
    }

    public sealed record NodeLate(NodeName Node, long SilentMs) : ClusterEvent(2006, Severity.Warning)
    {
        public override FormattableString Message => $"Late heartbeat: Node {Node}: nothing heard for {SilentMs} ms";
    }

    public sealed record LateHeartbeat(NodeName Node, long IntervalMs) : ClusterEvent(2007, Severity.Warning)
    {
        public override FormattableString Message => $"Late heartbeat: Node {Node}: interval {IntervalMs} ms";
    }

    public sealed record NodeRestarted(NodeName Node) : ClusterEvent(2008, Severity.Info)
    {
        public override FormattableString Message => $"Heartbeat restart on node {Node}";
    }

    public sealed record NodeReturned(NodeName Node) : ClusterEvent(2009, Severity.Critical)
    {
        public override FormattableString Message =>
            $"Cluster node {Node} returning after partition. It was alive but not heard for longer than its deadtime";
    }

    /// <param name="Keeps">What ran there was left running.</param>
    public sealed record NodeLeft(NodeName Node, bool Keeps = false) : ClusterEvent(2010, Severity.Info)
    {
        public override FormattableString Message =>
            $"Received shutdown notice from '{Node}'. It has {(Keeps ? "left running" : "released")} its resources";
    }

    public sealed record Asleep(long LateMs) : ClusterEvent(2011, Severity.Warning)
    {
        public override FormattableString Message =>
            $"I was asleep for {LateMs} ms: the silence of others in that time does not count";
    }

    public sealed record AsleepTooLong(long LateMs) : ClusterEvent(2012, Severity.Critical)
    {
        public override FormattableString Message =>
            $"I was asleep for {LateMs} ms, others may count me as dead: I start nothing before they are heard";
    }

    public sealed record PeerIsHeartbeat(NodeName Node) : ClusterEvent(2013, Severity.Info)
    {
        public override FormattableString Message =>
            $"node {Node} runs heartbeat 3.0.6: all groups of a node move together";
    }

    public sealed record TooManyNodesForHeartbeat(NodeName Node, int Nodes) : ClusterEvent(2015, Severity.Critical)
    {
        public override FormattableString Message => FormattableStringFactory.Create(
            "node {0} runs heartbeat 3.0.6, which shares a cluster with one other node only, and ha.cf names {1}: "
            + "nothing is started here while it is alive", Node, Nodes);
    }

    /// <summary>It is active and has been asked; heartbeat answers at once.</summary>
    public sealed record HoldingsUnknown(NodeName Node) : ClusterEvent(2016, Severity.Error)
    {
        public override FormattableString Message => FormattableStringFactory.Create(
            "node {0} does not say what it holds, nothing is started here: "
            + "auto_failback must be legacy on both nodes or on neither", Node);
    }

    public sealed record NodeListsDiffer(NodeName Node, string Theirs) : ClusterEvent(2017, Severity.Error)
    {
        public override FormattableString Message =>
            $"node {Node} has other nodes in its ha.cf than we have ({Theirs}): make the node lines equal";
    }

    public sealed record ConfigDiffers(NodeName Node) : ClusterEvent(2014, Severity.Warning)
    {
        public override FormattableString Message =>
            $"node {Node} differs from this node in nodes, haresources or auto_failback: make the files equal";
    }

    public sealed record PingNodeAnswers(NodeName Node) : ClusterEvent(2051, Severity.Info)
    {
        public override FormattableString Message => $"Status update for node {Node}: status ping";
    }

    public sealed record PingNodeNeverAnswered(NodeName Node, long SilentMs) : ClusterEvent(2052, Severity.Warning)
    {
        public override FormattableString Message => $"node {Node}: is dead (no ping answered for {SilentMs} ms)";
    }

    public sealed record PingNodeTrouble(NodeName Node, string Trouble) : ClusterEvent(2053, Severity.Warning)
    {
        public override FormattableString Message => $"ping node {Node} cannot be asked: {Trouble}";
    }
}
