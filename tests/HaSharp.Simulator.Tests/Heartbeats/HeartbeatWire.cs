using System.Text;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Wire;
using HaSharp.Simulator.Heartbeats;
using HaSharp.Simulator.Scenarios;
using WirePacket = HaSharp.Core.Wire.Packet;

namespace HaSharp.Simulator.Tests.Heartbeats;

/// <summary>What one node put on the wire, without what is the same in all messages.</summary>
/// <param name="Text">Type, holdings, isstable and info as far as they are there: "resource local 1".</param>
internal sealed record Said(TimeSpan At, string Node, string Type, string Text, long Generation, long Deadtime);

/// <summary>A world of two machines that run heartbeat, with somebody who listens on the wire.</summary>
internal sealed class HeartbeatWire
{
    private readonly World _world;
    private readonly Dice _dice;
    private readonly List<Said> _said = [];
    private readonly HashSet<(string Node, long Generation, long Sequence)> _seen = [];

    public HeartbeatWire(string failback, long seed, params ReadOnlySpan<string> lines)
    {
        string text = $"""
            cluster node1 node2
            seed {seed}
            ha.cf auto_failback {failback}
            {string.Join('\n', lines)}
            run 1h
            """;
        ScenarioResult read = ScenarioReader.Read("wire", text);
        Assert.True(read.Scenario is not null, string.Join('\n', read.Problems));
        _dice = new Dice(seed, 77);
        _world = new World(read.Scenario.World, (config, identity) => new Tapped(this, config, identity));
    }

    public World World => _world;

    public TimeSpan Now => _world.Now;

    public void Do(string deed)
    {
        foreach (Deed each in DeedReader.Read(deed).Deeds)
        {
            _world.Do(each);
        }
    }

    public void Run(double seconds) => _world.RunUntil(_world.Now + TimeSpan.FromSeconds(seconds));

    /// <summary>Everything from this moment on, statuses included, without what was only sent again.</summary>
    public List<Said> Everything(TimeSpan from) => _said.FindAll(said => said.At >= from);

    /// <summary>What a node said from this moment on about nodes and resources, in its order.</summary>
    public List<string> Words(string node, TimeSpan from) =>
        [.. Everything(from)
            .Where(said => said.Node == node && said.Type != "status" && !said.Type.StartsWith("NS_"))
            .Select(static said => said.Text)];

    public bool Runs(string node, int slot) => _world[new NodeName(node)].Running(slot);

    private void Hear(ReadOnlySpan<byte> bytes, Authenticator authenticator)
    {
        Message message = WirePacket.Open(bytes, authenticator).Message!;
        StringBuilder text = new(message.Text(FieldNames.Type));
        foreach (string field in new[]
            { FieldNames.Status, FieldNames.Holdings, FieldNames.IsStable, "result", FieldNames.Info })
        {
            text.Append(message.Text(field) is { } value ? " " + value : "");
        }

        string node = message.Text(FieldNames.Source)!;
        long generation = message.Hex(FieldNames.Generation) ?? 0;
        if (message.Hex(FieldNames.Sequence) is not { } sequence || _seen.Add((node, generation, sequence)))
        {
            _said.Add(new Said(
                Now, node, message.Text(FieldNames.Type)!, text.ToString(), generation,
                message.Hex(FieldNames.Deadtime) ?? 0));
        }
    }

    private sealed class Tapped(HeartbeatWire wire, ClusterConfig config, NodeIdentity identity) : INode
    {
        private readonly HeartbeatNode _node = new(config, identity, wire._dice);
        private readonly Authenticator _authenticator = new(config.Keys);

        public Instant NextDeadline => _node.NextDeadline;

        public StatusReport Snapshot(Instant now) => _node.Snapshot(now);

        public void Step(Input input, Instant now, List<Effect> effects)
        {
            _node.Step(input, now, effects);
            foreach (Effect effect in effects)
            {
                if (effect is Effect.SendDatagram datagram)
                {
                    wire.Hear(datagram.Bytes.Span, _authenticator);
                }
            }
        }
    }
}
