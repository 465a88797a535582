using HaSharp.Core.Decision;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Decision;

/// <summary>The decision about one group, fact by fact. Node 0 is preferred; we are node 1 unless said.</summary>
public sealed class PlacementTests
{
    private static readonly NodeName A = new("a");
    private static readonly NodeName B = new("b");
    private static readonly NodeName C = new("c");

    private static Standing Node(NodeName name, GroupState state = GroupState.Stopped, Claim claim = default) => new(
        name, Live: true, Active: true, Leaving: false, Kind: Kind.HaSharp, Knows: true,
        NeverHeard: false, HeardByOthers: false,
        HearsUs: true, state, claim, Wants: false);

    private static Standing Dead(NodeName name) => Node(name) with { Live = false, Active = false, HearsUs = false };

    private static GroupFacts Facts(Claim claim, int self, params Standing[] nodes) => new(
        [.. nodes.Select(node => node with { Claim = claim })], self, claim, Failback: false, Joined: true,
        Confirmed: true, GiveAway: false);

    private static Claim Owned(NodeName owner, long epoch = 5, bool pinned = false) => new(epoch, owner, pinned);

    [Fact]
    public void Nothing_begins_before_the_node_has_joined()
    {
        var facts = Facts(Claim.None, 0, Node(A), Node(B)) with { Joined = false };
        var (verdict, change) = Placement.Decide(facts);
        Assert.Equal(Intent.Keep, verdict.Intent);
        Assert.Null(change);
    }

    [Fact]
    public void A_group_that_nobody_owned_is_claimed_by_the_first_in_order()
    {
        var (verdict, change) = Placement.Decide(Facts(Claim.None, 0, Node(A), Dead(B)));
        Assert.Equal(new Claim(1, A, false), verdict.Claim);
        Assert.Equal(Intent.Start, verdict.Intent);
        Assert.Equal(Cause.NeverOwned, change?.Cause);
    }

    [Fact]
    public void A_claim_is_not_acted_on_before_every_live_node_that_hears_us_has_it()
    {
        var (verdict, _) = Placement.Decide(Facts(Claim.None, 0, Node(A), Node(B)));
        Assert.Equal(new Claim(1, A, false), verdict.Claim);
        Assert.Equal(new Reason(Cause.WaitForAcknowledgement, B), verdict.Reason);
        Assert.NotEqual(Intent.Start, verdict.Intent);
    }

    [Fact]
    public void A_node_that_does_not_hear_us_cannot_hold_up_a_claim_for_ever()
    {
        var facts = Facts(Claim.None, 0, Node(A), Node(B) with { HearsUs = false });
        Assert.Equal(Intent.Start, Placement.Decide(facts).Verdict.Intent);
    }

    [Fact]
    public void An_unowned_group_waits_for_its_preferred_node_that_is_coming_up()
    {
        var (verdict, _) = Placement.Decide(Facts(Claim.None, 1, Node(A) with { Active = false }, Node(B)));
        Assert.Equal(new Reason(Cause.WaitForJoining, A), verdict.Reason);
    }

    [Fact]
    public void A_dead_owners_group_does_not_wait_for_a_node_that_is_coming_up()
    {
        var (verdict, _) = Placement.Decide(
            Facts(Owned(C), 1, Node(A) with { Active = false }, Node(B), Dead(C)));
        Assert.Equal(Owned(B, 6), verdict.Claim);
    }

    [Fact]
    public void Only_the_first_eligible_node_takes_a_dead_owners_group()
    {
        Assert.Equal(Owned(B, 6), Placement.Decide(Facts(Owned(A), 1, Dead(A), Node(B), Node(C))).Verdict.Claim);
        var (verdict, change) = Placement.Decide(Facts(Owned(A), 2, Dead(A), Node(B), Node(C)));
        Assert.Null(change);
        Assert.Equal(new Reason(Cause.SuccessorTakes, B), verdict.Reason);
    }

    [Fact]
    public void A_node_that_already_runs_an_orphan_goes_before_the_first_in_order()
    {
        var (verdict, _) = Placement.Decide(
            Facts(Owned(A), 2, Dead(A), Node(B), Node(C, GroupState.Started)));
        Assert.Equal(Owned(C, 6), verdict.Claim);
        Assert.Equal(Intent.Start, verdict.Intent);
    }

    [Fact]
    public void A_silent_owner_that_others_still_hear_is_left_alone()
    {
        var (verdict, _) = Placement.Decide(
            Facts(Owned(A), 1, Dead(A) with { HeardByOthers = true }, Node(B), Node(C)));
        Assert.Equal(Owned(A), verdict.Claim);
        Assert.Equal(new Reason(Cause.HeardByOthers, A), verdict.Reason);
    }

    [Fact]
    public void After_a_long_sleep_nothing_is_taken_before_the_others_are_heard()
    {
        var facts = Facts(Owned(A), 1, Dead(A), Node(B)) with { Confirmed = false };
        Assert.Equal((Intent.Keep, Cause.JustWoke), Say(facts));
    }

    [Fact]
    public void A_group_is_released_when_another_live_node_owns_it()
    {
        var facts = Facts(Owned(A), 1, Node(A, GroupState.Started), Node(B, GroupState.Started));
        Assert.Equal((Intent.Stop, Cause.OwnedBy), Say(facts));
    }

    [Theory]
    [InlineData(GroupState.Failed)]
    [InlineData(GroupState.Stopped)]
    [InlineData(GroupState.Starting)]
    public void What_runs_here_goes_on_when_another_became_owner_but_does_not_run_it(GroupState there)
    {
        var facts = Facts(Owned(A), 1, Node(A, there), Node(B, GroupState.Started));
        Assert.Equal((Owned(B, 6), Intent.Start), Keep(Placement.Decide(facts)));
    }

    [Theory]
    [InlineData(GroupState.Started)]
    [InlineData(GroupState.Starting)]
    [InlineData(GroupState.Stopping)]
    [InlineData(GroupState.StopFailed)]
    [InlineData(GroupState.Unknown)]
    public void An_owner_does_not_start_while_a_live_node_holds_the_group_or_may_hold_it(GroupState there)
    {
        var facts = Facts(Owned(B), 1, Node(A, there), Node(B));
        Assert.NotEqual(Intent.Start, Placement.Decide(facts).Verdict.Intent);
    }

    [Fact]
    public void A_group_that_a_dead_node_could_not_stop_waits_for_an_operator()
    {
        var facts = Facts(Owned(A), 1, Dead(A) with { State = GroupState.StopFailed }, Node(B));
        Assert.Equal((Intent.Stop, Cause.StopFailedAndSilent), Say(facts));
        var asked = Facts(
            Owned(A), 1, Dead(A) with { State = GroupState.StopFailed }, Node(B) with { Wants = true });
        Assert.Equal(Intent.Start, Placement.Decide(asked).Verdict.Intent);
    }

    [Fact]
    public void With_auto_failback_a_group_goes_home_when_home_is_ready()
    {
        var facts = Facts(Owned(B), 1, Node(A), Node(B, GroupState.Started)) with { Failback = true };
        var (verdict, change) = Placement.Decide(facts);
        Assert.Equal((Owned(A, 6), Intent.Stop, Cause.Failback), (verdict.Claim, verdict.Intent, change?.Cause));
    }

    [Theory]
    [InlineData(GroupState.Unknown)]
    [InlineData(GroupState.Failed)]
    [InlineData(GroupState.Stopping)]
    public void Automatic_failback_waits_until_the_preferred_node_could_start_at_once(GroupState there)
    {
        var facts = Facts(Owned(B), 1, Node(A, there), Node(B, GroupState.Started)) with { Failback = true };
        Assert.Equal(Owned(B), Placement.Decide(facts).Verdict.Claim);
    }

    [Fact]
    public void What_an_operator_moved_stays_until_its_preferred_node_was_away()
    {
        var pinned = Facts(Owned(B, pinned: true), 1, Node(A), Node(B, GroupState.Started)) with { Failback = true };
        Assert.Equal(Owned(B, pinned: true), Placement.Decide(pinned).Verdict.Claim);
        var away = Facts(Owned(B, pinned: true), 1, Dead(A), Node(B, GroupState.Started)) with { Failback = true };
        Assert.Equal(Owned(B, 6), Placement.Decide(away).Verdict.Claim);
    }

    [Fact]
    public void Standby_gives_to_the_first_node_that_could_start_at_once()
    {
        var facts = Facts(Owned(A), 0, Node(A, GroupState.Started), Node(B, GroupState.Failed), Node(C)) with
        {
            GiveAway = true,
        };
        Assert.Equal(Owned(C, 6, pinned: true), Placement.Decide(facts).Verdict.Claim);
    }

    [Fact]
    public void A_node_that_does_not_have_the_group_in_its_files_is_given_nothing()
    {
        var facts = Facts(Owned(A), 0, Node(A, GroupState.Started), Node(B) with { Knows = false }) with
        {
            GiveAway = true,
        };
        Assert.Equal(Owned(A), Placement.Decide(facts).Verdict.Claim);
    }

    [Fact]
    public void A_node_that_runs_all_of_it_goes_before_one_that_runs_a_part()
    {
        var facts = Facts(Claim.None, 0, Node(A, GroupState.Starting), Node(B, GroupState.Started));
        Assert.Equal(new Reason(Cause.SuccessorTakes, B), Placement.Decide(facts).Verdict.Reason);
    }

    [Fact]
    public void A_group_that_is_partly_here_goes_on_starting_only_when_nobody_else_holds_it()
    {
        var facts = Facts(Owned(A), 0, Node(A, GroupState.Starting), Node(B, GroupState.Unknown));
        Assert.Equal((Intent.Keep, Cause.WaitForRelease), Say(facts));
    }

    [Fact]
    public void Standby_keeps_the_group_when_nobody_could_take_it()
    {
        var facts = Facts(Owned(A), 0, Node(A, GroupState.Started), Dead(B)) with { GiveAway = true };
        Assert.Equal(Intent.Start, Placement.Decide(facts).Verdict.Intent);
    }

    [Fact]
    public void An_owner_gives_to_the_node_where_an_operator_asked_for_takeover()
    {
        var facts = Facts(Owned(A), 0, Node(A, GroupState.Started), Node(B), Node(C) with { Wants = true });
        Assert.Equal(Owned(C, 6, pinned: true), Placement.Decide(facts).Verdict.Claim);
    }

    [Fact]
    public void A_leaving_owner_hands_over_and_releases_even_if_nobody_is_left()
    {
        var left = Facts(Owned(A), 0, Node(A, GroupState.Started) with { Leaving = true }, Node(B));
        Assert.Equal(Owned(B, 6), Placement.Decide(left).Verdict.Claim);
        var alone = Facts(Owned(A), 0, Node(A, GroupState.Started) with { Leaving = true }, Dead(B));
        Assert.Equal((Intent.Stop, Cause.Leaving), Say(alone));
    }

    [Fact]
    public void A_leaving_node_is_not_handed_anything()
    {
        var facts = Facts(Owned(A), 0, Node(A, GroupState.Failed), Node(B) with { Leaving = true });
        Assert.Equal((Intent.Stop, Cause.StartFailedHere), Say(facts));
    }

    [Fact]
    public void When_both_run_a_group_the_preferred_node_goes_on_if_it_would_get_it_back_anyway()
    {
        var claim = Owned(B, 6);
        var atA = Facts(claim, 0, Node(A, GroupState.Started), Node(B, GroupState.Started)) with { Failback = true };
        Assert.Equal((Owned(A, 7), Intent.Start), Keep(Placement.Decide(atA)));
        var atB = Facts(claim, 1, Node(A, GroupState.Started), Node(B, GroupState.Started)) with { Failback = true };
        Assert.Equal((Owned(A, 7), Intent.Stop), Keep(Placement.Decide(atB)));
    }

    [Fact]
    public void When_both_run_a_group_without_failback_the_later_owner_goes_on()
    {
        var claim = Owned(B, 6);
        var atA = Facts(claim, 0, Node(A, GroupState.Started), Node(B, GroupState.Started));
        Assert.Equal(Intent.Stop, Placement.Decide(atA).Verdict.Intent);
        var atB = Facts(claim, 1, Node(A, GroupState.Started), Node(B, GroupState.Started));
        Assert.Equal(Intent.Start, Placement.Decide(atB).Verdict.Intent);
    }

    [Fact]
    public void Nothing_is_started_while_a_node_runs_heartbeat()
    {
        var facts = Facts(Claim.None, 0, Node(A), Node(B) with { Kind = Kind.Opaque });
        Assert.Equal((Intent.Keep, Cause.OpaquePeer), Say(facts));
    }

    [Fact]
    public void The_higher_epoch_wins_then_the_order_of_succession()
    {
        int Rank(NodeName name) => name == A ? 0 : name == B ? 1 : int.MaxValue;
        Assert.True(Placement.Beats(Owned(B, 6), Owned(A, 5), Rank));
        Assert.False(Placement.Beats(Owned(B, 5), Owned(A, 6), Rank));
        Assert.True(Placement.Beats(Owned(A, 5), Owned(B, 5), Rank));
        Assert.False(Placement.Beats(Owned(C, 5), Owned(B, 5), Rank));
        Assert.True(Placement.Beats(Owned(A, 5, pinned: true), Owned(A, 5), Rank));
        Assert.False(Placement.Beats(Owned(A, 5), Owned(A, 5), Rank));
    }

    /// <summary>
    /// Every combination of a few thousand fact sets gives a verdict: the decision always settles, the epoch never
    /// falls, and only the owner may start.
    /// </summary>
    [Fact]
    public void Every_combination_of_facts_is_decided_and_only_an_owner_starts()
    {
        var states = Enum.GetValues<GroupState>();
        Claim[] claims = [Claim.None, Owned(A), Owned(B), Owned(B, pinned: true), Owned(C)];
        var seen = 0;
        foreach (var claim in claims)
        {
            foreach (var (mine, theirs) in states.SelectMany(m => states.Select(t => (m, t))))
            {
                for (var bits = 0; bits < 256; bits++)
                {
                    var own = Node(B, mine) with { Leaving = (bits & 1) != 0, Wants = (bits & 2) != 0 };
                    var other = Node(A, theirs) with
                    {
                        Live = (bits & 4) != 0, Active = (bits & 8) != 0, Wants = (bits & 16) != 0,
                    };
                    var facts = Facts(claim, 1, other, own) with
                    {
                        Failback = (bits & 32) != 0, GiveAway = (bits & 64) != 0, Joined = (bits & 128) != 0,
                    };
                    var (verdict, _) = Placement.Decide(facts);
                    Assert.True(verdict.Claim.Epoch >= claim.Epoch);
                    Assert.True(verdict.Intent != Intent.Start || verdict.Claim.Owner == B);
                    Assert.NotEqual("", verdict.Reason.ToString());
                    seen++;
                }
            }
        }

        Assert.Equal(claims.Length * states.Length * states.Length * 256, seen);
    }

    [Fact]
    public void Every_cause_has_a_sentence()
    {
        foreach (var cause in Enum.GetValues<Cause>())
        {
            Assert.DoesNotContain("{", new Reason(cause, A).ToString());
        }
    }

    private static (Intent Intent, Cause Cause) Say(GroupFacts facts)
    {
        var (verdict, _) = Placement.Decide(facts);
        return (verdict.Intent, verdict.Reason.Cause);
    }

    private static (Claim Claim, Intent Intent) Keep((Verdict Verdict, Reason? Change) decided) =>
        (decided.Verdict.Claim, decided.Verdict.Intent);
}
