namespace Stateless.Tests;

public sealed class SubstateTests
{
    private readonly List<string> _seen = [];

    [Fact]
    public void A_machine_in_a_substate_is_in_all_its_superstates()
    {
        var door = HouseWithDoor(Door.Locked);

        Assert.True(door.IsInState(Door.Locked));
        Assert.True(door.IsInState(Door.Closed));
        Assert.True(door.IsInState(Door.House));
        Assert.False(door.IsInState(Door.Open));
    }

    [Fact]
    public void A_substate_has_the_transitions_of_its_superstate()
    {
        var door = HouseWithDoor(Door.Locked);
        door.Configure(Door.Closed).Permit(Push.Pull, Door.Open);

        door.Fire(Push.Pull);

        Assert.Equal(Door.Open, door.State);
    }

    [Fact]
    public void A_substate_overrides_its_superstate()
    {
        var door = HouseWithDoor(Door.Locked);
        door.Configure(Door.Closed).Permit(Push.Pull, Door.Open);
        door.Configure(Door.Locked).Ignore(Push.Pull);

        door.Fire(Push.Pull);

        Assert.Equal(Door.Locked, door.State);
    }

    [Fact]
    public void The_superstate_decides_where_the_substates_own_guard_fails()
    {
        var door = HouseWithDoor(Door.Locked);
        door.Configure(Door.Closed).Permit(Push.Pull, Door.Open);
        door.Configure(Door.Locked).PermitIf(Push.Pull, Door.House, () => false);

        door.Fire(Push.Pull);

        Assert.Equal(Door.Open, door.State);
    }

    [Fact]
    public void A_trigger_that_the_superstate_ignores_keeps_the_substate()
    {
        var door = HouseWithDoor(Door.Locked);
        door.Configure(Door.House).Ignore(Push.Knock);

        door.Fire(Push.Knock);

        Assert.Equal(Door.Locked, door.State);
    }

    [Fact]
    public void An_internal_transition_of_the_superstate_keeps_the_substate()
    {
        var door = HouseWithDoor(Door.Locked);
        door.Configure(Door.House).InternalTransition(Push.Knock, () => _seen.Add("knock"));

        door.Fire(Push.Knock);

        Assert.Equal(Door.Locked, door.State);
        Assert.Equal(["knock"], _seen);
    }

    [Fact]
    public void Leaving_from_deep_inside_exits_inner_states_first()
    {
        var door = HouseWithDoor(Door.Locked);
        door.Configure(Door.House).Permit(Push.Pull, Door.Open);

        door.Fire(Push.Pull);

        Assert.Equal(["exit Locked", "exit Closed", "exit House", "entry Open"], _seen);
    }

    [Fact]
    public void Entering_deep_inside_enters_outer_states_first()
    {
        var door = HouseWithDoor(Door.Open);
        door.Configure(Door.Open).Permit(Push.Turn, Door.Locked);

        door.Fire(Push.Turn);

        Assert.Equal(["exit Open", "entry House", "entry Closed", "entry Locked"], _seen);
    }

    [Fact]
    public void A_way_from_a_substate_to_its_superstate_does_not_leave_the_superstate()
    {
        var door = HouseWithDoor(Door.Locked);
        door.Configure(Door.Locked).Permit(Push.Turn, Door.House);

        door.Fire(Push.Turn);

        Assert.Equal(["exit Locked", "exit Closed"], _seen);
        Assert.Equal(Door.House, door.State);
    }

    [Fact]
    public void A_way_from_a_superstate_to_its_substate_does_not_leave_the_superstate()
    {
        var door = HouseWithDoor(Door.House);
        door.Configure(Door.House).Permit(Push.Turn, Door.Locked);

        door.Fire(Push.Turn);

        Assert.Equal(["entry Closed", "entry Locked"], _seen);
    }

    [Fact]
    public void Re_entry_of_a_substate_does_not_touch_its_superstate()
    {
        var door = HouseWithDoor(Door.Locked);
        door.Configure(Door.Locked).PermitReentry(Push.Turn);

        door.Fire(Push.Turn);

        Assert.Equal(["exit Locked", "entry Locked"], _seen);
    }

    [Fact]
    public void Re_entry_of_a_superstate_leaves_the_substate_for_it()
    {
        var door = HouseWithDoor(Door.Locked);
        door.Configure(Door.Closed).PermitReentry(Push.Turn);

        door.Fire(Push.Turn);

        Assert.Equal(["exit Locked", "exit Closed", "entry Closed"], _seen);
        Assert.Equal(Door.Closed, door.State);
    }

    [Fact]
    public void A_superstates_way_into_the_present_substate_is_not_taken()
    {
        var door = HouseWithDoor(Door.Locked);
        door.Configure(Door.Closed).Permit(Push.Turn, Door.Locked);

        door.Fire(Push.Turn);

        Assert.Empty(_seen);
        Assert.Equal(Door.Locked, door.State);
    }

    [Fact]
    public void States_that_would_contain_each_other_are_refused()
    {
        var door = HouseWithDoor(Door.Open);

        Assert.Throws<ArgumentException>(() => door.Configure(Door.House).SubstateOf(Door.House));
        Assert.Throws<ArgumentException>(() => door.Configure(Door.House).SubstateOf(Door.Locked));
    }

    // Locked inside Closed inside House; Open stands alone. Every action is noted.
    private StateMachine<Door, Push> HouseWithDoor(Door initial)
    {
        var door = new StateMachine<Door, Push>(initial);
        foreach (var state in Enum.GetValues<Door>())
        {
            door.Configure(state).OnEntry(() => _seen.Add($"entry {state}")).OnExit(() => _seen.Add($"exit {state}"));
        }

        door.Configure(Door.Closed).SubstateOf(Door.House);
        door.Configure(Door.Locked).SubstateOf(Door.Closed);
        return door;
    }
}
