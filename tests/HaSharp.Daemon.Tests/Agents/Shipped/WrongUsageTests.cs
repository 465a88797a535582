using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>What all shipped agents have in common.</summary>
public sealed class WrongUsageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>IPaddr and its aliases call hasharp, whose own tests these are.</summary>
    public static TheoryData<string> Scripts => [.. Directory.GetFiles(ShippedAgent.Directory)
        .Select(path => Path.GetFileName(path))
        .Where(name => name is not ("README.md" or "IPaddr" or "IPaddr2" or "IPv6addr"))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Help_is_printed_when_asked_for_and_on_wrong_use(string name)
    {
        var agent = new ShippedAgent(name, _directory);
        Answer help = agent.Run("usage");
        Assert.Equal((0, ""), (help.Code, help.Reason));
        Assert.StartsWith($"{name}: ", help.Output, StringComparison.Ordinal);
        Assert.Contains($"\n  {name} ", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("# ", help.Output, StringComparison.Ordinal);
        Assert.Equal(help, agent.Run("help"));

        string[][] wrong = [[], ["restart"], ["1", "2", "3", "4", "5", "6", "start"], ["-x", "-y", "restart"]];
        Assert.All(wrong, words => Assert.Equal((2, ""), (agent.Run(words).Code, agent.Run(words).Output)));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void The_actions_that_a_script_knows_stand_near_its_top(string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(ShippedAgent.Directory, name));
        string kill = name is "Filesystem" or "drbddisk" or "service" ? " kill" : "";
        Assert.Contains($"# hasharp: actions start stop status{kill}", lines.Take(5));
        Assert.Equal("#!/bin/sh", lines[0]);
        Assert.True((File.GetUnixFileMode(Path.Combine(ShippedAgent.Directory, name)) & UnixFileMode.UserExecute) != 0);
    }
}
