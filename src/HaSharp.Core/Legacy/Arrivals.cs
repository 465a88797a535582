// What has arrived from a heartbeat peer and what is missing (spec 7.2 to 7.4, receiver's side).
// The idea: the peer counts its messages; a gap is asked for after 50 ms at the earliest, because heartbeat's own
// messages overtake one another, and every tenth message is acknowledged when nothing before it is missing. Without
// acknowledgements the peer's API clients stand still after 250 messages.
// Invariant: at most 64 sequences are missing, and each is asked for at most 20 times; then it counts as lost.

using HaSharp.Core.Wire;

namespace HaSharp.Core.Legacy;

public sealed class Arrivals
{
    /// <summary>A longer gap is not asked for: what is that old counts as a replay.</summary>
    public const int LongestGap = ReplayGuard.Window;

    /// <summary>Requests for one message.</summary>
    public const int MostRequests = 20;

    /// <summary>Of ten messages one is acknowledged (spec 7.4); which one is free to choose.</summary>
    private const int AckEvery = 10;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RepeatDelay = TimeSpan.FromMilliseconds(250);

    // In the order of their sequences.
    private readonly List<Missing> _missing = [];
    private long _last;

    /// <summary>The sequence to acknowledge; 0: none.</summary>
    public long DueAck { get; private set; }

    /// <summary>When the next request is due.</summary>
    public Instant NextDeadline
    {
        get
        {
            var next = Instant.Never;
            foreach (var missing in _missing)
            {
                next = Instant.Earlier(next, missing.AskAt);
            }

            return next;
        }
    }

    /// <summary>The peer was started again, or comes back after a partition: what was missing is no matter.</summary>
    public void Reset()
    {
        _missing.Clear();
        _last = 0;
        DueAck = 0;
    }

    /// <summary>Takes note of a message that was accepted. Returns how many before it are newly missing.</summary>
    public long Note(long sequence, Instant now)
    {
        var gap = _last == 0 || sequence <= _last ? 0 : sequence - _last - 1;
        if (_last == 0 || gap > LongestGap)
        {
            _missing.Clear();
            _last = sequence;
        }
        else if (sequence > _last)
        {
            for (var lost = _last + 1; lost < sequence; lost++)
            {
                // Not all at once: the peer repeats at most 50 for one request.
                _missing.Add(new Missing(lost, now + FirstDelay + TimeSpan.FromMilliseconds(lost * 37 % 100), 0));
            }

            _last = sequence;
            if (_missing.Count > LongestGap)
            {
                _missing.RemoveRange(0, _missing.Count - LongestGap);
            }
        }
        else
        {
            Found(sequence);
            return 0;
        }

        if (_missing.Count == 0 && sequence % AckEvery == 0)
        {
            DueAck = sequence;
        }

        return gap;
    }

    /// <summary>The peer no longer has it (NS_nak_rexmit).</summary>
    public void Lost(long sequence) => _missing.RemoveAll(missing => missing.Sequence == sequence);

    public void AckSent() => DueAck = 0;

    /// <summary>Appends the sequences to ask for now.</summary>
    public void Due(Instant now, List<long> sequences)
    {
        for (var i = 0; i < _missing.Count; i++)
        {
            if (now >= _missing[i].AskAt)
            {
                sequences.Add(_missing[i].Sequence);
                _missing[i] = _missing[i] with { AskAt = now + RepeatDelay, Asked = _missing[i].Asked + 1 };
            }
        }

        _missing.RemoveAll(static missing => missing.Asked >= MostRequests);
    }

    private void Found(long sequence)
    {
        var first = _missing.Count > 0 ? _missing[0].Sequence : 0;
        Lost(sequence);
        if (sequence != first)
        {
            return;
        }

        var whole = _missing.Count > 0 ? _missing[0].Sequence - 1 : _last;
        var ack = whole - (whole % AckEvery);
        if (ack >= first)
        {
            DueAck = ack;
        }
    }

    private readonly record struct Missing(long Sequence, Instant AskAt, int Asked);
}
