// What is still to happen in a virtual world, in order of time.
// Invariant: entries of one moment come out in the order in which they went in, so a run has exactly one history.

namespace HaSharp.Simulator;

/// <summary>Which part of the world an entry is for.</summary>
internal enum EntryKind
{
    /// <summary>A node asked to be called at this moment.</summary>
    Wake,

    /// <summary>A datagram arrives.</summary>
    Delivery,

    /// <summary>An agent ends.</summary>
    AgentEnd,

    /// <summary>A daemon learns that an interface came or went.</summary>
    LinkChange,

    /// <summary>
    /// A neighbour on the clients' network answers for an address, a ping node answers, a check has passed.
    /// </summary>
    Answer,

    /// <summary>The plan says that something is done to the world now.</summary>
    Deed,

    /// <summary>The witnesses look around.</summary>
    Look,
}

/// <summary>One entry. Machine and Link are indices; Subject is the packet, the run, the answer or the deed.</summary>
internal readonly record struct Entry(EntryKind Kind, int Machine, int Link, object? Subject);

internal sealed class Agenda
{
    private readonly PriorityQueue<Entry, Moment> _queue = new();
    private long _entries;

    public void Add(TimeSpan at, Entry entry) => _queue.Enqueue(entry, new Moment(at.Ticks, _entries++));

    /// <summary>The next entry that is due at or before the end, or false.</summary>
    public bool TryNext(TimeSpan end, out TimeSpan at, out Entry entry)
    {
        if (!_queue.TryPeek(out entry, out Moment moment) || moment.Ticks > end.Ticks)
        {
            at = end;
            return false;
        }

        _queue.Dequeue();
        at = new TimeSpan(moment.Ticks);
        return true;
    }

    private readonly record struct Moment(long Ticks, long Order) : IComparable<Moment>
    {
        public int CompareTo(Moment other) =>
            Ticks != other.Ticks ? Ticks.CompareTo(other.Ticks) : Order.CompareTo(other.Order);
    }
}
