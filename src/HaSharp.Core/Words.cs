// The words of states as the log and status say them.
// The idea: one table for each kind of state, so that they never differ between places.
// Invariant: words are contracts with scripts; they do not change.

using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Membership;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core;

public static class Words
{
    public static string Word(this NodeStatus status) => status switch
    {
        NodeStatus.Init => "init",
        NodeStatus.Up => "up",
        NodeStatus.Active => "active",
        _ => "dead",
    };

    public static string Word(this PingStatus status) => status switch
    {
        PingStatus.Init => "init",
        PingStatus.Ping => "ping",
        _ => "dead",
    };

    public static string Word(this PingKind kind) => kind switch
    {
        PingKind.Ping => "ping",
        PingKind.Ping6 => "ping6",
        _ => "ping_group",
    };

    public static string Word(this Role role) => role switch
    {
        Role.Joining => "joining",
        Role.Standby => "standby",
        Role.Active => "active",
        Role.Leaving => "leaving",
        _ => "left",
    };

    public static string Word(this GroupState state) => state switch
    {
        GroupState.Unknown => "unknown",
        GroupState.Stopped => "stopped",
        GroupState.Starting => "starting",
        GroupState.Started => "started",
        GroupState.Stopping => "stopping",
        GroupState.Failed => "failed",
        _ => "stop-failed",
    };

    public static string Word(this AgentAction action) => action switch
    {
        AgentAction.Status => "status",
        AgentAction.Start => "start",
        AgentAction.Stop => "stop",
        AgentAction.Monitor => "monitor",
        _ => "kill",
    };

    public static string Word(this SwitchAction action) => action switch
    {
        SwitchAction.Start => "start",
        SwitchAction.Stop => "stop",
        _ => "restart",
    };

    public static string Word(this AutoFailback mode) => mode switch
    {
        AutoFailback.On => "on",
        AutoFailback.Off => "off",
        _ => "legacy",
    };

    /// <summary>Something of the group runs, or may run, on the node that says this state.</summary>
    public static bool Holds(this GroupState state) => state is
        GroupState.Starting or GroupState.Started or GroupState.Stopping or GroupState.StopFailed;
}
