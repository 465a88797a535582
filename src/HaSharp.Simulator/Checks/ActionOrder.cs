// Agents are run in the right order, one at a time per group, and never against what the node can know.
//
// The rules, exactly, at the begin of every action on a machine:
// 1. No other action of the same group is under way there.
// 2. A start finds everything to the left of the resource running (left to right).
// 3. A stop finds nothing to the right of the resource running, unless its own last stop failed (right to left).
// 4. A start comes after an answer of the agent in this life of the daemon which says that the resource does not run:
//    a status, or a stop that succeeded.
// 5. A start happens only while no resource of the group runs on another machine whose daemon lives, provided that
//    the starting node knows: the newest datagram that it has of the other was sent after the resource began to run
//    there, and the other has not been silent for Hearing.Gap or longer. A paused machine counts until then, too.

using HaSharp.Core.Resources;

namespace HaSharp.Simulator.Checks;

public sealed class ActionOrder : Checker
{
    private readonly AgentMemory _memory = new();

    public override string Rule => "ActionOrder";

    public override void See(World world, Happening happening)
    {
        _memory.See(world, happening);
        if (happening is Happening.ActionBegan began)
        {
            Judge(world, began.Machine, began.Run);
        }
    }

    private void Judge(World world, Machine machine, AgentRun run)
    {
        foreach (AgentRun other in machine.Runs)
        {
            if (other.Slot.Group == run.Slot.Group)
            {
                Blame(world, machine, run, $"while {other.Action} of {other.Slot.Resource} is under way");
            }
        }

        IReadOnlyList<Slot> group = world.Slots.Groups[run.Slot.Group];
        if (run.Action == AgentAction.Start)
        {
            JudgeStart(world, machine, run, group);
        }
        else if (run.Action == AgentAction.Stop)
        {
            JudgeStop(world, machine, run, group);
        }
    }

    private void JudgeStart(World world, Machine machine, AgentRun run, IReadOnlyList<Slot> group)
    {
        for (int left = 0; left < run.Slot.Position; left++)
        {
            if (!machine.Running(group[left].Index))
            {
                Blame(world, machine, run, $"before {group[left].Resource} runs");
            }
        }

        if (_memory.Of(machine, run.Slot) != Known.DoesNotRun)
        {
            Blame(world, machine, run, $"without a status before it (known: {_memory.Of(machine, run.Slot)})");
        }

        foreach (Machine other in world.Machines)
        {
            if (other != machine && other.Node is not null && KnowsThatItRuns(world, machine, other, group) is { } slot)
            {
                Blame(world, machine, run, $"while {slot.Resource} runs on {other.Name}, and it knows");
            }
        }
    }

    private static Slot? KnowsThatItRuns(World world, Machine machine, Machine other, IReadOnlyList<Slot> group)
    {
        if (world.Hearing.Since(other.Index, machine.Index, world.Now) is null
            || world.Hearing.Newest(other.Index, machine.Index) is not { } newest)
        {
            return null;
        }

        foreach (Slot slot in group)
        {
            if (other.Running(slot.Index) && other.RunningSince(slot.Index) < newest)
            {
                return slot;
            }
        }

        return null;
    }

    private void JudgeStop(World world, Machine machine, AgentRun run, IReadOnlyList<Slot> group)
    {
        for (int right = run.Slot.Position + 1; right < group.Count; right++)
        {
            if (machine.Running(group[right].Index) && !_memory.StopFailed(machine, group[right]))
            {
                Blame(world, machine, run, $"while {group[right].Resource} still runs");
            }
        }
    }

    private void Blame(World world, Machine machine, AgentRun run, string what) =>
        Broken(world, FailureKind.Safety, $"{machine.Name} begins {run.Action} of {run.Slot.Resource} {what}");
}
