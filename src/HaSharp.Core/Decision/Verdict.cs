// What shall be: the outcome of a decision, with its reason.
// The idea: a reason is a value (a cause and the node that it is about), rendered as a sentence only when somebody
// reads it, so that deciding anew in every step costs nothing.
// Invariant: every cause has exactly one sentence.

using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Decision;

public enum Intent
{
    /// <summary>Begin nothing new: not enough is known.</summary>
    Keep,

    /// <summary>Run the group here.</summary>
    Start,

    /// <summary>Release the group here.</summary>
    Stop,
}

/// <param name="Claim">Who shall own the group; published when it differs from the facts' claim.</param>
/// <param name="Intent">What to do with it here.</param>
/// <param name="Reason">Why, by the facts of now.</param>
/// <param name="Settled">Nothing further is expected to happen by itself.</param>
public readonly record struct Verdict(Claim Claim, Intent Intent, Reason Reason, bool Settled);

/// <summary>Why something was decided.</summary>
/// <param name="Cause">The rule that applied.</param>
/// <param name="Node">The node that it is about, where the sentence names one.</param>
public readonly record struct Reason(Cause Cause, NodeName Node = default)
{
    /// <summary>One sentence without capital and full stop.</summary>
    public override string ToString() => Cause == Cause.None
        ? "nothing is decided yet"
        : string.Format(CultureInfo.InvariantCulture, Sentences[Cause], Node);

    private static readonly FrozenDictionary<Cause, CompositeFormat> Sentences = new Dictionary<Cause, string>
    {
        [Cause.Joining] = "the other nodes are not all heard yet",
        [Cause.JustWoke] = "this node was asleep and has not heard the others since",
        [Cause.OpaquePeer] = "{0} is alive and what it holds cannot be known",
        [Cause.NotHeardYet] = "{0} has not been heard since the start",
        [Cause.WaitForReload] = "{0} is before this node in order and does not have it in its haresources yet",
        [Cause.PreferredFailed] = "it failed on its preferred node {0}",
        [Cause.WaitForJoining] = "{0} is coming up and is its preferred node",
        [Cause.HeardByOthers] = "{0} is silent here but another node still hears it",
        [Cause.SuccessorTakes] = "{0} is to take it",
        [Cause.NobodyCan] = "no live node is able to run it",
        [Cause.OwnerDead] = "{0} is dead or has left",
        [Cause.NeverOwned] = "nobody owned it and this node is first in order",
        [Cause.AlreadyHere] = "it runs here already",
        [Cause.OwnedBy] = "{0} owns it",
        [Cause.OwnerFailed] = "{0} owns it and it failed there",
        [Cause.Preferred] = "this is its preferred node",
        [Cause.PreferredAway] = "its preferred node {0} is not available",
        [Cause.Pinned] = "an operator moved it here",
        [Cause.FailbackOff] = "it runs here and auto_failback is off",
        [Cause.FailbackSoon] = "it goes back to {0} as soon as that can take it",
        [Cause.Failback] = "its preferred node {0} is back and auto_failback is on",
        [Cause.OperatorGives] = "an operator asked for standby",
        [Cause.OperatorTakes] = "an operator asked for takeover on {0}",
        [Cause.Awaited] = "{0} runs heartbeat and waits for it",
        [Cause.Leaving] = "this node is shutting down",
        [Cause.StartFailedHere] = "it failed here",
        [Cause.StopFailedHere] = "it could not be stopped here",
        [Cause.WaitForRelease] = "{0} has not released it yet",
        [Cause.StopFailedThere] = "{0} could not stop it; stop it there by hand, then run hasharp standby there",
        [Cause.StopFailedAndSilent] = "{0} could not stop it and is silent; make sure it is off, then takeover here",
        [Cause.WaitForAcknowledgement] = "{0} has not confirmed the change yet",
        [Cause.PreferredGoesOn] = "both ran it after a partition and {0} is its preferred node",
        [Cause.DoesNotHearUs] = "{0} runs it too and does not hear us",
        [Cause.PreferredAwayNow] = "its preferred node went away after an operator's move",
        [Cause.Maintained] = "it is in maintenance",
        [Cause.OrderedDown] = "an operator ordered it to be stopped",
        [Cause.Frozen] = "it failed here, and failures have moved it as often as max_moves allows",
        [Cause.CheckFails] = "a check fails here and {0} is fit",
        [Cause.KeptThere] = "{0} ended and left it running there; start it there again, or takeover here",
        [Cause.AddressUnknown] = "the neighbours are asked whether one of them has its address",
        [Cause.AddressTaken] =
            "another machine still has its address; make sure that it is not {0}, then takeover here",
        [Cause.AddressForeign] = "another machine has its address, and no node of the cluster is known to run it",
        [Cause.Removed] = "it is no longer in haresources as it was",
    }.ToFrozenDictionary(static row => row.Key, static row => CompositeFormat.Parse(row.Value));
}

public enum Cause
{
    None,
    Joining,
    JustWoke,
    OpaquePeer,
    NotHeardYet,
    WaitForJoining,
    WaitForReload,
    PreferredFailed,
    HeardByOthers,
    SuccessorTakes,
    NobodyCan,
    OwnerDead,
    NeverOwned,
    AlreadyHere,
    OwnedBy,
    OwnerFailed,
    Preferred,
    PreferredAway,
    Pinned,
    FailbackOff,
    FailbackSoon,
    Failback,
    OperatorGives,
    OperatorTakes,
    Awaited,
    Leaving,
    StartFailedHere,
    StopFailedHere,
    WaitForRelease,
    StopFailedThere,
    StopFailedAndSilent,
    WaitForAcknowledgement,
    PreferredGoesOn,
    DoesNotHearUs,
    PreferredAwayNow,
    Maintained,
    OrderedDown,
    Frozen,
    CheckFails,
    KeptThere,
    AddressUnknown,
    AddressTaken,
    AddressForeign,
    Removed,
}
