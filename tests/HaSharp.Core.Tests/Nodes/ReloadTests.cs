using HaSharp.Core.Config;
using HaSharp.Core.Control;

namespace HaSharp.Core.Tests.Nodes;

/// <summary>What a running node makes of a new configuration.</summary>
public sealed class ReloadTests
{
    private static readonly ClientId Client = new(42);

    private static readonly string[] Groups = ["node1 web", "node2 db"];

    [Fact]
    public void A_configuration_that_is_taken_is_answered()
    {
        var bench = new Bench(2, Groups).Start(1, 2);

        bench.Give(1, new Input.ConfigurationChanged(bench.Config with { Digest = 2 }, Client));

        Assert.Equal(new CommandResult.Done("reloaded"), bench.LastReply(Client));
    }

    [Fact]
    public void Who_waits_for_an_order_about_a_group_that_a_reload_removes_is_told()
    {
        var bench = new Bench(2, Groups).Start(1, 2);
        bench.CutBoth(1, 2);
        var client = bench.Ask(1, new Command.Switch(
            SwitchAction.Stop, "db", WholeGroup: true, TimeSpan.FromMinutes(5)));
        Assert.IsType<CommandResult.Accepted>(bench.LastReply(client));

        bench.Give(1, new Input.ConfigurationChanged(Bench.MakeConfig(2, ["node1 web"], AutoFailback.Off)));

        Assert.Contains("withdrawn", Assert.IsType<CommandResult.Refused>(bench.LastReply(client)).Text);
    }

    [Fact]
    public void A_node_that_is_alive_and_holds_a_group_cannot_be_forgotten()
    {
        var bench = new Bench(2, Groups).Start(1, 2);

        bench.Give(1, new Input.ConfigurationChanged(Without2(bench.Config), Client));
        bench.Run(60);

        Assert.Equal(
            new CommandResult.Refused("node2 is alive and holds db: stop it first"), bench.LastReply(Client));
        Assert.Equal(("1", "2"), (bench.Where("web"), bench.Where("db")));
        Assert.Equal(2, bench.Status(1).Nodes.Count);
    }

    [Fact]
    public void A_node_that_holds_a_group_of_which_we_know_nothing_cannot_be_forgotten_either()
    {
        var bench = new Bench(2, Groups).Start(1, 2);
        bench.Give(1, new Input.ConfigurationChanged(Bench.MakeConfig(2, ["node1 web"], AutoFailback.Off)));

        bench.Give(1, new Input.ConfigurationChanged(Without2(bench.Config), Client));

        Assert.Equal(
            new CommandResult.Refused("node2 is alive and holds db: stop it first"), bench.LastReply(Client));
    }

    [Fact]
    public void A_node_that_has_been_stopped_can_be_forgotten_and_its_groups_run_elsewhere()
    {
        var bench = new Bench(2, Groups).Start(1, 2);
        bench.Ask(2, new Command.Stop());
        bench.Run(10);

        bench.Give(1, new Input.ConfigurationChanged(Without2(bench.Config), Client));
        bench.Run(10);

        Assert.Equal(new CommandResult.Done("reloaded"), bench.LastReply(Client));
        Assert.Equal("1", bench.Where("db"));
        Assert.Single(bench.Status(1).Nodes);
    }

    private static ClusterConfig Without2(ClusterConfig config) => config with
    {
        Nodes = [config.Nodes[0]],
        Groups = [.. config.Groups.Select(group => group with { Preferred = config.Nodes[0] })],
        Digest = 2,
    };
}
