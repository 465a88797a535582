// No resource runs on two machines that can know of each other.
//
// The rule, exactly: let a and b be two machines with power, with a running daemon and not paused. They are in contact
// since t when each daemon has received datagrams of the other since t without a gap of Hearing.Gap (deadtime less two
// keepalives) or more; a power cut, a daemon's death, a pause, a partition or a cut longer than that therefore begins a
// new contact when it is over, and so does bad luck on a lossy link. While the contact is older than the settle time
// (deadtime + 4 keepalives + the longest stop of every resource of the group), no resource may run on both: not for
// a moment. Excused is a group of which a stop action is under way on one of the two, or the last stop of a resource
// that still runs there failed: that machine tries, and cannot. ActionOrder sees to it that no excused overlap is
// begun by a start. A resource counts as running from the begin of its start to the end of its stop.
// Not covered, because no node without fencing can know better: machines that do not hear each other in both
// directions on any link; a machine whose daemon is dead. A paused machine does nothing, so it does not count until
// it is resumed; its contact then begins anew if it slept longer than the gap.

using HaSharp.Core.Resources;

namespace HaSharp.Simulator.Checks;

public sealed class SingleOwner : Checker
{
    private readonly AgentMemory _memory = new();

    public override string Rule => "SingleOwner";

    public override void See(World world, Happening happening)
    {
        _memory.See(world, happening);
        if (happening is Happening.ActionBegan { Run.Action: AgentAction.Start })
        {
            Look(world);
        }
    }

    public override void Look(World world)
    {
        for (int a = 0; a < world.Machines.Count; a++)
        {
            for (int b = a + 1; b < world.Machines.Count; b++)
            {
                if (world.Machines[a].Awake && world.Machines[b].Awake)
                {
                    Compare(world, world.Machines[a], world.Machines[b]);
                }
            }
        }
    }

    private void Compare(World world, Machine a, Machine b)
    {
        foreach (IReadOnlyList<Slot> group in world.Slots.Groups)
        {
            Slot? shared = Shared(a, b, group);
            if (shared is not null
                && world.Hearing.Mutual(a.Index, b.Index, world.Now) is { } since
                && world.Now - since > Settle(world, group)
                && !Releases(a, group) && !Releases(b, group))
            {
                Broken(world, FailureKind.Safety, FormattableString.Invariant(
                    $"{shared.Resource} runs on {a.Name} and on {b.Name}, in contact since {since.TotalSeconds:F3}s"));
            }
        }
    }

    private static TimeSpan Settle(World world, IReadOnlyList<Slot> group) =>
        world.Config.Deadtime + (4 * world.Config.Keepalive) + (group.Count * world.LongestUsual(AgentAction.Stop));

    private static Slot? Shared(Machine a, Machine b, IReadOnlyList<Slot> group)
    {
        foreach (Slot slot in group)
        {
            if (a.Running(slot.Index) && b.Running(slot.Index))
            {
                return slot;
            }
        }

        return null;
    }

    private bool Releases(Machine machine, IReadOnlyList<Slot> group)
    {
        foreach (AgentRun run in machine.Runs)
        {
            if (run.Slot.Group == group[0].Group && run.Action == AgentAction.Stop)
            {
                return true;
            }
        }

        foreach (Slot slot in group)
        {
            if (machine.Running(slot.Index) && _memory.Of(machine, slot) == Known.StopFailed)
            {
                return true;
            }
        }

        return false;
    }
}
