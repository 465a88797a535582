// 4000 to 4999: resource groups and agents. 6000 to 6999: operators.
// The idea: each step of a group's way is one line; what an agent said stands in the line of its failure.
// Invariant: every failure names the group, the resource and the agent's own words.

namespace HaSharp.Core;

public abstract partial record ClusterEvent
{
    public sealed record GroupAcquiring(GroupName Group, string Resources) : ClusterEvent(4001, Severity.Info)
    {
        public override FormattableString Message => $"Acquiring resource group: {Resources}";
    }

    public sealed record GroupAcquired(GroupName Group) : ClusterEvent(4002, Severity.Info)
    {
        public override FormattableString Message => $"Resource group {Group}: acquisition complete";
    }

    public sealed record GroupReleasing(GroupName Group, string Resources) : ClusterEvent(4003, Severity.Info)
    {
        public override FormattableString Message => $"Releasing resource group: {Resources}";
    }

    public sealed record GroupReleased(GroupName Group) : ClusterEvent(4004, Severity.Info)
    {
        public override FormattableString Message => $"Resource group {Group}: release complete";
    }

    public sealed record AgentRuns(GroupName Group, string Resource, string Action) : ClusterEvent(4005, Severity.Debug)
    {
        public override FormattableString Message => $"Running {Resource} {Action}";
    }

    public sealed record StartFailed(GroupName Group, string Resource, string Reason)
        : ClusterEvent(4006, Severity.Critical)
    {
        public override FormattableString Message => $"Giving up resources due to failure of {Resource}: {Reason}";
    }

    public sealed record StopRetried(GroupName Group, string Resource, int Attempt, string Reason)
        : ClusterEvent(4007, Severity.Warning)
    {
        public override FormattableString Message =>
            $"Retrying failed stop operation [{Resource}] (attempt {Attempt}): {Reason}";
    }

    public sealed record StopFailed(GroupName Group, string Resource, string Reason)
        : ClusterEvent(4008, Severity.Critical)
    {
        public override FormattableString Message =>
            $"Resource STOP failure. {Resource}: {Reason}. Stop it by hand, then run: hasharp standby {Group}";
    }

    public sealed record StopFailureHarmless(GroupName Group, string Resource) : ClusterEvent(4009, Severity.Error)
    {
        public override FormattableString Message =>
            $"Stop of {Resource} failed but its status says it does not run: going on";
    }

    public sealed record FoundRunning(GroupName Group, string Resource) : ClusterEvent(4010, Severity.Info)
    {
        public override FormattableString Message => $"{Resource} of {Group} runs here already";
    }

    /// <summary>What followed from TakingOver has come to its end for this group.</summary>
    public sealed record TakeoverComplete(NodeName Node) : ClusterEvent(4011, Severity.Info)
    {
        public override FormattableString Message => $"mach_down takeover complete for node {Node}.";
    }

    public sealed record ResourceFailed(GroupName Group, string Resource, string Reason, int Failures, int Most)
        : ClusterEvent(4012, Severity.Error)
    {
        public override FormattableString Message =>
            $"{Resource} of {Group} failed: {Reason}; restarting it here (failure {Failures}, moved after {Most})";
    }

    public sealed record ResourceRecovered(GroupName Group, string Resource) : ClusterEvent(4013, Severity.Info)
    {
        public override FormattableString Message => $"{Resource} of {Group} runs again";
    }

    public sealed record ResourceGivenUp(GroupName Group, string Resource, string Reason, int Failures)
        : ClusterEvent(4014, Severity.Critical)
    {
        public override FormattableString Message =>
            $"{Resource} of {Group} failed: {Reason}; giving the group up here (failure {Failures})";
    }

    public sealed record ResourceKilled(GroupName Group, string Resource, string Result)
        : ClusterEvent(4015, Severity.Warning)
    {
        public override FormattableString Message => Result.Length == 0
            ? $"Killed what was left of {Resource} of {Group}"
            : (FormattableString)$"Killing what was left of {Resource} of {Group} failed: {Result}";
    }

    public sealed record StopFailureReleased(GroupName Group, string Resource, string Reason)
        : ClusterEvent(4016, Severity.Critical)
    {
        public override FormattableString Message =>
            $"Resource STOP failure. {Resource}: {Reason}. {Group} has no disk and is released all the same";
    }

    public sealed record FailureExpired(GroupName Group) : ClusterEvent(4017, Severity.Info)
    {
        public override FormattableString Message => $"Group {Group}: its failure here does not count any more";
    }

    public sealed record Frozen(GroupName Group, int Moves) : ClusterEvent(4018, Severity.Critical)
    {
        public override FormattableString Message =>
            $"Group {Group} was moved {Moves} times within an hour because of failures: it is not moved any more";
    }

    /// <summary>Something is down that nobody has ordered down, and nothing will happen by itself.</summary>
    public sealed record NobodyRuns(GroupName Group, string Reason) : ClusterEvent(4026, Severity.Critical)
    {
        public override FormattableString Message => $"Nobody runs group {Group}: {Reason}";
    }

    public sealed record AddressContested(GroupName Group, string Resource, string Rival)
        : ClusterEvent(4019, Severity.Error)
    {
        public override FormattableString Message =>
            $"Another machine ({Rival}) answers for {Resource} of {Group}, which runs here; announcing it again";
    }

    /// <summary>Said once while it lasts.</summary>
    public sealed record AddressTaken(GroupName Group, string Resource, string Rival, string Reason)
        : ClusterEvent(4027, Severity.Critical)
    {
        public override FormattableString Message =>
            $"Group {Group} is not started here, because {Reason} ({Rival} answers for {Resource})";
    }

    public sealed record Suspected(GroupName Group, string Resource, string Reason)
        : ClusterEvent(4020, Severity.Warning)
    {
        public override FormattableString Message => $"{Resource} of {Group}: {Reason}";
    }

    public sealed record MaintenanceBegun(GroupName Group, long Seconds) : ClusterEvent(4021, Severity.Warning)
    {
        public override FormattableString Message =>
            $"Group {Group} is in maintenance for {Seconds} s: it is neither monitored, nor moved, nor stopped";
    }

    public sealed record MaintenanceEnded(GroupName Group) : ClusterEvent(4022, Severity.Info)
    {
        public override FormattableString Message => $"Group {Group}: maintenance is over";
    }

    public sealed record CheckChanged(string Check, bool Passes, string Reason)
        : ClusterEvent(4023, Passes ? Severity.Info : Severity.Warning)
    {
        public override FormattableString Message =>
            $"Check {Check} {(Passes ? "passes" : "fails")}{(Reason.Length > 0 ? ": " : "")}{Reason}";
    }

    public sealed record StopGivenUp(GroupName Group, string Resource, string Reason)
        : ClusterEvent(4025, Severity.Warning)
    {
        public override FormattableString Message => $"Stop of {Resource} failed: {Reason}; killing what is left of it";
    }

    public sealed record GroupKept(GroupName Group) : ClusterEvent(4024, Severity.Warning)
    {
        public override FormattableString Message => $"Group {Group} is left as it is while this node ends";
    }

    public sealed record CommandAccepted(string What) : ClusterEvent(6001, Severity.Info)
    {
        public override FormattableString Message => $"Operator: {What}";
    }

    public sealed record CommandEnded(string What, string Result) : ClusterEvent(6002, Severity.Info)
    {
        public override FormattableString Message => $"Operator: {What}: {Result}";
    }

    public sealed record CommandRefused(string Text) : ClusterEvent(6004, Severity.Warning)
    {
        public override FormattableString Message => $"Not done: {Text}";
    }

    public sealed record ConfigurationTaken(string Digest) : ClusterEvent(6003, Severity.Info)
    {
        public override FormattableString Message => $"Configuration reloaded (digest {Digest})";
    }
}
