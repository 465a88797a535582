// Agents that hang, and stops that fail, each in a group of its own beside one that must not notice.

namespace HaSharp.Cluster.Tests.Managed;

[Collection(SceneCollection.Collection)]
public sealed class HangTests(Scenes scenes)
{
    private const string Times = " interval=1 timeout=3 start_timeout=3 stop_timeout=3\n";

    // LVM is the name of a disk, so that its group is one that may not run twice; here it is moody under that name.
    private const string Disk = "LVM::disk";
    private const string NoDisk = "moody::nodisk";
    private const string Killed = "moody::killed";
    private const string Start = "moody::start";
    private const string Monitor = "moody::monitor";

    [SceneFact]
    public void An_agent_that_hangs_costs_its_own_group_what_its_policy_says_and_others_nothing() => scenes.Await();

    internal static void Hang()
    {
        string[] all = [Stage.Address, Start, Monitor, Killed, NoDisk, Disk];
        var agents = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["moody"] = Moody.Agent,
            ["LVM"] = Moody.Agent,
        };
        using var stage = new Stage(
            string.Concat(all.Select(group => $"node1 {group}{(group == Stage.Address ? " moody::calm" : "")}\n")),
            string.Concat(all.Skip(1).Select(group => $"resource {group}{Times}")),
            agents);
        Moody.Hang(stage, 1, "start", "start");
        stage.Start(1, [.. all.Where(group => group != Start)]);
        var calm = Moody.Process(stage, 1, "calm");
        var begun = Cli.Demo.Clock.Now;

        AwaitMoved(stage, Start, "start");
        stage.Require(
            stage.Group(2, Start) is { Owner: "node2" } && stage.Logged(1, "moody start start: no end within 3 s") == 1,
            "node1 says that the start hung, once");

        Moody.Hang(stage, 1, "monitor", "status");
        Moody.Hang(stage, 1, "killed", "stop");
        Moody.Hang(stage, 1, "nodisk", "stop");
        Moody.Stick(stage, 1, "nodisk");
        Moody.Hang(stage, 1, "disk", "stop");
        Moody.Stick(stage, 1, "disk");
        foreach (var group in (string[])[Killed, NoDisk, Disk])
        {
            stage.Cluster.Demand(stage[1], "standby", group, "--wait", "0");
        }

        AwaitMoved(stage, Monitor, "monitor");
        AwaitMoved(stage, Killed, "killed");
        stage.Require(stage.Logged(1, $"Killed what was left of {Killed}") == 1, "node1 says that it has killed it");
        stage.AwaitStarted(2, NoDisk);
        stage.AwaitLogged(1, $"{NoDisk} has no disk and is released all the same");

        stage.Await("the disk cannot be stopped", () => stage.Group(1, Disk)?.State == "stop-failed");
        stage.Require(stage.Group(2, Disk) is { State: not "started" }, "node2 does not start it");
        stage.Require(!stage.Holds(2, "[ -e /run/moody-disk.pid ]"), "the disk was never started on node2");
        stage.Require(
            stage.Group(1, Disk)?.Reason.Contains($"stop of {Disk} failed", StringComparison.Ordinal) == true,
            "status says why");

        stage.Require(Moody.Process(stage, 1, "calm") == calm, "the calm service was not restarted");
        stage.Require(stage.IsStarted(1, Stage.Address), "the calm group is started");
        stage.Require(stage.Cluster.Watch.Since(begun).Count == 1, "its address has not moved");

        Moody.Relent(stage, 1, "disk");
        stage.Cluster.Demand(stage[1], "standby", Disk);
        stage.AwaitStarted(2, Disk);
    }

    private static void AwaitMoved(Stage stage, string group, string name)
    {
        stage.AwaitStarted(2, group);
        stage.Require(Moody.Runs(stage, 2, name), $"{name} runs on node2");
        stage.Require(
            !stage.Holds(1, $"[ -e /run/moody-{name}.pid ] && kill -0 $(cat /run/moody-{name}.pid)"),
            $"{name} does not run on node1 any more");
        stage.Require(!Moody.LeftSomething(stage, 1, name), $"what hung of {name} on node1 was killed");
    }
}
