// Whether another machine has an address of a group that might be started here.
// The idea: the neighbours are asked a little before the group's owner would be counted as dead, so that the answer is
// there when it counts and the question costs no time; and for as long as nobody is known to run the group.
// Invariant: an answer counts for a while only; nothing is taken while an answer may still be on its way.

using HaSharp.Core.Decision;

namespace HaSharp.Core.Resources;

public sealed class AddressQuestion
{
    /// <summary>Longest time before the owner's death would be declared.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>A neighbour's kernel answers within a few milliseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>When nobody has said by then that the question is sent, it cannot be.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Longer than two pauses: one answer may get lost.</summary>
    private static readonly TimeSpan Counts = TimeSpan.FromMilliseconds(2500);

    private Instant? _since;
    private Instant? _sent;
    private Instant _last;
    private Instant _answeredUntil;

    /// <summary>What is known now.</summary>
    public AddressUse Use { get; private set; }

    /// <summary>The last answer: which address, and the hardware address of the other machine.</summary>
    public (string Resource, string Rival) Answered { get; private set; } = ("", "");

    /// <summary>When Update has something to do although nothing happened.</summary>
    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>True: the neighbours are to be asked now.</summary>
    /// <param name="from">From when on it matters; Never: it does not.</param>
    public bool Update(Instant from, Instant now)
    {
        var matters = now >= from;
        var asks = matters && (_since is null || now >= _last + Pause);
        _since = matters ? _since ?? now : null;
        _sent = matters ? _sent : null;
        _last = asks ? now : _last;
        var known = _sent is { } sent ? sent + Patience : (_since ?? now) + Longest;
        (Use, NextDeadline) = (matters, now < _answeredUntil, now < known) switch
        {
            (false, _, _) => (AddressUse.Free, from),
            (true, true, _) => (AddressUse.Taken, Instant.Earlier(_last + Pause, _answeredUntil)),
            (true, false, true) => (AddressUse.Unknown, Instant.Earlier(_last + Pause, known)),
            _ => (AddressUse.Free, _last + Pause),
        };
        return asks;
    }

    /// <summary>The question is on the wire, or cannot be.</summary>
    public void Sent(Instant now) => _sent ??= _since is null ? null : now;

    /// <summary>Another machine has one of the addresses.</summary>
    public void Answer(string resource, string rival, Instant now)
    {
        if (_since is not null)
        {
            _answeredUntil = now + Counts;
            Answered = (resource, rival);
        }
    }
}
