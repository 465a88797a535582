// The judge: reads the interfaces of every node's namespace, a hundred times a second, and notes who holds an address.
// It asks no daemon: what the kernel has on its interfaces is what a client meets.

using System.Net;

namespace HaSharp.Cli.Demo;

/// <summary>Who held the address from a moment on.</summary>
/// <param name="At">By Stopwatch (CLOCK_MONOTONIC).</param>
/// <param name="Holders">Names of nodes in order of their numbers.</param>
public sealed record Holding(TimeSpan At, IReadOnlyList<string> Holders);

public sealed class AddressWatch : IDisposable
{
    private const int PauseMs = 10;

    private readonly Lock _lock = new();
    private readonly List<Holding> _holdings = [new(Clock.Now, [])];
    private readonly IReadOnlyList<LabNode> _nodes;
    private readonly IPAddress _address;
    private readonly Action<Holding> _changed;
    private readonly NetworkThread _thread;

    /// <param name="changed">Called on the watch's own thread, quickly.</param>
    public AddressWatch(Lab lab, IPAddress address, Action<Holding>? changed = null)
    {
        _nodes = lab.Nodes;
        _address = address;
        _changed = changed ?? (_ => { });
        _thread = NetworkThread.Start(lab.Switch, "address watch", realtime: true, Watch);
    }

    public IReadOnlyList<string> Holders
    {
        get
        {
            lock (_lock)
            {
                return _holdings[^1].Holders;
            }
        }
    }

    /// <summary>The only holder's name; "nobody" or "node1+node2" otherwise.</summary>
    public string Owner => NameOf(Holders);

    public static string NameOf(IReadOnlyList<string> holders) =>
        holders.Count == 0 ? "nobody" : string.Join('+', holders);

    /// <summary>Every change since a moment, and the state that it found.</summary>
    public IReadOnlyList<Holding> Since(TimeSpan moment)
    {
        lock (_lock)
        {
            var first = _holdings.FindLastIndex(holding => holding.At <= moment);
            return _holdings[Math.Max(first, 0)..];
        }
    }

    /// <summary>The most nodes that held the address at once since a moment.</summary>
    public int MostHoldersSince(TimeSpan moment) => Since(moment).Max(holding => holding.Holders.Count);

    /// <summary>The addresses of one machine, asked on a thread of their own.</summary>
    public static IReadOnlyList<IPAddress> AddressesOf(Machine machine)
    {
        IReadOnlyList<IPAddress> found = [];
        NetworkThread.Start(machine, "address list", realtime: false, _ => found = Native.LocalAddresses()).Dispose();
        return found;
    }

    public void Dispose() => _thread.Dispose();

    private void Watch(NetworkThread thread)
    {
        while (!thread.Ending)
        {
            var holders = Look();
            if (holders.Count > 1)
            {
                // The nodes were not read at one instant: the address may just have moved on. Two looks agree, or not.
                holders = [.. holders.Intersect(Look())];
            }

            Note(holders);
            Thread.Sleep(PauseMs);
        }
    }

    private List<string> Look() => [.. _nodes.Where(HoldsIt).Select(node => node.Name)];

    private bool HoldsIt(LabNode node)
    {
        try
        {
            return node.Machine is { IsOn: true } machine
                && Native.SetNamespace(machine.Network, Native.CloneNewNet) == 0
                && Native.LocalAddresses().Contains(_address);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private void Note(List<string> holders)
    {
        Holding holding;
        lock (_lock)
        {
            if (_holdings[^1].Holders.SequenceEqual(holders))
            {
                return;
            }

            holding = new Holding(Clock.Now, holders);
            _holdings.Add(holding);
        }

        _changed(holding);
    }
}
