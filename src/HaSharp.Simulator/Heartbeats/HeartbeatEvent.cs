using HaSharp.Core;

namespace HaSharp.Simulator.Heartbeats;

/// <summary>A line in the log of a heartbeat, in its words (spec 8, 9, 16).</summary>
public sealed record HeartbeatEvent(Severity Severity, string Text) : ClusterEvent(9306, Severity)
{
    public override FormattableString Message => $"{Text}";
}
