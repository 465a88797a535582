namespace HaSharp.Core.Resources;

/// <summary>What a resource group, or a single resource, is doing on one node.</summary>
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
