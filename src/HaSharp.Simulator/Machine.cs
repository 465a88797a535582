// A virtual machine: power, clock, disk, what really runs on it, and perhaps a daemon.
// The idea: three lives inside each other. The machine's (power), the daemon's (a node), the resources' (they outlive
// the daemon but not the machine). Invariant: a node exists only while there is power.

using HaSharp.Core;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;
using HaSharp.Simulator.Heartbeats;

namespace HaSharp.Simulator;

public sealed class Machine
{
    private readonly TimeSpan[] _runningSince;
    private readonly List<AgentRun> _runs = [];
    private readonly Queue<Entry> _inbox = new();

    internal Machine(int index, NodeName name, ReadOnlyMemory<byte> uuid, int slots)
    {
        Index = index;
        Name = name;
        Uuid = uuid;
        _runningSince = new TimeSpan[slots];
        _runningSince.AsSpan().Fill(TimeSpan.MinValue);
    }

    public int Index { get; }

    public NodeName Name { get; }

    public bool Powered { get; internal set; }

    public bool Paused { get; internal set; }

    /// <summary>When the machine was last resumed; null when never since its boot.</summary>
    public TimeSpan? ResumedAt { get; internal set; }

    /// <summary>The daemon; null when none runs.</summary>
    public INode? Node { get; internal set; }

    /// <summary>Its daemon is heartbeat 3.0.6, not HaSharp.</summary>
    public bool RunsHeartbeat { get; internal init; }

    /// <summary>Its heartbeat; null when it has none, or none runs.</summary>
    public HeartbeatNode? Heartbeat => Node as HeartbeatNode;

    /// <summary>When the daemon started.</summary>
    public TimeSpan StartedAt { get; internal set; }

    /// <summary>When the daemon last sent anything.</summary>
    public TimeSpan SpokeAt { get; internal set; }

    /// <summary>Of the last status that it sent for the first time; only kept where heartbeats are.</summary>
    internal long StatusSequence { get; set; }

    public Clock Clock { get; internal set; }

    /// <summary>A daemon runs here, and time passes for it.</summary>
    public bool Awake => Node is not null && !Paused;

    /// <summary>On disk: survives everything.</summary>
    public ReadOnlyMemory<byte> Uuid { get; }

    /// <summary>On disk: of the last start.</summary>
    public Generation Generation { get; internal set; }

    /// <summary>On disk, written in the background: a crash loses the last version.</summary>
    public IReadOnlyList<ReplayMark> Marks { get; internal set; } = [];

    /// <summary>On disk: what the daemon wants to know again at its next start.</summary>
    public string Kept { get; internal set; } = "";

    internal IReadOnlyList<ReplayMark> OlderMarks { get; set; } = [];

    /// <summary>Agents that run now, in the order of their begin.</summary>
    public IReadOnlyList<AgentRun> Runs => _runs;

    /// <summary>The one wake entry of the agenda that counts; MaxValue: none.</summary>
    internal TimeSpan WakeAt { get; set; } = TimeSpan.MaxValue;

    /// <summary>Steps without any passing of time, to notice a node that wants to be called for ever.</summary>
    internal int StepsAtOnce { get; set; }

    internal TimeSpan SteppedAt { get; set; }

    /// <summary>What waits while the machine is paused.</summary>
    internal Queue<Entry> Inbox => _inbox;

    internal List<AgentRun> RunList => _runs;

    public bool Running(int slot) => _runningSince[slot] != TimeSpan.MinValue;

    /// <summary>When it began to run; MinValue when it does not run.</summary>
    public TimeSpan RunningSince(int slot) => _runningSince[slot];

    public bool RunsAny(IReadOnlyList<Slot> group)
    {
        foreach (Slot slot in group)
        {
            if (Running(slot.Index))
            {
                return true;
            }
        }

        return false;
    }

    internal void SetRunning(int slot, bool running, TimeSpan now) =>
        _runningSince[slot] = !running ? TimeSpan.MinValue : Running(slot) ? _runningSince[slot] : now;

    internal void StopEverything() => _runningSince.AsSpan().Fill(TimeSpan.MinValue);

    public Instant LocalTime(TimeSpan now) => Clock.At(now);
}

/// <summary>One run of an agent on a virtual machine, its end already known to the world.</summary>
/// <param name="Outcome">Null for a status that looks at the truth when it ends.</param>
/// <param name="RunsAfter">What is true of the resource when the run has ended; null: unchanged.</param>
public sealed record AgentRun(
    RunId Run, Slot Slot, AgentAction Action, TimeSpan BeganAt, AgentOutcome? Outcome, bool? RunsAfter)
{
    /// <summary>The daemon died, or the machine: nobody hears of the end.</summary>
    public bool Abandoned { get; internal set; }
}
