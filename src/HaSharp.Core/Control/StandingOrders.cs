// The orders of operators that stand for a time: they are given, told to the others, kept over restarts, and end.
// The idea: the register itself lies in each group and travels with it (Orders); here is only what a node does with
// it: begin and end maintenance by the clock, and keep a copy on disk.
// Invariant: what is kept is what holds; a text that cannot be read orders nothing.

using System.Globalization;
using HaSharp.Core.Membership;
using HaSharp.Core.Resources;

namespace HaSharp.Core.Control;

public sealed class StandingOrders
{
    /// <summary>Nobody maintains anything for longer; an order of a year was meant otherwise.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private readonly GroupSet _groups;
    private readonly Members _members;
    private readonly NodeIdentity _identity;
    private readonly Dictionary<string, Orders> _kept = new(StringComparer.Ordinal);
    private readonly List<Waiting> _waiting = [];
    private string _text;
    private long _versions;
    private (long UnixSeconds, Instant At) _clock;

    public StandingOrders(GroupSet groups, Members members, NodeIdentity identity)
    {
        _groups = groups;
        _members = members;
        _identity = identity;
        _text = identity.Kept;
        _clock = (identity.UnixSeconds, identity.StartedAt);
        foreach (var (group, orders) in Read(identity.Kept))
        {
            _kept[group] = orders;
        }
    }

    /// <summary>What a node has kept for its next start; what cannot be read is left out.</summary>
    public static IEnumerable<(string Group, Orders Orders)> Read(string kept) =>
        kept.Split('\n').Select(ReadLine).OfType<(string, Orders)>();

    /// <summary>When the next maintenance ends, or somebody has waited long enough.</summary>
    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>Seconds since 1970: the wall clock when it was last read, and our own clock since.</summary>
    public long UnixSeconds(Instant now) => _clock.UnixSeconds + (long)(now - _clock.At).TotalSeconds;

    /// <summary>How long a maintenance goes on at least.</summary>
    public static long SecondsLeft(Orders orders, long unixSeconds) =>
        Math.Max(0, orders.MaintainedUntil - unixSeconds - 1);

    public void SetClock(long unixSeconds, Instant now) => _clock = (unixSeconds, now);

    public void Accept(Input.CommandReceived asked, Instant now, List<Effect> effects)
    {
        if (WhyNot(asked.Command) is { } reason)
        {
            effects.Add(new Effect.Reply(asked.Client, new CommandResult.Refused(reason)));
        }
        else if (asked.Command is Command.Maintain maintain)
        {
            effects.Add(new Effect.Reply(asked.Client, Accept(maintain, now, effects)));
        }
        else
        {
            Accept(asked.Client, (Command.Switch)asked.Command, now, effects);
        }
    }

    /// <summary>Brings every group's maintenance in step with its orders and the time; keeps what is new.</summary>
    /// <param name="ends">This node has said, or is about to say, its last word.</param>
    /// <param name="keeps">An operator has ended it and ordered that what runs is left running.</param>
    public void Apply(bool ends, bool keeps, Instant now, List<Effect> effects)
    {
        var unix = UnixSeconds(now);
        var versions = 0L;
        NextDeadline = Instant.Never;
        foreach (var group in _groups.All)
        {
            if (_kept.Remove(group.Config.Name.Text, out var kept) && kept.Beats(group.Orders))
            {
                group.Order(kept);
            }

            Release(group, ends);
            var orders = group.Orders;
            versions = unchecked((((versions * 31) + orders.Version) * 31) + orders.MaintainedUntil + orders.Runs
                + (orders.KeptBy is null ? 0 : 1));

            // What somebody else is to have is released as ever.
            var maintained = (keeps && Owns(group)) || group.Orders.Maintains(unix);
            if (maintained != group.Maintained)
            {
                group.Maintain(maintained);
                effects.Add(new Effect.Report(keeps
                    ? new ClusterEvent.GroupKept(group.Config.Name)
                    : maintained
                    ? new ClusterEvent.MaintenanceBegun(group.Config.Name, SecondsLeft(group.Orders, unix))
                    : new ClusterEvent.MaintenanceEnded(group.Config.Name)));
            }

            if (group.Orders.Maintains(unix))
            {
                var left = TimeSpan.FromSeconds(Math.Min(group.Orders.MaintainedUntil - unix, Longest.TotalSeconds));
                NextDeadline = Instant.Earlier(NextDeadline, now + left);
            }
        }

        if (versions != _versions)
        {
            _versions = versions;
            Write(effects);
        }
    }

    private void Write(List<Effect> effects)
    {
        var text = string.Concat(_groups.All.Where(static group => group.Orders.Version > 0).Select(Line));
        if (text != _text)
        {
            _text = text;
            effects.Add(new Effect.Keep(text));
        }
    }

    /// <summary>Answers those whose order is carried out, or who have waited long enough.</summary>
    public void Answer(Instant now, List<Effect> effects)
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (Outcome(_waiting[i], now) is { } result)
            {
                effects.Add(new Effect.Reply(_waiting[i].Client, result));
                _waiting.RemoveAt(i);
            }
            else
            {
                NextDeadline = Instant.Earlier(NextDeadline, _waiting[i].Until);
            }
        }
    }

    /// <summary>The groups that this node leaves running when it ends now.</summary>
    public IReadOnlyList<string> LeftRunning =>
        [.. _groups.All.Where(IsLeftRunning).Select(static group => group.Config.Name.Text)];

    /// <summary>The last order of a node that ends: nobody else starts what it leaves running.</summary>
    public void KeepWhatRuns(List<Effect> effects)
    {
        foreach (var group in _groups.All)
        {
            if (IsLeftRunning(group))
            {
                Give(group, orders => orders with { KeptBy = _identity.Name });
            }
        }

        Write(effects);
    }

    /// <summary>What a daemon kept is managed again when it is back, or when the group runs elsewhere.</summary>
    private void Release(ResourceGroup group, bool ends)
    {
        var back = group.Orders.KeptBy == _identity.Name ? group.State != GroupState.Unknown : group.State.Holds();
        if (group.Orders.KeptBy is not null && back && !ends)
        {
            Give(group, static orders => orders with { KeptBy = null });
        }
    }

    private string? WhyNot(Command command)
    {
        // What was ordered before a heartbeat came can be ended beside it.
        var ends = command is Command.Maintain { Time: null } or Command.Switch { Action: SwitchAction.Start };
        if (!_members.Joined)
        {
            return "this node has not joined the cluster yet, the other nodes are not all heard";
        }

        return _members.AnyHeartbeat is not { } heartbeat || ends
            ? null
            : $"{heartbeat} runs heartbeat 3.0.6, which knows no such orders and would act against them";
    }

    private CommandResult Accept(Command.Maintain maintain, Instant now, List<Effect> effects)
    {
        var meant = _groups.All.Where(group => maintain.Scope switch
        {
            Scope.All => true,
            Scope.Group named => named.Name == group.Config.Name,
            Scope.Local => group.Config.Preferred == _identity.Name,
            _ => group.Config.Preferred != _identity.Name,
        }).ToList();
        if (maintain.Scope is Scope.Group one && meant.Count == 0)
        {
            return new CommandResult.Refused(Unknown("group", one.Name.Text));
        }

        var unix = UnixSeconds(now);

        // A part of a second more rather than less, here and where the clock differs by one: see SecondsLeft.
        var until = maintain.Time is { } time
            ? unix + 1 + (long)Math.Min(Math.Ceiling(time.TotalSeconds), Longest.TotalSeconds)
            : 0;
        var changed = 0;
        foreach (var group in meant)
        {
            if (until > 0 || group.Orders.Maintains(unix))
            {
                Give(group, orders => orders with { MaintainedUntil = until });
                changed++;
            }
        }

        var what = maintain.Words();
        effects.Add(new Effect.Report(new ClusterEvent.CommandAccepted(what)));
        return new CommandResult.Done(
            (changed == 0 ? "nothing to do: there is no maintenance" : $"{what}: done")
            + KeptGroups.Remark(
                meant, _identity.Name, "it stays as it is until that node is back, or somebody orders a takeover"));
    }

    private void Accept(
        ClientId client, Command.Switch asked, Instant now, List<Effect> effects)
    {
        var meant = _groups.All.Where(group => asked.WholeGroup
            ? group.Config.Name.Text == asked.Name
            : group.Resources.Any(resource => Means(asked, group, resource))).ToList();
        var group = meant.FirstOrDefault();
        var what = asked.Words();
        var refusal = group is null ? Unknown(asked.WholeGroup ? "group" : "resource", asked.Name)
            : meant.Count > 1
                ? "it stands in several groups; write " + string.Join(
                    " or ", meant.Select(one => ResourceWord.Full(one.Config.Name.Text, asked.Name)))
            : _waiting.Count >= Operators.MaxOpen ? "too many requests are open"
            : group.Maintained ? $"it is in maintenance; end that first: hasharp maintenance off {group.Config.Name}"
            : asked.Action == SwitchAction.Restart && !(Owns(group) && group.State == GroupState.Started)
                ? $"{group.Config.Name} does not run on this node; ask its owner, which is {Owner(group)}"
            : asked.Action == SwitchAction.Restart && IndexOf(group, asked) >= group.Orders.Runs
                ? $"it was ordered to be stopped: hasharp resource start {asked.Name}"
            : null;
        if (group is null || refusal is not null)
        {
            effects.Add(new Effect.Reply(client, new CommandResult.Refused($"{what} refused: {refusal}")));
            return;
        }

        Order(group, asked);
        effects.Add(new Effect.Report(new ClusterEvent.CommandAccepted(what)));
        effects.Add(new Effect.Reply(client, new CommandResult.Accepted($"{what}: accepted")));
        _waiting.Add(new Waiting(client, what, group.Config.Name, group.Orders, now + asked.Lifetime));
    }

    private static void Order(ResourceGroup group, Command.Switch asked)
    {
        var index = IndexOf(group, asked);
        switch (asked.Action)
        {
            case SwitchAction.Restart:
                group.Restart(group.Resources[index]);
                break;
            case SwitchAction.Stop:
                Give(group, orders => orders with { Runs = Math.Min(orders.Runs, index) });
                break;
            default:
                Give(group, orders => orders with { Runs = Orders.AllRun });
                group.Retry();
                break;
        }
    }

    private static int IndexOf(ResourceGroup group, Command.Switch asked) => asked.WholeGroup
        ? 0
        : group.Resources.TakeWhile(resource => !Means(asked, group, resource)).Count();

    private static bool Means(Command.Switch asked, ResourceGroup group, ManagedResource resource) =>
        ResourceWord.Means(asked.Name, group.Config.Name.Text, resource.Resource.Text);

    private static void Give(ResourceGroup group, Func<Orders, Orders> change) =>
        group.Order(change(group.Orders) with { Version = group.Orders.Version + 1 });

    private CommandResult? Outcome(Waiting waiting, Instant now)
    {
        if (_groups.Find(waiting.Group.Text) is not { Retired: false } group)
        {
            return new CommandResult.Refused($"{waiting.What} is withdrawn: the group was changed in haresources");
        }

        if (group.Orders != waiting.Orders)
        {
            return new CommandResult.Refused($"{waiting.What} is withdrawn: another order came after it");
        }

        return Outcome(waiting, group) ?? (now >= waiting.Until
            ? new CommandResult.Late($"{waiting.What} is not done yet; the order stands")
            : null);
    }

    private CommandResult? Outcome(Waiting waiting, ResourceGroup group)
    {
        if (Stuck(group) is { } node)
        {
            return new CommandResult.Refused(
                $"{waiting.What} failed: {node} could not stop it; stop it there by hand, "
                + $"then run there: hasharp standby {waiting.Group}");
        }

        // Of another node it counts what it says itself, once it knows the order and is done with it.
        var peer = Owns(group) ? null : _members.Find(group.Claim.Owner);
        var view = peer?.View(group.Config.Name, 0);
        var knows = peer is null || (view?.Orders == group.Orders && peer.State is { Stable: true });
        var state = view?.State ?? group.State;
        var done = group.Orders.Runs == 0
            ? state is GroupState.Stopped or GroupState.Failed
            : state == GroupState.Started && (peer is not null || group.Complete);
        if (knows && done)
        {
            return new CommandResult.Done($"{waiting.What}: done");
        }

        return knows && state == GroupState.Failed
            ? new CommandResult.Refused($"{waiting.What} failed: {(peer is null ? group.Trouble : $"see {peer.Name}")}")
            : null;
    }

    private static bool IsLeftRunning(ResourceGroup group) => group.Maintained && group.State.Holds();

    /// <summary>The node that could not stop it; null: none that is known.</summary>
    private NodeName? Stuck(ResourceGroup group) => group.State == GroupState.StopFailed
        ? _identity.Name
        : _members.Peers.Where(peer => peer.Live && peer.View(group.Config.Name, 0)?.State == GroupState.StopFailed)
            .Select(static peer => (NodeName?)peer.Name).FirstOrDefault();

    private static string Owner(ResourceGroup group) => group.Claim.Epoch > 0 ? group.Claim.Owner.Text : "not known";

    private bool Owns(ResourceGroup group) => group.Claim.Epoch > 0 && group.Claim.Owner == _identity.Name;

    private string Unknown(string kind, string name) => $"no {kind} {name} in haresources; there are: " + string.Join(
        ", ", kind == "group"
            ? _groups.All.Select(static group => group.Config.Name.Text)
            : _groups.All.SelectMany(static group => group.Resources).Select(static one => one.Resource.Text));

    private static string Line(ResourceGroup group) => string.Create(
        CultureInfo.InvariantCulture,
        $"orders {group.Orders.Version} {group.Orders.MaintainedUntil} {group.Orders.Runs} "
        + $"{group.Orders.KeptBy?.Text ?? "-"} {group.Config.Name}\n");

    private static (string Group, Orders Orders)? ReadLine(string line)
    {
        var words = line.Split(' ', 6);
        return words is ["orders", var version, var until, var runs, var keeper, var group]
            && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            && int.TryParse(runs, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? (group, new Orders(number, end, count, keeper == "-" ? null : new NodeName(keeper)))
            : null;
    }

    /// <param name="Orders">As they were given; others mean that a later order has replaced them.</param>
    private sealed record Waiting(
        ClientId Client, string What, GroupName Group, Orders Orders, Instant Until);
}
