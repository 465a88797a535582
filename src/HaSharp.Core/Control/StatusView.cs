// The status report, made from the node's facts when somebody asks.
// The idea: nothing is kept for the report alone; what the operator reads is what the decision reads.
// Invariant: of a group that runs elsewhere, state and resources are as its owner last said.

using HaSharp.Core.Config;
using HaSharp.Core.Legacy;
using HaSharp.Core.Membership;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Control;

internal static class StatusView
{
    public static StatusReport Of(
        ClusterNode node, Members members, PingNodes pings, GroupSet groups, Reception reception, Checks checks,
        long unixSeconds, Instant now)
    {
        var self = node.Identity.Name;
        var stable = node.Stable && members.Peers.All(static peer =>
            !peer.Live || (peer.Heartbeat?.Quiet ?? peer.State is not { Stable: false }));
        return new StatusReport(
            self.Text,
            node.Identity.Version,
            node.Role.Word(),
            stable,
            Holdings(groups, self),
            node.Config.AutoFailback.Word(),
            $"{node.Config.Digest:x16}",
            (long)(now - node.Identity.StartedAt).TotalMilliseconds,
            Reason(node, members, groups),
            [.. node.Config.Nodes.Select(name => Node(node, members, reception, checks, name, now))],
            [.. groups.All.Select((group, i) => Group(group, i, self, members, unixSeconds, now) with
            {
                Unfit = Unfit(checks, group.Config.Name),
            })],
            reception.Refused)
        {
            PingNodes = [.. pings.All.Select(ping => new PingNodeReport(
                ping.Name.Text,
                ping.Config.Kind.Word(),
                ping.Config.Hosts,
                ping.Status.Word(),
                Age(ping.LastHeard, now),
                ping.Trouble))],
            Ipfail = node.Config.Ipfail,
            Checks = [.. checks.All.Select(static check => new CheckReport(
                check.Config.Name,
                check.Passes switch { true => "passes", false => "fails", _ => "unknown" },
                check.Reason))],
            Parameters = ReportedParameters.Of(node.Config),
        };
    }

    private static string Holdings(GroupSet groups, NodeName self)
    {
        var held = groups.All.Where(static group => group.State.Holds()).ToList();
        var local = held.Exists(group => group.Config.Preferred == self);
        var foreign = held.Exists(group => group.Config.Preferred != self);
        return (local, foreign) switch
        {
            (true, true) => "all",
            (true, false) => "local",
            (false, true) => "foreign",
            _ => "none",
        };
    }

    private static string Reason(ClusterNode node, Members members, GroupSet groups) => node.Role switch
    {
        Role.Joining => "waiting for " + string.Join(
            ", ",
            members.Peers.Where(static peer => peer.Status == NodeStatus.Init || peer.Silent)
                .Select(static peer => peer.Silent ? $"{peer.Name} to say what it holds" : peer.Name.Text)),
        Role.Standby => "holds no resource group",
        Role.Active => "holds " + string.Join(
            ", ", groups.All.Where(static g => g.State.Holds()).Select(static g => g.Config.Name)),
        Role.Leaving => "is shutting down",
        _ => "has released everything",
    };

    /// <summary>The names of the checks that fail here.</summary>
    public static IReadOnlyList<string> Failing(Checks checks) =>
        [.. checks.All.Where(static check => check.Passes == false).Select(static check => check.Config.Name)];

    private static string? Unfit(Checks checks, GroupName group)
    {
        var failing = checks.All.Where(check => check.Passes == false && check.Config.IsAbout(group))
            .Select(static check => $"check {check.Config.Name} fails: {check.Reason}").ToList();
        return failing.Count == 0 ? null : string.Join("; ", failing);
    }

    private static NodeReport Node(
        ClusterNode node, Members members, Reception reception, Checks checks, NodeName name, Instant now)
    {
        var links = node.Config.Links;
        if (members.Find(name) is { } peer)
        {
            return new NodeReport(
                name.Text,
                peer.Status.Word(),
                false,
                Age(peer.LastHeard, now),
                peer.State is { } state ? $"{state.ConfigDigest:x16}" : null,
                [.. Carrying(links, peer).Select(i => Link(
                    links[i].Name, peer.LinkUp[i], Age(peer.HeardOn[i], now)))])
            {
                Software = peer.Heartbeat is not null ? "heartbeat 3.0.6" : peer.State is null ? null : "hasharp",
                Limits = Limits(peer),
                FailingChecks = peer.Live && peer.State is { } said ? said.FailingChecks : [],
            };
        }

        return new NodeReport(
            name.Text,
            members.OwnStatus.Word(),
            true,
            0,
            $"{node.Config.Digest:x16}",
            [.. links.Select(link => Link(
                link.Name, reception.Trouble(link.Name) is null, null, reception.Trouble(link.Name)))])
        {
            Software = "hasharp",
            FailingChecks = Failing(checks),
        };
    }

    private static string? Limits(Peer peer) => peer switch
    {
        { Opaque: true, Heartbeat: null } => "its public state is not readable: nothing is started beside it",
        { Opaque: true } => "it shares a cluster with one other node only: nothing is started beside it",
        { Heartbeat.InOldMode: true } => "two nodes only; auto_failback legacy knows no standby; both authkeys must "
            + "select the same key index, with crc, md5 or sha1",
        { Heartbeat: not null } => "two nodes only; all groups of a node move together; both authkeys must select the "
            + "same key index, with crc, md5 or sha1",
        _ => null,
    };

    /// <summary>
    /// A ucast line is for one host. With several on one interface those on which this peer was never heard are for
    /// other hosts, or for ourselves, and are left out as soon as it is heard on one of them.
    /// </summary>
    private static IEnumerable<int> Carrying(IReadOnlyList<LinkConfig> links, Peer peer)
    {
        for (var i = 0; i < links.Count; i++)
        {
            var line = links[i];
            var other = line is LinkConfig.Ucast or LinkConfig.Ucast6 && peer.HeardOn[i] is null
                && Enumerable.Range(0, links.Count).Any(j =>
                    links[j].GetType() == line.GetType() && links[j].Interface == line.Interface
                    && peer.HeardOn[j] is not null);
            if (!other)
            {
                yield return i;
            }
        }
    }

    private static LinkReport Link(LinkName name, bool up, long? lastHeardMs, string? trouble = null) =>
        new(name.Text, up ? "up" : "dead", lastHeardMs, trouble);

    private static GroupReport Group(
        ResourceGroup group, int index, NodeName self, Members members, long unixSeconds, Instant now)
    {
        var owner = group.Claim.Epoch > 0 ? group.Claim.Owner : (NodeName?)null;
        var state = group.State;

        // What could not be stopped here matters more than what its next owner waits with.
        var stuck = state == GroupState.StopFailed;
        var remote = owner is { } name && name != self && !stuck ? members.Find(name) : null;
        if (remote is not null)
        {
            state = (remote.Live, remote.Heartbeat) switch
            {
                (true, { InOldMode: true } heartbeat) => heartbeat.StateOf(owned: true),
                (true, { } heartbeat) => heartbeat.StateOf(Shares.Of(group.Config, self)),
                (true, null) => remote.View(group.Config.Name, index)?.State ?? GroupState.Unknown,
                _ => GroupState.Unknown,
            };
        }

        // A failure here says more than the decision that follows from it.
        var reason = group.State is GroupState.Failed or GroupState.StopFailed
            ? owner == self ? $"{group.Trouble}; {group.Verdict.Reason}"
                : $"{group.Verdict.Reason}; on this node {group.Trouble}"
            : group.Verdict.Reason.ToString();
        return new GroupReport(
            group.Config.Name.Text,
            group.Config.Preferred.Text,
            owner?.Text,
            state.Word(),
            reason,
            group.Claim.Epoch,
            [.. group.Resources.Select((resource, i) => Resource(
                resource, i >= group.Orders.Runs, group.Recovery, remote is null ? null : state, now))])
        {
            MaintenanceMs = group.Orders.Maintains(unixSeconds)
                ? StandingOrders.SecondsLeft(group.Orders, unixSeconds) * 1000
                : null,
            FailedStop = group.Fences ? "fence" : "release",
        };
    }

    /// <param name="ordered">An operator ordered it to be stopped.</param>
    /// <param name="remote">The group's state at its owner, of which no more is known; null: it is ours.</param>
    private static ResourceReport Resource(
        ManagedResource resource, bool ordered, RecoveryConfig policy, GroupState? remote, Instant now)
    {
        var interval = resource.Interval(policy);
        var state = remote is null ? resource.State
            : ordered && remote == GroupState.Started ? GroupState.Stopped
            : remote.Value;
        var reason = remote is null ? resource.Reason : "";
        return new ResourceReport(
            resource.Resource.Text, state.Word(), reason.Length == 0 && ordered ? "ordered to be stopped" : reason)
        {
            Failures = remote is null ? resource.FailuresAt(now, policy) : 0,
            MonitorMs = interval > TimeSpan.Zero ? (long)interval.TotalMilliseconds : null,
        };
    }

    private static long? Age(Instant? heard, Instant now) =>
        heard is { } then ? (long)(now - then).TotalMilliseconds : null;
}
