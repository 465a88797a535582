// Handing groups over between two heartbeats: four messages ask_resources (spec 9.6).
// The idea: X in rsc_hold is seen from the giver, the node that said "me". Both nodes walk through the phases by the
// messages alone, their own ones included; what the scripts did is not asked.
// Kept: an answer that is lost is noticed only when a packet comes after the time (F23), and after 10 s or an hour.

using HaSharp.Core;
using HaSharp.Core.Wire;

namespace HaSharp.Simulator.Heartbeats;

internal sealed class Standby(HeartbeatProcess process)
{
    private static readonly TimeSpan _firstReply = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _laterReply = TimeSpan.FromHours(1);

    private Phase _phase = Phase.Not;
    private Instant _deadline = Instant.Never;

    private enum Phase
    {
        Not,
        Me,
        Other,
        Done,
    }

    public bool IsPending => _phase != Phase.Not || _deadline != Instant.Never;

    private Resources Resources => process.Resources;

    /// <summary>An operator, or automatic failback, wants to give these groups (9.6.2).</summary>
    public void Ask(Hold given) => Send(given, "me");

    public void Take(Message message, Neighbor from)
    {
        if (Resources.State == ResourceState.Shutdown || process.Departure.IsReleasing)
        {
            return;
        }

        Hold given = HoldWords.Read(message.Text(FieldNames.Holdings));
        string? phase = message.Text(FieldNames.Info);
        bool isKnown = phase switch
        {
            "me" => Begin(given, from),
            "other" => from.IsSelf ? _phase == Phase.Other : Release(given),
            "done" => from.IsSelf ? OwnDone(given) : TheirsDone(given),
            _ => false,
        };
        if (!isKnown)
        {
            process.Log(
                Severity.Warning, $"Ignored standby message '{phase}' from {from.Name} in state {(int)_phase}");
        }
    }

    /// <summary>Looked at when a packet is processed (9.6.1).</summary>
    public void Expire()
    {
        if (process.Now >= _deadline)
        {
            End();
            Resources.OtherIsStable = true;
            process.Log(Severity.Warning, "No reply to standby request.  Standby request cancelled.");
            process.Departure.Retry();
        }
    }

    /// <summary>The other node died (9.5 no. 1).</summary>
    public void Cancel()
    {
        if (IsPending)
        {
            process.Log(Severity.Warning, "Cancelling pending standby operation");
            End();
        }
    }

    /// <summary>The acquisition that a peer's shutdone starts, as if that node had given these groups (9.8).</summary>
    public void Acquire(Hold given)
    {
        _phase = Phase.Done;
        _deadline = process.Now + _laterReply;
        process.Children.Start(Scripts.AcquireGiven(process, given));
    }

    /// <summary>Step 1 and 2. Only from a stable state of both.</summary>
    private bool Begin(Hold given, Neighbor from)
    {
        if (IsPending)
        {
            process.Log(Severity.Warning, $"Standby in progress- new request from {from.Name} ignored");
            return true;
        }

        if (!Resources.OtherIsStable || Resources.State != ResourceState.Stable)
        {
            string flux = Resources.OtherIsStable ? "local resources in flux" : "Other side is in flux";
            process.Log(Severity.Warning, $"standby message [me] from {from.Name} ignored.  {flux}.");
            return true;
        }

        process.Log(Severity.Info, $"{from.Name} wants to go standby [{given.Word()}]");
        Resources.OtherIsStable = false;
        _phase = from.IsSelf ? Phase.Me : Phase.Other;
        _deadline = process.Now + (from.IsSelf ? _firstReply : _laterReply);
        if (!from.IsSelf)
        {
            Send(given, "other");
        }

        return true;
    }

    /// <summary>Step 3: the other will take them; said first, released then.</summary>
    private bool Release(Hold given)
    {
        if (_phase != Phase.Me)
        {
            return false;
        }

        if (process.Children.AreBusy)
        {
            process.FallIll("releases and acquires at once: nobody looks whether a script runs (9.6 no. 3)");
        }

        _deadline = process.Now + _laterReply;
        Resources.Mine &= ~given;
        Resources.Report("standby", stable: false);
        process.Children.Start(Scripts.ReleaseGiven(process, given));
        return true;
    }

    /// <summary>Step 4 at the giver, step 5 at the receiver.</summary>
    private bool OwnDone(Hold given)
    {
        if (_phase == Phase.Me)
        {
            _phase = Phase.Done;
            return true;
        }

        if (_phase != Phase.Done)
        {
            return false;
        }

        Resources.Mine |= given.FromTheOtherSide();
        process.Log(Severity.Info, $"Standby resource acquisition done [{given.Word()}].");
        End();
        Resources.Report(stable: true);
        return true;
    }

    /// <summary>Step 4 at the receiver, step 5 at the giver.</summary>
    private bool TheirsDone(Hold given)
    {
        if (_phase == Phase.Other)
        {
            Acquire(given);
            return true;
        }

        if (_phase != Phase.Done)
        {
            return false;
        }

        process.Log(
            Severity.Info, $"Other node completed standby takeover of {given.Word()} resources.");
        End();
        Resources.Report(stable: true);
        return true;
    }

    private void End()
    {
        _phase = Phase.Not;
        _deadline = Instant.Never;
    }

    private void Send(Hold given, string phase) => process.Post.Send(new Message()
        .Add(FieldNames.Type, "ask_resources")
        .Add(FieldNames.Holdings, given.Word())
        .Add(FieldNames.Info, phase));

    /// <summary>What the scripts say when they have ended.</summary>
    public void SayDone(Hold given) => Send(given, "done");
}
