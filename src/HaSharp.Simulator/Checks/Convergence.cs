// When the faults are over, everything comes to rest in the right place.
//
// The rules, exactly, whenever the deed "settled Q" is done, for each set of awake nodes that reach each other:
// 1. Every group runs completely on exactly one of them and not in part on any other. Excused is a group of which
//    the last start failed on every machine of the set since its daemon started, or the last stop on one of them, or
//    which runs on a powered machine whose daemon ended and kept it, or could not stop it: an operator is asked. It
//    must not run twice, though, except where its last stop failed, and where it runs in full rule 2 holds.
// 2. Every node of the set says the same owner, the one on which the group runs, and that it is started, unless the
//    last stop failed there.
// 3. Every node of the set says that the nodes of the set are active and that all others are dead; and that it is
//    stable, unless a group is excused.
// 4. No start or stop began within the last Q.
// 5. A heartbeat of the set reads its clients: what it sent is acknowledged (spec 7.5).
// A set whose nodes all left is no set, and neither is one with a heartbeat whom one of its weaknesses has struck.
// The deed is placed so that all timers, deadlines and wishes have run out.

using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator.Checks;

public sealed class Convergence : Checker
{
    private readonly AgentMemory _memory = new();
    private readonly HashSet<(int Machine, int Group)> _abandoned = [];
    private string _lastAction = "";
    private TimeSpan _lastActionAt = TimeSpan.MinValue;

    public override string Rule => "Convergence";

    public override void See(World world, Happening happening)
    {
        RememberAbandoned(world, happening);
        _memory.See(world, happening);
        if (happening is Happening.ActionBegan began && !began.Run.Action.IsLook())
        {
            _lastAction = $"{began.Run.Action} of {began.Run.Slot.Resource} on {began.Machine.Name}";
            _lastActionAt = world.Now;
        }
        else if (happening is Happening.Done { Deed: Deed.Settled settled })
        {
            Judge(world, settled.Quiet);
        }
    }

    /// <summary>Groups that a daemon could or should not stop before it ended, until it is back.</summary>
    private void RememberAbandoned(World world, Happening happening)
    {
        if (happening is Happening.DaemonStarted started)
        {
            _abandoned.RemoveWhere(place => place.Machine == started.Machine.Index);
        }
        else if (happening is Happening.DaemonEnded ended)
        {
            foreach (IReadOnlyList<Slot> group in world.Slots.Groups)
            {
                bool kept = ended.Left && ended.Machine.RunsAny(group);
                if (kept || (!ended.Clean && group.Any(slot => _memory.StopFailed(ended.Machine, slot))))
                {
                    _abandoned.Add((ended.Machine.Index, group[0].Group));
                }
            }
        }
    }

    private void Judge(World world, TimeSpan quiet)
    {
        if (world.Now - quiet < _lastActionAt)
        {
            Broken(world, FailureKind.Liveness, FormattableString.Invariant(
                $"not at rest: {_lastAction} began at {_lastActionAt.TotalSeconds:F3}s"));
        }

        HashSet<int> seen = [];
        foreach (Machine machine in world.Machines)
        {
            if (machine.Awake && seen.Add(machine.Index))
            {
                List<Machine> set = [machine];
                foreach (Machine other in world.Machines)
                {
                    bool together = other.Awake
                        && world.Network.Reaches(machine.Index, other.Index)
                        && world.Network.Reaches(other.Index, machine.Index);
                    if (together && seen.Add(other.Index))
                    {
                        set.Add(other);
                    }
                }

                if (set.TrueForAll(static member => member.Heartbeat?.Ailment is null))
                {
                    JudgeSet(world, set);
                }
            }
        }
    }

    private void JudgeSet(World world, List<Machine> set)
    {
        List<StatusReport> reports = [];
        foreach (Machine machine in set)
        {
            reports.Add(machine.Node!.Snapshot(machine.LocalTime(world.Now)));
        }

        foreach (Machine machine in set)
        {
            if (machine.Heartbeat is { ClientsArePaused: true })
            {
                Broken(world, FailureKind.Liveness, $"{machine.Name} reads no clients: too much is unacknowledged");
            }
        }

        bool excused = world.Slots.Groups.Any(group => Excused(world, set, group));
        foreach (StatusReport report in reports)
        {
            JudgeReport(world, set, report, excused);
        }

        for (int g = 0; g < world.Slots.Groups.Count; g++)
        {
            JudgeGroup(world, set, reports, g);
        }
    }

    private void JudgeReport(World world, List<Machine> set, StatusReport report, bool excused)
    {
        if (!report.Stable && !excused)
        {
            Broken(world, FailureKind.Liveness, $"{report.Node} is not stable: {report.Reason}");
        }

        foreach (NodeReport node in report.Nodes)
        {
            bool member = set.Exists(machine => machine.Name.Text == node.Name);
            string expected = member ? "active" : "dead";
            if (node.Status != expected)
            {
                Broken(world, FailureKind.Liveness,
                    $"{report.Node} says that {node.Name} is {node.Status}, which is {expected}");
            }
        }
    }

    private void JudgeGroup(World world, List<Machine> set, List<StatusReport> reports, int number)
    {
        IReadOnlyList<Slot> group = world.Slots.Groups[number];
        List<Machine> runners = set.FindAll(machine => machine.RunsAny(group));
        string name = group[0].GroupName.Text;
        string where = runners.Count == 0
            ? "nowhere"
            : "on " + string.Join(" and ", runners.Select(static machine => machine.Name));
        if (runners.Count(machine => !group.Any(slot => _memory.StopFailed(machine, slot))) > 1)
        {
            Broken(world, FailureKind.Safety, $"{name} runs {where}");
        }
        else if (runners.Count == 1 && group.All(slot => runners[0].Running(slot.Index)))
        {
            if (!group.Any(slot => _memory.StopFailed(runners[0], slot)))
            {
                JudgeAgreement(world, reports, name, runners[0].Name.Text);
            }
        }
        else if (!Excused(world, set, group))
        {
            Broken(world, FailureKind.Liveness, $"{name} runs {where}, or only in part");
        }
    }

    private void JudgeAgreement(World world, List<StatusReport> reports, string name, string owner)
    {
        foreach (StatusReport report in reports)
        {
            GroupReport group = report.Groups.First(group => group.Name == name);
            if (group.Owner != owner || group.State != "started")
            {
                Broken(world, FailureKind.Liveness,
                    $"{report.Node} says that {name} is {group.State} on {group.Owner}, but it runs on {owner}");
            }
        }
    }

    private bool Excused(World world, List<Machine> set, IReadOnlyList<Slot> group)
    {
        // Beside a heartbeat all groups of a node move together, so one that cannot be stopped keeps the others, too.
        IReadOnlyList<Slot> together = world.Machines.Any(static machine => machine.RunsHeartbeat)
            ? world.Slots.All
            : group;
        bool stopFailed = set.Exists(machine => together.Any(slot => _memory.StopFailed(machine, slot)));
        bool leftRunning = world.Machines.Any(machine =>
            machine.Powered && _abandoned.Contains((machine.Index, group[0].Group)));
        return stopFailed || leftRunning || set.TrueForAll(machine => _memory.Failed(machine, group));
    }
}
