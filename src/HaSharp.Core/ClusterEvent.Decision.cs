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
        public override FormattableString Message => $"Both machines own our resources! {Group} also runs on {Node}";
    }

    public sealed record TakingOver(NodeName Node) : ClusterEvent(3006, Severity.Warning)
    {
        public override FormattableString Message => $"Resources being acquired from {Node}.";
    }

    public sealed record InitialAcquisitionComplete(string Reason) : ClusterEvent(3007, Severity.Info)
    {
        public override FormattableString Message => $"Initial resource acquisition complete ({Reason})";
    }

    /// <param name="Keeps">What runs is left running.</param>
    public sealed record ShutdownBegun(string Reason, bool Keeps) : ClusterEvent(3008, Severity.Info)
    {
        public override FormattableString Message => $"Heartbeat shutdown in progress. {What} ({Reason})";

        private string What => Keeps ? "Leaving all HA resources as they are." : "Giving up all HA resources.";
    }

    /// <param name="Keeps">What ran was left running.</param>
    public sealed record ShutdownComplete(NodeName Node, bool Keeps) : ClusterEvent(3009, Severity.Info)
    {
        public override FormattableString Message =>
            $"All HA resources {(Keeps ? "left running" : "relinquished")}. {Node} Heartbeat shutdown complete.";
    }

    public sealed record ShutdownUnclean(NodeName Node) : ClusterEvent(3010, Severity.Critical)
    {
        public override FormattableString Message =>
            $"{Node} ends without a goodbye, because a resource could not be stopped; the others must not take it";
    }

    /// <summary>A node, this one or a heartbeat peer, wants to hand over.</summary>
    public sealed record WantsStandby(NodeName Node, string Share) : ClusterEvent(3011, Severity.Info)
    {
        public override FormattableString Message => $"{Node} wants to go standby [{Share}]";
    }

    public sealed record StandbyAnswered(NodeName Node, string Share) : ClusterEvent(3012, Severity.Info)
    {
        public override FormattableString Message => $"standby: {Node} can take our {Share} resources";
    }

    public sealed record StandbyPassed(string Share) : ClusterEvent(3013, Severity.Info)
    {
        public override FormattableString Message => $"Local standby process completed [{Share}].";
    }

    public sealed record StandbyTaken(string Share) : ClusterEvent(3014, Severity.Info)
    {
        public override FormattableString Message =>
            $"Other node completed standby takeover of {Share} resources.";
    }

    public sealed record StandbyAccepted(NodeName Node, string Share) : ClusterEvent(3015, Severity.Info)
    {
        public override FormattableString Message => $"standby: acquire [{Share}] resources from {Node}";
    }

    public sealed record StandbyAcquired(string Share) : ClusterEvent(3016, Severity.Info)
    {
        public override FormattableString Message => $"Standby resource acquisition done [{Share}].";
    }

    public sealed record StandbyUnanswered(NodeName Node) : ClusterEvent(3017, Severity.Warning)
    {
        public override FormattableString Message =>
            $"No reply to standby request.  Standby request cancelled. ({Node} did not answer)";
    }

    public sealed record StandbyIgnored(NodeName Node, string Phase, string Reason)
        : ClusterEvent(3018, Severity.Warning)
    {
        public override FormattableString Message => $"standby message [{Phase}] from {Node} ignored.  {Reason}";
    }

    public sealed record TakeoverAsked(NodeName Node, string Share) : ClusterEvent(3019, Severity.Info)
    {
        public override FormattableString Message => $"Asking {Node} for its {Share} resources";
    }

    public sealed record StandbyAbandoned(NodeName Node) : ClusterEvent(3020, Severity.Warning)
    {
        public override FormattableString Message =>
            $"{Node} wanted to go standby and releases nothing.  Standby request cancelled.";
    }

    public sealed record PingCountSaid(int Count) : ClusterEvent(3031, Severity.Info)
    {
        public override FormattableString Message => $"Asking other side for ping node count. (We reach {Count}.)";
    }

    public sealed record PingCountHigher(NodeName Node) : ClusterEvent(3032, Severity.Info)
    {
        public override FormattableString Message =>
            $"Telling other node that we have more visible ping nodes. ({Node} gives its resources up)";
    }

    public sealed record PingCountEqual() : ClusterEvent(3033, Severity.Info)
    {
        public override FormattableString Message => $"Ping node count is balanced.";
    }

    public sealed record GiveUpDelayed(long DelayMs) : ClusterEvent(3034, Severity.Info)
    {
        public override FormattableString Message => $"Delayed giveup in {DelayMs / 1000.0} seconds.";
    }

    public sealed record GiveUpCalledOff() : ClusterEvent(3035, Severity.Info)
    {
        public override FormattableString Message => $"Delayed giveup is called off: the other node sees no more.";
    }

    /// <summary>In heartbeat's words; what moves is reported by the standby that follows.</summary>
    public sealed record GiveUpDue(string Share, string Reason) : ClusterEvent(3036, Severity.Info)
    {
        public override FormattableString Message =>
            $"giveup() called (timeout worked): {Share} resources, because {Reason}";
    }
}
