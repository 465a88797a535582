// What a cluster would do if something happened, played with its own files before it happens.
// The idea: the virtual world in which random faults are tried, with real nodes: all machines boot, everything comes to
// rest, then something is done to it, and everything comes to rest again. Nothing of the answer is computed apart from
// what the nodes decide.
// Invariant: a question has exactly one answer, whenever and wherever it is asked.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator.Scenarios;

/// <summary>How a group fared.</summary>
/// <param name="Before">The nodes on which all of it ran.</param>
/// <param name="After">The same when all is at rest again.</param>
/// <param name="Outage">How long it ran nowhere; to 10 ms.</param>
/// <param name="Doubled">How long it ran on several nodes; to 10 ms.</param>
public sealed record GroupFate(
    GroupName Name, IReadOnlyList<NodeName> Before, IReadOnlyList<NodeName> After, TimeSpan Outage, TimeSpan Doubled)
{
    /// <summary>It runs on exactly one node at the end, and never ran on two.</summary>
    public bool Survives => After.Count == 1 && Doubled == TimeSpan.Zero;
}

/// <param name="Timeline">What a person would have seen, in seconds since the first deed.</param>
/// <param name="Rest">When the last thing happened, since the first deed.</param>
public sealed record Answer(string Timeline, IReadOnlyList<GroupFate> Groups, TimeSpan Rest)
{
    public bool Survives => Groups.All(static group => group.Survives);
}

public static class WhatIf
{
    private static readonly TimeSpan _shortestRest = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(10);

    /// <param name="deeds">Their times count from the moment when the cluster has come to rest.</param>
    /// <param name="agents">How long a start or a stop takes.</param>
    public static Answer Ask(ClusterConfig config, IReadOnlyList<PlannedDeed> deeds, TimeSpan agents)
    {
        World world = new(
            new WorldPlan
            {
                Config = config,
                Seed = 1,
                Agents = new AgentHabits { Shortest = agents, Longest = agents },
            },
            static (files, identity) => new CoreNode(files, identity));
        LastNews news = new();
        world.Attach(news);
        foreach (NodeName node in config.Nodes)
        {
            world.Do(new Deed.PowerOn(node));
        }

        TimeSpan rest = RestOf(config);
        while (world.Now < news.At + rest && world.Now < _longest)
        {
            world.RunUntil(world.Now + _step);
        }

        Trace trace = new(config.Nodes, world.Now, world.Now);
        world.Attach(trace);
        return Play(world, deeds, trace, news, rest);
    }

    private static Answer Play(
        World world, IReadOnlyList<PlannedDeed> deeds, Trace trace, LastNews news, TimeSpan rest)
    {
        TimeSpan begun = world.Now;
        IReadOnlyList<Slot>[] groups = [.. world.Slots.Groups];
        NodeName[][] before = [.. groups.Select(group => Servers(world, group))];
        TimeSpan[] outage = new TimeSpan[groups.Length];
        TimeSpan[] doubled = new TimeSpan[groups.Length];
        TimeSpan last = begun;
        foreach (PlannedDeed planned in deeds)
        {
            world.Plan(begun + planned.At, planned.Deed);
            last = begun + planned.At > last ? begun + planned.At : last;
        }

        while (world.Now < (news.At > last ? news.At : last) + rest && world.Now < begun + _longest)
        {
            world.RunUntil(world.Now + _step);
            for (int g = 0; g < groups.Length; g++)
            {
                int servers = Servers(world, groups[g]).Length;
                outage[g] += servers == 0 ? _step : TimeSpan.Zero;
                doubled[g] += servers > 1 ? _step : TimeSpan.Zero;
            }
        }

        trace.Close(world, news.At);
        GroupFate[] fates =
        [
            .. groups.Select((group, g) => new GroupFate(
                group[0].GroupName, before[g], Servers(world, group), Whole(outage[g], before[g]), doubled[g])),
        ];
        return new Answer(trace.ToString(), fates, (news.At > begun ? news.At : begun) - begun);

        // What never ran has no outage that could be measured.
        static TimeSpan Whole(TimeSpan measured, NodeName[] ran) => ran.Length == 0 ? TimeSpan.Zero : measured;
    }

    /// <summary>The nodes on which all of a group runs, and nothing of it is being started or stopped.</summary>
    private static NodeName[] Servers(World world, IReadOnlyList<Slot> group) =>
    [
        .. world.Machines.Where(machine => machine is { Powered: true, Paused: false }
            && group.All(slot => machine.Running(slot.Index))
            && !machine.Runs.Any(run => run.Slot.Group == group[0].Group && !run.Action.IsLook()))
            .Select(static machine => machine.Name),
    ];

    /// <summary>Nothing more is to be expected when nothing has happened for so long.</summary>
    private static TimeSpan RestOf(ClusterConfig config)
    {
        TimeSpan interval = config.Recovery.Resources.Values.Select(static one => one.Interval ?? TimeSpan.Zero)
            .Append(config.Recovery.MonitorInterval ?? ManagedResource.UsualInterval).Max();
        return new[] { _shortestRest, 3 * config.Deadtime, config.Initdead + config.Deadtime, 2 * interval }.Max();
    }

    private sealed class LastNews : Witness
    {
        public TimeSpan At { get; private set; }

        public override void See(World world, Happening happening)
        {
            bool counts = happening is Happening.Reported { Event.Severity: > Severity.Debug } or Happening.DaemonEnded
                || happening is Happening.ActionBegan { Run: var run } && !run.Action.IsLook();
            At = counts ? world.Now : At;
        }
    }
}
