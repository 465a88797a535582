// The words of the public state on the wire.
// The idea: they are a contract between versions: never renamed, never reused for something else.
// Invariant: each value has one word, and a word that is not known never becomes a harmless value.

using HaSharp.Core.Resources;

namespace HaSharp.Core.Wire;

internal static class StateWords
{
    public static ReadOnlySpan<byte> Of(Role role) => role switch
    {
        Wire.Role.Joining => "joining"u8,
        Wire.Role.Standby => "standby"u8,
        Wire.Role.Active => "active"u8,
        Wire.Role.Leaving => "leaving"u8,
        _ => "left"u8,
    };

    public static Role? Role(ReadOnlySpan<byte> word) => KnownWords.From(word) switch
    {
        "joining" => Wire.Role.Joining,
        "standby" => Wire.Role.Standby,
        "active" => Wire.Role.Active,
        "leaving" => Wire.Role.Leaving,
        "left" => Wire.Role.Left,
        _ => null,
    };

    public static ReadOnlySpan<byte> Of(NodeStatus status) => status switch
    {
        NodeStatus.Init => "init"u8,
        NodeStatus.Up => "up"u8,
        NodeStatus.Active => "active"u8,
        _ => "dead"u8,
    };

    public static NodeStatus? Status(ReadOnlySpan<byte> word) => KnownWords.From(word) switch
    {
        "init" => NodeStatus.Init,
        "up" => NodeStatus.Up,
        "active" => NodeStatus.Active,
        "dead" => NodeStatus.Dead,
        _ => null,
    };

    public static ReadOnlySpan<byte> Of(GroupState state) => state switch
    {
        GroupState.Stopped => "stopped"u8,
        GroupState.Starting => "starting"u8,
        GroupState.Started => "started"u8,
        GroupState.Stopping => "stopping"u8,
        GroupState.Failed => "failed"u8,
        GroupState.StopFailed => "stop-failed"u8,
        _ => "unknown"u8,
    };

    /// <summary>A word of a later version means that we do not know: never that it is stopped.</summary>
    public static GroupState State(ReadOnlySpan<byte> word) => KnownWords.From(word) switch
    {
        "stopped" => GroupState.Stopped,
        "starting" => GroupState.Starting,
        "started" => GroupState.Started,
        "stopping" => GroupState.Stopping,
        "failed" => GroupState.Failed,
        "stop-failed" => GroupState.StopFailed,
        _ => GroupState.Unknown,
    };
}
