// What a person would have seen of a run: what was done, what the nodes reported, which agents ended how.
// One line each: the time in seconds, the node (* for what was done to the world), the text.

using System.Globalization;
using System.Text;
using HaSharp.Core;
using HaSharp.Core.Control;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator;

public sealed class Trace : Witness
{
    private const string World = "*";

    private readonly StringBuilder _text = new();
    private readonly int _width;

    private readonly TimeSpan _from;
    private readonly TimeSpan _zero;

    /// <param name="nodes">For the width of the column.</param>
    /// <param name="from">What happens earlier is left out.</param>
    /// <param name="zero">Times count from then.</param>
    public Trace(IReadOnlyList<NodeName> nodes, TimeSpan from, TimeSpan zero = default)
    {
        _zero = zero;
        _width = nodes.Max(static node => node.Text.Length);
        _from = from;
    }

    public override string ToString() => _text.ToString();

    public override void See(World world, Happening happening)
    {
        switch (happening)
        {
            case Happening.Done done:
                Line(world, World, done.Deed.ToString());
                break;
            case Happening.Reported { Event.Severity: > Severity.Debug } report:
                Line(world, report.Machine.Name.Text, $"{Mark(report.Event.Severity)}{report.Event}");
                break;
            case Happening.ActionEnded ended:
                SeeEnd(world, ended);
                break;
            case Happening.Replied { Result: not CommandResult.Report } reply:
                Line(world, reply.Machine.Name.Text, $"answers: {reply.Result.Text}");
                break;
            case Happening.DaemonEnded { Left: true } ended:
                Line(world, ended.Machine.Name.Text, "the daemon has ended" + (ended.Clean ? "" : ", not cleanly"));
                break;
            default:
                break;
        }
    }

    /// <summary>What runs where at the end, one line per machine.</summary>
    /// <param name="at">The time in these lines; now when null.</param>
    public void Close(World world, TimeSpan? at = null)
    {
        foreach (Machine machine in world.Machines)
        {
            IEnumerable<Resource> running =
                world.Slots.All.Where(slot => machine.Running(slot.Index)).Select(static slot => slot.Resource);
            string what = string.Join(' ', running);
            string state = !machine.Powered ? "no power" : machine.Node is null ? "no daemon" : "daemon runs";
            Line(at ?? world.Now, machine.Name.Text, $"{state}; runs {(what.Length == 0 ? "nothing" : what)}");
        }
    }

    private void SeeEnd(World world, Happening.ActionEnded ended)
    {
        bool found = ended.Run.Action == AgentAction.Monitor && ended.Outcome.Verdict == AgentVerdict.NotRunning;
        bool expected = ended.Outcome.Verdict is AgentVerdict.Ok or AgentVerdict.NotRunning;
        if (!ended.Run.Action.IsLook() || found || !expected)
        {
            string result = found ? "not running"
                : expected ? "ok" : $"{ended.Outcome.Verdict} ({ended.Outcome.Reason})";
            string what = $"agent {ended.Run.Slot.Resource} {ended.Run.Action.Word()}: {result}";
            Line(world, ended.Machine.Name.Text, what);
        }
    }

    private void Line(World world, string who, string what) => Line(world.Now, who, what);

    private void Line(TimeSpan now, string who, string what)
    {
        if (now >= _from)
        {
            double at = (now - _zero).TotalSeconds;
            _text.Append(CultureInfo.InvariantCulture, $"{at,9:F3} {who.PadRight(_width)} {what}").Append('\n');
        }
    }

    private static string Mark(Severity severity) => severity switch
    {
        Severity.Warning => "WARN: ",
        Severity.Error => "ERROR: ",
        Severity.Critical => "CRIT: ",
        _ => "",
    };
}
