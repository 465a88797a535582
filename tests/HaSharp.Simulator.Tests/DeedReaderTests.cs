namespace HaSharp.Simulator.Tests;

public sealed class DeedReaderTests
{
    [Theory]
    [InlineData("power-on node1")]
    [InlineData("power-cut node1")]
    [InlineData("start node1")]
    [InlineData("kill node1")]
    [InlineData("pause node1")]
    [InlineData("resume node1")]
    [InlineData("stop node1")]
    [InlineData("reload node1")]
    [InlineData("standby node1 all")]
    [InlineData("takeover node2 IPaddr::10.0.0.100")]
    [InlineData("keep node1")]
    [InlineData("maintain node1 all")]
    [InlineData("manage node2 IPaddr::10.0.0.100")]
    [InlineData("switch-off node1 web")]
    [InlineData("switch-on node1 web")]
    [InlineData("switch-over node1 web")]
    [InlineData("crash node1 web")]
    [InlineData("agent web monitor fails")]
    [InlineData("agent web kill hangs")]
    [InlineData("cut node1 node2")]
    [InlineData("cut eth1 node1 node2")]
    [InlineData("cut-one-way eth0 node1 node2")]
    [InlineData("join node1 node2")]
    [InlineData("partition node1 node3 | node2")]
    [InlineData("heal")]
    [InlineData("unplug node1 eth0")]
    [InlineData("plug node1 eth0")]
    [InlineData("loss 30%")]
    [InlineData("loss eth0 2.5%")]
    [InlineData("duplicates 10%")]
    [InlineData("damage eth0 10%")]
    [InlineData("delay 1ms 300ms")]
    [InlineData("delay eth1 1.5s 2s")]
    [InlineData("replay node1 5")]
    [InlineData("settled 30s")]
    [InlineData("agent web start fails")]
    [InlineData("agent * on node2 stop hangs")]
    [InlineData("agent web status takes 2.5s")]
    [InlineData("agent web start works")]
    public void A_deed_is_written_as_it_is_read(string line)
    {
        (IReadOnlyList<Deed> deeds, string? problem) = DeedReader.Read(line);
        Assert.Null(problem);
        Assert.Equal(line, Assert.Single(deeds).ToString());
        Assert.Equal(deeds[0], DeedReader.Read(deeds[0].ToString()).Deeds[0]);
    }

    [Fact]
    public void One_line_may_name_several_nodes() =>
        Assert.Equal(["power-on node1", "power-on node2"], DeedReader.Read("power-on node1 node2").Deeds.Select(Words));

    [Theory]
    [InlineData("")]
    [InlineData("explode node1")]
    [InlineData("power-on")]
    [InlineData("cut node1")]
    [InlineData("loss 130%")]
    [InlineData("loss 30")]
    [InlineData("delay 1ms")]
    [InlineData("delay 1 parsec")]
    [InlineData("replay node1 0")]
    [InlineData("agent web start sometimes")]
    [InlineData("agent web")]
    [InlineData("agent")]
    [InlineData("settled soon")]
    public void What_is_no_deed_is_a_problem(string line)
    {
        (IReadOnlyList<Deed> deeds, string? problem) = DeedReader.Read(line);
        Assert.Empty(deeds);
        Assert.Equal($"no deed: {line}", problem);
    }

    private static string Words(Deed deed) => deed.ToString();
}
