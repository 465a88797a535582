// Agents are run in the right order, one at a time per group, and never against what the node can know.
//
// The rules, exactly, at the begin of every action on a machine:
// 1. No other action of the same group is under way there; monitors go on beside everything.
// 2. A start finds everything to the left of the resource running, or was told so last (left to right).
// 3. A stop finds nothing to the right of the resource running, unless its own last stop failed (right to left).
// 4. The last action of the resource before a start, in this life of the daemon, was a status which said that it does
//    not run.
// 5. A start happens only while no resource of the group runs on another machine whose daemon lives, provided that
//    the starting node knows: the newest datagram that it has of the other was sent after the resource began to run
//    there, and the other has not been silent for Hearing.Gap or longer. A paused machine counts until then, too.
// 6. A start happens only while no machine that has power has given up stopping a resource of the group, provided that
//    the starting node knows: a datagram reached it that was sent after that, and no operator has asked any node
//    since to take that group over, who answers for it that nothing of it runs there; whoever cannot start it may
//    hand it on. This holds after the death of the other daemon, too; and likewise for a group that a daemon
//    left running when it ended.
// Nothing of this is asked of a heartbeat. Of a heartbeat on the other side a node knows only what it announces, and
// that is an intention: for rule 5 it knows only after SingleOwner's settle time.

using HaSharp.Core;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator.Checks;

public sealed class ActionOrder : Checker
{
    private readonly AgentMemory _memory = new();
    private readonly Dictionary<(int Machine, GroupName Group), TimeSpan> _gaveUp = [];
    private readonly Dictionary<GroupName, TimeSpan> _asked = [];

    public override string Rule => "ActionOrder";

    public override void See(World world, Happening happening)
    {
        _memory.See(world, happening);
        switch (happening)
        {
            case Happening.ActionBegan { Machine.RunsHeartbeat: false } began:
                Judge(world, began.Machine, began.Run);
                break;
            case Happening.Reported { Event: ClusterEvent.StopFailed failed } report:
                _gaveUp[(report.Machine.Index, failed.Group)] = world.Now;
                break;
            case Happening.DaemonEnded { Left: true } ended:
                // What was released by policy although its stop failed is kept from nobody.
                foreach (IReadOnlyList<Slot> group in world.Slots.Groups.Where(group => ended.Machine.RunsAny(group)
                    && !group.Any(slot => _memory.StopFailed(ended.Machine, slot))))
                {
                    _gaveUp[(ended.Machine.Index, group[0].GroupName)] = world.Now - world.Config.Keepalive;
                }

                break;
            case Happening.ActionEnded { Run.Action: AgentAction.Stop, Outcome.Verdict: AgentVerdict.Ok } ended:
                _gaveUp.Remove((ended.Machine.Index, ended.Run.Slot.GroupName));
                break;
            case Happening.DaemonStarted started:
                foreach (IReadOnlyList<Slot> group in world.Slots.Groups)
                {
                    _gaveUp.Remove((started.Machine.Index, group[0].GroupName));
                }

                break;
            case Happening.Done { Deed: Deed.Ask { Order: Order.Takeover } ask }:
                foreach (IReadOnlyList<Slot> group in world.Slots.Groups.Where(
                    group => ask.Scope == group[0].GroupName.Text || ask.Scope is "all" or "foreign" or "local"))
                {
                    _asked[group[0].GroupName] = world.Now;
                }

                break;
            default:
                break;
        }
    }

    private void Judge(World world, Machine machine, AgentRun run)
    {
        foreach (AgentRun other in machine.Runs)
        {
            bool beside = other.Action == AgentAction.Monitor || run.Action == AgentAction.Monitor;
            if (other.Slot.Group == run.Slot.Group && !beside)
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
            if (!machine.Running(group[left].Index) && _memory.Of(machine, group[left]) != Known.Runs)
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
            if (other != machine && other.Node is not null
                && KnowsThatItRuns(world, machine, other, group, _memory) is { } slot)
            {
                Blame(world, machine, run, $"while {slot.Resource} runs on {other.Name}, and it knows");
            }

            if (other != machine && KnowsThatItGaveUp(world, machine, other, group[0].GroupName))
            {
                Blame(world, machine, run, $"although {other.Name} could not stop the group, and it knows");
            }
        }
    }

    private bool KnowsThatItGaveUp(World world, Machine machine, Machine other, GroupName group) =>
        other.Powered
        && _gaveUp.TryGetValue((other.Index, group), out TimeSpan at)
        && world.Hearing.Newest(other.Index, machine.Index) > at
        && !(_asked.TryGetValue(group, out TimeSpan asked) && asked > at);

    /// <summary>What was given up by policy although its stop failed is kept from nobody.</summary>
    private static Slot? KnowsThatItRuns(
        World world, Machine machine, Machine other, IReadOnlyList<Slot> group, AgentMemory memory)
    {
        if (world.Hearing.Since(other.Index, machine.Index, world.Now) is null
            || world.Hearing.Newest(other.Index, machine.Index) is not { } newest)
        {
            return null;
        }

        TimeSpan delay = other.RunsHeartbeat ? SingleOwner.Settle(world, group, other) : TimeSpan.Zero;
        foreach (Slot slot in group)
        {
            if (other.Running(slot.Index) && other.RunningSince(slot.Index) + delay < newest
                && !memory.StopFailed(other, slot))
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
