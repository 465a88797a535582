// No resource runs on two machines that can know of each other.
//
// The rule, exactly: let a and b be two machines with power, with a running daemon and not paused. A daemon hears
// another since t when it has received new datagrams of it since t without a gap of Hearing.Gap (deadtime less two
// keepalives) or more; a power cut, a daemon's death, a pause, a partition or a cut longer than that therefore begins
// a new contact when it is over, and so does bad luck on a lossy link. The settle time is deadtime + 4 keepalives +
// the longest stop of every resource of the group.
// 1. While both have heard each other for longer than the settle time, no resource may run on both: not for a moment.
// 2. While one has heard the other for longer than the settle time and a resource runs on both as long, too, the one
//    that hears should have given way.
// Excused is a group of which, on one of the two, a stop is under way, or any action that began before the contact
// (nobody interrupts an agent), or the last stop of one of its resources failed: that machine tries, and cannot.
// ActionOrder sees to it that no excused overlap is begun by a start. A resource counts as running from the begin of
// its start to the end of its stop.
// Not covered, because no node without fencing can know better: machines of which neither hears the other on any
// link; a machine whose daemon is dead. A paused machine does nothing, so it does not count until it is resumed; its
// contact then begins anew if it slept longer than the gap.
//
// Where one of the two runs heartbeat 3.0.6, the pair is allowed exactly what two heartbeats would do, too:
// a. The settle time is 5 s longer: a healed partition is acted upon after 2 s (spec 8.6), and it reads late.
// b. A heartbeat that is about to give everything up, or does, is giving way (8.6, 8.8); Convergence sees the end.
// c. Rule 2 does not hold for a heartbeat that hears: "Both machines own our resources!" is all that it does (9.4).
// d. A heartbeat whom one of its weaknesses has struck (HeartbeatNode.Ailment) does not know what it runs.

using HaSharp.Core.Resources;

namespace HaSharp.Simulator.Checks;

public sealed class SingleOwner : Checker
{
    private static readonly TimeSpan _heartbeatSettle = TimeSpan.FromSeconds(5);

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
            TimeSpan? since = shared is null ? null : KnownSince(world, a, b, shared);
            if (since is { } known
                && world.Now - known > Settle(world, group, a, b)
                && !Releases(a, group, known) && !Releases(b, group, known))
            {
                Broken(world, FailureKind.Safety, FormattableString.Invariant(
                    $"{shared!.Resource} runs on {a.Name} and on {b.Name}, in contact since {known.TotalSeconds:F3}s"));
            }
        }
    }

    /// <summary>Since when one of the two can know of the other and has to give way; null when it cannot now.</summary>
    private static TimeSpan? KnownSince(World world, Machine a, Machine b, Slot shared)
    {
        TimeSpan? there = world.Hearing.Since(a.Index, b.Index, world.Now);
        TimeSpan? back = world.Hearing.Since(b.Index, a.Index, world.Now);
        if (there is { } one && back is { } other)
        {
            return Later(one, other);
        }

        if ((there is null ? a : b).RunsHeartbeat)
        {
            return null;
        }

        TimeSpan overlap = Later(a.RunningSince(shared.Index), b.RunningSince(shared.Index));
        return (there ?? back) is { } single ? Later(single, overlap) : null;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    internal static TimeSpan Settle(World world, IReadOnlyList<Slot> group, params ReadOnlySpan<Machine> machines)
    {
        TimeSpan extra = TimeSpan.Zero;
        foreach (Machine machine in machines)
        {
            extra = machine.RunsHeartbeat ? _heartbeatSettle : extra;
        }

        return world.Config.Deadtime + (4 * world.Config.Keepalive)
            + (group.Count * world.LongestUsual(AgentAction.Stop)) + extra;
    }

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

    private bool Releases(Machine machine, IReadOnlyList<Slot> group, TimeSpan contact)
    {
        if (machine.Heartbeat is { IsLeaving: true } or { Ailment: not null })
        {
            return true;
        }

        foreach (AgentRun run in machine.Runs)
        {
            bool uninterrupted = run.Action is AgentAction.Stop or AgentAction.Kill || run.BeganAt < contact;
            if (run.Slot.Group == group[0].Group && uninterrupted && run.Action != AgentAction.Monitor)
            {
                return true;
            }
        }

        foreach (Slot slot in group)
        {
            if (_memory.StopFailed(machine, slot))
            {
                return true;
            }
        }

        return false;
    }
}
