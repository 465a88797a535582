// Makes random runs: a random cluster, then episodes of faults with quiet stretches between them.
// The idea: an episode is a burst of faults, then everything is repaired, then everything must settle (the deed
// "settled" lets the checker Convergence judge), then nothing happens for some minutes. The workload knows nothing of
// the checkers, and only writes a scenario; so what a seed does can be read, cut down and kept.

using System.Globalization;
using System.Text;

namespace HaSharp.Simulator.Seeds;

internal sealed class Workload
{
    /// <summary>After that, no action may begin until the deed "settled".</summary>
    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(30);

    /// <summary>Operators' wishes run out within this time.</summary>
    private static readonly TimeSpan _lifetime = TimeSpan.FromSeconds(60);

    /// <summary>A hanging agent is ended within this time.</summary>
    private static readonly TimeSpan _agentDeadline = TimeSpan.FromSeconds(310);

    /// <summary>
    /// A heartbeat gives up after a partition, announces 30 s more, comes back and waits 10 s (8.6, 8.8, 9.4).
    /// </summary>
    private static readonly TimeSpan _heartbeatRestart = TimeSpan.FromSeconds(60);

    private readonly SeededRun _run;
    private readonly Dice _dice;
    private readonly Cluster _cluster;
    private readonly Faults _faults;
    private readonly List<(TimeSpan At, string Deed)> _deeds = [];

    public Workload(SeededRun run)
    {
        _run = run;
        _dice = new Dice(run.Seed, 100 + run.Nodes + (16 * (int)run.Profile));
        _cluster = new Cluster(run, _dice);
        _faults = new Faults(_cluster, _dice, (at, deed) => _deeds.Add((at, deed)));
    }

    /// <summary>A scenario's text: episodes until the length is reached.</summary>
    public string Text(TimeSpan length)
    {
        TimeSpan now = Begin();
        while (now < length)
        {
            now = Settle(Burst(now), hangs: _run.Profile is Profile.Agents or Profile.Mixed);
            if (_run.Profile == Profile.Agents)
            {
                now = Settle(RestartDaemons(now), hangs: false);
            }

            now = Quiet(now);
        }

        StringBuilder text = new(_cluster.Text);
        foreach ((TimeSpan at, string deed) in _deeds.OrderBy(static planned => planned.At))
        {
            text.Append(CultureInfo.InvariantCulture, $"at {Duration.Text(at)} {deed}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"run {Duration.Text(now)}\n").ToString();
    }

    /// <summary>Together, one after the other, or some of them much later.</summary>
    private TimeSpan Begin()
    {
        TimeSpan spread = _dice.Below(3) switch
        {
            0 => TimeSpan.Zero,
            1 => TimeSpan.FromSeconds(5),
            _ => _cluster.Initdead * 1.5,
        };
        Add(TimeSpan.Zero, _cluster.Delay);
        foreach (string node in _cluster.Nodes)
        {
            Add(_faults.Moment(TimeSpan.Zero, spread), $"power-on {node}");
        }

        return Settle(spread, hangs: false);
    }

    private TimeSpan Burst(TimeSpan from)
    {
        TimeSpan length = _dice.Between(TimeSpan.FromSeconds(10), (6 * _cluster.Deadtime) + TimeSpan.FromSeconds(30));
        int faults = _run.Profile == Profile.Calm ? 1 : _dice.Between(2, 6);
        for (int i = 0; i < faults; i++)
        {
            _faults.Add(_run.Profile, _faults.Moment(from, from + length), from + length);
        }

        TimeSpan end = _faults.Moment(from + length, from + length + TimeSpan.FromSeconds(1));
        Add(end, "heal");
        Add(end, _cluster.Delay);
        foreach (string verb in new[] { "start", "stop" })
        {
            Add(end, $"agent * {verb} works");
        }

        foreach (string node in _cluster.Nodes)
        {
            Add(end, $"resume {node}");
            Add(end, $"power-on {node}");
        }

        if (_cluster.Heartbeats.Count == 0)
        {
            end = EndOrders(end);
        }

        return end;
    }

    /// <summary>Every node knows every order by then; it is enough to end them on one that runs.</summary>
    private TimeSpan EndOrders(TimeSpan from)
    {
        TimeSpan at = _faults.Moment(from + _cluster.Initdead, from + _cluster.Initdead + TimeSpan.FromSeconds(5));
        foreach (string node in _cluster.Nodes)
        {
            Add(at, $"start {node}");
            Add(at + _cluster.Deadtime, $"manage {node} all");
            foreach (string group in _cluster.Groups)
            {
                Add(at + _cluster.Deadtime, $"switch-on {node} {group}");
            }
        }

        return at + _cluster.Deadtime;
    }

    /// <summary>What an operator does after failures of agents. No service may move because of it.</summary>
    private TimeSpan RestartDaemons(TimeSpan from)
    {
        foreach (string node in _cluster.Nodes.Except(_cluster.Heartbeats))
        {
            Add(from, $"kill {node}");
            from += TimeSpan.FromSeconds(1);
            Add(from, $"start {node}");
            from += TimeSpan.FromSeconds(9);
        }

        return from;
    }

    private TimeSpan Settle(TimeSpan from, bool hangs)
    {
        TimeSpan rest = _cluster.Initdead + (3 * _cluster.Deadtime) + _lifetime + (12 * _cluster.LongestAgent)
            + (_cluster.Heartbeats.Count > 0 ? _heartbeatRestart : TimeSpan.Zero)
            + (hangs ? _agentDeadline : TimeSpan.Zero) + _quiet;
        TimeSpan at = _faults.Moment(from + rest, from + rest);
        Add(at, $"settled {Duration.Text(_quiet)}");
        return at;
    }

    private TimeSpan Quiet(TimeSpan from)
    {
        if (_run.Profile == Profile.Lossy)
        {
            Add(from, "loss 2%");
        }

        return _faults.Moment(from + TimeSpan.FromMinutes(2), from + TimeSpan.FromMinutes(10));
    }

    private void Add(TimeSpan at, string deed) => _deeds.Add((at, deed));
}
