namespace Stateless.Tests;

public sealed class ArgumentTests
{
    [Fact]
    public void An_argument_travels_with_the_transition()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        var shut = door.SetTriggerParameters<string>(Push.Shut);
        object?[] seen = [];
        door.Configure(Door.Open).Permit(Push.Shut, Door.Closed);
        door.Configure(Door.Closed).OnEntry(transition => seen = transition.Parameters);

        door.Fire(shut, "softly");

        Assert.Equal(["softly"], seen);
        Assert.Equal(Push.Shut, shut.Trigger);
    }

    [Fact]
    public void A_guard_sees_the_argument()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        var shut = door.SetTriggerParameters<int>(Push.Shut);
        door.Configure(Door.Open)
            .PermitIf(shut, Door.Closed, force => force == 1)
            .PermitIf(shut, Door.Locked, force => force == 2);

        Assert.True(door.CanFire(shut, 1));
        Assert.False(door.CanFire(shut, 3));
        Assert.Equal([Push.Shut], door.GetPermittedTriggers(2));
        Assert.Empty(door.PermittedTriggers);
        door.Fire(shut, 2);

        Assert.Equal(Door.Locked, door.State);
    }

    [Fact]
    public void A_dynamic_destination_sees_the_argument()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        var shut = door.SetTriggerParameters<Door>(Push.Shut);
        door.Configure(Door.Open).PermitDynamic(shut, destination => destination);

        door.Fire(shut, Door.House);

        Assert.Equal(Door.House, door.State);
    }

    [Fact]
    public void A_trigger_with_an_argument_is_not_fired_without_it()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        door.SetTriggerParameters<int>(Push.Shut);
        door.Configure(Door.Open).Permit(Push.Shut, Door.Closed);

        Assert.Throws<ArgumentException>(() => door.Fire(Push.Shut));
        Assert.Equal(Door.Open, door.State);
    }

    [Fact]
    public void An_argument_is_given_to_a_trigger_once()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        door.SetTriggerParameters<int>(Push.Shut);

        Assert.Throws<InvalidOperationException>(() => door.SetTriggerParameters<string>(Push.Shut));
    }

    [Fact]
    public void A_transition_without_an_argument_has_no_parameters()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        object?[]? seen = null;
        door.Configure(Door.Open).Permit(Push.Shut, Door.Closed);
        door.OnTransitioned(transition => seen = transition.Parameters);

        door.Fire(Push.Shut);

        Assert.Empty(seen!);
    }
}
