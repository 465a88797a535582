// Where the old commands differ from heartbeat's on purpose, and what a recording cannot show.

using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.OldNames;

[Collection(AloneCollection.Name)]
public sealed class DifferenceTests
{
    private static LabFiles Files { get; } = new()
    {
        HaCf = LabFiles.HaCfFor(nodes: 2, autoFailback: "off"),
        Haresources = $"node1 {LiveCluster.Group}\n",
    };

    [ClusterFact]
    public void The_scripts_fail_and_leave_nothing_when_no_daemon_runs()
    {
        using var cluster = new LiveCluster(1, Files);
        var commands = new OldCommands(cluster.Lab);

        // The originals end with 0 and make a plain file where the FIFO belongs (spec F12).
        foreach (string script in (string[])["hb_standby", "hb_takeover"])
        {
            ToolResult result = commands.Run(cluster[1], script);
            Assert.Equal(3, result.ExitCode);
            Assert.Contains("not running", result.Errors, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(cluster[1].RunDirectory));
    }

    [ClusterFact]
    public void Standby_without_a_live_node_is_refused_with_the_reason()
    {
        using var cluster = new LiveCluster(2, Files);
        var commands = new OldCommands(cluster.Lab);
        Start(cluster, commands, 1);
        cluster.Await("node1 serves alone", () => cluster[1].Status() is { Stable: true, Role: "active" });

        ToolResult result = commands.Run(cluster[1], "hb_standby");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("node2 is dead", result.Errors, StringComparison.Ordinal);

        // The pair's one group is held, and with it everything (transcripts, "start of node1 alone").
        Assert.Equal("all\n", commands.Run(cluster[1], "cl_status", "rscstatus").Output);
    }

    [ClusterFact]
    public void A_daemon_in_the_background_holds_nothing_of_its_callers()
    {
        using var cluster = new LiveCluster(1, Files);
        var commands = new OldCommands(cluster.Lab);
        Start(cluster, commands, 1);

        // The sixth word of stat is the session.
        string pid = File.ReadAllText(Path.Combine(cluster[1].RunDirectory, "hasharp.pid")).Trim();
        ToolResult streams = cluster[1].Machine!.Run(
            ["sh", "-c", $"cd /proc/{pid} && readlink fd/0 fd/1 fd/2 && cut -d' ' -f6 stat"]);
        Assert.Equal(
            $"/dev/null\n/dev/null\n/dev/null\n{pid}\n", streams.Output.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(0, commands.Run(cluster[1], "heartbeat").ExitCode);
        Assert.Equal(pid, File.ReadAllText(Path.Combine(cluster[1].RunDirectory, "hasharp.pid")).Trim());
    }

    [ClusterFact]
    public void A_wrong_file_is_refused_with_6_by_start_foreground_and_reload()
    {
        using var cluster = new LiveCluster(1, Files with { Haresources = "node9 10.77.0.100\n" });
        var commands = new OldCommands(cluster.Lab);
        foreach (string[] words in (string[][])[["heartbeat"], ["heartbeat", "-f"], ["heartbeat", "-r"]])
        {
            ToolResult result = commands.Run(cluster[1], words);
            Assert.Equal(6, result.ExitCode);
            Assert.Contains("haresources:1:", result.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(3, commands.Run(cluster[1], "heartbeat", "-s").ExitCode);
    }

    [ClusterFact]
    public void Reload_starts_a_daemon_that_does_not_run_and_reloads_one_that_does()
    {
        using var cluster = new LiveCluster(1, Files);
        var commands = new OldCommands(cluster.Lab);
        Assert.Equal(0, commands.Run(cluster[1], "heartbeat", "-r").ExitCode);
        Assert.StartsWith(
            "heartbeat OK [pid ", commands.Run(cluster[1], "heartbeat", "-s").Output, StringComparison.Ordinal);
        Assert.Equal("1\n", Deadtime(cluster, commands));

        string haCf = Path.Combine(cluster[1].HaDirectory, "ha.cf");
        string files = File.ReadAllText(haCf);
        File.WriteAllText(haCf, files.Replace("deadtime 1\n", "deadtime 2\n", StringComparison.Ordinal));
        Assert.Equal(0, commands.Run(cluster[1], "heartbeat", "-r").ExitCode);
        Assert.Equal("2\n", Deadtime(cluster, commands));

        File.AppendAllText(haCf, "deadtime 1ms\n");
        Assert.Equal(6, commands.Run(cluster[1], "heartbeat", "-r").ExitCode);
        Assert.Equal("2\n", Deadtime(cluster, commands));
    }

    [ClusterFact]
    public void Status_tells_a_daemon_that_was_killed_from_one_that_was_stopped()
    {
        using var cluster = new LiveCluster(1, Files);
        var commands = new OldCommands(cluster.Lab);
        Start(cluster, commands, 1);
        string pid = File.ReadAllText(Path.Combine(cluster[1].RunDirectory, "hasharp.pid")).Trim();
        _ = cluster[1].Machine!.Run(["kill", "-9", pid]);
        cluster.Await("it is seen as dead", () => commands.Run(cluster[1], "heartbeat", "-s").ExitCode == 1);

        Start(cluster, commands, 1);
        Assert.Equal(0, commands.Run(cluster[1], "heartbeat", "-k").ExitCode);
        ToolResult stopped = commands.Run(cluster[1], "heartbeat", "-s");
        Assert.Equal((3, "heartbeat is stopped. No process\n"), (stopped.ExitCode, stopped.Output));
    }

    [ClusterFact]
    public void The_sites_own_script_in_rc_d_hears_of_every_change_of_the_other_node()
    {
        using var cluster = new LiveCluster(2, Files);
        var commands = new OldCommands(cluster.Lab);
        string script = Path.Combine(cluster[1].HaDirectory, "rc.d", "status");
        string heard = Path.Combine(cluster[1].Home, "heard");
        Directory.CreateDirectory(Path.GetDirectoryName(script)!);
        File.WriteAllText(
            script, $"#!/bin/sh\necho \"$1 $HA_src $HA_st $HA_CURHOST $HA_NICEFAILBACK $HA_deadtime\" >>{heard}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Start(cluster, commands, 1);
        Start(cluster, commands, 2);
        cluster.Await("node1 is told of node2", () => LastHeard() == "status node2 active node1 yes 1");
        cluster.PowerOff(cluster[2]);
        cluster.Await("node1 is told of its death", () => LastHeard() == "status node2 dead node1 yes 1");

        string? LastHeard() => File.Exists(heard) ? File.ReadLines(heard).LastOrDefault() : null;
    }

    private static string Deadtime(LiveCluster cluster, OldCommands commands) =>
        commands.Run(cluster[1], "cl_status", "hbparameter", "-p", "deadtime").Output;

    private static void Start(LiveCluster cluster, OldCommands commands, int node)
    {
        ToolResult started = commands.Run(cluster[node], "heartbeat");
        cluster.Require(started.ExitCode == 0, $"heartbeat on node{node} ended with 0: {started.Said}");
    }
}
