// The links between the machines, as they are now: what is cut, lossy, slow or unplugged.
// The idea: a table per link and direction; partitions and one-way cuts are only patterns in it.
// Everything is broadcast: heartbeat sends everything on every medium, whatever the medium's type.

using HaSharp.Core;
using HaSharp.Core.Config;

namespace HaSharp.Simulator;

/// <summary>One link of all machines.</summary>
public sealed class VirtualLink(LinkName name, int machines)
{
    private readonly bool[] _cut = new bool[machines * machines];
    private readonly bool[] _unplugged = new bool[machines];
    private readonly TimeSpan[] _lastArrival = new TimeSpan[machines * machines];

    public LinkName Name => name;

    /// <summary>Probability per receiver.</summary>
    public double Loss { get; set; }

    public double Duplicates { get; set; }

    public double Damage { get; set; }

    public TimeSpan Shortest { get; set; } = TimeSpan.FromMilliseconds(1);

    public TimeSpan Longest { get; set; } = TimeSpan.FromMilliseconds(1);

    public bool Carries(int from, int to) =>
        !_cut[(from * machines) + to] && !_unplugged[from] && !_unplugged[to];

    public bool Plugged(int machine) => !_unplugged[machine];

    public void Cut(int from, int to, bool cut) => _cut[(from * machines) + to] = cut;

    public void Unplug(int machine, bool unplugged) => _unplugged[machine] = unplugged;

    /// <summary>
    /// Not before what the same sender sent earlier. A LAN keeps the order, and two heartbeats, which process what
    /// comes as it comes (spec 7.2), would not get along without that; only losses bring disorder.
    /// </summary>
    public TimeSpan InOrder(int from, int to, TimeSpan arrival)
    {
        ref TimeSpan last = ref _lastArrival[(from * machines) + to];
        last = arrival > last ? arrival : last;
        return last;
    }

    /// <summary>No cut, no loss, no duplicates, no damage. Delays stay: they are no fault.</summary>
    public void Heal()
    {
        Array.Clear(_cut);
        Loss = 0;
        Duplicates = 0;
        Damage = 0;
    }
}

public sealed class Network
{
    private readonly Dictionary<LinkName, int> _numbers = [];

    public Network(ClusterConfig config)
    {
        Links = new VirtualLink[config.Links.Count];
        for (int i = 0; i < Links.Count; i++)
        {
            LinkName name = config.Links[i].Name;
            _numbers.Add(name, i);
            ((VirtualLink[])Links)[i] = new VirtualLink(name, config.Nodes.Count);
        }
    }

    /// <summary>In the order of ha.cf.</summary>
    public IReadOnlyList<VirtualLink> Links { get; }

    public VirtualLink this[LinkName name] => Links[_numbers[name]];

    public int NumberOf(LinkName name) => _numbers[name];

    public bool Has(LinkName name) => _numbers.ContainsKey(name);

    /// <summary>One link, or all of them when the name is null.</summary>
    public IEnumerable<VirtualLink> Named(LinkName? name) => name is null ? Links : [this[name.Value]];

    /// <summary>Whether any link carries datagrams from one to the other.</summary>
    public bool Reaches(int from, int to)
    {
        foreach (VirtualLink link in Links)
        {
            if (link.Carries(from, to))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes the parts deaf to each other on all links; whoever is in no part hears nobody.</summary>
    public void Divide(IReadOnlyList<int> partOfMachine)
    {
        foreach (VirtualLink link in Links)
        {
            for (int from = 0; from < partOfMachine.Count; from++)
            {
                for (int to = 0; to < partOfMachine.Count; to++)
                {
                    bool together = partOfMachine[from] == partOfMachine[to] && partOfMachine[from] >= 0;
                    link.Cut(from, to, cut: from != to && !together);
                }
            }
        }
    }
}
