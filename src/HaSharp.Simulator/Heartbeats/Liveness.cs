// Who is alive, as heartbeat sees it: statuses, the scan, communication up, deaths, healed partitions (spec 8).
// The idea: the original's rules and its traps: a status that is very late kills its sender on the spot (8.7), and
// whoever comes back without a restart makes us give everything up and restart (8.6).
// Invariant: communication is declared up once in a process's life, and nothing about resources is done before.

using HaSharp.Core;
using HaSharp.Core.Wire;

namespace HaSharp.Simulator.Heartbeats;

internal sealed class Liveness
{
    private static readonly TimeSpan _scanPeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _askPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _partitionDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _youth = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _extraOfYouth = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _extraOfRestart = TimeSpan.FromSeconds(30);

    private readonly HeartbeatProcess _process;
    private TimeSpan _extra = _extraOfYouth;
    private bool _asks;

    public Liveness(HeartbeatProcess process)
    {
        _process = process;
        process.Alarms.Set(process.StartedAt, Begin);
    }

    public string Status { get; private set; } = "init";

    public bool CommunicationIsUp { get; private set; }

    /// <summary>8.3: init, up, up; then one status per keepalive; after 5 s the usual deadtime.</summary>
    private void Begin()
    {
        SendStatus();
        Status = "up";
        SendStatus();
        SendStatus();
        KeepAlive();
        _process.Alarms.Set(_process.Now + _scanPeriod, Scan);
        _process.Alarms.Set(_process.Now + _youth, GrowUp);
    }

    private void KeepAlive()
    {
        _process.Alarms.Set(_process.Now + _process.Config.Keepalive, () =>
        {
            SendStatus();
            KeepAlive();
        });
    }

    private void GrowUp()
    {
        if (_extra == _extraOfYouth)
        {
            _extra = TimeSpan.Zero;
            SendStatus();
        }
    }

    public void SendStatus() => _process.Post.Send(new Message()
        .Add(FieldNames.Type, "status")
        .Add(FieldNames.Status, Status)
        .AddHex(FieldNames.Deadtime, (long)(_process.Config.Deadtime + _extra).TotalMilliseconds)
        .Add(FieldNames.Protocol, "1"));

    /// <summary>The last statuses before a restart announce a deadtime that covers it (8.8).</summary>
    public void ExpectRestart() => _extra = _extraOfRestart;

    /// <summary>8.4.</summary>
    public void Take(Message message, Header header, Neighbor from, bool isHealed)
    {
        if (header.UnixSeconds < from.StatusTime && header.Sequence < from.StatusSequence)
        {
            return;
        }

        if (!message.Has(FieldNames.Protocol) && !from.IsSelf && !_process.Post.FlowControlIsOff)
        {
            _process.Post.FlowControlIsOff = true;
            _process.Log(Severity.Error, "flow control disabled due to different version heartbeat");
        }

        JudgeLateness(from);
        string status = message.Text(FieldNames.Status) ?? from.Status;
        if (status != from.Status && !from.IsSelf)
        {
            _process.Log(Severity.Info, $"Status update for node {from.Name}: status {status}");
        }

        from.Status = status;
        from.StatusAt = _process.Now;
        from.HasStatus = true;
        from.StatusSequence = header.Sequence ?? 0;
        from.StatusTime = header.UnixSeconds;
        from.Deadtime = message.Hex(FieldNames.Deadtime) is { } dt
            ? TimeSpan.FromMilliseconds(dt)
            : from.Deadtime;
        if (isHealed)
        {
            PartitionHealed(from);
        }
    }

    /// <summary>All heard or dead: ask the first that lives for its nodes, then we are active (8.3).</summary>
    public void CheckCommunication()
    {
        if (CommunicationIsUp || _asks || !_process.Roster.All.All(static node => node.Heard || node.IsDead))
        {
            return;
        }

        _asks = true;
        Ask();
    }

    /// <summary>reqnodes (8.3). The answer's effects on the node table are none when all have the same nodes.</summary>
    public void Answer(Neighbor asker)
    {
        if (!asker.IsSelf)
        {
            _process.Post.Send(new Message()
                .Add(FieldNames.Destination, asker.Name.Text)
                .Add(FieldNames.Type, "repnodes")
                .Add(FieldNames.NodeList, string.Concat(_process.Config.Nodes.Select(static node => $"{node} ")))
                .Add(FieldNames.DeletedNodeList, " "));
        }
    }

    public void Answered(Neighbor by)
    {
        if (!by.IsSelf)
        {
            CommunicationUp();
        }
    }

    private void Ask()
    {
        if (CommunicationIsUp)
        {
            return;
        }

        Neighbor? living = _process.Roster.All.FirstOrDefault(static node => !node.IsSelf && !node.IsDead);
        if (living is null || _process.Post.FlowControlIsOff)
        {
            CommunicationUp();
            return;
        }

        _process.Alarms.Set(_process.Now + _askPeriod, Ask);
        _process.Post.Send(new Message()
            .Add(FieldNames.Type, "reqnodes")
            .Add(FieldNames.Destination, living.Name.Text));
    }

    private void CommunicationUp()
    {
        if (CommunicationIsUp)
        {
            return;
        }

        CommunicationIsUp = true;
        Status = "active";
        _process.Log(Severity.Info, "Local status now set to: 'active'");
        SendStatus();
        _process.Resources.Begin();
        _process.Departure.Retry();
    }

    /// <summary>
    /// 8.7: later than our own deadtime, and the scan has not noticed. The sender dies, its resources are taken over,
    /// and the same message makes it alive again; the check for a partition is over by then.
    /// </summary>
    private void JudgeLateness(Neighbor from)
    {
        TimeSpan interval = _process.Now - from.StatusAt;
        bool isLate = from.HasStatus && !from.IsSelf && !from.IsDead && interval > _process.Config.Warntime;
        if (isLate && interval > _process.Config.Deadtime && CommunicationIsUp)
        {
            _process.Log(Severity.Critical, FormattableString.Invariant(
                $"Late heartbeat: Node {from.Name}: interval {interval.TotalMilliseconds:0} ms (> deadtime)"));
            _process.FallIll("took over from a living node, because of a late status, without a restart (8.7)");
            Die(from);
        }
        else if (isLate)
        {
            _process.Log(Severity.Warning, FormattableString.Invariant(
                $"Late heartbeat: Node {from.Name}: interval {interval.TotalMilliseconds:0} ms"));
        }
    }

    /// <summary>Every 250 ms (8.2).</summary>
    private void Scan()
    {
        _process.Alarms.Set(_process.Now + _scanPeriod, Scan);
        foreach (Neighbor node in _process.Roster.All)
        {
            TimeSpan deadtime = CommunicationIsUp ? node.Deadtime : _process.Config.Initdead;
            if (!node.IsDead && _process.Now - node.StatusAt > deadtime)
            {
                Die(node);
            }
        }

        _process.Resources.Scan();
        CheckCommunication();
    }

    /// <summary>8.5.</summary>
    private void Die(Neighbor node)
    {
        if (node.IsSelf)
        {
            _process.Log(Severity.Error, "No local heartbeat. Forcing restart.");
            node.StatusAt = _process.Now;
            _process.Departure.Request(DepartureKind.Restart);
            return;
        }

        _process.Log(Severity.Warning, $"node {node.Name}: is dead");
        node.Status = Neighbor.Dead;
        node.Heard = false;
        node.HasStatus = false;
        node.ForgetTracking();
        _process.Resources.Died(node);
    }

    /// <summary>8.6: it was never down. Our status at once, and in 2 s we give everything up and restart.</summary>
    private void PartitionHealed(Neighbor node)
    {
        _process.Log(Severity.Critical, $"Cluster node {node.Name} returning after partition.");
        _process.Log(Severity.Warning, "Deadtime value may be too small.");
        SendStatus();
        _process.Departure.Announced();
        _process.Alarms.Set(
            _process.Now + _partitionDelay, () => _process.Departure.Request(DepartureKind.Restart));
    }
}
