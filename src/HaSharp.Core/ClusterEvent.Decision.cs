// 3000 to 3999: roles and decisions.
// The idea: an operator who reads only these lines knows who owned what, when, and why.
// Invariant: each event that moves something carries its reason as one sentence.

using HaSharp.Core.Wire;

namespace HaSharp.Core;

public abstract partial record ClusterEvent
{
    public sealed record LocalStatus(NodeStatus Status) : ClusterEvent(3001, Severity.Info)
    {
        public override FormattableString Message => $"Local status now set to: '{Status.Word()}'";
    }

    public sealed record RoleChanged(Role Role, string Reason) : ClusterEvent(3002, Severity.Info)
    {
        public override FormattableString Message => $"Role now: {Role.Word()}, because {Reason}";
    }

    /// <summary>This node has written the claim; the others learn it from its heartbeat.</summary>
    public sealed record OwnerChanged(GroupName Group, NodeName Owner, long Epoch, string Reason)
        : ClusterEvent(3003, Severity.Info)
    {
        public override FormattableString Message =>
            $"Group {Group}: owner is {Owner} (epoch {Epoch}), because {Reason}";
    }

    public sealed record DecisionChanged(GroupName Group, string Reason) : ClusterEvent(3004, Severity.Info)
    {
        public override FormattableString Message => $"Group {Group}: {Reason}";
    }

    public sealed record BothOwn(GroupName Group, NodeName Node) : ClusterEvent(3005, Severity.Critical)
    {
        public override FormattableString Message => $"Both machines own {Group}: it also runs on {Node}";
    }

    public sealed record TakingOver(NodeName Node) : ClusterEvent(3006, Severity.Warning)
    {
        public override FormattableString Message => $"Resources being acquired from {Node}.";
    }

    public sealed record InitialAcquisitionComplete(string Reason) : ClusterEvent(3007, Severity.Info)
    {
        public override FormattableString Message => $"Initial resource acquisition complete ({Reason})";
    }

    public sealed record ShutdownBegun(string Reason) : ClusterEvent(3008, Severity.Info)
    {
        public override FormattableString Message =>
            $"Heartbeat shutdown in progress. Giving up all HA resources. ({Reason})";
    }

    public sealed record ShutdownComplete(NodeName Node) : ClusterEvent(3009, Severity.Info)
    {
        public override FormattableString Message =>
            $"All HA resources relinquished. {Node} Heartbeat shutdown complete.";
    }

    public sealed record ShutdownUnclean(NodeName Node) : ClusterEvent(3010, Severity.Critical)
    {
        public override FormattableString Message =>
            $"{Node} ends without a goodbye, because a resource could not be stopped; the others must not take it";
    }
}
