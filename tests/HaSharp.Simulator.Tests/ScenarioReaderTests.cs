using HaSharp.Core;
using HaSharp.Simulator.Scenarios;

namespace HaSharp.Simulator.Tests;

public sealed class ScenarioReaderTests
{
    private const string Cluster = "cluster node1 node2\nharesources node1 web\n";

    [Fact]
    public void A_scenario_is_read()
    {
        Scenario scenario = ScenarioReader.Read("x", Cluster + """
            ha.cf deadtime 20   # a remark
            authkeys 1 sha1 secret
            seed 9
            agents 10ms 2s
            clocks 1ms 50
            at 5s power-on node1 node2
            run 1m
            ---
                0.000 expected
            """).Scenario!;
        Assert.Equal(TimeSpan.FromSeconds(20), scenario.Config.Deadtime);
        Assert.Equal("eth0", Assert.Single(scenario.Config.Links).Name.Text);
        Assert.Equal(9, scenario.World.Seed);
        Assert.Equal(TimeSpan.FromSeconds(2), scenario.World.Agents.Longest);
        Assert.Equal(50, scenario.World.DriftPpm);
        Assert.Equal(2, scenario.Deeds.Count);
        Assert.Equal(TimeSpan.FromMinutes(1), scenario.End);
        Assert.Equal("    0.000 expected", scenario.Expected);
    }

    [Theory]
    [InlineData("at soon heal\nrun 1s", "x:3: write: at TIME DEED")]
    [InlineData("at 1s dance\nrun 1s", "x:3: no deed: dance")]
    [InlineData("nonsense\nrun 1s", "x:3: no statement of a scenario: nonsense")]
    [InlineData("at 1s kill node3\nrun 2s", "x: at 1s kill node3: no node of the cluster: node3")]
    [InlineData("at 1s unplug node1 eth7\nrun 2s", "x: at 1s unplug node1 eth7: no link of the cluster: eth7")]
    [InlineData("at 1s heal", "x: it has no line: run TIME")]
    [InlineData(
        "node2 runs heartbeat\nrun 1s",
        "x: a cluster with heartbeat machines has two nodes and auto_failback on or off")]
    [InlineData("ha.cf auto_failback on\nnode7 runs heartbeat\nrun 1s", "x: no node of the cluster: node7")]
    public void What_is_wrong_is_named_with_its_place(string lines, string problem)
    {
        ScenarioResult result = ScenarioReader.Read("x", Cluster + lines);
        Assert.Null(result.Scenario);
        Assert.Equal([problem], result.Problems);
    }

    [Fact]
    public void Problems_of_the_files_are_problems_of_the_scenario() => Assert.Contains(
        "deadtime", Assert.Single(ScenarioReader.Read("x", Cluster + "ha.cf deadtime 1\nrun 1s").Problems));

    [Fact]
    public void A_deed_that_makes_no_sense_does_nothing()
    {
        Scenario scenario = ScenarioReader.Read("x", Cluster + """
            at 1s resume node1
            at 1s kill node1
            at 1s stop node1
            at 1s start node1
            at 1s replay node1 3
            at 1s pause node1
            at 1s power-cut node1
            run 2s
            """).Scenario!;
        Outcome outcome = Play.Run(scenario);
        Assert.Empty(outcome.Violations);
        Assert.Equal(0, outcome.Steps);
    }

    [Fact]
    public void Nothing_outlives_a_power_cut_but_the_disk()
    {
        Scenario scenario = ScenarioReader.Read("x", Cluster + "ha.cf initdead 30\nrun 1h").Scenario!;
        World world = new(scenario.World, static (config, identity) => new CoreNode(config, identity));
        NodeName node = new("node1");
        world.Do(new Deed.PowerOn(node));
        world.RunUntil(TimeSpan.FromSeconds(60));
        Assert.True(world[node].Running(0));
        Generation generation = world[node].Generation;
        world.Do(new Deed.Kill(node));
        Assert.True(world[node].Running(0));
        world.Do(new Deed.PowerCut(node));
        Assert.False(world[node].Running(0));
        world.Do(new Deed.PowerOn(node));
        Assert.True(world[node].Generation > generation);
    }
}
