namespace HaSharp.Core.Tests.Nodes;

/// <summary>What the scripts of rc.d are told (spec 6.4, 10.1; transcripts, "node2 joins" and "power loss").</summary>
public sealed class EventScriptTests
{
    private static readonly string[] Groups = ["node1 IPaddr"];

    [Fact]
    public void Each_change_of_another_nodes_status_is_told_once_with_heartbeats_fields()
    {
        var bench = new Bench(2, Groups).Start(1, 2);
        bench.Run(20);
        bench.PowerCut(2);
        bench.Run(20);

        Assert.Equal(
            ["t=status st=up src=node2", "t=status st=active src=node2", "t=status st=dead src=node2"], Told(bench));
    }

    [Fact]
    public void A_node_that_was_never_heard_is_told_as_dead_when_initdead_has_passed()
    {
        var bench = new Bench(2, Groups).Start(1);
        bench.Run(20);

        Assert.Equal(["t=status st=dead src=node2"], Told(bench));
    }

    [Fact]
    public void A_goodbye_is_told_as_dead_as_well_and_the_silence_after_it_is_not()
    {
        var bench = new Bench(2, Groups).Start(1, 2);
        bench.Run(20);
        bench.Ask(2, new Control.Command.Stop());
        bench.Run(20);

        Assert.Equal(1, Told(bench).Count(static told => told.Contains("st=dead", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Told(Bench bench) =>
        bench.Scripts.Where(static one => one.Node == 1).Select(static one => one.Script["status: ".Length..]);
}
