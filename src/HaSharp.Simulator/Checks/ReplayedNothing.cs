// A datagram that somebody recorded and sends again later changes nothing but counters.
//
// The rule, exactly: the status of the node (its role, every node's status and when it was last heard, every group) is
// the same before and after the step with the old datagram, and the step runs no agent. Links are left out: a recent
// datagram that comes again cannot be told from its copy over a second, slower link, and shows that the link works.
// Heartbeats are not judged. Not judged when the node had something to do at that very moment anyway.

using System.Globalization;
using System.Text;
using HaSharp.Core;
using HaSharp.Core.Control;

namespace HaSharp.Simulator.Checks;

public sealed class ReplayedNothing : Checker
{
    private string? _before;

    public override string Rule => "ReplayedNothing";

    public override void See(World world, Happening happening)
    {
        switch (happening)
        {
            case Happening.ReplayBegins { Machine.RunsHeartbeat: false } begins:
                bool busy = begins.Machine.Node!.NextDeadline <= begins.Machine.LocalTime(world.Now);
                _before = busy ? null : Picture(world, begins.Machine);
                break;
            case Happening.ReplayEnded { Machine: { RunsHeartbeat: false, Node: not null } } ended
                when _before is not null:
                Compare(world, ended);
                break;
            default:
                break;
        }
    }

    private void Compare(World world, Happening.ReplayEnded ended)
    {
        string after = Picture(world, ended.Machine);
        if (after != _before)
        {
            Broken(world, FailureKind.Safety, $"an old datagram changed {ended.Machine.Name}: {_before} -> {after}");
        }

        foreach (Effect effect in ended.Effects)
        {
            if (effect is Effect.RunAgent run)
            {
                Broken(world, FailureKind.Safety, $"an old datagram made {ended.Machine.Name} run {run.Resource}");
            }
        }
    }

    private static string Picture(World world, Machine machine)
    {
        StatusReport report = machine.Node!.Snapshot(machine.LocalTime(world.Now));
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{report.Role} {report.Stable} {report.Holdings};");
        foreach (NodeReport node in report.Nodes)
        {
            text.Append(CultureInfo.InvariantCulture, $" {node.Name} {node.Status} {node.LastHeardMs}");
        }

        foreach (GroupReport group in report.Groups)
        {
            text.Append(CultureInfo.InvariantCulture, $"; {group.Name} {group.Owner} {group.State} {group.Epoch}");
        }

        return text.ToString();
    }
}
