using HaSharp.Core;
using HaSharp.Core.Resources;
using HaSharp.Simulator.Checks;
using HaSharp.Simulator.Scenarios;

namespace HaSharp.Simulator.Tests.Checks;

/// <summary>Two machines with puppets for nodes, one group of two resources, and one checker that watches.</summary>
internal sealed class PuppetWorld
{
    private readonly Dictionary<NodeName, PuppetNode> _puppets = [];
    private readonly Checker _checker;

    public PuppetWorld(Checker checker)
    {
        Scenario scenario = ScenarioReader.Read("puppets", """
            cluster node1 node2
            ha.cf keepalive 1
            ha.cf deadtime 5
            ha.cf initdead 10
            haresources node1 disk web
            run 1h
            """).Scenario!;
        World = new World(
            scenario.World, (config, identity) => _puppets[identity.Name] = new PuppetNode(config, identity));
        _checker = checker;
        World.Attach(checker);
        World.Do(new Deed.PowerOn(new NodeName("node1")));
        World.Do(new Deed.PowerOn(new NodeName("node2")));
        Run(1);
    }

    public World World { get; }

    public PuppetNode One => _puppets[new NodeName("node1")];

    public PuppetNode Two => _puppets[new NodeName("node2")];

    public void Run(double seconds) => World.RunUntil(World.Now + TimeSpan.FromSeconds(seconds));

    /// <summary>Orders one action and lets it end.</summary>
    public void Act(PuppetNode puppet, AgentAction action, int resource)
    {
        puppet.Order(action, 0, resource);
        Run(2);
    }

    /// <summary>Status and start of both resources, in order.</summary>
    public void Acquire(PuppetNode puppet)
    {
        for (int resource = 0; resource < 2; resource++)
        {
            Act(puppet, AgentAction.Status, resource);
            Act(puppet, AgentAction.Start, resource);
        }
    }

    public void Fine() => Assert.Empty(_checker.Violations);

    public void Caught(FailureKind kind, string text)
    {
        Assert.Contains(_checker.Violations, violation => violation.Text.Contains(text, StringComparison.Ordinal));
        Assert.All(_checker.Violations, violation => Assert.Equal(_checker.Rule, violation.Rule));
        Assert.Contains(_checker.Violations, violation => violation.Kind == kind);
    }
}
