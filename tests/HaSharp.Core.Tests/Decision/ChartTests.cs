using HaSharp.Core.Decision;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;
using Stateless;
using Stateless.Graph;

namespace HaSharp.Core.Tests.Decision;

/// <summary>The two charts: which ways exist, and their drawings in docs/reference.</summary>
public sealed class ChartTests
{
    private static readonly (Role From, RoleTrigger Trigger, Role To)[] RoleWays =
    [
        (Role.Joining, RoleTrigger.Joined, Role.Standby),
        (Role.Joining, RoleTrigger.Ending, Role.Leaving),
        (Role.Standby, RoleTrigger.Acquired, Role.Active),
        (Role.Standby, RoleTrigger.Ending, Role.Leaving),
        (Role.Active, RoleTrigger.Released, Role.Standby),
        (Role.Active, RoleTrigger.Ending, Role.Leaving),
        (Role.Leaving, RoleTrigger.Ended, Role.Left),
    ];

    private static readonly (GroupState From, GroupTrigger Trigger, GroupState To)[] GroupWays =
    [
        (GroupState.Unknown, GroupTrigger.FoundStopped, GroupState.Stopped),
        (GroupState.Unknown, GroupTrigger.FoundStarted, GroupState.Started),
        (GroupState.Unknown, GroupTrigger.FoundPartly, GroupState.Starting),
        (GroupState.Stopped, GroupTrigger.Acquire, GroupState.Starting),
        (GroupState.Starting, GroupTrigger.Acquired, GroupState.Started),
        (GroupState.Starting, GroupTrigger.Release, GroupState.Stopping),
        (GroupState.Started, GroupTrigger.Release, GroupState.Stopping),
        (GroupState.Stopping, GroupTrigger.Released, GroupState.Stopped),
        (GroupState.Stopping, GroupTrigger.ReleasedAfterFailure, GroupState.Failed),
        (GroupState.Stopping, GroupTrigger.StopFailed, GroupState.StopFailed),
        (GroupState.Failed, GroupTrigger.Retry, GroupState.Stopped),
        (GroupState.StopFailed, GroupTrigger.Retry, GroupState.Stopping),
        (GroupState.Started, GroupTrigger.Repair, GroupState.Starting),
        (GroupState.Stopped, GroupTrigger.Probe, GroupState.Unknown),
        (GroupState.Starting, GroupTrigger.Probe, GroupState.Unknown),
        (GroupState.Started, GroupTrigger.Probe, GroupState.Unknown),
        (GroupState.Stopping, GroupTrigger.Probe, GroupState.Unknown),
        (GroupState.Failed, GroupTrigger.Probe, GroupState.Unknown),
        (GroupState.StopFailed, GroupTrigger.Probe, GroupState.Unknown),
    ];

    [Fact]
    public void Each_role_and_trigger_goes_where_it_should_or_breaks_an_invariant() =>
        Check(RoleChart.Create, RoleWays);

    [Fact]
    public void Each_group_state_and_trigger_goes_where_it_should_or_breaks_an_invariant() =>
        Check(GroupChart.Create, GroupWays);

    [Theory]
    [InlineData("role-chart.md")]
    [InlineData("group-chart.md")]
    public void The_drawing_is_the_chart(string file)
    {
        var drawing = file == "role-chart.md"
            ? MermaidGraph.Format(RoleChart.Create().GetInfo())
            : MermaidGraph.Format(GroupChart.Create().GetInfo());
        var text = File.ReadAllText(Path.Combine(new Tidy.Repository().Root, "docs", "reference", file));
        Assert.Contains(drawing.ReplaceLineEndings("\n").Trim(), text.ReplaceLineEndings("\n"));
    }

    private static void Check<TState, TTrigger>(
        Func<StateMachine<TState, TTrigger>> create, (TState From, TTrigger Trigger, TState To)[] ways)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        foreach (var from in Enum.GetValues<TState>())
        {
            foreach (var trigger in Enum.GetValues<TTrigger>())
            {
                if (Reach(create(), from, ways) is not { } chart)
                {
                    Assert.Fail($"{from} cannot be reached");
                    continue;
                }

                var way = Array.FindIndex(ways, w => w.From.Equals(from) && w.Trigger.Equals(trigger));
                if (way < 0)
                {
                    Assert.Throws<InvariantBrokenException>(() => chart.Fire(trigger));
                }
                else
                {
                    chart.Fire(trigger);
                    Assert.Equal(ways[way].To, chart.State);
                }
            }
        }
    }

    private static StateMachine<TState, TTrigger>? Reach<TState, TTrigger>(
        StateMachine<TState, TTrigger> chart, TState goal, (TState From, TTrigger Trigger, TState To)[] ways)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        var paths = new Queue<(TState At, TTrigger[] Path)>([(chart.State, [])]);
        var seen = new HashSet<TState> { chart.State };
        while (paths.TryDequeue(out var next))
        {
            if (next.At.Equals(goal))
            {
                Array.ForEach(next.Path, trigger => chart.Fire(trigger));
                return chart;
            }

            foreach (var way in ways)
            {
                if (way.From.Equals(next.At) && seen.Add(way.To))
                {
                    paths.Enqueue((way.To, [.. next.Path, way.Trigger]));
                }
            }
        }

        return null;
    }
}
