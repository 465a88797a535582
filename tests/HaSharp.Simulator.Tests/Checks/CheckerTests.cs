using HaSharp.Core;
using HaSharp.Core.Resources;
using HaSharp.Simulator.Checks;

namespace HaSharp.Simulator.Tests.Checks;

/// <summary>Every rule is broken on purpose, and its checker says so; it keeps silent when the rule is kept.</summary>
public sealed class CheckerTests
{
    [Fact]
    public void Two_owners_in_contact_are_caught()
    {
        PuppetWorld world = new(new SingleOwner());
        world.Run(20);
        world.Acquire(world.One);
        world.Fine();
        world.Acquire(world.Two);
        world.Caught(FailureKind.Safety, "disk runs on node1 and on node2");
    }

    [Fact]
    public void Two_owners_that_cannot_know_of_each_other_are_blamed_only_when_they_have_met_for_a_while()
    {
        PuppetWorld world = new(new SingleOwner());
        world.World.Do(new Deed.Cut(null, new NodeName("node1"), new NodeName("node2")));
        world.Acquire(world.One);
        world.Acquire(world.Two);
        world.Run(60);
        world.Fine();
        world.World.Do(new Deed.Heal());
        world.Run(5);
        world.Fine();
        world.Run(10);
        world.Caught(FailureKind.Safety, "disk runs on node1 and on node2");
    }

    [Fact]
    public void The_one_that_hears_is_blamed_when_it_does_not_give_way()
    {
        PuppetWorld world = new(new SingleOwner());
        world.World.Do(new Deed.CutOneWay(null, new NodeName("node1"), new NodeName("node2")));
        world.Run(10);
        world.Acquire(world.One);
        world.Acquire(world.Two);
        world.Fine();
        world.Run(20);
        world.Caught(FailureKind.Safety, "disk runs on node1 and on node2");
    }

    [Fact]
    public void Acquiring_and_releasing_in_order_is_not_blamed()
    {
        PuppetWorld world = new(new ActionOrder());
        world.Acquire(world.One);
        world.Act(world.One, AgentAction.Stop, 1);
        world.Act(world.One, AgentAction.Stop, 0);
        world.Acquire(world.Two);
        world.Fine();
    }

    [Fact]
    public void A_start_before_its_left_neighbour_runs_is_caught()
    {
        PuppetWorld world = new(new ActionOrder());
        world.Act(world.One, AgentAction.Status, 1);
        world.Act(world.One, AgentAction.Start, 1);
        world.Caught(FailureKind.Safety, "begins Start of web before disk runs");
    }

    [Fact]
    public void A_start_without_a_status_is_caught()
    {
        PuppetWorld world = new(new ActionOrder());
        world.Act(world.One, AgentAction.Start, 0);
        world.Caught(FailureKind.Safety, "begins Start of disk without a status before it");
    }

    [Fact]
    public void A_stop_before_its_right_neighbour_is_stopped_is_caught()
    {
        PuppetWorld world = new(new ActionOrder());
        world.Acquire(world.One);
        world.Act(world.One, AgentAction.Stop, 0);
        world.Caught(FailureKind.Safety, "begins Stop of disk while web still runs");
    }

    [Fact]
    public void Two_actions_of_one_group_at_a_time_are_caught()
    {
        PuppetWorld world = new(new ActionOrder());
        world.One.Order(AgentAction.Status, 0, 0);
        world.One.Order(AgentAction.Status, 0, 1);
        world.Run(2);
        world.Caught(FailureKind.Safety, "while Status of disk is under way");
    }

    [Fact]
    public void A_start_against_better_knowledge_is_caught()
    {
        PuppetWorld world = new(new ActionOrder());
        world.Acquire(world.One);
        world.Fine();
        world.Acquire(world.Two);
        world.Caught(FailureKind.Safety, "node2 begins Start of disk while disk runs on node1, and it knows");
    }

    [Fact]
    public void A_silent_node_that_is_not_called_dead_is_caught()
    {
        PuppetWorld world = new(new SilentMeansDead());
        world.Run(20);
        world.World.Do(new Deed.PowerCut(new NodeName("node2")));
        world.Run(7);
        world.Fine();
        world.Run(5);
        world.Caught(FailureKind.Liveness, "node1 has not heard node2");
    }

    [Fact]
    public void A_heard_node_that_is_called_dead_is_caught()
    {
        PuppetWorld world = new(new SilentMeansDead());
        world.Run(20);
        world.Fine();
        world.One.Dead.Add("node2");
        world.Run(10);
        world.Caught(FailureKind.Safety, "node1 hears node2 and calls it dead");
    }

    [Fact]
    public void A_report_of_a_death_that_was_none_is_caught()
    {
        PuppetWorld world = new(new SilentMeansDead());
        world.One.Report(new ClusterEvent.NodeDead(new NodeName("node2"), 5000));
        world.Run(2);
        world.Caught(FailureKind.Safety, "node1 declares node2 dead");
    }

    [Fact]
    public void A_node_that_dreams_of_having_slept_is_caught()
    {
        PuppetWorld world = new(new SilentMeansDead());
        world.One.Report(new ClusterEvent.Asleep(3000));
        world.Run(2);
        world.Caught(FailureKind.Safety, "node1 says that it was asleep, and was not");
    }

    [Fact]
    public void A_start_of_what_another_node_could_not_stop_is_caught()
    {
        PuppetWorld world = new(new ActionOrder());
        world.One.Report(new ClusterEvent.StopFailed(new GroupName("disk"), "disk", "no"));
        world.Run(3);
        world.World.Do(new Deed.Kill(new NodeName("node1")));
        world.Run(20);
        world.Act(world.Two, AgentAction.Status, 0);
        world.Act(world.Two, AgentAction.Start, 0);
        world.Caught(FailureKind.Safety, "although node1 could not stop the group, and it knows");
    }

    [Fact]
    public void A_node_that_says_nothing_is_caught()
    {
        PuppetWorld world = new(new SilentMeansDead());
        world.One.Speaks = false;
        world.Run(10);
        world.Caught(FailureKind.Liveness, "node1 has said nothing");
    }

    [Fact]
    public void A_node_that_believes_old_datagrams_is_caught()
    {
        PuppetWorld world = new(new ReplayedNothing());
        world.Run(60.5);
        world.World.Do(new Deed.Replay(new NodeName("node1"), 5));
        world.Fine();
        world.One.Gullible = true;
        world.World.Do(new Deed.Replay(new NodeName("node1"), 5));
        world.Caught(FailureKind.Safety, "an old datagram changed node1");
    }

    [Fact]
    public void A_settled_cluster_is_not_blamed()
    {
        PuppetWorld world = new(new Convergence());
        world.Acquire(world.One);
        world.One.Owners["disk"] = "node1";
        world.Two.Owners["disk"] = "node1";
        world.Run(20);
        Settle(world);
        world.Fine();
    }

    [Fact]
    public void A_group_that_runs_nowhere_is_caught()
    {
        PuppetWorld world = new(new Convergence());
        world.Run(20);
        Settle(world);
        world.Caught(FailureKind.Liveness, "disk runs nowhere");
    }

    [Fact]
    public void A_group_that_still_runs_twice_is_caught_as_unsafe()
    {
        PuppetWorld world = new(new Convergence());
        world.Acquire(world.One);
        world.Acquire(world.Two);
        world.Run(20);
        Settle(world);
        world.Caught(FailureKind.Safety, "disk runs on node1 and node2");
    }

    [Fact]
    public void A_node_that_names_another_owner_is_caught()
    {
        PuppetWorld world = new(new Convergence());
        world.Acquire(world.One);
        world.One.Owners["disk"] = "node1";
        world.Two.Owners["disk"] = "node2";
        world.Run(20);
        Settle(world);
        world.Caught(FailureKind.Liveness, "node2 says that disk is started on node2, but it runs on node1");
    }

    [Fact]
    public void Unrest_is_caught()
    {
        PuppetWorld world = new(new Convergence());
        world.Acquire(world.One);
        Settle(world);
        world.Caught(FailureKind.Liveness, "not at rest: Start of web on node1");
    }

    [Fact]
    public void An_owner_that_changes_without_an_end_is_caught()
    {
        PuppetWorld world = new(new NoQuarrel());
        for (int epoch = 1; epoch <= 31; epoch++)
        {
            world.One.Report(new ClusterEvent.OwnerChanged(new GroupName("disk"), new NodeName("node2"), epoch, "no"));
        }

        world.Run(2);
        world.Caught(FailureKind.Liveness, "disk changed its owner 31 times");
    }

    private static void Settle(PuppetWorld world) => world.World.Do(new Deed.Settled(TimeSpan.FromSeconds(10)));
}
