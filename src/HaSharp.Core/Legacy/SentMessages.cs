// What we have said, for a heartbeat peer that missed some of it (spec 7.3, sender's side).
// The idea: a ring of the last 500 counted datagrams. A request is answered with the same bytes; what is no longer
// there is said to be lost, so that the peer stops asking.
// Invariant: one request costs at most 50 datagrams, and no datagram is repeated, and nothing refused again, within
// 240 ms, whatever is asked.

namespace HaSharp.Core.Legacy;

public sealed class SentMessages
{
    /// <summary>Datagrams that are kept (spec 18: history slots).</summary>
    public const int Kept = 500;

    /// <summary>Most answers to one request (spec 18: rexmit batch).</summary>
    public const int Batch = 50;

    /// <summary>heartbeat's max_rexmit_delay of 250 ms less 10 ms.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(240);

    private readonly Slot[] _ring = new Slot[Kept];
    private long _newest;
    private long _lastReport;
    private bool _stale;
    private Instant _refusalsFrom;

    /// <summary>Keeps a datagram; sequences come in order.</summary>
    /// <param name="report">It changes what the peer believes of us.</param>
    public void Keep(long sequence, ReadOnlyMemory<byte> bytes, bool report)
    {
        _ring[sequence % Kept] = new Slot(sequence, bytes, report, Instant.Zero);
        _newest = sequence;
        _lastReport = report ? sequence : _lastReport;
    }

    /// <summary>
    /// A report was repeated that a newer one had replaced; heartbeat believes what comes last (spec 7.2), so it must
    /// be told once more. Asking forgets it.
    /// </summary>
    public bool TakeStale()
    {
        var stale = _stale;
        _stale = false;
        return stale;
    }

    public void Forget()
    {
        Array.Clear(_ring);
        _newest = 0;
    }

    /// <summary>
    /// Appends the datagrams asked for and returns the sequences that are lost. A request for nothing, or beyond what
    /// we have said, is ignored (F27).
    /// </summary>
    public IReadOnlyList<long> Repeat(long first, long last, Instant now, List<Effect> effects)
    {
        if (first < 1 || last < first || first > _newest)
        {
            return [];
        }

        var lost = new List<long>();
        var end = Math.Min(Math.Min(last, _newest), first + Batch - 1);
        for (var sequence = first; sequence <= end; sequence++)
        {
            ref var slot = ref _ring[sequence % Kept];
            if (slot.Sequence != sequence)
            {
                if (now >= _refusalsFrom)
                {
                    lost.Add(sequence);
                }
            }
            else if (now >= slot.FreeAt)
            {
                slot.FreeAt = now + Pause;
                _stale |= slot.Report && sequence < _lastReport;
                effects.Add(new Effect.SendDatagram(slot.Bytes));
            }
        }

        _refusalsFrom = lost.Count > 0 ? now + Pause : _refusalsFrom;
        return lost;
    }

    private record struct Slot(long Sequence, ReadOnlyMemory<byte> Bytes, bool Report, Instant FreeAt);
}
