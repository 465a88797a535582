// What the outside world is told of the cluster's events: those that change who serves what, and those that want
// somebody to look. The rest is for the log.

using System.Globalization;
using HaSharp.Core;

namespace HaSharp.Daemon.Notices;

/// <summary>One event for people and their programs. Texts may be empty, never null.</summary>
/// <param name="Event">In small letters with hyphens: part of the interface.</param>
/// <param name="Kind">GROUP, RESOURCE, OWNER, NODE, CHECK, MAINTENANCE or ALARM: keepalived's first argument.</param>
/// <param name="Name">What it is about.</param>
/// <param name="State">Of a GROUP always keepalived's MASTER, BACKUP, FAULT or STOP.</param>
internal sealed record Notice(string Event, string Kind, string Name, string State)
{
    public string Group { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Reason { get; init; } = "";

    /// <summary>Where it happened: this node.</summary>
    public string Node { get; init; } = "";

    /// <summary>As it stands in the log.</summary>
    public string Text { get; init; } = "";

    /// <summary>When it was reported.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>ISO 8601, UTC.</summary>
    public string TimeText =>
        Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Null: an event that is for the log only.</summary>
    /// <param name="leaving">The daemon ends: a group that is released is not in reserve here any more.</param>
    internal static Notice? Of(ClusterEvent happened, NodeName self, bool leaving, DateTimeOffset now)
    {
        Notice? notice = OfGroup(happened, leaving) ?? OfResource(happened) ?? OfNode(happened, self)
            ?? (happened.Severity == Severity.Critical ? new Notice("alarm", "ALARM", self.Text, "CRITICAL") : null);
        return notice is null
            ? null
            : notice with { Node = self.Text, Text = happened.ToString(), Time = now };
    }

    private static Notice? OfGroup(ClusterEvent happened, bool leaving) => happened switch
    {
        ClusterEvent.GroupAcquired its => About("group-acquired", its.Group, "MASTER"),
        ClusterEvent.GroupReleased its => About("group-released", its.Group, leaving ? "STOP" : "BACKUP"),
        ClusterEvent.StartFailed its => Broken("start-failed", its.Group, its.Resource, its.Reason),
        ClusterEvent.ResourceGivenUp its => Broken("group-given-up", its.Group, its.Resource, its.Reason),
        ClusterEvent.StopFailed its => Broken("stop-failed", its.Group, its.Resource, its.Reason),
        ClusterEvent.StopFailureReleased its => Broken("stop-failed", its.Group, its.Resource, its.Reason),
        ClusterEvent.OwnerChanged its => new Notice("owner-changed", "OWNER", its.Group.Text, its.Owner.Text)
        {
            Group = its.Group.Text,
            Reason = its.Reason,
        },
        ClusterEvent.BothOwn its => Alarm("both-own", its.Group, "BOTH_OWN"),
        ClusterEvent.NobodyRuns its => Alarm("nobody-runs", its.Group, "DOWN") with { Reason = its.Reason },
        ClusterEvent.AddressTaken its =>
            Alarm("address-taken", its.Group, "TAKEN") with { Resource = its.Resource, Reason = its.Reason },
        ClusterEvent.Frozen its => Alarm("group-frozen", its.Group, "FROZEN"),
        ClusterEvent.MaintenanceBegun its => Maintenance(its.Group, "ON"),
        ClusterEvent.MaintenanceEnded its => Maintenance(its.Group, "OFF"),
        _ => null,
    };

    private static Notice? OfResource(ClusterEvent happened) => happened switch
    {
        ClusterEvent.ResourceFailed its => About("resource-failed", its.Group, its.Resource, "FAILED", its.Reason),
        ClusterEvent.ResourceRecovered its => About("resource-recovered", its.Group, its.Resource, "RUNNING", ""),
        ClusterEvent.ResourceKilled its => About(
            "resource-killed", its.Group, its.Resource, its.Result.Length == 0 ? "KILLED" : "LEFT", its.Result),
        ClusterEvent.AddressContested its =>
            About("address-contested", its.Group, its.Resource, "CONTESTED", its.Rival),
        ClusterEvent.CheckChanged { Passes: true } its => About(its, "PASSES"),
        ClusterEvent.CheckChanged its => About(its, "FAILS"),
        _ => null,
    };

    private static Notice? OfNode(ClusterEvent happened, NodeName self) => happened switch
    {
        ClusterEvent.RoleChanged its => About("role-changed", self, its.Role.Word()) with { Reason = its.Reason },
        ClusterEvent.ShutdownBegun its => About("shutdown-begun", self, "leaving") with { Reason = its.Reason },
        ClusterEvent.ShutdownComplete its => About("shutdown-complete", self, "left") with
        {
            Reason = its.Keeps ? "what ran here was left running" : "",
        },
        ClusterEvent.NodeStatusChanged its => About("node-status", its.Node, its.Status.Word()),
        ClusterEvent.NodeLeft its => About("node-left", its.Node, "left"),
        ClusterEvent.NodeDead its => About("node-dead", its.Node, "dead"),
        ClusterEvent.NodeNeverHeard its => About("node-dead", its.Node, "dead"),
        _ => null,
    };

    private static Notice About(string name, NodeName node, string state) =>
        new(name, "NODE", node.Text, state.ToUpperInvariant());

    private static Notice About(string name, GroupName group, string state) =>
        new(name, "GROUP", group.Text, state) { Group = group.Text };

    private static Notice About(string name, GroupName group, string resource, string state, string reason) =>
        new(name, "RESOURCE", resource, state) { Group = group.Text, Resource = resource, Reason = reason };

    private static Notice About(ClusterEvent.CheckChanged its, string state) =>
        new("check-changed", "CHECK", its.Check, state) { Reason = its.Reason };

    private static Notice Broken(string name, GroupName group, string resource, string reason) =>
        About(name, group, "FAULT") with { Resource = resource, Reason = reason };

    private static Notice Alarm(string name, GroupName group, string state) =>
        About(name, group, state) with { Kind = "ALARM" };

    private static Notice Maintenance(GroupName group, string state) =>
        About("maintenance", group, state) with { Kind = "MAINTENANCE" };
}
