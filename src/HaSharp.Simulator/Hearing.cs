// Who has heard whom, and since when without a gap: the network as it really was, not as it was meant to be.
// The idea: whether two nodes can know of each other depends on the datagrams that arrived. A checker that asks the
// link settings would blame a node for what the dice lost.

namespace HaSharp.Simulator;

/// <summary>Deliveries between daemons. Reset for a receiver whenever its daemon starts.</summary>
public sealed class Hearing
{
    private static readonly TimeSpan _never = TimeSpan.MinValue;

    private readonly int _machines;
    private readonly TimeSpan[] _last;
    private readonly TimeSpan[] _newest;
    private readonly TimeSpan[] _since;

    /// <param name="gap">A silence of this length or longer breaks the contact.</param>
    public Hearing(int machines, TimeSpan gap)
    {
        Gap = gap;
        _machines = machines;
        _last = new TimeSpan[machines * machines];
        _newest = new TimeSpan[machines * machines];
        _since = new TimeSpan[machines * machines];
        _last.AsSpan().Fill(_never);
        _newest.AsSpan().Fill(_never);
        _since.AsSpan().Fill(_never);
    }

    public TimeSpan Gap { get; }

    /// <summary>
    /// A datagram that was sent at sentAt reached the daemon. Copies and overtaken ones say nothing of the sender.
    /// </summary>
    public void Note(int from, int to, TimeSpan sentAt, TimeSpan now)
    {
        int pair = (from * _machines) + to;
        if (sentAt <= _newest[pair])
        {
            return;
        }

        if (_last[pair] == _never || now - _last[pair] >= Gap)
        {
            _since[pair] = now;
        }

        _last[pair] = now;
        _newest[pair] = sentAt;
    }

    /// <summary>The daemon of this machine starts: it has heard nobody yet.</summary>
    public void Forget(int to)
    {
        for (int from = 0; from < _machines; from++)
        {
            _last[(from * _machines) + to] = _never;
            _newest[(from * _machines) + to] = _never;
            _since[(from * _machines) + to] = _never;
        }
    }

    /// <summary>When the last datagram arrived; null when none did.</summary>
    public TimeSpan? Last(int from, int to) => Value(_last[(from * _machines) + to]);

    /// <summary>When the newest datagram that arrived was sent; null when none arrived.</summary>
    public TimeSpan? Newest(int from, int to) => Value(_newest[(from * _machines) + to]);

    /// <summary>Since when it hears the other without a gap; null when it does not hear it now.</summary>
    public TimeSpan? Since(int from, int to, TimeSpan now)
    {
        int pair = (from * _machines) + to;
        return _last[pair] == _never || now - _last[pair] >= Gap ? null : _since[pair];
    }

    private static TimeSpan? Value(TimeSpan moment) => moment == _never ? null : moment;
}
