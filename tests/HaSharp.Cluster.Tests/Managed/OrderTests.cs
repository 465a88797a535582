// What operators say about single groups and resources: maintenance, stop, start, restart.

using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Managed;

[Collection(SceneCollection.Collection)]
public sealed class OrderTests(Scenes scenes)
{
    private const string EverySecond = "resource nginx interval=1\n";

    // Long enough for a slow machine to start a daemon in.
    private const string Patient = "keepalive 200ms\ndeadtime 10\nwarntime 5\ninitdead 12\n";
    private static readonly TimeSpan SeveralMonitors = TimeSpan.FromSeconds(4);

    [SceneFact("nginx")]
    public void In_maintenance_nothing_is_repaired_also_after_a_restart_until_it_is_over() => scenes.Await();

    [SceneFact("nginx")]
    public void A_resource_or_group_is_stopped_started_and_restarted_on_order_from_any_node() => scenes.Await();

    internal static void Maintained()
    {
        using var stage = Nginx.Ready(EverySecond, timing: Patient);
        stage.Start(1, Stage.Address);
        var begun = Clock.Now;
        stage.Cluster.Demand(stage[2], "maintenance", "on", "--for", "30m");
        AwaitMaintained(stage, true);
        Nginx.Kill(stage, 1);
        Thread.Sleep(SeveralMonitors);
        stage.Require(!Nginx.Runs(stage, 1), "nginx was left alone");

        stage[1].KillDaemon();
        stage[1].StartDaemon();
        AwaitMaintained(stage, true);
        Thread.Sleep(SeveralMonitors);
        stage.Require(!Nginx.Runs(stage, 1), "nginx was left alone after the restart, too");

        stage.Cluster.Demand(stage[1], "maintenance", "off");
        stage.Await("nginx runs again", () => Nginx.Runs(stage, 1));
        AwaitMaintained(stage, false);
        stage.AwaitStarted(1, Stage.Address);

        var master = Nginx.Master(stage, 1);
        stage.Cluster.Demand(stage[1], "maintenance", "on", Stage.Address, "--for", "5s");
        Nginx.Kill(stage, 1);
        stage.Await("it ends by itself", () => stage.Logged(1, "maintenance is over") == 2);
        stage.Await("nginx runs again", () => Nginx.Runs(stage, 1) && Nginx.Master(stage, 1) != master);
        AwaitMaintained(stage, false);
        stage.AwaitStarted(1, Stage.Address);
        stage.Require(stage.Cluster.Watch.Since(begun).Count == 1, "the address has been on node1 all the time");
    }

    internal static void Ordered()
    {
        const string haresources = $"node1 {Stage.Address} nginx moody::last\n";
        using var stage = Nginx.Ready(EverySecond, haresources, Patient);
        stage.Start(1, Stage.Address);
        var begun = Clock.Now;

        // From the node that does not have it.
        stage.Cluster.Demand(stage[2], "resource", "stop", "nginx");
        stage.Await("nginx has stopped", () => !Nginx.Runs(stage, 1));
        stage.Await("what needs it has stopped", () => !Moody.Runs(stage, 1, "last"));
        RequireStatus(stage, "nginx", 3);
        RequireStatus(stage, Stage.Address, 0);
        stage[1].KillDaemon();
        stage[1].StartDaemon();
        stage.AwaitStarted(1, Stage.Address);
        Thread.Sleep(SeveralMonitors);
        stage.Require(!Nginx.Runs(stage, 1), "the order stands after a restart");
        RequireStatus(stage, "nginx", 3);

        stage.Cluster.Demand(stage[1], "resource", "start", "nginx");
        stage.Require(Nginx.Runs(stage, 1) && Moody.Runs(stage, 1, "last"), "both run again");
        RequireStatus(stage, "nginx", 0);
        var (master, last) = (Nginx.Master(stage, 1), Moody.Process(stage, 1, "last"));
        stage.Cluster.Demand(stage[1], "resource", "restart", "nginx");
        stage.Require(
            Nginx.Master(stage, 1) != master && Moody.Process(stage, 1, "last") != last, "both are new processes");
        stage.Require(stage.Cluster.Watch.Since(begun).Count == 1, "the address was there all the time");

        stage.Cluster.Demand(stage[1], "group", "stop", Stage.Address);
        stage.Await("nobody has the address", () => stage.Cluster.Watch.Owner == "nobody");
        Thread.Sleep(SeveralMonitors);
        stage.Require(stage.Cluster.Watch.Owner == "nobody", "node2 leaves it stopped, too");
        stage.Require(stage.Group(2, Stage.Address)?.State == "stopped", "node2 says that it is stopped");
        stage.Cluster.Demand(stage[2], "group", "start", Stage.Address);
        stage.AwaitStarted(1, Stage.Address);
        stage.Require(
            stage.Group(2, Stage.Address)?.Resources.Select(one => one.Name).SequenceEqual(
                [Stage.Address, "nginx", "moody::last"]) == true,
            "group list names the resources in order");
    }

    private static void AwaitMaintained(Stage stage, bool maintained) => stage.Await(
        $"both nodes say that there is {(maintained ? "maintenance" : "none")}",
        () => stage.Group(1, Stage.Address)?.Maintained == maintained
            && stage.Group(2, Stage.Address)?.Maintained == maintained);

    private static void RequireStatus(Stage stage, string resource, int exitCode)
    {
        var said = stage[1].Run("resource", "status", resource);
        stage.Require(
            said.ExitCode == exitCode,
            FormattableString.Invariant($"status of {resource} is {exitCode}, not {said.ExitCode}: {said.Said}"));
    }
}
