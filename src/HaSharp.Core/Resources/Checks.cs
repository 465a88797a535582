// The checks of ha.cf: commands whose failures make this node unfit for groups.
// The idea: as keepalived's vrrp_script: run at an interval, rise and fall in a row, and only the state counts.
// Invariant: at most one run of a check is under way; a check that has not said anything yet keeps a node from being
// handed anything, but takes nothing away from it.

using HaSharp.Core.Config;

namespace HaSharp.Core.Resources;

public sealed class Checks
{
    private readonly List<Check> _checks = [];
    private long _runs;

    public Checks(IReadOnlyList<CheckConfig> checks) => Configure(checks);

    public IEnumerable<(CheckConfig Config, bool? Passes, string Reason)> All =>
        _checks.Select(static check => (check.Config, check.Passes, check.Reason));

    /// <summary>A check that is unchanged keeps what is known of it.</summary>
    public void Configure(IReadOnlyList<CheckConfig> checks)
    {
        var old = _checks.ToList();
        _checks.Clear();
        foreach (var config in checks)
        {
            var known = old.Find(check => Same(check.Config, config));
            _checks.Add(known ?? new Check(config));
        }
    }

    /// <summary>A check says that this node should not run the group.</summary>
    public bool Fail(GroupName group) => Any(group, static check => check.Passes == false);

    /// <summary>
    /// Nobody should hand the group to this node: a check fails, has not said anything yet, or has just begun to fail,
    /// as it may have on the node that wants to be rid of the group for the same reason.
    /// </summary>
    public bool Doubt(GroupName group) => Any(group, static check => check.Passes != true || !check.LastPassed);

    /// <summary>Asks for the runs that are due. A node that leaves checks nothing any more.</summary>
    public void Run(bool leaving, Instant now, List<Effect> effects)
    {
        foreach (var check in _checks)
        {
            if (!leaving && check.Run is null && now >= check.Next)
            {
                check.Run = new RunId(--_runs);
                check.Next = now + check.Config.Interval;
                effects.Add(new Effect.RunCheck(check.Run.Value, check.Config));
            }
        }
    }

    public void Finish(Input.CheckFinished finished, List<Effect> effects)
    {
        if (_checks.Find(check => check.Run == finished.Run) is not { } check)
        {
            return;
        }

        check.Run = null;
        check.InARow = finished.Passed == check.LastPassed ? check.InARow + 1 : 1;
        check.LastPassed = finished.Passed;
        check.Reason = finished.Passed ? "" : finished.Reason;

        // A first pass counts alone, else a node could be handed nothing for a while; a first failure does not: what
        // the check looks at may just be starting.
        var needed = !finished.Passed ? check.Config.Fall : check.Passes is null ? 1 : check.Config.Rise;
        if (check.Passes != finished.Passed && check.InARow >= needed)
        {
            check.Passes = finished.Passed;
            effects.Add(new Effect.Report(new ClusterEvent.CheckChanged(
                check.Config.Name, finished.Passed, check.Reason)));
        }
    }

    public Instant NextDeadline(bool leaving)
    {
        var next = Instant.Never;
        foreach (var check in _checks)
        {
            next = !leaving && check.Run is null ? Instant.Earlier(next, check.Next) : next;
        }

        return next;
    }

    private bool Any(GroupName group, Func<Check, bool> fits)
    {
        foreach (var check in _checks)
        {
            if ((check.Config.Groups.Count == 0 || check.Config.Groups.Contains(group)) && fits(check))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Same(CheckConfig one, CheckConfig other) =>
        one with { Command = [], Groups = [] } == other with { Command = [], Groups = [] }
        && one.Command.SequenceEqual(other.Command) && one.Groups.SequenceEqual(other.Groups);

    private sealed class Check(CheckConfig config)
    {
        public CheckConfig Config { get; } = config;

        /// <summary>Null: it has not said anything yet.</summary>
        public bool? Passes { get; set; }

        public bool LastPassed { get; set; }

        public int InARow { get; set; }

        public string Reason { get; set; } = "";

        public RunId? Run { get; set; }

        public Instant Next { get; set; }
    }
}
