// What a peer that runs heartbeat 3.0.6 has told us, as the facts that our decisions know.
// The idea: heartbeat announces what it means to hold before it runs a script (K9) and says nothing of claims. So what
// it holds, gives, takes and leaves is translated into states of groups, and Decide never sees the difference.
// Invariant: until it has said what it holds in its present start, it may hold anything.

using HaSharp.Core.Config;
using HaSharp.Core.Decision;
using HaSharp.Core.Resources;

namespace HaSharp.Core.Legacy;

public sealed class HeartbeatPeer
{
    /// <summary>
    /// How long a node that returns without a restart may take until it gives everything up: 2 s, and its clock.
    /// </summary>
    public static readonly TimeSpan RestartPatience = TimeSpan.FromSeconds(5);

    /// <summary>Heartbeat answers at once: the second question in vain is worth a line in the log.</summary>
    public const int AsksUntilReported = 2;

    /// <summary>After so many it counts as one that does not hear us.</summary>
    public const int AsksUntilDeaf = 3;

    /// <summary>
    /// We saw its present start. Otherwise it may be releasing what it no longer calls its own: heartbeat announces
    /// first and acts afterwards (K9).
    /// </summary>
    public bool Fresh { get; set; }

    /// <summary>It has said what it holds since its start or its return.</summary>
    public bool Known { get; private set; }

    /// <summary>
    /// auto_failback is legacy: nobody says what he holds, every node asks for its own groups by name (spec 9.9).
    /// </summary>
    public bool InOldMode { get; private set; }

    /// <summary>In the old mode: what it has asked for and was not answered yet, and whether we held it then.</summary>
    public SortedDictionary<string, bool> AskedFor { get; } = new(StringComparer.Ordinal);

    /// <summary>In the old mode: what we have asked it for since QuietUntil was last set.</summary>
    public SortedSet<string> Requested { get; } = new(StringComparer.Ordinal);

    /// <summary>What it means to hold.</summary>
    public Share Holds { get; private set; }

    /// <summary>
    /// What we claim of the shares without any group: heartbeat complains as long as nobody claims them (spec 9.4).
    /// </summary>
    public Share Idle { get; private set; } = Share.Ours;

    /// <summary>It says that nothing is going on there.</summary>
    public bool Stable { get; private set; }

    /// <summary>As far as can be known nothing is going on there.</summary>
    public bool Quiet => InOldMode ? Known && AskedFor.Count == 0 : Stable;

    /// <summary>It releases everything in order to end.</summary>
    public bool Leaving { get; private set; }

    /// <summary>It has released everything and ends; true until its next start.</summary>
    public bool Left { get; private set; }

    /// <summary>Its own UUID; all zero while it is not known.</summary>
    public ReadOnlyMemory<byte> Uuid { get; set; } = new byte[16];

    public Arrivals Arrivals { get; } = new();

    /// <summary>The newest of our messages that it has acknowledged.</summary>
    public long Acknowledged { get; set; }

    /// <summary>The sequence of our shutdone; 0: not said.</summary>
    public long Goodbye { get; set; }

    /// <summary>It knows that we have left.</summary>
    public bool KnowsWeLeft => Goodbye > 0 && Acknowledged >= Goodbye;

    public Handover Handover { get; set; }

    /// <summary>The sequence of its promise to take what we gave.</summary>
    public long PromisedIn { get; set; }

    /// <summary>The last offer without an answer in time: a late one still binds the peer (spec 9.6.1).</summary>
    public Share LateOffer { get; set; }

    /// <summary>No offer and no request before this.</summary>
    public Instant QuietUntil { get; set; }

    /// <summary>We have told it that we are there (the message starting), or it has told us.</summary>
    public bool Greeted { get; set; }

    /// <summary>It waits for a report of what we hold.</summary>
    public bool Waits { get; set; }

    /// <summary>What we told it last; null: nothing since its start.</summary>
    public Announcement? Told { get; set; }

    /// <summary>It came back without a restart, and until then it is expected to give everything up.</summary>
    public Instant RestartsUntil { get; set; }

    /// <summary>How often it was asked in vain what it holds.</summary>
    public int Asked { get; set; }

    /// <summary>It came back without a restart: when to ask it what it holds; Never: not at all.</summary>
    public Instant AskAt { get; set; } = Instant.Never;

    private Share _releases;
    private long _reported;

    /// <summary>A new generation: nothing of before holds any more.</summary>
    public void Restart()
    {
        Forget();
        Arrivals.Reset();
        Left = false;
        Greeted = false;
        Waits = false;
        Told = null;
        _reported = 0;
        LateOffer = Share.None;
        AskAt = Instant.Never;
        Idle = Share.Ours;
        Fresh = false;
        RestartsUntil = Instant.Zero;
    }

    /// <summary>It was silent for longer than its deadtime and may have done anything meanwhile.</summary>
    public void Forget()
    {
        Known = false;
        Holds = Share.None;
        Stable = false;
        Leaving = false;
        Handover = default;
        _releases = Share.None;
        Asked = 0;
        Acknowledged = 0;
        AskedFor.Clear();
    }

    /// <summary>Another mode knows no hand-over of the one before.</summary>
    public void Follow(AutoFailback mode)
    {
        var old = mode == AutoFailback.Legacy;
        Handover = old == InOldMode ? Handover : default;
        InOldMode = old;
    }

    /// <summary>In the old mode there is nothing that it would say about itself: it is there.</summary>
    public void BeThere() => Known = true;

    /// <summary>Takes a report in. Returns what it holds now and did not hold before.</summary>
    /// <param name="full">It replaces what was known; otherwise it adds to it, or clears it (spec 9.1).</param>
    /// <param name="stable">Null: the message does not say.</param>
    public Share Report(Share holds, bool full, bool? stable, bool shutdown, long sequence)
    {
        if (full && sequence < _reported)
        {
            // Its messages overtake one another (spec 7.6): the older report is history.
            return Share.None;
        }

        var before = Known ? Holds : Share.None;
        if (shutdown)
        {
            _releases = Known ? Holds : Share.All;
            Leaving = true;
        }

        Holds = full ? holds : holds == Share.None ? Share.None : Holds | holds;
        Idle &= ~Holds;
        Known |= (full && (Fresh || stable == true)) || shutdown;
        _reported = full ? sequence : _reported;
        Stable = stable ?? Stable;
        (AskAt, Asked) = (Known ? Instant.Never : AskAt, 0);
        return Known ? Holds & ~before : Share.None;
    }

    /// <summary>It was told to start: it is not stable until it says so.</summary>
    public void Starting(long sequence)
    {
        // One that was lost and comes again after a report is history.
        Stable &= sequence < _reported;
        Waits = true;
        Fresh = true;
    }

    /// <summary>It wants to give this away, and we have promised to take it.</summary>
    public void Accept(Share share, Instant now)
    {
        _releases = Holds & share;
        Handover = new Handover(HandoverPhase.Accepted, share, now + Legacy.Handover.Patience);
    }

    /// <summary>It releases what it offered: however long that takes, its done will follow.</summary>
    public void Release() => Handover = Handover.Phase == HandoverPhase.Accepted
        ? Handover with { Until = Instant.Never }
        : Handover;

    /// <summary>It says nothing, so it may hold all this.</summary>
    public void Assume(Share share) => (Known, Holds, Idle) = (true, share, Idle & ~share);

    /// <summary>It has passed this on to us.</summary>
    public void Gave(Share share) => (Holds, Idle) = (Holds & ~share, Idle | share);

    /// <summary>It has taken this from us.</summary>
    public void Took(Share share) => (Holds, Idle) = (Holds | share, Idle & ~share);

    /// <summary>All is released there; what follows is silence.</summary>
    public void Leave()
    {
        Die();
        Known = true;
        Left = true;
    }

    /// <summary>It is silent: all is ours.</summary>
    public void Die()
    {
        Forget();
        Idle = Share.All;
    }

    /// <summary>What it runs, with respect to a group.</summary>
    public Kind KindFor(GroupName group, Share share) => InOldMode
        ? AskedFor.ContainsKey(group.Text) ? Kind.HeartbeatWaiting : Kind.HeartbeatAsks
        : Handover.Expects(share) ? Kind.HeartbeatWaiting : Kind.Heartbeat;

    /// <summary>The state of a group there in the old mode: it runs what it took.</summary>
    public GroupState StateOf(bool owned) =>
        !Known ? GroupState.Unknown : owned ? GroupState.Started : GroupState.Stopped;

    /// <summary>The state of a group there, in our words.</summary>
    public GroupState StateOf(Share share)
    {
        if (!Known)
        {
            return GroupState.Unknown;
        }

        if ((_releases & share) != 0 && (Leaving || Handover.Phase == HandoverPhase.Accepted))
        {
            return GroupState.Stopping;
        }

        if ((Handover.Share & share) != 0 && Handover.Phase == HandoverPhase.Passed)
        {
            return GroupState.Starting;
        }

        return (Holds & share) != 0 ? GroupState.Started : GroupState.Stopped;
    }
}

/// <summary>What a node tells a heartbeat peer of itself: the message resource.</summary>
/// <param name="Holds">What it means to hold.</param>
public readonly record struct Announcement(Share Holds, bool Stable, string Info);
