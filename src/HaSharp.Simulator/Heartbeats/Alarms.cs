using HaSharp.Core;

namespace HaSharp.Simulator.Heartbeats;

/// <summary>Something that a heartbeat process will do at a moment, unless it is called off.</summary>
internal sealed class Alarm(Action action)
{
    public bool IsOff { get; private set; }

    public void CallOff() => IsOff = true;

    public void Ring() => action();
}

/// <summary>The timers of one heartbeat process. Two of one moment ring in the order in which they were set.</summary>
internal sealed class Alarms
{
    private readonly PriorityQueue<Alarm, (long At, long Order)> _queue = new();
    private long _set;

    /// <summary>When the next one rings; Never when there is none.</summary>
    public Instant Next
    {
        get
        {
            while (_queue.TryPeek(out Alarm? alarm, out (long At, long Order) moment))
            {
                if (!alarm.IsOff)
                {
                    return new Instant(moment.At);
                }

                _queue.Dequeue();
            }

            return Instant.Never;
        }
    }

    public Alarm Set(Instant at, Action action)
    {
        Alarm alarm = new(action);
        _queue.Enqueue(alarm, (at.Nanoseconds, _set++));
        return alarm;
    }

    /// <summary>Rings the first that is due; false when none is.</summary>
    public bool RingNext(Instant now)
    {
        if (Next > now)
        {
            return false;
        }

        _queue.Dequeue().Ring();
        return true;
    }
}
