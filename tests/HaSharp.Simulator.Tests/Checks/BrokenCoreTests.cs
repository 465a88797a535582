using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;
using HaSharp.Simulator.Scenarios;

namespace HaSharp.Simulator.Tests.Checks;

/// <summary>The real core with one thing broken: whole runs under all checkers find it.</summary>
public sealed class BrokenCoreTests
{
    private const string Cluster = """
        cluster node1 node2
        ha.cf keepalive 1
        ha.cf deadtime 5
        ha.cf initdead 10
        ha.cf auto_failback on
        haresources node1 disk web
        at 0s power-on node1 node2
        at 20s standby node1
        at 60s takeover node1
        at 200s settled 60s
        run 200s
        """;

    [Fact]
    public void The_core_as_it_is_breaks_no_rule() =>
        Assert.Empty(RulesBroken(static (input, _) => input, static effect => effect));

    [Fact]
    public void A_core_that_asks_for_the_status_instead_of_stopping_is_caught() => Assert.Contains(
        "ActionOrder",
        RulesBroken(
            static (input, _) => input,
            static effect => effect is Effect.RunAgent { Action: AgentAction.Stop } stop
                ? stop with { Action = AgentAction.Status }
                : effect));

    [Fact]
    public void A_core_that_has_gone_deaf_is_caught() => Assert.Contains(
        "SilentMeansDead",
        RulesBroken(
            static (input, age) => age > TimeSpan.FromSeconds(10) && input is Input.DatagramReceived ? null : input,
            static effect => effect));

    [Fact]
    public void A_core_that_loses_the_answers_of_its_agents_is_caught() => Assert.Contains(
        "Convergence",
        RulesBroken(
            static (input, age) => age > TimeSpan.FromSeconds(10) && input is Input.AgentFinished ? null : input,
            static effect => effect));

    private static IEnumerable<string> RulesBroken(
        Func<Input, TimeSpan, Input?> hear, Func<Effect, Effect> act)
    {
        Scenario scenario = ScenarioReader.Read("broken", Cluster).Scenario!;
        Outcome outcome = Play.Run(scenario, (config, identity) => new BrokenNode(config, identity, hear, act));
        return outcome.Violations.Select(static violation => violation.Rule).Distinct();
    }

    private sealed class BrokenNode(
        ClusterConfig config, NodeIdentity identity, Func<Input, TimeSpan, Input?> hear, Func<Effect, Effect> act)
        : INode
    {
        private readonly CoreNode _node = new(config, identity);

        public Instant NextDeadline => _node.NextDeadline;

        public void Step(Input input, Instant now, List<Effect> effects)
        {
            if (hear(input, now - identity.StartedAt) is { } heard)
            {
                _node.Step(heard, now, effects);
                for (int i = 0; i < effects.Count; i++)
                {
                    effects[i] = act(effects[i]);
                }
            }
        }

        public StatusReport Snapshot(Instant now) => _node.Snapshot(now);
    }
}
