// The chart of a node's life: joining, standby, active, leaving, left.
// The idea: the role is computed from facts in every step; the chart only says which ways exist, so that a wrong
// computation is an invariant failure instead of a strange cluster.
// Invariant: it has no actions and no guards; docs/reference/role-chart.md is its drawing, kept true by a test.

using HaSharp.Core.Wire;
using Stateless;

namespace HaSharp.Core.Decision;

public enum RoleTrigger
{
    /// <summary>All others are heard or given up.</summary>
    Joined,

    /// <summary>The first group begins to run here.</summary>
    Acquired,

    /// <summary>Nothing runs here any more.</summary>
    Released,

    /// <summary>An operator, or the system, ends this node.</summary>
    Ending,

    /// <summary>Everything is released and said.</summary>
    Ended,
}

public static class RoleChart
{
    public static StateMachine<Role, RoleTrigger> Create()
    {
        var chart = new StateMachine<Role, RoleTrigger>(Role.Joining);
        chart.Configure(Role.Joining)
            .Permit(RoleTrigger.Joined, Role.Standby)
            .Permit(RoleTrigger.Ending, Role.Leaving);
        chart.Configure(Role.Standby)
            .Permit(RoleTrigger.Acquired, Role.Active)
            .Permit(RoleTrigger.Ending, Role.Leaving);
        chart.Configure(Role.Active)
            .Permit(RoleTrigger.Released, Role.Standby)
            .Permit(RoleTrigger.Ending, Role.Leaving);
        chart.Configure(Role.Leaving)
            .Permit(RoleTrigger.Ended, Role.Left);
        chart.OnUnhandledTrigger((role, trigger) =>
            Invariant.Holds(false, $"a node that is {role.Word()} is never told {trigger}"));
        return chart;
    }
}
