// The chart of a resource group on one node.
// The idea: as with the role, the planner says what happened and the chart says which ways exist; a way that does not
// exist is an invariant failure. It has no actions and no guards.
// Invariant: Started is only reached from Starting or by finding everything running; Stopped only after every resource
// is known to be stopped. docs/reference/group-chart.md is its drawing.

using Stateless;

namespace HaSharp.Core.Resources;

public enum GroupTrigger
{
    /// <summary>The first probe found nothing running.</summary>
    FoundStopped,

    /// <summary>The first probe found everything running.</summary>
    FoundStarted,

    /// <summary>The first probe found some of it running.</summary>
    FoundPartly,

    Acquire,
    Acquired,
    Release,
    Released,

    /// <summary>Everything is released after a start that failed.</summary>
    ReleasedAfterFailure,

    /// <summary>A stop failed for good.</summary>
    StopFailed,

    /// <summary>An operator asked for another try, or the failure does not count any more.</summary>
    Retry,

    /// <summary>A resource failed, or an operator wants another part of the group to run.</summary>
    Repair,

    /// <summary>Maintenance is over: anything may be different.</summary>
    Probe,
}

public static class GroupChart
{
    public static StateMachine<GroupState, GroupTrigger> Create()
    {
        var chart = new StateMachine<GroupState, GroupTrigger>(GroupState.Unknown);
        chart.Configure(GroupState.Unknown)
            .Permit(GroupTrigger.FoundStopped, GroupState.Stopped)
            .Permit(GroupTrigger.FoundStarted, GroupState.Started)
            .Permit(GroupTrigger.FoundPartly, GroupState.Starting);
        chart.Configure(GroupState.Stopped)
            .Permit(GroupTrigger.Acquire, GroupState.Starting)
            .Permit(GroupTrigger.Probe, GroupState.Unknown);
        chart.Configure(GroupState.Starting)
            .Permit(GroupTrigger.Acquired, GroupState.Started)
            .Permit(GroupTrigger.Release, GroupState.Stopping)
            .Permit(GroupTrigger.Probe, GroupState.Unknown);
        chart.Configure(GroupState.Started)
            .Permit(GroupTrigger.Repair, GroupState.Starting)
            .Permit(GroupTrigger.Release, GroupState.Stopping)
            .Permit(GroupTrigger.Probe, GroupState.Unknown);
        chart.Configure(GroupState.Stopping)
            .Permit(GroupTrigger.Released, GroupState.Stopped)
            .Permit(GroupTrigger.ReleasedAfterFailure, GroupState.Failed)
            .Permit(GroupTrigger.StopFailed, GroupState.StopFailed)
            .Permit(GroupTrigger.Probe, GroupState.Unknown);
        chart.Configure(GroupState.Failed)
            .Permit(GroupTrigger.Retry, GroupState.Stopped)
            .Permit(GroupTrigger.Probe, GroupState.Unknown);
        chart.Configure(GroupState.StopFailed)
            .Permit(GroupTrigger.Retry, GroupState.Stopping)
            .Permit(GroupTrigger.Probe, GroupState.Unknown);
        chart.OnUnhandledTrigger((state, trigger) =>
            Invariant.Holds(false, $"a group that is {state.Word()} is never told {trigger}"));
        return chart;
    }
}
