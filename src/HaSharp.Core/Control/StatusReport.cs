// What `hasharp status --json` prints.
// The idea: plain records of words and numbers, which scripts read; nothing in them needs HaSharp to be understood.
// Invariant: it is a contract: fields are added, never renamed or removed.

namespace HaSharp.Core.Control;

/// <summary>This node's view of the cluster.</summary>
/// <param name="Node">Our own name.</param>
/// <param name="Version">HaSharp's version.</param>
/// <param name="Role">joining, standby, active, leaving or left.</param>
/// <param name="Stable">No transition is going on or due, here or on a live peer.</param>
/// <param name="Holdings">none, local, foreign or all: what kinds of groups run here (spec 9.1).</param>
/// <param name="AutoFailback">on, off or legacy.</param>
/// <param name="ConfigDigest">Digest of what must be equal on all nodes, 16 hex digits.</param>
/// <param name="UptimeMs">Since the daemon's start.</param>
/// <param name="Reason">One sentence: why the role is what it is.</param>
/// <param name="RefusedPackets">Packets dropped since the start, by kind.</param>
public sealed record StatusReport(
    string Node,
    string Version,
    string Role,
    bool Stable,
    string Holdings,
    string AutoFailback,
    string ConfigDigest,
    long UptimeMs,
    string Reason,
    IReadOnlyList<NodeReport> Nodes,
    IReadOnlyList<GroupReport> Groups,
    IReadOnlyDictionary<string, long> RefusedPackets)
{
    /// <summary>The ping nodes in ha.cf order.</summary>
    public IReadOnlyList<PingNodeReport> PingNodes { get; init; } = [];

    /// <summary>The checks of ha.cf on this node.</summary>
    public IReadOnlyList<CheckReport> Checks { get; init; } = [];

    /// <summary>ipfail is on: ping nodes are compared with the peer (spec 13.3).</summary>
    public bool Ipfail { get; init; }

    /// <summary>
    /// The directives of ha.cf that have one value: as written, or in ms where they follow from others.
    /// </summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new SortedDictionary<string, string>();
}

/// <summary>A node as we see it.</summary>
/// <param name="Status">init, up, active or dead; our own as we announce it.</param>
/// <param name="LastHeardMs">Age of its last heartbeat; null when never heard, 0 for ourselves.</param>
/// <param name="ConfigDigest">As it announces it; null when unknown.</param>
public sealed record NodeReport(
    string Name, string Status, bool Self, long? LastHeardMs, string? ConfigDigest, IReadOnlyList<LinkReport> Links)
{
    /// <summary>hasharp, or heartbeat 3.0.6; null while it was never heard.</summary>
    public string? Software { get; init; }

    /// <summary>What cannot be done while this node is as it is, one sentence; null: nothing.</summary>
    public string? Limits { get; init; }

    /// <summary>The names of its checks that fail, as it says itself; of a dead node none.</summary>
    public IReadOnlyList<string> FailingChecks { get; init; } = [];
}

/// <summary>A link as seen from us: for a peer, whether its heartbeats arrive; for ourselves, our socket.</summary>
/// <param name="Status">up or dead.</param>
/// <param name="LastHeardMs">Null when never heard on it.</param>
/// <param name="Trouble">Why our socket is closed; null when it is open.</param>
public sealed record LinkReport(string Name, string Status, long? LastHeardMs, string? Trouble);

/// <summary>A ping node as we see it; nobody else's view is known.</summary>
/// <param name="Kind">ping, ping6 or ping_group.</param>
/// <param name="Status">init, ping or dead.</param>
/// <param name="LastHeardMs">Age of its last answer; null when it has never answered.</param>
/// <param name="Trouble">Why it cannot be asked; null when it can be.</param>
public sealed record PingNodeReport(
    string Name, string Kind, IReadOnlyList<string> Hosts, string Status, long? LastHeardMs, string? Trouble);

/// <summary>A resource group in the cluster.</summary>
/// <param name="Owner">The node that is to hold it; null: nobody.</param>
/// <param name="State">At the owner: unknown, stopped, starting, started, stopping, failed or stop-failed.</param>
/// <param name="Reason">The last decision about it, one sentence.</param>
/// <param name="Epoch">Ownership epoch: rises with every change of owner.</param>
public sealed record GroupReport(
    string Name,
    string Preferred,
    string? Owner,
    string State,
    string Reason,
    long Epoch,
    IReadOnlyList<ResourceReport> Resources)
{
    /// <summary>How much longer it is in maintenance; null: it is not.</summary>
    public long? MaintenanceMs { get; init; }

    /// <summary>What follows when nothing stops a resource of it: fence or release.</summary>
    public string FailedStop { get; init; } = "";

    /// <summary>Why this node should not run it: its checks that fail, with reasons; null: it may.</summary>
    public string? Unfit { get; init; }
}

/// <param name="State">unknown, stopped, starting, started, stopping, failed or stop-failed.</param>
/// <param name="Reason">What its agent last said; empty when all is well.</param>
public sealed record ResourceReport(string Name, string State, string Reason)
{
    /// <summary>Failures on this node that still count.</summary>
    public int Failures { get; init; }

    /// <summary>Between two monitors; null: it is not monitored.</summary>
    public long? MonitorMs { get; init; }
}

/// <param name="State">passes, fails, or unknown before its first result.</param>
/// <param name="Reason">Why it failed last; empty when it did not.</param>
public sealed record CheckReport(string Name, string State, string Reason);
