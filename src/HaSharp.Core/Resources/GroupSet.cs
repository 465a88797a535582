// All resource groups of this node.
// The idea: a list in haresources order, and the few questions that the node asks about all of them at once.
// Invariant: a group that left haresources while it was held stays in the list until it is released.

using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Decision;
using HaSharp.Core.Legacy;
using HaSharp.Core.Membership;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Resources;

public sealed partial class GroupSet
{
    /// <summary>max_moves counts those of one hour.</summary>
    private static readonly TimeSpan MovesCountFor = TimeSpan.FromHours(1);

    private readonly NodeName _self;
    private readonly List<ResourceGroup> _groups = [];
    private ClusterConfig _config;
    private readonly Dictionary<string, AgentTimes> _described = new(StringComparer.Ordinal);
    private long _runs;

    public GroupSet(ClusterConfig config, NodeName self)
    {
        _self = self;
        _config = config;
        Configure(config);
    }

    public IReadOnlyList<ResourceGroup> All => _groups;

    public bool Busy => Any(static group => group.Busy);

    public bool Holds => Any(static group => group.State.Holds());

    /// <summary>Of some group it is not known what runs here: not knowing is not the same as holding nothing.</summary>
    public bool Unknown => Any(static group => group.State == GroupState.Unknown);

    public bool StopFailed => Any(static group => group.State == GroupState.StopFailed);

    /// <summary>Nothing runs here that could be released.</summary>
    public bool Released => !Any(static group => !group.Maintained && group.State is not
        (GroupState.Stopped or GroupState.Failed or GroupState.StopFailed));

    /// <summary>Every group is as decided, and nothing further is expected.</summary>
    public bool Settled => !Any(static group => group.Busy || !group.Verdict.Settled);

    /// <summary>
    /// Takes a new haresources: unchanged groups are untouched, new ones are probed, changed and removed ones are
    /// released first; a changed one is then acquired again as it now is.
    /// </summary>
    public void Configure(ClusterConfig config)
    {
        _config = config;
        var old = _groups.ToList();
        _groups.Clear();
        foreach (var wanted in config.Groups)
        {
            var known = old.Find(group => group.Config.Name == wanted.Name);
            if (known is not null)
            {
                old.Remove(known);
                known.Succeed(wanted);
            }

            _groups.Add(known ?? New(wanted, Claim.None, Orders.None));
        }

        foreach (var removed in old)
        {
            removed.Succeed(null);
            _groups.Add(removed);
        }

        foreach (var group in _groups)
        {
            group.Recovery = config.Recovery;
        }
    }

    private ResourceGroup New(GroupConfig wanted, Claim claim, Orders orders)
    {
        var group = new ResourceGroup(wanted, _config.Recovery) { Claim = claim };
        group.Order(orders);
        foreach (var resource in group.Resources)
        {
            resource.Described = _described.GetValueOrDefault(resource.Resource.Text);
        }

        return group;
    }

    /// <summary>What the meta-data of a resource's agent say.</summary>
    public void Describe(Input.AgentDescribed described)
    {
        _described[described.Resource] = described.Times;
        foreach (var group in _groups)
        {
            if (group.Find(described.Resource) is { } resource)
            {
                resource.Described = described.Times;
            }
        }
    }

    /// <summary>Something has changed behind the back of a resource: it is looked at, at once.</summary>
    public void Suspect(Input.ResourceSuspected suspected, Instant now, List<Effect> effects)
    {
        if (Find(suspected.Group.Text) is { State: GroupState.Started or GroupState.Starting } group
            && group.Find(suspected.Resource) is { State: GroupState.Started } resource)
        {
            resource.Suspect(now);
            effects.Add(new Effect.Report(new ClusterEvent.Suspected(
                suspected.Group, suspected.Resource, suspected.Reason)));
        }
    }

    /// <summary>The group of this name; null: none.</summary>
    public ResourceGroup? Find(string? name) => _groups.Find(group => group.Config.Name.Text == name);

    /// <summary>What another node owns or still has running, also of groups that we do not know.</summary>
    public GroupName[] HeldBy(Peer peer) =>
    [
        .. _groups.Where(group => group.Claim.Epoch > 0 && group.Claim.Owner == peer.Name)
            .Select(static group => group.Config.Name)
            .Union((peer.State?.Groups ?? []).Where(static view => view.State.Holds())
                .Select(static view => view.Name)),
    ];

    /// <summary>Takes the claims of a peer's heartbeat in: the better claim wins.</summary>
    public void Merge(Peer peer, ClusterConfig config, Instant now)
    {
        for (var i = 0; i < _groups.Count; i++)
        {
            var group = _groups[i];
            if (peer.View(group.Config.Name, i) is not { } view)
            {
                continue;
            }

            if (view.Orders.Beats(group.Orders))
            {
                group.Order(view.Orders);
            }

            if (view.Claim != group.Claim
                && Placement.Beats(view.Claim, group.Claim, name => Rank(config, group.Config.Preferred, name)))
            {
                if ((view.State == GroupState.Failed || view.Unfit) && group.Claim.Owner == peer.Name)
                {
                    group.Moves.Add(now);
                }

                group.Claim = view.Claim;
                group.VouchedUntil = now + config.Deadtime;
            }
        }
    }

    /// <summary>
    /// A peer that knows no claims has changed who holds a share of the groups: the claim follows, on its behalf.
    /// </summary>
    public void Concede(Share share, NodeName owner, bool pinned, string reason, List<Effect> effects)
    {
        foreach (var group in _groups)
        {
            if ((Shares.Of(group.Config, _self) & share) != 0)
            {
                Concede(group, owner, pinned, reason, effects);
            }
        }
    }

    /// <summary>A group of this share is owned by this node, as far as we know.</summary>
    public bool IsOwned(Share share, NodeName owner) => _groups.Exists(group =>
        (Shares.Of(group.Config, _self) & share) != 0 && group.Claim.Epoch > 0 && group.Claim.Owner == owner);

    /// <summary>The same for one group.</summary>
    public static void Concede(
        ResourceGroup group, NodeName owner, bool pinned, string reason, List<Effect> effects)
    {
        if (group.Claim.Epoch > 0 && group.Claim.Owner == owner)
        {
            return;
        }

        group.Claim = new Claim(group.Claim.Epoch + 1, owner, pinned && owner != group.Config.Preferred);
        effects.Add(new Effect.Report(new ClusterEvent.OwnerChanged(
            group.Config.Name, owner, group.Claim.Epoch, reason)));
    }

    /// <summary>Facts out: claims that no longer vouch for their owners.</summary>
    public void Expire(Instant now)
    {
        foreach (var group in _groups)
        {
            if (now >= group.VouchedUntil)
            {
                group.VouchedUntil = Instant.Zero;
            }

            group.Moves.RemoveAll(at => at + MovesCountFor <= now);
        }
    }

    /// <summary>Forgets that starts failed; a stop that failed stays.</summary>
    public void RetryFailed()
    {
        foreach (var group in _groups)
        {
            if (group.State == GroupState.Failed)
            {
                group.Retry();
            }
        }
    }

    public void Finish(Input.AgentFinished finished, Instant now, List<Effect> effects)
    {
        foreach (var group in _groups)
        {
            if (group.Finish(finished.Run, finished.Outcome, now, effects))
            {
                return;
            }
        }
    }

    /// <summary>Plans every group; true when one reached another state, so that it is decided again.</summary>
    public bool Plan(Instant now, List<Effect> effects)
    {
        var changed = false;
        for (var i = _groups.Count - 1; i >= 0; i--)
        {
            var group = _groups[i];
            var before = group.State;
            group.Plan(now, NewRun, effects);
            changed |= group.State != before;
            if (group.Replace())
            {
                changed = true;
                _groups.RemoveAt(i);
                if (group.Successor is { } successor)
                {
                    _groups.Insert(i, New(successor, group.Claim, group.Orders));
                }
            }
        }

        return changed;
    }

    public Instant NextDeadline()
    {
        var next = Instant.Never;
        foreach (var group in _groups)
        {
            next = Instant.Earlier(next, group.NextDeadline);
            next = Instant.Earlier(next, group.AddressQuestion.NextDeadline);
            next = group.Moves.Count > 0 ? Instant.Earlier(next, group.Moves[0] + MovesCountFor) : next;
            next = group.VouchedUntil > Instant.Zero ? Instant.Earlier(next, group.VouchedUntil) : next;
        }

        return next;
    }

    /// <param name="unfit">Whether nobody should hand the group to this node, by its checks.</param>
    public GroupView[] Views(Operators operators, Func<GroupName, bool> unfit)
    {
        // Groups that a reload removed stand last; beyond the limit nobody else knows them any more either.
        var views = new GroupView[Math.Min(_groups.Count, PublicStateCodec.MaxGroups)];
        for (var i = 0; i < views.Length; i++)
        {
            var group = _groups[i];
            views[i] = new GroupView(
                group.Config.Name, group.Claim, group.State, operators.Takes(group.Config.Name))
            {
                Orders = group.Orders,
                Unfit = unfit(group.Config.Name),
            };
        }

        return views;
    }

    /// <summary>Everything that the decision about one group may look at.</summary>
    public GroupFacts Facts(
        ResourceGroup group, ClusterConfig config, Members members, Operators operators, bool leaving, bool unfit)
    {
        var name = group.Config.Name;
        var index = _groups.IndexOf(group);
        var count = config.Nodes.Count;
        var first = Math.Max(0, PlaceOf(config, group.Config.Preferred));
        var nodes = new Standing[count];
        var self = 0;
        for (var i = 0; i < count; i++)
        {
            var node = config.Nodes[(first + i) % count];
            if (node == _self)
            {
                self = i;
                nodes[i] = new Standing(
                    node, true, members.Joined, leaving, Kind.HaSharp, true, false, false, true,
                    group.State, group.Claim, operators.Takes(name))
                {
                    Unfit = unfit,
                };
            }
            else
            {
                var peer = members.Find(node)!;
                var vouched = group.VouchedUntil > Instant.Zero && group.Claim.Owner == node && !peer.Left;
                nodes[i] = peer.Standing(
                    group.Config, index, group.Claim, _self, !peer.Live && (vouched || members.HeardByOthers(node)));
                if (!peer.Live && group.Orders.KeptBy == node)
                {
                    // Whether we heard its last word ourselves or not.
                    nodes[i] = nodes[i] with { State = GroupState.Started };
                }
            }
        }

        return new GroupFacts(
            nodes, self, group.Claim, config.AutoFailback != AutoFailback.Off,
            members.Joined, members.Confirmed, operators.Gives(name, group.Claim))
        {
            Maintained = group.Maintained,
            OrderedDown = group.Orders.Runs == 0,
            Frozen = group.Moves.Count >= MaxMoves,
            Repairs = group.StartedEpoch == group.Claim.Epoch,
            Address = group.AddressQuestion.Use,
            Suspect = group.AddressQuestion.Use == AddressUse.Taken ? Suspect(group, members) : null,
        };
    }

    /// <summary>Every live node that hears us knows the claims that we leave behind.</summary>
    public bool HandedOver(Members members)
    {
        for (var i = 0; i < _groups.Count; i++)
        {
            var group = _groups[i];
            foreach (var peer in members.Peers)
            {
                if (peer.Live && peer.Heartbeat is null && peer.SeenStatus(_self) != NodeStatus.Dead
                    && peer.View(group.Config.Name, i) is { } view && view.Claim.Epoch < group.Claim.Epoch)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private int MaxMoves => _config.Recovery.MaxMoves ?? 2 * _config.Nodes.Count;

    private RunId NewRun() => new(++_runs);

    private static int Rank(ClusterConfig config, NodeName preferred, NodeName node)
    {
        var place = PlaceOf(config, node);
        var count = config.Nodes.Count;
        return place < 0 ? int.MaxValue : (place - PlaceOf(config, preferred) + count) % count;
    }

    private static int PlaceOf(ClusterConfig config, NodeName node)
    {
        for (var i = 0; i < config.Nodes.Count; i++)
        {
            if (config.Nodes[i] == node)
            {
                return i;
            }
        }

        return -1;
    }

    private bool Any(Func<ResourceGroup, bool> fits)
    {
        foreach (var group in _groups)
        {
            if (fits(group))
            {
                return true;
            }
        }

        return false;
    }
}
