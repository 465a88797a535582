// What is killed, deleted or broken by hand, with a real nginx behind the address.

using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Managed;

[Collection(SceneCollection.Collection)]
public sealed class RepairTests(Scenes scenes)
{
    private const string EverySecond = "resource nginx interval=1\n";

    /// <summary>Time in which whatever wants to move once more would have moved: several monitors.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    [SceneFact("nginx")]
    public void An_nginx_that_was_killed_is_restarted_in_place() => scenes.Await();

    [SceneFact("nginx")]
    public void An_nginx_that_cannot_run_here_moves_once_and_what_runs_nowhere_waits_for_a_change() => scenes.Await();

    [SceneFact]
    public void An_address_that_was_deleted_is_back_at_once_and_nothing_else_is_touched() => scenes.Await();

    internal static void Killed()
    {
        using var stage = Nginx.Ready(EverySecond);
        using var client = new HttpProbe(stage.Cluster.Lab.Switch, LiveCluster.Address);
        stage.Start(1, Stage.Address);
        stage.Await("node1 answers", () => Nginx.Answers(client, "node1"));
        var first = Nginx.Master(stage, 1);

        var begun = Clock.Now;
        Nginx.Kill(stage, 1);
        stage.Await("it runs again", () => Nginx.Answers(client, "node1") && Nginx.Master(stage, 1) != first);
        var answers = client.Log.Since(begun);
        var silence = AnswerLog.LongestSilence(answers);

        // Ten times the interval and what a start takes.
        stage.Require(silence < TimeSpan.FromSeconds(15), $"it was back in time, and not after {silence}");
        stage.Require(stage.Cluster.Watch.Since(begun).Count == 1, "the address has not moved");
        stage.Require(AnswerLog.Changes(answers).Count == 0, "node1 alone has answered");
        stage.AwaitLogged(1, "nginx of IPaddr::10.77.0.100/24/eth0 runs again");
        stage.Require(
            stage.Group(1, Stage.Address)?.Resources[1] is { State: "started", Failures: 1 },
            "status counts one failure of nginx");
        stage.Require(!Nginx.Runs(stage, 2), "nginx does not run on node2");
    }

    internal static void Broken()
    {
        using var stage = Nginx.Ready(EverySecond);
        using var client = new HttpProbe(stage.Cluster.Lab.Switch, LiveCluster.Address);
        stage.Start(1, Stage.Address);
        stage.Await("node1 answers", () => Nginx.Answers(client, "node1"));

        var begun = Clock.Now;
        Nginx.Break(stage[1]);
        Nginx.Kill(stage, 1);
        stage.Await("node2 answers", () => Nginx.Answers(client, "node2"));
        Thread.Sleep(Quiet);
        stage.Require(
            AnswerLog.Changes(client.Log.Since(begun)).Count == 1,
            "it moved once, although node1 is preferred and auto_failback is on");
        stage.Require(stage.Cluster.Watch.MostHoldersSince(begun) == 1, "the address had one holder at most");
        stage.Require(
            stage.Group(1, Stage.Address) is { Owner: "node2", State: "started" }, "node1 knows that node2 has it");
        stage.Require(stage.Logged(1, "Giving up resources due to failure of nginx") == 1, "node1 says why, once");

        Nginx.Break(stage[2]);
        Nginx.Kill(stage, 2);
        stage.Await("nobody has the address", () => stage.Cluster.Watch.Owner == "nobody");
        stage.Await("the group has failed", () => stage.Group(2, Stage.Address)?.State == "failed");
        stage.Require(
            stage.Group(2, Stage.Address)?.Reason.Contains("start of nginx failed", StringComparison.Ordinal) == true,
            "node2 says why");

        Nginx.Configure(stage[1]);
        stage.Cluster.Demand(stage[1], "takeover");
        stage.Await("node1 answers again", () => Nginx.Answers(client, "node1"));
    }

    internal static void Deleted()
    {
        const string haresources = $"node1 {Stage.Address} moody::calm\n";
        using var stage = Nginx.Ready("", haresources);
        stage.Start(1, Stage.Address);
        var process = Moody.Process(stage, 1, "calm");
        using var gap = new AddressGap(stage[1]);
        for (var time = 0; time < 3; time++)
        {
            var gone = gap.Delete("10.77.0.100/24", "eth0");
            stage.Require(gone < TimeSpan.FromSeconds(1), $"the address was back within 1 s, and not after {gone}");
            stage.Await("the group is started", () => stage.IsStarted(1, Stage.Address));
        }

        stage.Require(Moody.Process(stage, 1, "calm") == process, "the service beside it was not restarted");
        stage.Require(
            stage.Group(1, Stage.Address)?.Resources is [{ Failures: 3 }, { Failures: 0 }],
            "status counts three failures of the address and none of the service");
        stage.Await("the client is answered", () => stage.Cluster.IsServedBy("node1"));
    }
}
