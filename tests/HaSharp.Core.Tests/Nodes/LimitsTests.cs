using HaSharp.Core.Control;

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

    [Fact]
    public void Of_the_operators_requests_as_many_are_open_as_may_and_one_more_is_refused()
    {
        var bench = new Bench(2, [.. Enumerable.Range(0, Operators.MaxOpen + 1).Select(static i => $"node2 g{i}")]);
        bench.Start(1, 2);
        bench.Run(3);

        // Nobody answers, so every request stays open.
        bench.CutBoth(1, 2);
        CommandResult[] results =
        [
            .. Enumerable.Range(0, Operators.MaxOpen + 1).Select(i => bench.LastReply(bench.Ask(
                1, new Command.Takeover(new Scope.Group(new GroupName($"g{i}")), TimeSpan.FromSeconds(60))))),
        ];

        Assert.All(results[..^1], static result => Assert.IsType<CommandResult.Accepted>(result));
        Assert.Equal(new CommandResult.Refused("too many requests are open"), results[^1]);
    }
}
