namespace Stateless.Tests;

public sealed class FiringTests
{
    [Fact]
    public void The_initial_state_is_the_present_state() =>
        Assert.Equal(Door.Closed, new StateMachine<Door, Push>(Door.Closed).State);

    [Fact]
    public void A_permitted_trigger_changes_the_state()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        door.Configure(Door.Open).Permit(Push.Shut, Door.Closed);

        door.Fire(Push.Shut);

        Assert.Equal(Door.Closed, door.State);
    }

    [Fact]
    public void A_state_that_is_kept_outside_is_written_once_for_each_transition()
    {
        var state = Door.Open;
        var writes = 0;
        var door = new StateMachine<Door, Push>(
            () => state,
            next =>
            {
                state = next;
                writes++;
            });
        door.Configure(Door.Open).Permit(Push.Shut, Door.Closed);

        door.Fire(Push.Shut);

        Assert.Equal(Door.Closed, state);
        Assert.Equal(1, writes);
    }

    [Fact]
    public void A_state_that_is_changed_outside_is_seen_at_once()
    {
        var state = Door.Open;
        var door = new StateMachine<Door, Push>(() => state, next => state = next);
        door.Configure(Door.Locked).Permit(Push.Turn, Door.Closed);

        state = Door.Locked;

        Assert.Equal(Door.Locked, door.State);
        Assert.True(door.CanFire(Push.Turn));
    }

    [Fact]
    public void A_trigger_without_a_transition_throws_and_names_state_and_trigger()
    {
        var door = new StateMachine<Door, Push>(Door.Open);

        var thrown = Assert.Throws<InvalidOperationException>(() => door.Fire(Push.Turn));

        Assert.Equal(
            "No valid leaving transitions are permitted from state 'Open' for trigger 'Turn'. "
            + "Consider ignoring the trigger.",
            thrown.Message);
        Assert.Equal(Door.Open, door.State);
    }

    [Fact]
    public void A_trigger_whose_guards_all_fail_throws_and_names_the_guards()
    {
        var door = new StateMachine<Door, Push>(Door.Closed);
        door.Configure(Door.Closed)
            .PermitIf(Push.Turn, Door.Locked, () => false, "has key")
            .PermitIf(Push.Turn, Door.Open, () => false);

        var thrown = Assert.Throws<InvalidOperationException>(() => door.Fire(Push.Turn));

        Assert.Contains("Guard descriptions: 'has key, Function'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unhandled_trigger_goes_to_the_action_that_was_given_for_it()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        var seen = new List<string>();
        door.OnUnhandledTrigger((state, trigger) => seen.Add($"{state} {trigger}"));

        door.Fire(Push.Knock);

        Assert.Equal(["Open Knock"], seen);
        Assert.Equal(Door.Open, door.State);
    }

    [Fact]
    public void An_unhandled_trigger_can_tell_which_guards_failed()
    {
        var door = new StateMachine<Door, Push>(Door.Closed);
        var seen = new List<string>();
        door.Configure(Door.Closed).PermitIf(Push.Turn, Door.Locked, () => false, "has key");
        door.OnUnhandledTrigger((_, _, unmetGuards) => seen.AddRange(unmetGuards));

        door.Fire(Push.Turn);

        Assert.Equal(["has key"], seen);
    }

    [Fact]
    public void An_ignored_trigger_runs_no_action()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        var actions = 0;
        door.Configure(Door.Open).Ignore(Push.Pull).OnEntry(() => actions++).OnExit(() => actions++);
        door.OnTransitioned(_ => actions++);

        door.Fire(Push.Pull);

        Assert.Equal(Door.Open, door.State);
        Assert.Equal(0, actions);
    }

    [Fact]
    public void A_permitted_transition_to_the_same_state_is_refused_at_configuration()
    {
        var open = new StateMachine<Door, Push>(Door.Open).Configure(Door.Open);

        Assert.Throws<ArgumentException>(() => open.Permit(Push.Pull, Door.Open));
        Assert.Throws<ArgumentException>(() => open.PermitIf(Push.Pull, Door.Open, () => true));
    }

    [Fact]
    public void Re_entry_runs_exit_and_entry_actions_and_keeps_the_state()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        var seen = new List<string>();
        door.Configure(Door.Open)
            .PermitReentry(Push.Pull)
            .OnExit(() => seen.Add("exit"))
            .OnEntry(transition => seen.Add($"entry {transition.IsReentry}"));
        door.OnTransitioned(transition => seen.Add($"{transition.Source} to {transition.Destination}"));

        door.Fire(Push.Pull);

        Assert.Equal(["exit", "Open to Open", "entry True"], seen);
        Assert.Equal(Door.Open, door.State);
    }

    [Fact]
    public void An_internal_transition_runs_its_action_and_nothing_else()
    {
        var door = new StateMachine<Door, Push>(Door.Closed);
        var seen = new List<string>();
        door.Configure(Door.Closed)
            .InternalTransition(Push.Knock, () => seen.Add("knock"))
            .InternalTransition(Push.Pull, transition => seen.Add($"{transition.Trigger}"))
            .OnEntry(() => seen.Add("entry"))
            .OnExit(() => seen.Add("exit"));
        door.OnTransitioned(_ => seen.Add("transition"));

        door.Fire(Push.Knock);
        door.Fire(Push.Pull);

        Assert.Equal(["knock", "Pull"], seen);
        Assert.Equal(Door.Closed, door.State);
    }

    [Fact]
    public void A_dynamic_destination_is_chosen_when_the_trigger_is_fired()
    {
        var next = Door.Closed;
        var door = new StateMachine<Door, Push>(Door.Open);
        door.Configure(Door.Open).PermitDynamic(Push.Shut, () => next);

        next = Door.Locked;
        door.Fire(Push.Shut);

        Assert.Equal(Door.Locked, door.State);
    }

    [Fact]
    public void A_dynamic_destination_may_be_the_same_state_and_is_a_re_entry_then()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        var entries = 0;
        door.Configure(Door.Open).PermitDynamic(Push.Pull, () => Door.Open).OnEntry(() => entries++);

        door.Fire(Push.Pull);

        Assert.Equal(1, entries);
    }

    [Fact]
    public void Exit_transition_and_entry_actions_run_in_this_order_and_see_the_same_transition()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        var seen = new List<string>();
        door.Configure(Door.Open).Permit(Push.Shut, Door.Closed).OnExit(Note("exit")).OnExit(Note("exit too"));
        door.Configure(Door.Closed).OnEntry(Note("entry")).OnEntry(Note("entry too"));
        door.OnTransitioned(Note("transition"));

        door.Fire(Push.Shut);

        Assert.Equal(
            [
                "exit Open Shut Closed", "exit too Open Shut Closed", "transition Open Shut Closed",
                "entry Open Shut Closed", "entry too Open Shut Closed",
            ],
            seen);

        Action<StateMachine<Door, Push>.Transition> Note(string what) => transition =>
            seen.Add($"{what} {transition.Source} {transition.Trigger} {transition.Destination}");
    }

    [Fact]
    public void The_state_is_still_the_old_one_in_exit_actions_and_the_new_one_in_entry_actions()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        var seen = new List<Door>();
        door.Configure(Door.Open).Permit(Push.Shut, Door.Closed).OnExit(() => seen.Add(door.State));
        door.Configure(Door.Closed).OnEntry(() => seen.Add(door.State));

        door.Fire(Push.Shut);

        Assert.Equal([Door.Open, Door.Closed], seen);
    }

    [Fact]
    public void A_trigger_that_is_fired_by_an_action_waits_until_the_transition_is_complete()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        var seen = new List<string>();
        door.Configure(Door.Open).Permit(Push.Shut, Door.Closed).OnExit(() => seen.Add("exit open"));
        door.Configure(Door.Closed)
            .Permit(Push.Turn, Door.Locked)
            .OnEntry(() =>
            {
                door.Fire(Push.Turn);
                seen.Add($"entry {door.State}");
            })
            .OnExit(() => seen.Add("exit closed"));
        door.Configure(Door.Locked).OnEntry(() => seen.Add("entry locked"));

        door.Fire(Push.Shut);

        Assert.Equal(["exit open", "entry Closed", "exit closed", "entry locked"], seen);
        Assert.Equal(Door.Locked, door.State);
    }

    [Fact]
    public void An_exception_from_an_action_reaches_the_caller_and_the_machine_can_go_on()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        door.Configure(Door.Open).Permit(Push.Shut, Door.Closed);
        door.Configure(Door.Closed).Permit(Push.Pull, Door.Open).OnEntry(() => throw new TimeoutException());

        Assert.Throws<TimeoutException>(() => door.Fire(Push.Shut));
        door.Fire(Push.Pull);

        Assert.Equal(Door.Open, door.State);
    }

    [Fact]
    public void States_and_triggers_may_be_of_any_type()
    {
        var machine = new StateMachine<string, int>("a");
        machine.Configure("a").Permit(1, "b");

        machine.Fire(1);

        Assert.Equal("b", machine.State);
    }
}
