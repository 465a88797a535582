using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator.Tests.Checks;

/// <summary>A node without a mind: speaks every second, does what the test orders, reports what it is told.</summary>
internal sealed class PuppetNode : INode
{
    private readonly ClusterConfig _config;
    private readonly NodeName _name;
    private readonly List<Effect> _orders = [];
    private long _runs;
    private int _heard;

    public PuppetNode(ClusterConfig config, NodeIdentity identity)
    {
        _config = config;
        _name = identity.Name;
        NextDeadline = identity.StartedAt;
        Owners = config.Groups.ToDictionary(static group => group.Name.Text, static _ => (string?)null);
    }

    public Instant NextDeadline { get; private set; }

    public bool Speaks { get; set; } = true;

    /// <summary>Named here: dead in the report; all others are active.</summary>
    public List<string> Dead { get; } = [];

    /// <summary>Who owns a group in the report, which then says that it is started.</summary>
    public Dictionary<string, string?> Owners { get; }

    /// <summary>Every datagram, old or new, makes the report another one.</summary>
    public bool Gullible { get; set; }

    /// <summary>Runs an agent at the next second.</summary>
    public void Order(AgentAction action, int group, int resource)
    {
        GroupConfig line = _config.Groups[group];
        _orders.Add(new Effect.RunAgent(
            new RunId(++_runs), line.Name, line.Resources[resource], action, TimeSpan.FromMinutes(1)));
    }

    public void Report(ClusterEvent what) => _orders.Add(new Effect.Report(what));

    public void Step(Input input, Instant now, List<Effect> effects)
    {
        _heard += input is Input.DatagramReceived ? 1 : 0;
        if (now < NextDeadline)
        {
            return;
        }

        if (Speaks)
        {
            effects.Add(new Effect.SendDatagram(new byte[] { 1, 2, 3 }));
        }

        effects.AddRange(_orders);
        _orders.Clear();
        NextDeadline = now + TimeSpan.FromSeconds(1);
    }

    public StatusReport Snapshot(Instant now) => new(
        _name.Text, "0", Gullible ? $"has heard {_heard}" : "standby", true, "none", "off", "0", 0, "as told",
        [.. _config.Nodes.Select(node => new NodeReport(
            node.Text, Dead.Contains(node.Text) ? "dead" : "active", node == _name, 0, null, []))],
        [.. _config.Groups.Select(group => new GroupReport(
            group.Name.Text, group.Preferred.Text, Owners[group.Name.Text], "started", "as told", 1, []))],
        new Dictionary<string, long>());
}
