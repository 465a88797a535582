// A node that is silent is declared dead in time, and a node that is heard is not.
//
// The rules, exactly, for a node y that is awake and another node x:
// 1. y has heard nothing of x for deadtime + 3 keepalives, not counting the time before y was last resumed, and y runs
//    since initdead + 3 keepalives (until then y may be the one that is not yet heard): then y's status says that x is
//    dead. (Liveness)
// 2. y reports "is dead" of x only when the last datagram of x came at least deadtime ago. (Safety)
// 3. y hears x without a gap since 3 keepalives or longer, and x's daemon runs since then and does not leave: then y's
//    status does not say that x is dead. Looked at every 10 seconds. (Safety)
// 4. A node that is awake and has an interface sends something every 3 keepalives. (Liveness)
// 5. A node reports that it was asleep only at the moment at which its machine is resumed. (Safety)
// A heartbeat's own judgement is not judged: it is what it is. Of a heartbeat x: it announces its deadtime itself, up
// to 30 s more before a restart (spec 8.2, 8.8), so rule 1 waits as long; while it leaves, rules 2 and 3 do not hold.

using HaSharp.Core;
using HaSharp.Core.Control;

namespace HaSharp.Simulator.Checks;

public sealed class SilentMeansDead : Checker
{
    private static readonly TimeSpan _reviewPeriod = TimeSpan.FromSeconds(10);

    /// <summary>Clocks drift, and a datagram that comes at the very moment of death may count or not.</summary>
    private static readonly TimeSpan _tolerance = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan _heartbeatRestart = TimeSpan.FromSeconds(32);

    private readonly HashSet<int> _leaving = [];

    public override string Rule => "SilentMeansDead";

    public override void See(World world, Happening happening)
    {
        switch (happening)
        {
            case Happening.Reported { Event: ClusterEvent.NodeDead dead } report:
                JudgeVerdict(world, report.Machine, world[dead.Node]);
                break;
            case Happening.Reported { Event: ClusterEvent.Asleep or ClusterEvent.AsleepTooLong } report:
                JudgeSleep(world, report.Machine);
                break;
            case Happening.DaemonStarted started:
                _leaving.Remove(started.Machine.Index);
                break;
            case Happening.Done { Deed: Deed.Ask { Order: Order.Stop } stop }:
                _leaving.Add(world[stop.Node].Index);
                break;
            default:
                break;
        }
    }

    public override void Look(World world)
    {
        bool review = world.Now.Ticks % _reviewPeriod.Ticks == 0;
        foreach (Machine machine in world.Machines)
        {
            if (machine.Awake && !machine.RunsHeartbeat)
            {
                JudgeSilence(world, machine);
                JudgePeers(world, machine, review);
            }
        }
    }

    private void JudgeVerdict(World world, Machine machine, Machine other)
    {
        TimeSpan? last = world.Hearing.Last(other.Index, machine.Index);
        TimeSpan least = world.Config.Deadtime * 0.999;
        if (last is { } heard && world.Now - heard + _tolerance < least && !IsLeaving(other))
        {
            Broken(world, FailureKind.Safety, FormattableString.Invariant(
                $"{machine.Name} declares {other.Name} dead, heard {(world.Now - heard).TotalSeconds:F3}s ago"));
        }
    }

    private void JudgeSleep(World world, Machine machine)
    {
        if (machine.ResumedAt != world.Now)
        {
            Broken(world, FailureKind.Safety, $"{machine.Name} says that it was asleep, and was not");
        }
    }

    private void JudgeSilence(World world, Machine machine)
    {
        TimeSpan since = Later(Later(machine.SpokeAt, machine.StartedAt), machine.ResumedAt ?? TimeSpan.Zero);
        if (world.Now - since > (3 * world.Config.Keepalive) + _tolerance && HasInterface(world, machine))
        {
            Broken(world, FailureKind.Liveness, FormattableString.Invariant(
                $"{machine.Name} has said nothing since {since.TotalSeconds:F3}s"));
        }
    }

    private void JudgePeers(World world, Machine machine, bool review)
    {
        StatusReport? report = null;
        foreach (Machine other in world.Machines)
        {
            if (other == machine)
            {
                continue;
            }

            TimeSpan? last = world.Hearing.Last(other.Index, machine.Index);
            TimeSpan from = Later(last ?? machine.StartedAt, machine.ResumedAt ?? TimeSpan.Zero);
            TimeSpan deadtime = world.Config.Deadtime + (other.RunsHeartbeat ? _heartbeatRestart : TimeSpan.Zero);
            TimeSpan moment = Later(from + deadtime, machine.StartedAt + world.Config.Initdead);
            TimeSpan over = world.Now - moment - (3 * world.Config.Keepalive) - _tolerance;
            bool due = over > TimeSpan.Zero && (review || over < TimeSpan.FromSeconds(2));
            bool heard = review && IsHeard(world, machine, other);
            if (due || heard)
            {
                report ??= machine.Node!.Snapshot(machine.LocalTime(world.Now));
                bool dead = Status(report, other.Name) == "dead";
                JudgeStatus(world, machine, other, dead, due, from);
            }
        }
    }

    private void JudgeStatus(World world, Machine machine, Machine other, bool dead, bool shallBeDead, TimeSpan from)
    {
        if (shallBeDead && !dead)
        {
            Broken(world, FailureKind.Liveness, FormattableString.Invariant(
                $"{machine.Name} has not heard {other.Name} since {from.TotalSeconds:F3}s and does not call it dead"));
        }
        else if (!shallBeDead && dead)
        {
            Broken(world, FailureKind.Safety, $"{machine.Name} hears {other.Name} and calls it dead");
        }
    }

    private bool IsHeard(World world, Machine machine, Machine other)
    {
        TimeSpan period = 3 * world.Config.Keepalive;
        return other.Awake
            && !IsLeaving(other)
            && world.Now - other.StartedAt > period
            && world.Hearing.Since(other.Index, machine.Index, world.Now) is { } since
            && world.Now - since > period
            && world.Now - world.Hearing.Last(other.Index, machine.Index) < period;
    }

    private bool IsLeaving(Machine machine) =>
        _leaving.Contains(machine.Index) || machine.Heartbeat is { IsLeaving: true };

    private static bool HasInterface(World world, Machine machine)
    {
        foreach (VirtualLink link in world.Network.Links)
        {
            if (link.Plugged(machine.Index))
            {
                return true;
            }
        }

        return false;
    }

    private static string Status(StatusReport report, NodeName name)
    {
        foreach (NodeReport node in report.Nodes)
        {
            if (node.Name == name.Text)
            {
                return node.Status;
            }
        }

        return "";
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
