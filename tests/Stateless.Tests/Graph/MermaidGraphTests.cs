using Stateless.Graph;

namespace Stateless.Tests.Graph;

public sealed class MermaidGraphTests
{
    [Fact]
    public void An_empty_machine_shows_its_initial_state() =>
        AssertGraph(
            """
            stateDiagram-v2
            [*] --> Open
            """,
            new StateMachine<Door, Push>(Door.Open));

    [Fact]
    public void Transitions_show_trigger_and_guard_in_the_order_of_configuration()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        door.Configure(Door.Closed)
            .Permit(Push.Pull, Door.Open)
            .PermitIf(Push.Turn, Door.Locked, () => false, "has key");
        door.Configure(Door.Open).PermitIf(Push.Shut, Door.Closed, () => true);

        AssertGraph(
            """
            stateDiagram-v2
            	Closed --> Open : Pull
            	Closed --> Locked : Turn [has key]
            	Open --> Closed : Shut [Function]
            [*] --> Open
            """,
            door);
    }

    [Fact]
    public void Re_entry_internal_and_ignored_triggers_lead_back_and_ignored_ones_come_last()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        door.Configure(Door.Open)
            .IgnoreIf(Push.Knock, () => true, "deaf")
            .InternalTransition(Push.Turn, () => { })
            .PermitReentry(Push.Pull);

        AssertGraph(
            """
            stateDiagram-v2
            	Open --> Open : Turn
            	Open --> Open : Pull
            	Open --> Open : Knock [deaf]
            [*] --> Open
            """,
            door);
    }

    [Fact]
    public void A_dynamic_destination_is_a_choice()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        door.Configure(Door.Open).PermitDynamic(Push.Shut, () => Door.Closed);
        door.Configure(Door.Closed).PermitDynamic(Push.Pull, () => Door.Open);

        AssertGraph(
            """
            stateDiagram-v2
            	state Decision1 <<choice>>
            	state Decision2 <<choice>>
            	Open --> Decision1 : Shut
            	Closed --> Decision2 : Pull
            [*] --> Open
            """,
            door);
    }

    [Fact]
    public void Substates_are_drawn_inside_their_superstate()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        door.Configure(Door.Open).Permit(Push.Turn, Door.Locked);
        door.Configure(Door.Closed).SubstateOf(Door.House);
        door.Configure(Door.Locked).SubstateOf(Door.Closed);

        AssertGraph(
            """
            stateDiagram-v2
            	state House {
            		state Closed {
            			Locked
            		}
            	}
            	Open --> Locked : Turn
            [*] --> Open
            """,
            door);
    }

    [Fact]
    public void The_graph_shows_where_the_machine_began_and_not_where_it_is()
    {
        var door = new StateMachine<Door, Push>(Door.Open);
        door.Configure(Door.Open).Permit(Push.Shut, Door.Closed);
        var before = MermaidGraph.Format(door.GetInfo());

        door.Fire(Push.Shut);

        Assert.Equal(before, MermaidGraph.Format(door.GetInfo()));
    }

    private static void AssertGraph(string expected, StateMachine<Door, Push> machine) =>
        Assert.Equal(expected, MermaidGraph.Format(machine.GetInfo()));
}
