// The daemon goes and comes, and the services stay.

using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Managed;

[Collection(SceneCollection.Collection)]
public sealed class DaemonTests(Scenes scenes)
{
    // Long enough for a slow machine to start a daemon in.
    private const string Patient = "keepalive 200ms\ndeadtime 8\nwarntime 5\ninitdead 12\n";
    private static readonly TimeSpan LongerThanDeadtime = TimeSpan.FromSeconds(10);

    [SceneFact("nginx")]
    public void A_daemon_that_was_killed_or_told_to_keep_what_runs_finds_it_running_and_nothing_moves() =>
        scenes.Await();

    [SceneFact("nginx")]
    public void What_a_killed_daemon_has_left_is_released_by_hand_and_goes_on_elsewhere() => scenes.Await();

    [SceneFact("nginx")]
    public void A_daemon_that_returns_too_late_leaves_everything_on_one_node_again() => scenes.Await();

    internal static void Late()
    {
        using var stage = Nginx.Ready("");
        stage.Start(1, Stage.Address);
        stage[1].KillDaemon();
        stage.Await("node2 has taken over", () => stage.IsStarted(2, Stage.Address));
        stage.Require(Nginx.Runs(stage, 1) && Nginx.Runs(stage, 2), "both run: a killed daemon stops nothing");

        stage[1].StartDaemon();
        stage.AwaitStarted(1, Stage.Address);
        stage.Await("the preferred node alone serves", () => stage.Cluster.IsServedBy("node1"));
        stage.Require(Nginx.Runs(stage, 1) && !Nginx.Runs(stage, 2), "nginx runs on node1 and nowhere else");
    }

    internal static void Returns()
    {
        using var stage = Nginx.Ready("resource nginx interval=1\n", timing: Patient);
        stage.Start(1, Stage.Address);
        var master = Nginx.Master(stage, 1);
        var begun = Clock.Now;
        stage[1].KillDaemon();
        stage.Require(Nginx.Runs(stage, 1), "nginx runs on without its daemon");
        stage[1].StartDaemon();
        stage.AwaitStarted(1, Stage.Address);
        RequireUntouched(stage, master, begun);

        stage.Cluster.Demand(stage[1], "stop", "--keep");
        stage.Cluster.RequireCleanEnd(stage[1]);
        Thread.Sleep(LongerThanDeadtime);
        RequireUntouched(stage, master, begun);
        stage.Require(!Nginx.Runs(stage, 2), "nginx does not run on node2");
        stage[1].StartDaemon();
        stage.AwaitStarted(1, Stage.Address);
        RequireUntouched(stage, master, begun);

        Nginx.Kill(stage, 1);
        stage.Await("nginx is watched as before", () => Nginx.Runs(stage, 1) && Nginx.Master(stage, 1) != master);
    }

    internal static void Released()
    {
        using var stage = Nginx.Ready("");
        stage.Start(1, Stage.Address);
        var refused = Release(stage);
        stage.Require(
            refused.ExitCode == 1 && refused.Errors.Contains("the daemon runs", StringComparison.Ordinal),
            $"nothing is released beside a daemon, but it said: {refused.Said}");

        stage[1].KillDaemon();
        stage.Require(stage[1].Holds(LiveCluster.Address) && Nginx.Runs(stage, 1), "all runs on");
        var released = Release(stage);
        stage.Require(released.ExitCode == 0, $"the release ended with 0: {released.Said}");
        stage.Require(!stage[1].Holds(LiveCluster.Address), "the address is gone");
        stage.Require(!Nginx.Runs(stage, 1), "nginx is gone");
        stage.Await("node2 serves", () => stage.Cluster.IsServedBy("node2"));
        stage.AwaitStarted(2, Stage.Address);

        stage[1].StartDaemon();
        stage.AwaitStarted(1, Stage.Address);
    }

    private static ToolResult Release(Stage stage) => stage[1].Run("release", "--ha-dir", stage[1].HaDirectory);

    private static void RequireUntouched(Stage stage, string master, TimeSpan begun)
    {
        stage.Require(Nginx.Runs(stage, 1) && Nginx.Master(stage, 1) == master, "it is the same nginx");
        stage.Require(stage.Cluster.Watch.Since(begun).Count == 1, "the address has not moved");
    }
}
