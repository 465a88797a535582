namespace Stateless.Tests;

public sealed class GuardTests
{
    [Fact]
    public void The_transition_whose_guard_holds_is_taken()
    {
        var hasKey = true;
        var door = new StateMachine<Door, Push>(Door.Closed);
        door.Configure(Door.Closed)
            .PermitIf(Push.Turn, Door.Locked, () => hasKey)
            .PermitIf(Push.Turn, Door.Open, () => !hasKey);

        hasKey = false;
        door.Fire(Push.Turn);

        Assert.Equal(Door.Open, door.State);
    }

    [Fact]
    public void Several_guards_that_hold_at_once_throw()
    {
        var door = new StateMachine<Door, Push>(Door.Closed);
        door.Configure(Door.Closed)
            .PermitIf(Push.Turn, Door.Locked, () => true)
            .IgnoreIf(Push.Turn, () => true);

        var thrown = Assert.Throws<InvalidOperationException>(() => door.Fire(Push.Turn));

        Assert.Equal(
            "Multiple permitted exit transitions are configured from state 'Closed' for trigger 'Turn'. "
            + "Guard clauses must be mutually exclusive.",
            thrown.Message);
        Assert.Equal(Door.Closed, door.State);
    }

    [Fact]
    public void Two_transitions_without_a_guard_for_one_trigger_throw()
    {
        var door = new StateMachine<Door, Push>(Door.Closed);
        door.Configure(Door.Closed).Permit(Push.Pull, Door.Open).Ignore(Push.Pull);

        Assert.Throws<InvalidOperationException>(() => door.Fire(Push.Pull));
    }

    [Fact]
    public void A_guard_is_asked_once_for_each_firing()
    {
        var asked = 0;
        var door = new StateMachine<Door, Push>(Door.Closed);
        door.Configure(Door.Closed).PermitIf(Push.Turn, Door.Locked, () => ++asked > 0);

        door.Fire(Push.Turn);

        Assert.Equal(1, asked);
    }

    [Fact]
    public void An_ignore_whose_guard_fails_ignores_nothing()
    {
        var door = new StateMachine<Door, Push>(Door.Closed);
        door.Configure(Door.Closed).IgnoreIf(Push.Knock, () => false, "deaf");

        Assert.False(door.CanFire(Push.Knock));
        Assert.Throws<InvalidOperationException>(() => door.Fire(Push.Knock));
    }

    [Fact]
    public void Can_fire_follows_the_guards()
    {
        var hasKey = false;
        var door = new StateMachine<Door, Push>(Door.Closed);
        door.Configure(Door.Closed).PermitIf(Push.Turn, Door.Locked, () => hasKey).Ignore(Push.Knock);

        Assert.False(door.CanFire(Push.Turn));
        hasKey = true;
        Assert.True(door.CanFire(Push.Turn));
        Assert.True(door.CanFire(Push.Knock));
        Assert.False(door.CanFire(Push.Shut));
    }

    [Fact]
    public void Permitted_triggers_follow_the_guards_and_include_those_of_superstates_once()
    {
        var door = new StateMachine<Door, Push>(Door.Locked);
        door.Configure(Door.Closed).Permit(Push.Pull, Door.Open).Ignore(Push.Knock);
        door.Configure(Door.Locked)
            .SubstateOf(Door.Closed)
            .Permit(Push.Turn, Door.Closed)
            .Ignore(Push.Pull)
            .PermitIf(Push.Shut, Door.Open, () => false);

        Assert.Equal([Push.Turn, Push.Pull, Push.Knock], door.PermittedTriggers);
        Assert.Equal(door.PermittedTriggers, door.GetPermittedTriggers());
    }
}
