// What a heartbeat does to its machine beyond the effects that every daemon has: it begins anew inside of itself, and
// it reboots the machine when a resource cannot be stopped.

using HaSharp.Core;

namespace HaSharp.Simulator;

public sealed partial class World
{
    /// <summary>Streams of chance above those of the world.</summary>
    private const int HeartbeatStream = 1000;

    private static readonly TimeSpan _bootTime = TimeSpan.FromSeconds(30);

    private readonly Dictionary<int, Dice> _heartbeatDice = [];

    /// <summary>One per machine for the world's life, so that its second daemon does not repeat the first.</summary>
    private Dice HeartbeatDice(Machine machine)
    {
        if (!_heartbeatDice.TryGetValue(machine.Index, out Dice? dice))
        {
            dice = new Dice(_plan.Seed, HeartbeatStream + machine.Index);
            _heartbeatDice.Add(machine.Index, dice);
        }

        return dice;
    }

    private void FollowHeartbeat(Machine machine)
    {
        if (machine.Heartbeat is not { } heartbeat)
        {
            return;
        }

        if (heartbeat.Generation > machine.Generation)
        {
            machine.Generation = heartbeat.Generation;
            Started(machine);
        }

        if (heartbeat.Reboots)
        {
            PowerCut(machine);
            Plan(Now + _bootTime, new Deed.PowerOn(machine.Name));
        }
    }

    /// <summary>The files are read anew: heartbeat -r after a change of ha.cf, hasharp reload.</summary>
    private void Reload(Machine machine)
    {
        if (machine.Awake)
        {
            Step(machine, new Input.ConfigurationChanged(_plan.Config, new ClientId(++_clients)));
        }
    }
}
