// Where heartbeat's standby protocol stands between the peer and us (spec 9.6).
// The idea: four messages ask_resources: the giver says me, the receiver other, the giver releases and says done, the
// receiver acquires and says done. Nothing is released before the other has promised to take it.
// Invariant: one hand-over at a time, in one direction.

namespace HaSharp.Core.Legacy;

public enum HandoverPhase
{
    None,

    /// <summary>We said me and wait for other.</summary>
    Offered,

    /// <summary>The peer said other and is still busy with that: we release in a moment.</summary>
    Answered,

    /// <summary>The peer waits for what we release.</summary>
    Promised,

    /// <summary>We said done: the peer acquires.</summary>
    Passed,

    /// <summary>The peer said me, we said other: it releases.</summary>
    Accepted,

    /// <summary>The peer said done: we acquire.</summary>
    Acquiring,
}

/// <param name="Share">What moves.</param>
/// <param name="Until">
/// When an offer counts as unanswered, ours or the one that we have accepted: heartbeat ignores its own offer when it
/// is not stable itself. When it has passed and the peer is stable: how long its done may still take. Of no meaning in
/// the other phases.
/// </param>
public readonly record struct Handover(HandoverPhase Phase, Share Share, Instant Until)
{
    /// <summary>
    /// Heartbeat runs its scripts one after another. What we release in a millisecond would wait for them, and the
    /// clients with it.
    /// </summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>How long an offer waits for its answer (spec 18).</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Something moves at this moment, so that neither side is stable.</summary>
    public bool Moves => Phase is HandoverPhase.Promised or HandoverPhase.Passed or HandoverPhase.Acquiring;

    /// <summary>The peer has promised to take it and we have not passed it on yet.</summary>
    public bool Expects(Share share) => Phase == HandoverPhase.Promised && (Share & share) != 0;
}
