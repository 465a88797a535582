// What a heartbeat process keeps about one node of the cluster, itself included (spec 7.2, 8).
// The idea: the original's node table entry, with its words. Its own entry is fed by its own messages (loopback).
// Invariant: Generation and StatusSequence outlive the node's death, the tracking of sequences does not (8.5).

using HaSharp.Core;

namespace HaSharp.Simulator.Heartbeats;

internal sealed class Neighbor(NodeName name, bool isSelf, int ackTrigger, TimeSpan deadtime, Instant since)
{
    public const string Dead = "dead";

    public NodeName Name => name;

    public bool IsSelf => isSelf;

    /// <summary>0 to 9, picked at random: every packet whose sequence ends in it is acknowledged (7.4).</summary>
    public int AckTrigger => ackTrigger;

    /// <summary>Empty until the first packet.</summary>
    public ReadOnlyMemory<byte> Uuid { get; set; }

    public long Generation { get; set; }

    /// <summary>Null: none yet.</summary>
    public long? LastSequence { get; set; }

    /// <summary>Sequences that were skipped, each with the alarm of its next request.</summary>
    public SortedDictionary<long, Alarm> Missing { get; } = [];

    public long StatusSequence { get; set; }

    public long StatusTime { get; set; }

    /// <summary>init, up, active or dead; any other word is taken as it comes (8.4).</summary>
    public string Status { get; set; } = "init";

    public bool IsDead => Status == Dead;

    /// <summary>The death timeout that it announces (0 no. 6).</summary>
    public TimeSpan Deadtime { get; set; } = deadtime;

    /// <summary>When its last status was taken in; the start of our process before that.</summary>
    public Instant StatusAt { get; set; } = since;

    /// <summary>A status came since the start, or since its death: the interval to the next means something.</summary>
    public bool HasStatus { get; set; }

    /// <summary>Heard since our start, or since its death (8.3, 8.5).</summary>
    public bool Heard { get; set; }

    /// <summary>Heard since our start.</summary>
    public bool EverHeard { get; set; }

    /// <summary>The highest of our sequences that it has acknowledged.</summary>
    public long Acknowledged { get; set; }

    public void ForgetTracking()
    {
        foreach (Alarm request in Missing.Values)
        {
            request.CallOff();
        }

        Missing.Clear();
        LastSequence = null;
    }
}
