// The demonstration's scenarios in their order; each begins where the one before has ended.

using System.Globalization;

namespace HaSharp.Cli.Demo;

internal static class DemoScenarios
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    public static IReadOnlyList<DemoScenario> All { get; } =
    [
        new()
        {
            Name = "cold start",
            What = "both nodes started together",
            Act = lab =>
            {
                lab[1].StartDaemon();
                lab[2].StartDaemon();
                return null;
            },
            Owner = "node1",
            FromNothing = true,
        },
        new()
        {
            Name = "standby",
            What = "`hasharp standby` on node1",
            Act = lab => Verb(lab[1], "standby"),
            Owner = "node2",
        },
        new()
        {
            Name = "takeover",
            What = "`hasharp takeover` on node1",
            Act = lab => Verb(lab[1], "takeover"),
            Owner = "node1",
        },
        new()
        {
            Name = "clean stop",
            What = "`hasharp stop` on node1",
            Act = lab => Verb(lab[1], "stop") ?? WaitForEnd(lab[1]),
            Owner = "node2",
        },
        new()
        {
            Name = "start again",
            What = "node1 started, auto_failback on",
            Act = lab =>
            {
                lab[1].StartDaemon();
                return null;
            },
            Owner = "node1",
        },
        new()
        {
            Name = "power cut",
            What = "node1: both cables dead, everything killed",
            Act = lab =>
            {
                lab[1].PowerOff();
                return null;
            },
            Owner = "node2",
        },
        new()
        {
            Name = "return",
            What = "node1 booted and started, auto_failback on",
            Act = lab =>
            {
                lab[1].Boot();
                lab[1].StartDaemon();
                return null;
            },
            Owner = "node1",
        },
        new()
        {
            Name = "link cut",
            What = "node1: cable eth1 out, eth0 still in",
            Act = lab =>
            {
                lab.Cut(lab[1], "eth1");
                return null;
            },
            Owner = "node1",
            Also = SeesDeadLink,
            Calm = TimeSpan.FromSeconds(2),
        },
    ];

    private static string? Verb(LabNode node, string verb)
    {
        var result = node.Run(verb);
        return result.ExitCode == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture, $"hasharp {verb} ended with {result.ExitCode}: {result.Said}");
    }

    private static string? WaitForEnd(LabNode node) => node.WaitForDaemonsEnd(StopLimit) switch
    {
        0 => null,
        null => "the daemon did not end",
        { } code => string.Create(CultureInfo.InvariantCulture, $"the daemon ended with exit code {code}"),
    };

    private static bool SeesDeadLink(LabStatus status) => status.Nodes.Any(
        node => node.Name != status.Node && node.Links.Any(link => link.Key == "eth1" && link.Value == "dead"));
}
