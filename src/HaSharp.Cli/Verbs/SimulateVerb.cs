using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Files;
using HaSharp.Simulator;
using HaSharp.Simulator.Scenarios;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp simulate: what this cluster would do if, played in a virtual world with the real files.</summary>
internal sealed class SimulateVerb
{
    private readonly Option<string[]> _powerCut = Fault("--power-cut", "NODE", "The machine loses its power.");
    private readonly Option<string[]> _kill = Fault("--kill", "NODE", "Its daemon dies; what it started runs on.");
    private readonly Option<string[]> _stop = Fault("--stop", "NODE", "Its daemon is stopped in good order.");
    private readonly Option<string[]> _cut =
        Fault("--cut", "LINK", "The link, such as eth1, carries nothing any more; all: none of them does.");

    private readonly Option<string[]> _crash = Fault("--crash", "RESOURCE", "The resource ends by itself.");
    private readonly Option<string[]> _fail = Fault(
        "--fail", "RESOURCE", "It ends, and cannot be started again on its preferred node.");

    private readonly Option<string[]> _standby = Fault("--standby", "NODE", "An operator asks it to give all away.");
    private readonly Option<string[]> _takeover = Fault("--takeover", "NODE", "An operator asks it to take all.");
    private readonly Option<bool> _all = new("--all-single-faults")
    {
        Description = "Every node, link and resource, one fault at a time: which of them the cluster survives.",
    };

    private readonly Option<string> _agents = new("--agents")
    {
        HelpName = "TIME",
        Description = "How long a start or a stop takes: 300ms, 5s. The status before each start takes half of it.",
        DefaultValueFactory = _ => "1s",
    };

    public static Command Build() => new SimulateVerb().Make();

    private Command Make()
    {
        _agents.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !Duration.TryParse(result.Tokens[0].Value, out _))
            {
                result.AddError($"--agents takes a time such as 300ms or 5s, not '{result.Tokens[0].Value}'");
            }
        });
        var command = new Command("simulate", """
            Say what the cluster of these files would do if something happened: who does what when, and why, and how
            long each group would be down. Played in a virtual world; no daemon, no network and no resource is touched.
            All machines start and come to rest, then all that the options name happens at the same moment.
            Exit code 0: every group runs on exactly one node at the end, and never ran on two; 1: not so; 6: the files
            cannot be used.

            Examples:
              hasharp simulate --power-cut node1
              hasharp simulate --cut eth1 --kill node2
              hasharp simulate --all-single-faults
            """)
        {
            _powerCut, _kill, _stop, _cut, _crash, _fail, _standby, _takeover, _all, _agents,
            CommonOptions.Json,
            CommonOptions.HaDirectory,
        };
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string directory = parsed.GetRequiredValue(CommonOptions.HaDirectory);
        ConfigResult files = ConfigReader.Read(ConfigDirectory.Read(directory) with { Self = null });
        if (files.Config is not { } config)
        {
            foreach (ConfigProblem problem in files.Problems.Where(one => one.Severity == ProblemSeverity.Error))
            {
                Console.Error.WriteLine(problem);
            }

            Console.Error.WriteLine($"{directory}: cannot be used; see hasharp check");
            return ExitCode.NotConfigured;
        }

        if (Unknown(parsed, config) is { } wrong)
        {
            Console.Error.WriteLine(wrong);
            return ExitCode.Usage;
        }

        _ = Duration.TryParse(parsed.GetRequiredValue(_agents), out TimeSpan agents);
        bool json = parsed.GetValue(CommonOptions.Json);
        PlannedDeed[] deeds = [.. Deeds(parsed, config)];
        if (parsed.GetValue(_all) && deeds.Length == 0)
        {
            return RunAll(config, agents, json);
        }

        if (parsed.GetValue(_all))
        {
            Console.Error.WriteLine("--all-single-faults plays each fault alone: name no other, or leave it away");
            return ExitCode.Usage;
        }

        if (deeds.Length == 0)
        {
            Console.Error.WriteLine("nothing is to happen: name something, for example --power-cut "
                + $"{config.Nodes[0]}, or --all-single-faults; see: hasharp simulate --help");
            return ExitCode.Usage;
        }

        Answer answer = WhatIf.Ask(config, deeds, agents);
        Print(string.Join(", ", deeds.Select(planned => planned.Deed)), answer, json);
        return answer.Survives ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Print(string fault, Answer answer, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(Of(fault, answer), SimulateJson.Default.SimulatedFault));
            return;
        }

        var text = new StringBuilder(answer.Timeline);
        StatusTable.AppendTable(text,
        [
            ["GROUP", "BEFORE", "AFTER", "OUTAGE", ""],
            .. answer.Groups.Select(group => new[]
            {
                group.Name.Text, Names(group.Before), Names(group.After),
                group.After.Count == 0 ? "for good" : StatusTable.Age((long)group.Outage.TotalMilliseconds),
                Remark(group),
            }),
        ]);
        Console.Out.Write(text);
        Console.Out.WriteLine($"\nThe cluster {(answer.Survives ? "survives" : "does not survive")} this.");
    }

    private static int RunAll(ClusterConfig config, TimeSpan agents, bool json)
    {
        IReadOnlyList<SingleFault> faults = SingleFault.All(config);
        int widest = faults.Max(fault => fault.Name.Length);
        List<SimulatedFault> all = [];
        foreach (SingleFault fault in faults)
        {
            Answer answer = WhatIf.Ask(config, fault.Deeds, agents);
            all.Add(Of(fault.Name, answer));
            if (!json)
            {
                // Line by line as they come: many groups take a while.
                bool forGood = answer.Groups.Any(group => group.After.Count == 0);
                string outage = forGood
                    ? "for good"
                    : StatusTable.Age((long)answer.Groups.Max(group => group.Outage).TotalMilliseconds);
                string why = string.Join("; ", answer.Groups.Where(group => !group.Survives)
                    .Select(group => $"{group.Name} {Remark(group)}"));
                Console.Out.WriteLine(
                    $"{fault.Name.PadRight(widest)}  {(answer.Survives ? "survives" : "FAILS   ")}  "
                    + $"{"outage " + outage,-16}  {why}".TrimEnd());
            }
        }

        int survived = all.Count(fault => fault.Survives);
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize([.. all], SimulateJson.Default.SimulatedFaultArray));
        }
        else
        {
            Console.Out.WriteLine($"\nThe cluster survives {survived} of {all.Count} single faults.");
        }

        return survived == all.Count ? ExitCode.Done : ExitCode.Failed;
    }

    private IEnumerable<PlannedDeed> Deeds(ParseResult parsed, ClusterConfig config) =>
    [
        .. Values(parsed, _powerCut).Select(node => SingleFault.Now(new Deed.PowerCut(new NodeName(node)))),
        .. Values(parsed, _kill).Select(node => SingleFault.Now(new Deed.Kill(new NodeName(node)))),
        .. Values(parsed, _stop).Select(node => Asked(node, Order.Stop)),
        .. Values(parsed, _cut).SelectMany(
            link => SingleFault.Cut(config, link == "all" ? null : new LinkName(link))),
        .. Values(parsed, _crash).Select(
            word => SingleFault.Now(new Deed.Crash(GroupOf(config, word).Preferred, word))),
        .. Values(parsed, _fail).SelectMany(word => SingleFault.Breaks(GroupOf(config, word).Preferred, word)),
        .. Values(parsed, _standby).Select(node => Asked(node, Order.Standby)),
        .. Values(parsed, _takeover).Select(node => Asked(node, Order.Takeover)),
    ];

    private static PlannedDeed Asked(string node, Order order) =>
        SingleFault.Now(new Deed.Ask(new NodeName(node), order, "all"));

    private static GroupConfig GroupOf(ClusterConfig config, string word) =>
        config.Groups.First(group => group.Resources.Any(resource => resource.Text == word));

    /// <summary>The first word that the files do not know, as a sentence; null: they know all.</summary>
    private string? Unknown(ParseResult parsed, ClusterConfig config)
    {
        string[] nodes = [.. config.Nodes.Select(node => node.Text)];
        string[] links = [.. config.Links.Select(link => link.Name.Text), "all"];
        string[] resources = [.. config.Groups.SelectMany(group => group.Resources).Select(one => one.Text)];
        return new[]
        {
            Unknown(parsed, nodes, "node", _powerCut, _kill, _stop, _standby, _takeover),
            Unknown(parsed, links, "link", _cut),
            Unknown(parsed, resources, "resource", _crash, _fail),
        }.FirstOrDefault(sentence => sentence is not null);
    }

    private static string? Unknown(
        ParseResult parsed, string[] known, string kind, params Option<string[]>[] options)
    {
        string? word = options.SelectMany(option => Values(parsed, option)).FirstOrDefault(one => !known.Contains(one));
        return word is null ? null : $"no {kind} {word} in these files; there are: {string.Join(", ", known)}";
    }

    private static string[] Values(ParseResult parsed, Option<string[]> option) => parsed.GetValue(option) ?? [];

    private static string Names(IReadOnlyList<NodeName> nodes) => nodes.Count == 0 ? "-" : string.Join(", ", nodes);

    private static string Remark(GroupFate group) => group switch
    {
        { After.Count: > 1 } => $"runs on {Names(group.After)}",
        { After.Count: 0 } => "runs nowhere",
        { Doubled.Ticks: > 0 } => $"ran on two nodes for {StatusTable.Age((long)group.Doubled.TotalMilliseconds)}",
        _ => "",
    };

    private static SimulatedFault Of(string fault, Answer answer) => new(
        fault,
        answer.Survives,
        [
            .. answer.Groups.Select(group => new SimulatedGroup(
                group.Name.Text,
                [.. group.Before.Select(node => node.Text)],
                [.. group.After.Select(node => node.Text)],
                (long)group.Outage.TotalMilliseconds,
                (long)group.Doubled.TotalMilliseconds)),
        ],
        [.. answer.Timeline.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);

    private static Option<string[]> Fault(string name, string word, string text) => new(name)
    {
        HelpName = word,
        Description = text,
    };
}

/// <summary>What simulate --json prints: one of these, or with --all-single-faults an array of them.</summary>
/// <param name="Timeline">Lines: seconds since the fault, node (* for what is done to the world), text.</param>
internal sealed record SimulatedFault(
    string Fault, bool Survives, IReadOnlyList<SimulatedGroup> Groups, IReadOnlyList<string> Timeline);

/// <param name="Before">Nodes on which all of it ran.</param>
/// <param name="OutageMs">How long it ran nowhere.</param>
/// <param name="DoubledMs">How long it ran on several nodes.</param>
internal sealed record SimulatedGroup(
    string Name, IReadOnlyList<string> Before, IReadOnlyList<string> After, long OutageMs, long DoubledMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SimulatedFault))]
[JsonSerializable(typeof(SimulatedFault[]))]
internal sealed partial class SimulateJson : JsonSerializerContext;
