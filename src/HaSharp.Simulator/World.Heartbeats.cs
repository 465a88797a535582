// What a heartbeat does to its machine beyond the effects that every daemon has: it begins anew inside of itself, and
// it reboots the machine when a resource cannot be stopped.

using System.Buffers.Text;
using HaSharp.Core;

namespace HaSharp.Simulator;

public sealed partial class World
{
    /// <summary>Streams of chance above those of the world.</summary>
    private const int HeartbeatStream = 1000;

    /// <summary>Where the digits stand behind the beginning of the field seq.</summary>
    private const int SequenceAt = 7;

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

    /// <summary>
    /// Beside a heartbeat there are other messages than statuses, and old ones that are sent once more: the sequence of
    /// a status rises with every one that is new.
    /// </summary>
    private static bool IsSignOfLife(Machine sender, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> text = bytes[(bytes.IndexOf("(0)seq="u8) + SequenceAt)..];
        if (bytes.IndexOf("(0)t=status,"u8) < 0
            || !Utf8Parser.TryParse(text, out long sequence, out _, 'x')
            || sequence <= sender.StatusSequence)
        {
            return false;
        }

        sender.StatusSequence = sequence;
        return true;
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
