// What a heartbeat node holds and what it knows of the other's holdings: spec 9.3 to 9.5, 9.7, 9.8.
// The idea: intentions, not facts. They are announced before the scripts run, and no script ever corrects them.
// The traps of the original are kept: a peer's holdings are only what its last report said, a start that failed is
// still "held" (4.7, F24), and a peer's clean stop also acquires the wrong half in parallel (F10).

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Wire;

namespace HaSharp.Simulator.Heartbeats;

internal sealed class Resources(HeartbeatProcess process, Hold? kept)
{
    private static readonly TimeSpan _resourceDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _failbackRetry = TimeSpan.FromSeconds(1);

    private bool _reported;
    private long _newestReport;
    private Instant _takeOwnAt = Instant.Never;
    private bool _wantsFailback;
    private bool _needsFailback;

    public ResourceState State { get; private set; } = ResourceState.Init;

    public Hold Mine { get; set; }

    public Hold Theirs { get; private set; }

    public bool OtherIsStable { get; set; }

    public bool TakesOver { get; private set; }

    /// <summary>The last report of the other was lost once, and a newer one came before it came again.</summary>
    public bool TookAnOldOne { get; private set; }

    /// <summary>9.7.</summary>
    public bool IsStable => OtherIsStable && !TakesOver && !Standby.IsPending && !process.Children.AreBusy
        && State is ResourceState.Stable or ResourceState.Shutdown or ResourceState.Init;

    private Standby Standby => process.Standby;

    /// <summary>Communication is up (9.3); after a quick restart we are stable at once with what we held.</summary>
    public void Begin()
    {
        State = ResourceState.Starting;
        process.Post.Send(new Message().Add(FieldNames.Type, "starting"));
        if (kept is { } hold)
        {
            Mine = hold;
            State = ResourceState.Stable;
            Report();
        }
    }

    /// <summary>Messages that are understood once communication is up (9.3), and those for rc.d (10.3).</summary>
    public void Dispatch(Message message, string type, Neighbor from)
    {
        if (State == ResourceState.Init)
        {
            return;
        }

        switch (type)
        {
            case "starting" when !from.IsSelf:
                OtherStarts(from);
                break;
            case "resource":
                Reported(message, from);
                break;
            case "ask_resources":
                Standby.Take(message, from);
                break;
            case "shutdone":
                OtherIsDone(from);
                break;
            case "ip-request-resp" when message.Is("ok", "OK"u8) && message.Text("ipaddr") is { } key:
                process.Children.Queue(Scripts.TakeGroups(process, group => group.Name.Text == key));
                break;
            case "hb_takeover" when !from.IsSelf:
                process.Children.Queue(Scripts.AnswerTakeover(process, message.Text(FieldNames.Holdings)));
                break;
            default:
                break;
        }
    }

    /// <summary>resource with our holdings; isstable is 1 when STABLE, unless said otherwise.</summary>
    public void Report(string? info = null, bool? stable = null)
    {
        Message message = new Message()
            .Add(FieldNames.Type, "resource")
            .Add(FieldNames.Holdings, Mine.Word())
            .Add(FieldNames.ResourceType, "full")
            .Add(FieldNames.IsStable, stable ?? State == ResourceState.Stable ? "1" : "0");
        process.Post.Send(info is null ? message : message.Add(FieldNames.Info, info));
    }

    /// <summary>Every 250 ms: the 10 s after the first report are over (9.4).</summary>
    public void Scan()
    {
        if (process.Now >= _takeOwnAt && State == ResourceState.Received)
        {
            _takeOwnAt = Instant.Never;
            State = ResourceState.Stable;
            TakeOwn(force: false);
            process.Log(Severity.Info, "local resource transition completed.");
            Report();
            Audit();
        }
    }

    /// <summary>9.5.</summary>
    public void Died(Neighbor node)
    {
        Standby.Cancel();
        if (process.Departure.IsReleasing)
        {
            return;
        }

        _needsFailback = true;
        bool gaveUp = node.EverHeard && Theirs == Hold.None;
        SendStonith(node, gaveUp ? "unneeded" : "n_stnth");
        if (gaveUp)
        {
            process.Log(Severity.Info, $"Dead node {node.Name} gave up resources.");
        }
        else
        {
            process.Log(Severity.Warning, "No STONITH device configured.");
            process.Log(Severity.Warning, "Shared disks are not protected.");
        }

        if (Mine == Hold.All && gaveUp)
        {
            OtherIsStable = true;
        }
        else
        {
            TakeFrom(node);
        }

        process.Departure.Retry();
    }

    /// <summary>Into SHUTDOWN (8.8 no. 3).</summary>
    public void GiveUp()
    {
        Mine = Hold.None;
        State = ResourceState.Shutdown;
        Report("shutdown", stable: false);
    }

    /// <summary>9.4, starting: we say what we hold.</summary>
    private void OtherStarts(Neighbor from)
    {
        _newestReport = 0;
        TookAnOldOne = false;
        if (State == ResourceState.BothStarting)
        {
            process.Log(Severity.Error, $"Received 'starting' message in state {(int)State} from {from.Name}");
            return;
        }

        State = State == ResourceState.Starting ? ResourceState.BothStarting : State;
        OtherIsStable = false;
        Report();
    }

    /// <summary>9.4, resource.</summary>
    private void Reported(Message message, Neighbor from)
    {
        long sequence = message.Hex(FieldNames.Sequence) ?? 0;
        TookAnOldOne = from.IsSelf ? TookAnOldOne : sequence < _newestReport;
        _newestReport = from.IsSelf ? _newestReport : Math.Max(sequence, _newestReport);
        if (message.Text(FieldNames.Holdings) is not { } word)
        {
            process.Log(Severity.Error, "resource message without rsc_hold");
            return;
        }

        State = State is ResourceState.Starting or ResourceState.BothStarting ? ResourceState.Received : State;
        if (State == ResourceState.Received && !_reported)
        {
            _reported = true;
            _takeOwnAt = process.Now + _resourceDelay;
        }

        bool isFull = message.Is(FieldNames.ResourceType, "full"u8);
        if (from.IsSelf)
        {
            Mine = Update(Mine, HoldWords.Read(word), isFull);
            NoteOwn(message);
        }
        else
        {
            Theirs = Update(Theirs, HoldWords.Read(word), isFull);
            NoteTheirs(message);
        }

        Audit();
        process.Departure.Retry();
    }

    private void NoteOwn(Message message)
    {
        if (message.Is(FieldNames.Info, "mach_down"u8))
        {
            TakesOver = false;
            Mine |= Hold.Foreign;
            _needsFailback = true;
            OtherIsStable = true;
            process.Log(Severity.Info, "mach_down takeover complete.");
        }
        else if (message.Is(FieldNames.Info, "shutdown"u8))
        {
            State = ResourceState.Shutdown;
        }
    }

    private void NoteTheirs(Message message)
    {
        string? stable = message.Text(FieldNames.IsStable);
        if (stable == "0")
        {
            OtherIsStable = false;
        }
        else if (stable is not null && !OtherIsStable)
        {
            process.Log(Severity.Info, "remote resource transition completed.");
            OtherIsStable = true;
            Report();
            TryFailback();
        }

        if (stable == "1" && OtherIsStable && State is not (ResourceState.Stable or ResourceState.Shutdown))
        {
            process.Log(Severity.Info, "remote resource transition completed.");
            TakeOwn(force: false);
            State = ResourceState.Stable;
            Report(stable: true);
            TryFailback();
        }
    }

    /// <summary>req_our_resources (9.4.1). Its report says what is meant when the child begins.</summary>
    private void TakeOwn(bool force)
    {
        if (State == ResourceState.Shutdown)
        {
            return;
        }

        bool nothing = Theirs.HasFlag(Hold.Foreign) || Mine.HasFlag(Hold.Local);
        if (!force && !Standby.IsPending && nothing)
        {
            process.Log(Severity.Info, "Local Resource acquisition completed. (none)");
            return;
        }

        Mine |= Hold.Local;
        process.Children.Start(Scripts.RequestOwn(process, Mine));
    }

    /// <summary>9.5 no. 6. Two jobs at once: mach_down from the queue, and our own groups.</summary>
    private void TakeFrom(Neighbor node)
    {
        process.Log(Severity.Info, $"Resources being acquired from {node.Name}.");
        process.Children.Queue(Scripts.MachDown(process, node.Name));
        Mine |= Hold.Foreign;
        Theirs = Hold.None;
        OtherIsStable = true;
        TakesOver = true;
        TakeOwn(force: true);
    }

    /// <summary>9.8. The acquisition of "the complement" takes the wrong half (F10).</summary>
    private void OtherIsDone(Neighbor from)
    {
        Theirs = Hold.None;
        OtherIsStable = true;
        process.Log(Severity.Info, $"Received shutdown notice from '{from.Name}'.");
        if (Mine != Hold.All && !process.Departure.IsReleasing)
        {
            Standby.Acquire(Hold.All & ~Mine);
            TakeFrom(from);
        }

        process.Departure.Retry();
    }

    /// <summary>9.6.4.</summary>
    private void TryFailback()
    {
        bool wanted = process.Config.AutoFailback == AutoFailback.On
            && Mine.HasFlag(Hold.Foreign) && _needsFailback && State != ResourceState.Shutdown
            && !process.Roster.Other.IsDead;
        if (!wanted || _wantsFailback)
        {
            return;
        }

        if (IsStable)
        {
            _needsFailback = false;
            Standby.Ask(Hold.Foreign);
            return;
        }

        _wantsFailback = true;
        process.Alarms.Set(process.Now + _failbackRetry, () =>
        {
            _wantsFailback = false;
            TryFailback();
        });
    }

    private void SendStonith(Neighbor node, string result) => process.Post.Send(new Message()
        .Add(FieldNames.Type, "stonith")
        .Add("node", node.Name.Text)
        .Add("result", result));

    /// <summary>9.4, last paragraph: errors for people, and nothing else.</summary>
    private void Audit()
    {
        if (Mine.HasFlag(Hold.Local) && Theirs.HasFlag(Hold.Foreign))
        {
            process.Log(Severity.Error, "Both machines own our resources!");
        }

        if (Mine.HasFlag(Hold.Foreign) && Theirs.HasFlag(Hold.Local))
        {
            process.Log(Severity.Error, "Both machines own foreign resources!");
        }

        if (!IsStable || State != ResourceState.Stable)
        {
            return;
        }

        if (!Mine.HasFlag(Hold.Local) && !Theirs.HasFlag(Hold.Foreign))
        {
            process.Log(Severity.Error, "No one owns our local resources!");
        }

        if (!Mine.HasFlag(Hold.Foreign) && !Theirs.HasFlag(Hold.Local))
        {
            process.Log(Severity.Error, "No one owns foreign resources!");
        }
    }

    private static Hold Update(Hold before, Hold said, bool isFull) =>
        isFull ? said : said == Hold.None ? Hold.None : before | said;
}
