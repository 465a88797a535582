// A virtual world: machines with a node each, a network between them, agents, and one time for everything.
// The idea: the agenda gives the next entry, the entry becomes an input of one node, its effects become new entries.
// Nothing happens outside of this loop, so a seed and a list of deeds have exactly one history.
// Invariant: Now never goes back; a node is stepped only while its machine is powered and not paused.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator;

public sealed partial class World
{
    private const int MostStepsAtOnce = 10_000;

    private static readonly TimeSpan _lookPeriod = TimeSpan.FromSeconds(1);

    private readonly WorldPlan _plan;
    private readonly Func<ClusterConfig, NodeIdentity, INode> _birth;
    private readonly Agenda _agenda = new();
    private readonly List<Machine> _machines = [];
    private readonly Dictionary<NodeName, Machine> _byName = [];
    private readonly List<Witness> _witnesses = [];
    private readonly List<Effect> _effects = [];
    private readonly PacketPool _pool = new();
    private readonly AgentWorld _agents;
    private readonly Dice _networkDice;
    private readonly Dice _machineDice;
    private long _clients;

    /// <summary>A world in which no machine has power yet.</summary>
    /// <param name="birth">Makes the daemon of a machine whenever it starts.</param>
    public World(WorldPlan plan, Func<ClusterConfig, NodeIdentity, INode> birth)
    {
        _plan = plan;
        _birth = birth;
        _networkDice = new Dice(plan.Seed, 1);
        _machineDice = new Dice(plan.Seed, 2);
        _agents = new AgentWorld(plan.Agents, new Dice(plan.Seed, 3));
        Network = new Network(plan.Config);
        Slots = new Slots(plan.Config);
        foreach (NodeName name in plan.Config.Nodes)
        {
            byte[] uuid = new byte[16];
            BitConverter.TryWriteBytes(uuid, _machineDice.Next());
            BitConverter.TryWriteBytes(uuid.AsSpan(8), _machineDice.Next());
            Machine machine = new(_machines.Count, name, uuid, Slots.All.Count)
            {
                RunsHeartbeat = plan.Heartbeats.Contains(name),
            };
            _machines.Add(machine);
            _byName.Add(name, machine);
        }

        TimeSpan gap = plan.Config.Deadtime - (2 * plan.Config.Keepalive);
        Hearing = new Hearing(_machines.Count, gap > plan.Config.Deadtime / 2 ? gap : plan.Config.Deadtime / 2);
        _agenda.Add(_lookPeriod, new Entry(EntryKind.Look, 0, 0, null));
    }

    /// <summary>Since the beginning of the world.</summary>
    public TimeSpan Now { get; private set; }

    public ClusterConfig Config => _plan.Config;

    public Network Network { get; }

    public Hearing Hearing { get; }

    public Slots Slots { get; }

    /// <summary>In the order of ha.cf.</summary>
    public IReadOnlyList<Machine> Machines => _machines;

    public Machine this[NodeName name] => _byName[name];

    /// <summary>Steps of all nodes so far.</summary>
    public long Steps { get; private set; }

    /// <summary>How long daemons have run so far, summed over the nodes.</summary>
    public TimeSpan NodeTime { get; private set; }

    /// <summary>How long an action takes at most, unless somebody taught its agent otherwise.</summary>
    public TimeSpan LongestUsual(AgentAction action) => _plan.Agents.LongestOf(action);

    public void Attach(Witness witness) => _witnesses.Add(witness);

    /// <summary>Puts a deed on the agenda.</summary>
    public void Plan(TimeSpan at, Deed deed) => _agenda.Add(at, new Entry(EntryKind.Deed, 0, 0, deed));

    /// <summary>Lets everything happen that is due until then, that moment included.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (_agenda.TryNext(end, out TimeSpan at, out Entry entry))
        {
            Now = at;
            Happen(entry);
        }

        Now = end;
    }

    internal void Tell(Happening happening)
    {
        foreach (Witness witness in _witnesses)
        {
            witness.See(this, happening);
        }
    }

    private void Happen(Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Wake:
                Wake(_machines[entry.Machine]);
                break;
            case EntryKind.Delivery:
                Arrive(_machines[entry.Machine], entry);
                break;
            case EntryKind.AgentEnd:
                EndRun(_machines[entry.Machine], entry);
                break;
            case EntryKind.LinkChange:
                TellLink(_machines[entry.Machine], entry);
                break;
            case EntryKind.Answer when _machines[entry.Machine].Awake:
                Step(_machines[entry.Machine], (Input)entry.Subject!);
                break;
            case EntryKind.Answer:
                break;
            case EntryKind.Deed:
                Do((Deed)entry.Subject!);
                break;
            default:
                Look();
                break;
        }
    }

    private void Look()
    {
        foreach (Machine machine in _machines)
        {
            NodeTime += machine.Node is null ? TimeSpan.Zero : _lookPeriod;
        }

        foreach (Witness witness in _witnesses)
        {
            witness.Look(this);
        }

        _agenda.Add(Now + _lookPeriod, new Entry(EntryKind.Look, 0, 0, null));
    }
}
