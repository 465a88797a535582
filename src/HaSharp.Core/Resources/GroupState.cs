// What a resource group, or a single resource, is doing on one node.
// The idea: seven states that an operator can tell apart; who shall own it is another question (Claim).
// Invariant: only GroupChart says which follows which.

namespace HaSharp.Core.Resources;

/// <summary>The state of a group, or of one of its resources, on one node.</summary>
public enum GroupState
{
    /// <summary>Not yet probed since the daemon's start: not knowing is not the same as stopped.</summary>
    Unknown,
    Stopped,
    Starting,
    Started,
    Stopping,

    /// <summary>A start failed and everything is released again; another node may try.</summary>
    Failed,

    /// <summary>A stop failed for good: nobody else may start it.</summary>
    StopFailed,
}
