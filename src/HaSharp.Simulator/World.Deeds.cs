// What each deed does. A deed that makes no sense now (cutting the power of a machine that has none) does nothing:
// random runs and cut-down scenarios need not be consistent.

using HaSharp.Core;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator;

public sealed partial class World
{
    /// <summary>How long an operator's wish stands, as the command line asks by default.</summary>
    private static readonly TimeSpan _lifetime = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan _maintenance = TimeSpan.FromMinutes(10);

    /// <summary>Does it now.</summary>
    public void Do(Deed deed)
    {
        Tell(new Happening.Done(deed));
        if (!DoToMachine(deed))
        {
            DoToNetwork(deed);
        }
    }

    private bool DoToMachine(Deed deed)
    {
        switch (deed)
        {
            case Deed.PowerOn on:
                PowerOn(this[on.Node]);
                return true;
            case Deed.PowerCut cut:
                PowerCut(this[cut.Node]);
                return true;
            case Deed.Start start:
                StartDaemon(this[start.Node]);
                return true;
            case Deed.Kill kill:
                Kill(this[kill.Node]);
                return true;
            case Deed.Pause pause:
                this[pause.Node].Paused |= this[pause.Node].Powered;
                return true;
            case Deed.Resume resume:
                ResumeMachine(this[resume.Node]);
                return true;
            case Deed.Ask ask:
                Ask(this[ask.Node], ask);
                return true;
            case Deed.Reload reload:
                Reload(this[reload.Node]);
                return true;
            case Deed.Teach lesson:
                _agents.Learn(lesson);
                return true;
            case Deed.Settled:
                return true;
            case Deed.Crash crash:
                Crash(this[crash.Node], crash.Resource);
                return true;
            case Deed.Replay replay:
                Replay(this[replay.Node], replay.Count);
                return true;
            default:
                return false;
        }
    }

    private void DoToNetwork(Deed deed)
    {
        switch (deed)
        {
            case Deed.CutOneWay cut:
                CutLinks(cut.Link, cut.From, cut.To, cut: true);
                break;
            case Deed.Cut cut:
                CutLinks(cut.Link, cut.A, cut.B, cut: true);
                CutLinks(cut.Link, cut.B, cut.A, cut: true);
                break;
            case Deed.Join join:
                CutLinks(join.Link, join.A, join.B, cut: false);
                CutLinks(join.Link, join.B, join.A, cut: false);
                break;
            case Deed.Partition partition:
                Divide(partition);
                break;
            case Deed.Heal:
                Heal();
                break;
            case Deed.Unplug unplug:
                Unplug(this[unplug.Node], unplug.Link, unplug: true);
                break;
            case Deed.Plug plug:
                Unplug(this[plug.Node], plug.Link, unplug: false);
                break;
            default:
                Tune(deed);
                break;
        }
    }

    private void Tune(Deed deed)
    {
        LinkName? name = deed switch
        {
            Deed.Loss loss => loss.Link,
            Deed.Duplicates duplicates => duplicates.Link,
            Deed.Damage damage => damage.Link,
            Deed.Delay delay => delay.Link,
            _ => throw new InvalidOperationException($"no world knows the deed {deed}"),
        };
        foreach (VirtualLink link in Network.Named(name))
        {
            link.Loss = deed is Deed.Loss loss ? loss.Probability : link.Loss;
            link.Duplicates = deed is Deed.Duplicates duplicates ? duplicates.Probability : link.Duplicates;
            link.Damage = deed is Deed.Damage damage ? damage.Probability : link.Damage;
            link.Shortest = deed is Deed.Delay shortest ? shortest.Shortest : link.Shortest;
            link.Longest = deed is Deed.Delay longest ? longest.Longest : link.Longest;
        }
    }

    /// <summary>Not in the middle of a start or stop, whose end says what runs then.</summary>
    private void Crash(Machine machine, string resource)
    {
        foreach (Slot slot in Slots.All)
        {
            bool busy = machine.RunList.Exists(run => run.Slot == slot && !run.Action.IsLook());
            if (slot.Resource.Text == resource && !busy)
            {
                machine.SetRunning(slot.Index, running: false, Now);
                if (slot.Resource.IsAddress)
                {
                    // Addresses are watched; whoever ends another resource is found out by a monitor.
                    Answer(machine, new Input.ResourceSuspected(slot.GroupName, resource, "has been taken away"));
                }
            }
        }
    }

    private void PowerOn(Machine machine)
    {
        if (!machine.Powered)
        {
            machine.Powered = true;
            Instant origin = Instant.FromSeconds(1 + _machineDice.Below(1_000_000));
            machine.Clock = new Clock(origin, Now, _machineDice.Between(-_plan.DriftPpm, _plan.DriftPpm));
        }

        StartDaemon(machine);
    }

    private void PowerCut(Machine machine)
    {
        bool daemon = machine.Node is not null;
        EndDaemon(machine);
        machine.Powered = false;
        machine.Paused = false;
        machine.ResumedAt = null;
        machine.StopEverything();
        machine.Marks = machine.OlderMarks;
        if (daemon)
        {
            Tell(new Happening.DaemonEnded(machine, Left: false, Clean: false));
        }
    }

    private void Kill(Machine machine)
    {
        if (machine.Node is not null)
        {
            EndDaemon(machine);
            Tell(new Happening.DaemonEnded(machine, Left: false, Clean: false));
        }
    }

    private void Ask(Machine machine, Deed.Ask ask)
    {
        if (!machine.Awake)
        {
            return;
        }

        Scope scope = ask.Scope switch
        {
            "all" => new Scope.All(),
            "local" => new Scope.Local(),
            "foreign" => new Scope.Foreign(),
            "failback" => new Scope.Failback(),
            _ => new Scope.Group(new GroupName(ask.Scope)),
        };
        Command command = ask.Order switch
        {
            Order.Standby => new Command.Standby(scope, _lifetime),
            Order.Takeover => new Command.Takeover(scope, _lifetime),
            Order.Stop or Order.Keep => new Command.Stop(Keep: ask.Order == Order.Keep),
            Order.Maintain or Order.Manage =>
                new Command.Maintain(scope, ask.Order == Order.Maintain ? _maintenance : null),
            _ => new Command.Switch(Action(ask.Order), ask.Scope, IsGroup(ask.Scope), _lifetime),
        };
        Step(machine, new Input.CommandReceived(new ClientId(++_clients), command));
    }

    private static SwitchAction Action(Order order) => order switch
    {
        Order.SwitchOff => SwitchAction.Stop,
        Order.SwitchOn => SwitchAction.Start,
        _ => SwitchAction.Restart,
    };

    private bool IsGroup(string name) => Slots.Groups.Any(group => group[0].GroupName.Text == name);

    private void CutLinks(LinkName? name, NodeName from, NodeName to, bool cut)
    {
        foreach (VirtualLink link in Network.Named(name))
        {
            link.Cut(this[from].Index, this[to].Index, cut);
        }
    }

    private void Divide(Deed.Partition partition)
    {
        int[] parts = new int[_machines.Count];
        parts.AsSpan().Fill(-1);
        for (int p = 0; p < partition.Parts.Count; p++)
        {
            foreach (NodeName node in partition.Parts[p])
            {
                parts[this[node].Index] = p;
            }
        }

        Network.Divide(parts);
    }

    private void Heal()
    {
        foreach (VirtualLink link in Network.Links)
        {
            link.Heal();
            foreach (Machine machine in _machines)
            {
                Unplug(machine, link.Name, unplug: false);
            }
        }
    }

    private void Unplug(Machine machine, LinkName name, bool unplug)
    {
        VirtualLink link = Network[name];
        if (link.Plugged(machine.Index) == unplug)
        {
            link.Unplug(machine.Index, unplug);
            TellLink(machine, new Entry(EntryKind.LinkChange, machine.Index, Network.NumberOf(name), null));
        }
    }
}
