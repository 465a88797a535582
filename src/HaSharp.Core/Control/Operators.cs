// What operators have asked for and is not done yet.
// The idea: a request is a fact (somebody wants this, until then), not a half-finished action. Placement looks at it in
// every step; it ends when the cluster is as the operator wanted, or cannot become so, or its time is up.
// Invariant: every accepted command is answered exactly once more, by Done, Refused or Late.

using HaSharp.Core.Decision;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Control;

public sealed class Operators
{
    /// <summary>Requests that may be open at the same time; one more is refused.</summary>
    public const int MaxOpen = 32;

    private readonly List<Wish> _open = [];

    /// <summary>Some request is open.</summary>
    public bool Busy => _open.Count > 0;

    /// <summary>
    /// Somebody asked to give it away, and that has not been done. When it comes back after that (nobody could start
    /// it, or another operator sent it back) it is kept.
    /// </summary>
    public bool Gives(GroupName group, Claim claim)
    {
        foreach (var wish in _open)
        {
            if (!wish.Takes && wish.Wants(group, out var epoch) && claim.Epoch <= epoch)
            {
                return true;
            }
        }

        return false;
    }

    public bool Takes(GroupName group)
    {
        foreach (var wish in _open)
        {
            if (wish.Takes && wish.Wants(group, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>When the next request's time is up.</summary>
    public Instant NextDeadline()
    {
        var next = Instant.Never;
        foreach (var wish in _open)
        {
            next = Instant.Earlier(next, wish.Until);
        }

        return next;
    }

    /// <summary>Accepts, refuses, or finds that a standby or takeover is done already.</summary>
    /// <param name="facts">Facts about each group of groups, in the same order.</param>
    public void Accept(
        Input.CommandReceived asked,
        IReadOnlyList<ResourceGroup> groups,
        Func<ResourceGroup, GroupFacts> facts,
        Instant now,
        List<Effect> effects)
    {
        var (takes, scope, lifetime) = asked.Command switch
        {
            Command.Takeover takeover => (true, takeover.Scope, takeover.Lifetime),
            Command.Standby standby => (false, standby.Scope, standby.Lifetime),
            _ => throw new ArgumentException("only standby and takeover are open requests", nameof(asked)),
        };
        var what = asked.Command.Words();
        if (_open.Count >= MaxOpen)
        {
            Answer(asked.Client, new CommandResult.Refused("too many requests are open"), effects);
            return;
        }

        var meant = groups.Where(group => Means(scope, takes, group, facts(group))).ToList();
        if (scope is Scope.Group named && meant.Count == 0)
        {
            Answer(asked.Client, new CommandResult.Refused(UnknownGroup(named.Name, groups)), effects);
            return;
        }

        meant.RemoveAll(group => takes ? IsHere(group, facts(group)) : !IsOurs(group, facts(group)));
        if (meant.Count == 0)
        {
            var nothing = takes ? "nothing to take: it is all here" : "nothing to give: this node owns none of it";
            Answer(asked.Client, new CommandResult.Done(nothing), effects);
            return;
        }

        // What operators have taken out of the cluster's hands stays as it is; the rest moves.
        var stays = scope is Scope.Group ? [] : meant.FindAll(group => IsSetAside(facts(group)));
        meant.RemoveAll(group => stays.Count < meant.Count && stays.Contains(group));
        foreach (var group in meant)
        {
            if ((WhyNot(group, facts(group), takes) ?? WhyNotAlone(scope, group, groups, facts, takes)) is { } reason)
            {
                var refusal = $"{what} refused: {group.Config.Name}: {reason}";
                Answer(asked.Client, new CommandResult.Refused(refusal), effects);
                return;
            }
        }

        Replace(meant, what, effects);
        meant.ForEach(static group => group.Retry());
        var remark = Remark(takes, meant, stays, facts);
        _open.Add(new Wish(
            asked.Client, takes, what, [.. meant.Select(static group => (group.Config.Name, group.Claim.Epoch))],
            now + lifetime)
        {
            Remark = remark,
        });
        effects.Add(new Effect.Report(new ClusterEvent.CommandAccepted(what)));
        Answer(asked.Client, new CommandResult.Accepted($"{what}: accepted{remark}"), effects);
    }

    private static bool IsSetAside(GroupFacts facts) => facts.Maintained || facts.OrderedDown;

    /// <summary>What whoever asked has to know, as clauses to be put behind the answer.</summary>
    private static string Remark(
        bool takes, List<ResourceGroup> meant, List<ResourceGroup> stays, Func<ResourceGroup, GroupFacts> facts)
    {
        var remark = takes
            ? KeptGroups.Remark(meant, facts(meant[0]).Own.Node, "make sure that nothing of it runs there any more")
            : "";
        foreach (var group in meant.Where(group => takes && group.AddressQuestion.Use == AddressUse.Taken))
        {
            var (address, rival) = group.AddressQuestion.Answered;
            remark += $"; {rival} still has {address}: make sure that nothing of {group.Config.Name} runs there";
        }

        return stays.Count == 0
            ? remark
            : $"{remark}; left as it is by order: {string.Join(", ", stays.Select(static group => group.Config.Name))}";
    }

    /// <summary>
    /// Ends the requests that are done, cannot be done, or whose time is up; true when there was one, as another may
    /// have waited for it.
    /// </summary>
    public bool Refresh(
        IReadOnlyList<ResourceGroup> groups, Func<ResourceGroup, GroupFacts> facts, Instant now, List<Effect> effects)
    {
        var open = _open.Count;
        for (var i = open - 1; i >= 0; i--)
        {
            if (Outcome(_open[i], groups, facts, now) is { } result)
            {
                effects.Add(new Effect.Report(new ClusterEvent.CommandEnded(_open[i].What, result.Text)));
                Answer(_open[i].Client, result, effects);
                _open.RemoveAt(i);
            }
        }

        return _open.Count < open;
    }

    private static CommandResult? Outcome(
        Wish wish, IReadOnlyList<ResourceGroup> groups, Func<ResourceGroup, GroupFacts> facts, Instant now)
    {
        var waiting = false;
        foreach (var group in groups)
        {
            if (!wish.Wants(group.Config.Name, out var epoch))
            {
                continue;
            }

            var fact = facts(group);
            if (wish.Takes ? IsHere(group, fact) : IsThere(fact))
            {
                continue;
            }

            var back = !wish.Takes && fact.Claim.Owner == fact.Own.Node && fact.Claim.Epoch > epoch;
            if ((back ? "it came back" : Failure(group, fact, wish.Takes)) is { } reason)
            {
                return new CommandResult.Refused($"{wish.What} failed: {group.Config.Name}: {reason}");
            }

            waiting = true;
        }

        if (!waiting)
        {
            return new CommandResult.Done($"{wish.What}: done{wish.Remark}");
        }

        return now >= wish.Until
            ? new CommandResult.Late($"{wish.What} was not done in time and is withdrawn")
            : null;
    }

    private static string? WhyNot(ResourceGroup group, GroupFacts facts, bool takes)
    {
        if (!facts.Joined)
        {
            return "this node has not joined the cluster yet, the other nodes are not all heard";
        }

        if (facts.Own.Leaving)
        {
            return "this node is shutting down";
        }

        if (facts.Maintained || facts.OrderedDown)
        {
            return facts.Maintained
                ? $"it is in maintenance; end that first: hasharp maintenance off {group.Config.Name}"
                : $"it was ordered to be stopped: hasharp group start {group.Config.Name}";
        }

        if (facts.Nodes.Any(static node => node.Live && node.Kind == Kind.Opaque))
        {
            return "what a live node of the cluster holds cannot be known";
        }

        return takes ? WhyNotTaken(group, facts) : WhyNotGiven(facts);
    }

    private static string? WhyNotTaken(ResourceGroup group, GroupFacts facts)
    {
        if (facts.Own.Unfit)
        {
            return "a check fails on this node";
        }

        if (group.State == GroupState.StopFailed)
        {
            return "it could not be stopped here; stop it by hand, then run hasharp standby";
        }

        foreach (var node in facts.Nodes)
        {
            if (node.Live && node.State == GroupState.StopFailed)
            {
                return $"{node.Node} could not stop it; stop it there by hand, then run hasharp standby there";
            }
        }

        return null;
    }

    /// <summary>Beside a heartbeat one group moves alone only when it is the only one of its node.</summary>
    private static string? WhyNotAlone(
        Scope scope,
        ResourceGroup group,
        IReadOnlyList<ResourceGroup> groups,
        Func<ResourceGroup, GroupFacts> facts,
        bool takes)
    {
        var fact = facts(group);
        var peer = fact.Nodes.FirstOrDefault(static node =>
            node.Live && node.Kind is Kind.Heartbeat or Kind.HeartbeatWaiting);
        if (scope is not Scope.Group || peer.Kind == Kind.HaSharp)
        {
            return null;
        }

        foreach (var other in groups)
        {
            if (other != group && other.Config.Preferred == group.Config.Preferred
                && (takes ? !IsHere(other, facts(other)) : IsOurs(other, facts(other))))
            {
                var word = fact.Self == 0 ? "local" : "foreign";
                return $"{peer.Node} runs heartbeat, which moves all groups of a node together: use {word}";
            }
        }

        return null;
    }

    private static string? WhyNotGiven(GroupFacts facts)
    {
        for (var i = 0; i < facts.Nodes.Count; i++)
        {
            if (i != facts.Self && facts.Nodes[i] is { Eligible: true, Unfit: false })
            {
                return null;
            }
        }

        var others = facts.Nodes.Where((_, i) => i != facts.Self).Select(static node => $"{node.Node} {Trouble(node)}");
        return "no other node is able to run it (" + string.Join(", ", others) + ")";
    }

    private static string Trouble(Standing node) => node switch
    {
        { Live: false } => "is dead or has left",
        { Kind: Kind.HeartbeatAsks } => "takes over only what it asks for, because auto_failback is legacy",
        { Knows: false } => "does not have it in its haresources: reload there",
        { Unfit: true } => "fails a check, or has not run it yet",
        { State: GroupState.Failed } => "could not run it",
        { State: GroupState.StopFailed } => "could not stop it",
        { Leaving: true } => "is shutting down",
        _ => "has not joined yet",
    };

    private static string? Failure(ResourceGroup group, GroupFacts facts, bool takes)
    {
        if (facts.Own.Leaving)
        {
            return "this node is shutting down";
        }

        if (group.State is GroupState.StopFailed || (takes && group.State is GroupState.Failed))
        {
            return group.Trouble;
        }

        return WhyNot(group, facts, takes) is { } reason && (takes || facts.Claim.Owner == facts.Own.Node)
            ? reason
            : null;
    }

    private static bool Means(Scope scope, bool takes, ResourceGroup group, GroupFacts facts) => scope switch
    {
        Scope.All => true,
        Scope.Local => facts.Self == 0,
        Scope.Foreign => facts.Self != 0,
        Scope.Failback => takes ? facts.Self == 0 : facts.Self != 0,
        Scope.Group named => named.Name == group.Config.Name,
        _ => false,
    };

    private static bool IsOurs(ResourceGroup group, GroupFacts facts) =>
        (facts.Claim.Epoch > 0 && facts.Claim.Owner == facts.Own.Node) || group.State == GroupState.StopFailed;

    private static bool IsHere(ResourceGroup group, GroupFacts facts) =>
        facts.Claim.Epoch > 0 && facts.Claim.Owner == facts.Own.Node && group.State == GroupState.Started;

    private static bool IsThere(GroupFacts facts)
    {
        foreach (var node in facts.Nodes)
        {
            if (node.Node == facts.Claim.Owner && node.Node != facts.Own.Node)
            {
                return node.Live && node.State == GroupState.Started;
            }
        }

        return false;
    }

    private static string UnknownGroup(GroupName name, IReadOnlyList<ResourceGroup> groups) =>
        $"no group {name} in haresources; the groups are: "
        + string.Join(", ", groups.Select(static group => group.Config.Name));

    /// <summary>The newest command counts: what older ones asked about the same groups is withdrawn.</summary>
    private void Replace(List<ResourceGroup> meant, string what, List<Effect> effects)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var old = _open[i];
            var rest = old.Groups.Where(wanted => !meant.Exists(group => group.Config.Name == wanted.Name)).ToList();
            _open[i] = old with { Groups = rest };
            if (rest.Count == 0)
            {
                var result = new CommandResult.Refused($"{old.What} is withdrawn, because {what} was asked after it");
                effects.Add(new Effect.Report(new ClusterEvent.CommandEnded(old.What, result.Text)));
                Answer(old.Client, result, effects);
                _open.RemoveAt(i);
            }
        }
    }

    private static void Answer(ClientId client, CommandResult result, List<Effect> effects)
    {
        effects.Add(new Effect.Reply(client, result));
        if (client == default && result is CommandResult.Refused or CommandResult.Late)
        {
            // Asked by a peer or by ourselves: nobody waits for the answer, so the log has it.
            effects.Add(new Effect.Report(new ClusterEvent.CommandRefused(result.Text)));
        }
    }

    /// <param name="Groups">Each with the epoch of its claim when it was asked for.</param>
    private sealed record Wish(
        ClientId Client, bool Takes, string What, IReadOnlyList<(GroupName Name, long Epoch)> Groups, Instant Until)
    {
        /// <summary>What the operator has to know beside the outcome.</summary>
        public string Remark { get; init; } = "";

        public bool Wants(GroupName group, out long epoch)
        {
            foreach (var (name, asked) in Groups)
            {
                if (name == group)
                {
                    epoch = asked;
                    return true;
                }
            }

            epoch = 0;
            return false;
        }
    }
}
