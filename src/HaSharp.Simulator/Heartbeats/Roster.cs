using HaSharp.Core;

namespace HaSharp.Simulator.Heartbeats;

/// <summary>The node table of a heartbeat process: the nodes of ha.cf in order, with ourselves (8.10).</summary>
internal sealed class Roster
{
    private readonly List<Neighbor> _all = [];

    public Roster(HeartbeatProcess process)
    {
        foreach (NodeName name in process.Config.Nodes)
        {
            _all.Add(new Neighbor(
                name, name == process.Name, process.Dice.Below(10), process.Config.Deadtime, process.StartedAt));
        }

        Self = _all.Find(static node => node.IsSelf)!;
        Self.Uuid = process.Uuid;
    }

    public IReadOnlyList<Neighbor> All => _all;

    public Neighbor Self { get; }

    public Neighbor? Find(NodeName name) => _all.Find(node => node.Name == name);

    /// <summary>The other node of the two: resources know no third (9.9).</summary>
    public Neighbor Other => _all.Find(static node => !node.IsSelf)!;
}
