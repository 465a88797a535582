// How a heartbeat process ends: stopped by an operator, restarted after a partition, or replaced by a new one that
// keeps what it holds (spec 8.8).
// The idea: a wish that waits until communication is up and resources are at rest, and is looked at again after every
// event that could have changed that. Left out: the original's safety nets of an hour, which kill everything.
// Invariant: shutdone is sent only when every release has been run.

using HaSharp.Core;

namespace HaSharp.Simulator.Heartbeats;

internal enum DepartureKind
{
    /// <summary>None is wanted.</summary>
    None,

    /// <summary>heartbeat -r after a change of ha.cf: a new process keeps the resources.</summary>
    QuickRestart,

    /// <summary>Give up everything, stay silent for deadtime and a second, begin anew.</summary>
    Restart,

    /// <summary>heartbeat -k.</summary>
    Stop,
}

internal sealed class Departure(HeartbeatProcess process)
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private bool _announced;

    /// <summary>What is wanted; a stop is never taken back for a restart.</summary>
    public DepartureKind Kind { get; private set; }

    /// <summary>Resources are given up, or are about to be in the next two seconds after a partition.</summary>
    public bool IsComing => _announced || Kind is DepartureKind.Restart or DepartureKind.Stop;

    /// <summary>8.8 no. 3 is done.</summary>
    public bool IsReleasing { get; private set; }

    /// <summary>The process has ended.</summary>
    public bool IsOver { get; private set; }

    /// <summary>A partition has healed (8.6).</summary>
    public void Announced() => _announced = true;

    public void Request(DepartureKind kind)
    {
        bool isTooLate = IsReleasing && Kind == DepartureKind.QuickRestart;
        if (kind <= Kind || isTooLate)
        {
            return;
        }

        Kind = kind;
        if (IsReleasing)
        {
            return;
        }

        if (!process.Liveness.CommunicationIsUp)
        {
            process.Log(Severity.Info, "Shutdown delayed until Communication is up.");
            return;
        }

        process.Liveness.SendStatus();
        if (!process.Resources.IsStable)
        {
            process.Log(Severity.Info, "Shutdown delayed until current resource activity finishes.");
        }

        Retry();
    }

    /// <summary>Something about resources has changed.</summary>
    public void Retry()
    {
        if (Kind == DepartureKind.None || IsReleasing
            || !process.Liveness.CommunicationIsUp || !process.Resources.IsStable)
        {
            return;
        }

        IsReleasing = true;
        if (Kind == DepartureKind.QuickRestart)
        {
            process.Log(Severity.Info, "Restarting heartbeat.");
            process.Alarms.Set(process.Now + _second, End);
            return;
        }

        process.Log(Severity.Info, "Heartbeat shutdown in progress.");
        process.Resources.GiveUp();
        process.Children.Start(Scripts.GiveEverything(process));
    }

    /// <summary>Our own shutdone (8.8 no. 5): two more statuses, a second apart each.</summary>
    public void Released()
    {
        if (Kind == DepartureKind.Restart)
        {
            process.Liveness.ExpectRestart();
        }

        process.Alarms.Set(process.Now + _second, () =>
        {
            process.Liveness.SendStatus();
            process.Liveness.SendStatus();
            process.Alarms.Set(process.Now + _second, End);
        });
    }

    private void End()
    {
        process.Log(Severity.Info, Kind == DepartureKind.Stop
            ? $"{process.Name} Heartbeat shutdown complete."
            : "Heartbeat restart triggered.");
        IsOver = true;
    }
}
