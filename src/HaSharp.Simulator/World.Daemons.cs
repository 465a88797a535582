// The life of the daemons: start, step, sleep, end; and what their effects do to the world.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Simulator.Heartbeats;

namespace HaSharp.Simulator;

public sealed partial class World
{
    /// <summary>Wall clock at the beginning of every world, for the field ts only.</summary>
    private const long Beginning = 1_700_000_000;

    private static readonly TimeSpan _answerTime = TimeSpan.FromMilliseconds(2);

    private void StartDaemon(Machine machine)
    {
        if (!machine.Powered || machine.Node is not null)
        {
            return;
        }

        machine.Generation = new Generation(machine.Generation.Number == 0
            ? Beginning + (long)Now.TotalSeconds
            : machine.Generation.Number + 1);
        NodeIdentity identity = new(
            machine.Name,
            machine.Uuid,
            machine.Generation,
            Beginning + (long)Now.TotalSeconds,
            machine.LocalTime(Now),
            machine.Marks)
        {
            Kept = machine.Kept,
        };
        machine.Node = machine.RunsHeartbeat
            ? new HeartbeatNode(_plan.Config, identity, HeartbeatDice(machine))
            : _birth(_plan.Config, identity);
        Started(machine);
        for (int l = 0; l < Network.Links.Count; l++)
        {
            TellLink(machine, new Entry(EntryKind.LinkChange, machine.Index, l, null));
        }

        ScheduleWake(machine);
    }

    private void Started(Machine machine)
    {
        machine.StartedAt = Now;
        machine.SpokeAt = Now;
        machine.StatusSequence = 0;
        Hearing.Forget(machine.Index);
        Tell(new Happening.DaemonStarted(machine));
    }

    /// <summary>One step, and everything that follows from it at once.</summary>
    private void Step(Machine machine, Input input)
    {
        if (machine.Node is not { } node)
        {
            return;
        }

        machine.StepsAtOnce = machine.SteppedAt == Now ? machine.StepsAtOnce + 1 : 0;
        machine.SteppedAt = Now;
        Invariant.Holds(machine.StepsAtOnce < MostStepsAtOnce, "a node asks for ever to be called at once");
        Steps++;
        _effects.Clear();
        node.Step(input, machine.LocalTime(Now), _effects);
        foreach (Effect effect in _effects)
        {
            Apply(machine, effect);
        }

        FollowHeartbeat(machine);
        ScheduleWake(machine);
    }

    private void Apply(Machine machine, Effect effect)
    {
        switch (effect)
        {
            case Effect.SendDatagram datagram:
                Send(machine, datagram.Bytes);
                break;
            case Effect.RunAgent order:
                BeginRun(machine, order);
                break;
            case Effect.AskNeighbours question:
                Ask(machine, question);
                break;
            case Effect.RunCheck check:
                Answer(machine, new Input.CheckFinished(check.Run, Passed: true, ""));
                break;
            case Effect.SendPing ping:
                Answer(machine, new Input.PingReplied(ping.Node.Name));
                break;
            case Effect.Report report:
                Tell(new Happening.Reported(machine, report.Event));
                break;
            case Effect.Reply reply:
                Tell(new Happening.Replied(machine, reply.Client, reply.Result));
                break;
            case Effect.Remember remember:
                machine.OlderMarks = machine.Marks;
                machine.Marks = remember.Marks;
                break;
            case Effect.Keep keep:
                machine.Kept = keep.Text;
                break;
            case Effect.Leave leave:
                EndDaemon(machine);
                Tell(new Happening.DaemonEnded(machine, Left: true, leave.Clean));
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// The clients' network is another one than those of the heartbeats and is never cut. Kernels answer, with or
    /// without a daemon, as long as there is power.
    /// </summary>
    private void Ask(Machine asker, Effect.AskNeighbours question)
    {
        Answer(asker, new Input.NeighboursAsked(question.Group));
        foreach (Machine other in _machines.Where(other => other != asker && other is { Powered: true, Paused: false }))
        {
            foreach (Resource address in question.Addresses)
            {
                if (other.Running(Slots.Find(question.Group, address).Index))
                {
                    Answer(asker, new Input.AddressContested(question.Group, address.Text, other.Name.Text));
                }
            }
        }
    }

    private void Answer(Machine machine, Input answer) =>
        _agenda.Add(Now + _answerTime, new Entry(EntryKind.Answer, machine.Index, 0, answer));

    private void ScheduleWake(Machine machine)
    {
        if (machine.Node is not { } node || node.NextDeadline == Instant.Never)
        {
            return;
        }

        TimeSpan at = machine.Clock.WorldAt(node.NextDeadline);
        at = at < Now ? Now : at;
        if (at < machine.WakeAt)
        {
            machine.WakeAt = at + _machineDice.Between(TimeSpan.Zero, _plan.WakeLatency);
            _agenda.Add(machine.WakeAt, new Entry(EntryKind.Wake, machine.Index, 0, null));
        }
    }

    /// <summary>A wake entry that was overtaken by an earlier one is recognised by its time, and ignored.</summary>
    private void Wake(Machine machine)
    {
        if (machine.WakeAt != Now)
        {
            return;
        }

        machine.WakeAt = TimeSpan.MaxValue;
        if (machine.Awake && machine.Node!.NextDeadline <= machine.LocalTime(Now))
        {
            Step(machine, Input.TimePassed.Instance);
        }
        else if (machine.Awake)
        {
            ScheduleWake(machine);
        }
    }

    private void ResumeMachine(Machine machine)
    {
        if (!machine.Paused)
        {
            return;
        }

        machine.Paused = false;
        machine.ResumedAt = Now;
        Queue<Entry> later = new();
        while (machine.Inbox.TryDequeue(out Entry entry))
        {
            if (entry.Kind == EntryKind.Delivery)
            {
                Receive(machine, entry);
            }
            else
            {
                later.Enqueue(entry);
            }
        }

        Step(machine, Input.TimePassed.Instance);
        while (later.TryDequeue(out Entry entry))
        {
            Happen(entry);
        }
    }

    private void EndDaemon(Machine machine)
    {
        machine.Node = null;
        machine.WakeAt = TimeSpan.MaxValue;
        foreach (AgentRun run in machine.RunList)
        {
            run.Abandoned = true;
            if (_agents.RunsAfterInterruption(run.Action) is { } runs)
            {
                machine.SetRunning(run.Slot.Index, runs, Now);
            }
        }

        machine.RunList.Clear();
        EmptyInbox(machine);
    }

    private void EmptyInbox(Machine machine)
    {
        while (machine.Inbox.TryDequeue(out Entry entry))
        {
            if (entry.Subject is Packet packet)
            {
                _pool.Release(packet);
            }
        }
    }

    private void BeginRun(Machine machine, Effect.RunAgent order)
    {
        Slot slot = Slots.Find(order.Group, order.Resource);
        (AgentRun run, TimeSpan time) = _agents.Begin(machine, slot, order, Now);
        Tell(new Happening.ActionBegan(machine, run));
        machine.RunList.Add(run);
        if (order.Action == AgentAction.Start)
        {
            machine.SetRunning(slot.Index, running: true, Now);
        }

        _agenda.Add(Now + time, new Entry(EntryKind.AgentEnd, machine.Index, 0, run));
    }

    private void EndRun(Machine machine, Entry entry)
    {
        AgentRun run = (AgentRun)entry.Subject!;
        if (run.Abandoned)
        {
            return;
        }

        if (machine.Paused)
        {
            machine.Inbox.Enqueue(entry);
            return;
        }

        machine.RunList.Remove(run);
        if (run.RunsAfter is { } runs)
        {
            machine.SetRunning(run.Slot.Index, runs, Now);
        }

        AgentOutcome outcome = run.Outcome
            ?? (machine.Running(run.Slot.Index) ? AgentOutcome.Ok : AgentOutcome.NotRunning);
        Tell(new Happening.ActionEnded(machine, run, outcome));
        Step(machine, new Input.AgentFinished(run.Run, outcome));
    }
}
