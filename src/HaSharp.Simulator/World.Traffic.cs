// Datagrams: from one daemon to all others over every link that carries them.

using HaSharp.Core;

namespace HaSharp.Simulator;

public sealed partial class World
{
    /// <summary>A machine that does not read keeps so many datagrams; later ones are dropped, as by a socket.</summary>
    private const int InboxLimit = 256;

    private const int RecordedPackets = 64;
    /// <summary>Odd, so that two nodes that speak in turn are both recorded.</summary>
    private const int RecordEvery = 17;

    private readonly List<Packet> _recorded = [];
    private int _sends;

    private void Send(Machine sender, ReadOnlyMemory<byte> bytes)
    {
        sender.SpokeAt = Now;
        Packet packet = _pool.Take();
        packet.Fill(bytes.Span, sender.Index, Now);
        packet.IsSignOfLife = _plan.Heartbeats.Count == 0 || IsSignOfLife(sender, bytes.Span);
        packet.Holders = 1;
        for (int l = 0; l < Network.Links.Count; l++)
        {
            VirtualLink link = Network.Links[l];
            for (int to = 0; to < _machines.Count; to++)
            {
                if ((to != sender.Index || _plan.Echo) && link.Carries(sender.Index, to))
                {
                    SendTo(to, l, link, packet);
                }
            }
        }

        Record(packet);
        _pool.Release(packet);
    }

    private void SendTo(int to, int number, VirtualLink link, Packet packet)
    {
        if (!_machines[to].Powered || _networkDice.Chance(link.Loss))
        {
            return;
        }

        if (_networkDice.Chance(link.Damage))
        {
            Put(to, number, link, Damaged(packet));
            return;
        }

        Put(to, number, link, packet);
        if (_networkDice.Chance(link.Duplicates))
        {
            Put(to, number, link, packet);
        }
    }

    /// <summary>A copy in which one byte is another.</summary>
    private Packet Damaged(Packet packet)
    {
        Packet copy = _pool.Take();
        copy.Fill(packet.Bytes.Span, packet.From, packet.SentAt);
        copy.IsDamaged = true;
        copy.Buffer[_networkDice.Below(copy.Length)] ^= (byte)_networkDice.Between(1, 255);
        return copy;
    }

    private void Put(int to, int number, VirtualLink link, Packet packet)
    {
        packet.Holders++;
        TimeSpan arrival = Now + _networkDice.Between(link.Shortest, link.Longest);
        if (_plan.Heartbeats.Count > 0)
        {
            arrival = link.InOrder(packet.From, to, arrival);
        }

        _agenda.Add(arrival, new Entry(EntryKind.Delivery, to, number, packet));
    }

    private void Arrive(Machine machine, Entry entry)
    {
        if (machine.Node is null || !Network.Links[entry.Link].Plugged(machine.Index))
        {
            _pool.Release((Packet)entry.Subject!);
        }
        else if (!machine.Paused)
        {
            Receive(machine, entry);
        }
        else if (machine.Inbox.Count < InboxLimit)
        {
            machine.Inbox.Enqueue(entry);
        }
        else
        {
            _pool.Release((Packet)entry.Subject!);
        }
    }

    private void Receive(Machine machine, Entry entry)
    {
        Packet packet = (Packet)entry.Subject!;
        if (packet.From != machine.Index && !packet.IsDamaged && packet.IsSignOfLife)
        {
            Hearing.Note(packet.From, machine.Index, packet.SentAt, Now);
        }

        Step(machine, new Input.DatagramReceived(Network.Links[entry.Link].Name, packet.Bytes));
        _pool.Release(packet);
    }

    /// <summary>Says how the interface is now; a paused machine learns it when it is resumed.</summary>
    private void TellLink(Machine machine, Entry entry)
    {
        VirtualLink link = Network.Links[entry.Link];
        if (machine.Paused)
        {
            machine.Inbox.Enqueue(entry);
        }
        else
        {
            string? trouble = link.Plugged(machine.Index) ? null : "no such interface";
            Step(machine, new Input.LinkChanged(link.Name, trouble));
        }
    }

    /// <summary>Keeps a few packets for later replay replay; the eldest goes first.</summary>
    private void Record(Packet packet)
    {
        if (_sends++ % RecordEvery != 0)
        {
            return;
        }

        if (_recorded.Count == RecordedPackets)
        {
            _pool.Release(_recorded[0]);
            _recorded.RemoveAt(0);
        }

        packet.Holders++;
        _recorded.Add(packet);
    }

    /// <summary>Steps old packets of others into a node: nothing but its counters may change.</summary>
    private void Replay(Machine machine, int count)
    {
        for (int i = 0; i < count && _recorded.Count > 0 && machine.Awake; i++)
        {
            Packet packet = _recorded[_networkDice.Below(_recorded.Count)];
            bool old = Hearing.Newest(packet.From, machine.Index) is { } newest && packet.SentAt < newest;
            if (old && packet.From != machine.Index)
            {
                Tell(new Happening.ReplayBegins(machine));
                Step(machine, new Input.DatagramReceived(_plan.Config.Links[0].Name, packet.Bytes));
                Tell(new Happening.ReplayEnded(machine, _effects));
            }
        }
    }
}
