// How the agents on all machines behave: decides at the begin of a run how it will end.
// The idea: what somebody taught (a scenario line) counts first, the latest first; then the habits, by chance.

using HaSharp.Core;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator;

internal sealed class AgentWorld(AgentHabits habits, Dice dice)
{
    /// <summary>The runner needs this long to end an agent whose deadline has come.</summary>
    private static readonly TimeSpan _killTime = TimeSpan.FromMilliseconds(10);

    private readonly List<Deed.Teach> _lessons = [];

    public AgentHabits Habits { get; set; } = habits;

    public void Learn(Deed.Teach lesson)
    {
        _lessons.RemoveAll(old =>
            old.Resource == lesson.Resource && old.Node == lesson.Node && old.Action == lesson.Action);
        _lessons.Add(lesson);
    }

    public void ForgetLessons() => _lessons.Clear();

    /// <summary>The run that begins now, and how long it takes.</summary>
    public (AgentRun Run, TimeSpan Time) Begin(Machine machine, Slot slot, Effect.RunAgent order, TimeSpan now)
    {
        Manner? manner = Lesson(machine, slot, order.Action);
        TimeSpan time = manner is Manner.Takes takes ? takes.Time : UsualTime(order.Action);
        bool hangs = manner is Manner.Hangs || (manner is null && Hangs(order.Action)) || time > order.Deadline;
        bool fails = manner is Manner.Fails || (manner is null && Fails(order.Action));
        AgentOutcome? outcome = hangs ? AgentOutcome.TimedOut(order.Deadline)
            : fails ? AgentOutcome.Failed("exit code 1")
            : order.Action.IsLook() ? null : AgentOutcome.Ok;
        AgentRun run = new(order.Run, slot, order.Action, now, outcome, RunsAfter(order.Action, hangs, fails));
        return (run, hangs ? order.Deadline + _killTime : time);
    }

    /// <summary>What a run that its daemon's death interrupts leaves behind; null: as it was.</summary>
    public bool? RunsAfterInterruption(AgentAction action) =>
        action.IsLook() ? null : dice.Chance(0.5);

    private Manner? Lesson(Machine machine, Slot slot, AgentAction action)
    {
        for (int i = _lessons.Count - 1; i >= 0; i--)
        {
            Deed.Teach lesson = _lessons[i];
            // What cannot be stopped cannot be killed, either, unless somebody taught that.
            bool fits = (lesson.Action == action || (action == AgentAction.Kill && lesson.Action == AgentAction.Stop))
                && (lesson.Node is null || lesson.Node == machine.Name)
                && (lesson.Resource == "*" || lesson.Resource == slot.Resource.Text);
            if (fits)
            {
                return lesson.Manner;
            }
        }

        return null;
    }

    private TimeSpan UsualTime(AgentAction action)
    {
        TimeSpan time = dice.Between(Habits.Shortest, Habits.Longest);
        return action.IsLook() ? time / 2 : time;
    }

    private bool Hangs(AgentAction action) => !action.IsLook() && dice.Chance(Habits.Hangs);

    private bool Fails(AgentAction action) => action switch
    {
        AgentAction.Start => dice.Chance(Habits.StartFails),
        AgentAction.Stop or AgentAction.Kill => dice.Chance(Habits.StopFails),
        _ => false,
    };

    /// <summary>A failed start may leave something behind; a failed stop stops nothing.</summary>
    private bool? RunsAfter(AgentAction action, bool hangs, bool fails) => action switch
    {
        AgentAction.Status or AgentAction.Monitor => null,
        AgentAction.Start when hangs || fails => dice.Chance(0.5),
        AgentAction.Start => true,
        _ when hangs => dice.Chance(0.5),
        _ => fails,
    };
}
