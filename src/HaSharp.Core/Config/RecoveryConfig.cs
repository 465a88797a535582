// How resources are watched, repaired and stopped when they resist (ha.cf: monitor_interval and what follows it).
// The idea: one policy for all, and for a single resource only what differs; what neither says the agent's meta-data
// may say. A plain heartbeat file needs none of it.
// Invariant: every time that comes out is positive, except an interval of zero, which switches monitoring off.

namespace HaSharp.Core.Config;

public sealed record RecoveryConfig
{
    /// <summary>Between two monitors of a resource; zero: never. Null: the agent's own, else 10 s.</summary>
    public TimeSpan? MonitorInterval { get; init; }

    /// <summary>Deadline of a monitor or status. Null: the agent's own, else 30 s.</summary>
    public TimeSpan? MonitorTimeout { get; init; }

    /// <summary>Deadline of a start. Null: the agent's own, else 5 minutes.</summary>
    public TimeSpan? StartTimeout { get; init; }

    /// <summary>Deadline of one stop. Null: the agent's own, else 5 minutes.</summary>
    public TimeSpan? StopTimeout { get; init; }

    /// <summary>So many failures of a resource within FailureWindow are repaired in place; one more moves it.</summary>
    public int MaxRestarts { get; init; } = 3;

    /// <summary>
    /// For so long a failure counts against its resource, and a node that gave a group up against that node.
    /// </summary>
    public TimeSpan FailureWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Most moves of a group within an hour that failures cause; after that it stays where it is. Null: twice the
    /// number of nodes, so that each can be tried twice.
    /// </summary>
    public int? MaxMoves { get; init; }

    public FailedStop FailedStop { get; init; }

    public AddressConflict AddressConflict { get; init; }

    /// <summary>What differs for single resources, by the word of haresources.</summary>
    public IReadOnlyDictionary<string, ResourceOptions> Resources { get; init; } =
        new SortedDictionary<string, ResourceOptions>(StringComparer.Ordinal);
}

/// <summary>What ha.cf says about one resource; null: as for all others.</summary>
public sealed record ResourceOptions
{
    public TimeSpan? Interval { get; init; }

    public TimeSpan? MonitorTimeout { get; init; }

    public TimeSpan? StartTimeout { get; init; }

    public TimeSpan? StopTimeout { get; init; }

    public int? MaxRestarts { get; init; }
}

/// <summary>What follows when a resource cannot be stopped by any means.</summary>
public enum FailedStop
{
    /// <summary>Fence where the group has a disk, release where it has not.</summary>
    Auto,

    /// <summary>Nobody else may start the group before it is certain that it is down here.</summary>
    Fence,

    /// <summary>The rest of the group is released, and another node may start it.</summary>
    Release,
}

/// <summary>What follows when another machine has an address of a group that is to be started here.</summary>
public enum AddressConflict
{
    /// <summary>Wait where the group has a disk, take where it has not.</summary>
    Auto,

    /// <summary>The group is not started while the other machine answers, unless an operator takes it.</summary>
    Wait,

    /// <summary>The group is started, and the neighbours are told that the address is here now.</summary>
    Take,
}
