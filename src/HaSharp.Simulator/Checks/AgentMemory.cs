using HaSharp.Core.Resources;

namespace HaSharp.Simulator.Checks;

/// <summary>What the daemon of a machine was last told of a resource, in this life of the daemon.</summary>
internal enum Known
{
    Nothing,
    Runs,

    /// <summary>By a status.</summary>
    DoesNotRun,

    /// <summary>By a stop that succeeded.</summary>
    Stopped,
    StartFailed,
    StopFailed,
    StatusFailed,
}

/// <summary>What every daemon can know from its agents' answers; forgotten whenever it starts.</summary>
internal sealed class AgentMemory
{
    private readonly Dictionary<(int Machine, int Slot), Known> _known = [];
    private readonly HashSet<(int Machine, int Slot, AgentAction Action)> _failed = [];

    public Known Of(Machine machine, Slot slot) => _known.GetValueOrDefault((machine.Index, slot.Index));

    /// <summary>The last stop of the resource failed here, whatever a status said since.</summary>
    public bool StopFailed(Machine machine, Slot slot) =>
        _failed.Contains((machine.Index, slot.Index, AgentAction.Stop));

    /// <summary>The last start or stop of any resource of the group failed here.</summary>
    public bool Failed(Machine machine, IReadOnlyList<Slot> group)
    {
        foreach (Slot slot in group)
        {
            if (_failed.Contains((machine.Index, slot.Index, AgentAction.Start))
                || _failed.Contains((machine.Index, slot.Index, AgentAction.Stop)))
            {
                return true;
            }
        }

        return false;
    }

    public void See(World world, Happening happening)
    {
        switch (happening)
        {
            case Happening.DaemonStarted started:
                Forget(world, started.Machine);
                break;
            case Happening.ActionEnded ended:
                Learn(ended);
                break;
            default:
                break;
        }
    }

    private void Forget(World world, Machine machine)
    {
        foreach (Slot slot in world.Slots.All)
        {
            _known.Remove((machine.Index, slot.Index));
            _failed.Remove((machine.Index, slot.Index, AgentAction.Start));
            _failed.Remove((machine.Index, slot.Index, AgentAction.Stop));
        }
    }

    private void Learn(Happening.ActionEnded ended)
    {
        (int, int) place = (ended.Machine.Index, ended.Run.Slot.Index);
        bool ok = ended.Outcome.Verdict == AgentVerdict.Ok;
        _known[place] = ended.Run.Action switch
        {
            AgentAction.Status or AgentAction.Monitor when ok => Known.Runs,
            AgentAction.Kill => Known.Nothing,
            AgentAction.Status or AgentAction.Monitor =>
                ended.Outcome.Verdict == AgentVerdict.NotRunning ? Known.DoesNotRun : Known.StatusFailed,
            AgentAction.Start => ok ? Known.Runs : Known.StartFailed,
            _ => ok ? Known.Stopped : Known.StopFailed,
        };
        if (ok)
        {
            _failed.Remove((ended.Machine.Index, ended.Run.Slot.Index, ended.Run.Action));
        }
        else if (!ended.Run.Action.IsLook())
        {
            _failed.Add((ended.Machine.Index, ended.Run.Slot.Index, ended.Run.Action));
        }
    }
}
