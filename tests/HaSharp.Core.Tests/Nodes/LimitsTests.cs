namespace HaSharp.Core.Tests.Nodes;

/// <summary>A node at the limits that are stated for it.</summary>
public sealed class LimitsTests
{
    // The same names as in the test of the configuration's limit: the longest state that it accepts.
    [Fact]
    public void A_node_with_the_longest_names_really_speaks()
    {
        string[] groups =
        [
            .. Enumerable.Range(1, 128).Select(
                static i => $"node1 {i:000}{new string(',', 131)}xx{new string('x', i == 1 ? 22 : 0)}"),
        ];

        var bench = new Bench(2, groups).Start(1, 2);
        bench.Run(3);

        Assert.All(bench.Status(2).Groups, static group => Assert.Equal("node1", group.Owner));
        Assert.Equal(128, bench.Status(2).Groups.Count);
    }
}
