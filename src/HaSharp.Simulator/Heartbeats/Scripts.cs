// heartbeat's shell scripts: ResourceManager, mach_down, req_resource, hb_takeover (spec 4.5 to 4.10, 9.4.1, 10.3).
// The idea: each script reads like its original. Exit codes change nothing that the daemon believes (F24).
// Kept: a start that failed gives the whole group up and asks 30 s later for the wrong half (F3); a stop that failed
// for good reboots the machine (4.8).

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Simulator.Heartbeats;

internal static class Scripts
{
    private const int StopRetries = 10;

    private static readonly TimeSpan _stopPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _standbyAfterFailure = TimeSpan.FromSeconds(30);

    /// <summary>takegroup of every group that fits, in file order.</summary>
    public static IEnumerable<Wait> TakeGroups(HeartbeatProcess process, Func<GroupConfig, bool> fits)
    {
        foreach (GroupConfig group in process.Config.Groups.Where(fits))
        {
            foreach (Wait wait in TakeGroup(process, group))
            {
                yield return wait;
            }
        }
    }

    /// <summary>givegroup of every group that fits, in file order (4.10).</summary>
    public static IEnumerable<Wait> GiveGroups(HeartbeatProcess process, Func<GroupConfig, bool> fits)
    {
        foreach (GroupConfig group in process.Config.Groups.Where(fits))
        {
            foreach (Wait wait in GiveGroup(process, group))
            {
                yield return wait;
            }
        }
    }

    /// <summary>mach_down: the dead node's groups, then a report by the script (10.4).</summary>
    public static IEnumerable<Wait> MachDown(HeartbeatProcess process, NodeName dead)
    {
        foreach (Wait wait in TakeGroups(process, group => group.Preferred == dead))
        {
            yield return wait;
        }

        process.Post.Send(new Message()
            .Add(FieldNames.Type, "resource")
            .Add(FieldNames.Holdings, Hold.Foreign.Word())
            .Add(FieldNames.Info, "mach_down"));
    }

    /// <summary>
    /// The child of req_our_resources (9.4.1): each of our groups whose key does not run is requested from ourselves;
    /// the report is made when that is queued, not when it is done.
    /// </summary>
    public static IEnumerable<Wait> RequestOwn(HeartbeatProcess process, Hold meant)
    {
        foreach (GroupConfig group in process.Config.Groups.Where(group => group.Preferred == process.Name))
        {
            Wait.ForAgent status = new(group, group.Resources[0], AgentAction.Status);
            yield return status;
            if (!status.IsFine)
            {
                process.Post.Send(new Message()
                    .Add(FieldNames.Type, "ip-request-resp")
                    .Add(FieldNames.Destination, process.Name.Text)
                    .Add("ipaddr", group.Name.Text)
                    .Add("weown", "yes")
                    .Add("ok", "OK"));
            }
        }

        process.Post.Send(new Message()
            .Add(FieldNames.Type, "resource")
            .Add(FieldNames.Holdings, meant.Word())
            .Add(FieldNames.ResourceType, "full")
            .Add(FieldNames.IsStable, "1")
            .Add(FieldNames.Info, "req_our_resources()"));
    }

    /// <summary>The giver's child (9.6 step 3).</summary>
    public static IEnumerable<Wait> ReleaseGiven(HeartbeatProcess process, Hold given)
    {
        foreach (Wait wait in GiveGroups(process, Among(process, given)))
        {
            yield return wait;
        }

        process.Standby.SayDone(given);
    }

    /// <summary>The receiver's child (9.6 step 4): the giver's foreign groups are ours.</summary>
    public static IEnumerable<Wait> AcquireGiven(HeartbeatProcess process, Hold given)
    {
        foreach (Wait wait in TakeGroups(process, Among(process, given.FromTheOtherSide())))
        {
            yield return wait;
        }

        process.Standby.SayDone(given);
    }

    /// <summary>The child of a shutdown (8.8 no. 4).</summary>
    public static IEnumerable<Wait> GiveEverything(HeartbeatProcess process)
    {
        process.Log(Severity.Info, "Giving up all HA resources.");
        foreach (Wait wait in GiveGroups(process, static _ => true))
        {
            yield return wait;
        }

        process.Log(Severity.Info, "All HA resources relinquished.");
        process.Post.Send(new Message()
            .Add(FieldNames.Type, "shutdone")
            .Add(FieldNames.Status, Neighbor.Dead));
    }

    /// <summary>rc.d/hb_takeover: hb_standby with the halves exchanged; for failback all, a bug (F11, 9.6.3).</summary>
    public static IEnumerable<Wait> AnswerTakeover(HeartbeatProcess process, string? wanted)
    {
        yield return new Wait.ForTime(TimeSpan.Zero);
        process.Standby.Ask(wanted == "failback" ? Hold.All : HoldWords.Read(wanted).FromTheOtherSide());
    }

    /// <summary>Left to right, started unless it runs (4.7).</summary>
    private static IEnumerable<Wait> TakeGroup(HeartbeatProcess process, GroupConfig group)
    {
        process.Log(Severity.Info, $"Acquiring resource group: {group.Preferred} {string.Join(' ', group.Resources)}");
        foreach (Resource resource in group.Resources)
        {
            Wait.ForAgent status = new(group, resource, AgentAction.Status);
            yield return status;
            if (status.IsFine)
            {
                continue;
            }

            Wait.ForAgent start = new(group, resource, AgentAction.Start);
            yield return start;
            if (start.IsFine)
            {
                continue;
            }

            process.Log(Severity.Critical, $"Giving up resources due to failure of {resource}");
            process.FallIll("says that it holds what it could not start (4.7)");
            foreach (Wait wait in GiveGroup(process, group))
            {
                yield return wait;
            }

            process.Alarms.Set(process.Now + _standbyAfterFailure, () => process.Standby.Ask(Hold.Foreign));
            yield break;
        }
    }

    /// <summary>Right to left, without asking whether it runs, up to eleven times (4.8).</summary>
    private static IEnumerable<Wait> GiveGroup(HeartbeatProcess process, GroupConfig group)
    {
        process.Log(Severity.Info, $"Releasing resource group: {group.Preferred} {string.Join(' ', group.Resources)}");
        foreach (Resource resource in group.Resources.Reverse())
        {
            Wait.ForAgent stop = new(group, resource, AgentAction.Stop);
            yield return stop;
            for (int retry = 0; retry < StopRetries && !stop.IsFine; retry++)
            {
                yield return new Wait.ForTime(_stopPause);
                process.Log(Severity.Info, $"Retrying failed stop operation [{resource}]");
                stop = new Wait.ForAgent(group, resource, AgentAction.Stop);
                yield return stop;
            }

            if (!stop.IsFine)
            {
                Wait.ForAgent status = new(group, resource, AgentAction.Status);
                yield return status;
                process.Reboots = status.IsFine;
                process.Log(Severity.Critical, status.IsFine
                    ? "Resource STOP failure. Reboot required!"
                    : "Machine reboot narrowly avoided!");
            }
        }
    }

    /// <summary>The groups of a half, as we see it.</summary>
    private static Func<GroupConfig, bool> Among(HeartbeatProcess process, Hold half) => group =>
        half.HasFlag(group.Preferred == process.Name ? Hold.Local : Hold.Foreign);
}
