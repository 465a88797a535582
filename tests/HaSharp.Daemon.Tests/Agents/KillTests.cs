using HaSharp.Core.Resources;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Agents;

/// <summary>The last rung of the stop ladder: what is left of a resource is found by its mark and ended.</summary>
[Collection(ProcessTests.Name)]
public sealed class KillTests : IDisposable
{
    /// <summary>Two daemons in sessions of their own, of which one ignores TERM and one has children.</summary>
    private const string Service = """
        #!/bin/sh
        case $1 in
            start)
                setsid sh -c 'trap "" TERM; while :; do sleep 1000; done' > /dev/null 2>&1 &
                setsid sh -c 'sleep 1000 & exec sleep 1000' > /dev/null 2>&1 &
                ;;
            stop) exec sleep 1000;;
            status) echo stopped;;
        esac
        """;

    private readonly AgentBench _bench = new();

    public void Dispose()
    {
        _ = _bench.Run(AgentAction.Kill, "disk", TimeSpan.FromSeconds(3));
        _bench.Dispose();
    }

    [Fact]
    public void Everything_that_the_agent_started_is_ended_also_in_other_sessions_and_when_it_ignores_TERM()
    {
        _bench.Files.Script("resource.d/disk", Service);
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Start, "disk"));
        Await(() => _bench.MarkOf("disk").Find().Count == 4);

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, "disk"));
        Assert.Empty(_bench.MarkOf("disk").Find());
    }

    [Fact]
    public void Another_resource_of_the_same_agent_is_left_alone()
    {
        _bench.Files.Script("resource.d/disk", "#!/bin/sh\n[ $2 = start ] && { setsid sleep 1000 & }\necho stopped\n");
        _bench.Run(AgentAction.Start, "disk::r0");
        _bench.Run(AgentAction.Start, "disk::r00");
        Await(() => _bench.MarkOf("disk::r00").Find().Count == 1);

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, "disk::r0"));
        Assert.Empty(_bench.MarkOf("disk::r0").Find());
        Assert.Single(_bench.MarkOf("disk::r00").Find());

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, "disk::r00"));
        Assert.Empty(_bench.MarkOf("disk::r00").Find());
    }

    [Fact]
    public void A_process_in_another_process_namespace_is_left_alone()
    {
        _bench.Files.Script("resource.d/disk", """
            #!/bin/sh
            [ $1 = start ] && { setsid unshare --user --pid --fork --kill-child sleep 1000 & }
            echo stopped
            """);
        _bench.Run(AgentAction.Start, "disk");
        Await(() => Sleepers() == 1 && _bench.MarkOf("disk").Find().Count > 0);

        Assert.Single(_bench.MarkOf("disk").Find());
        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, "disk"));
    }

    [Fact]
    public void A_script_that_lists_kill_is_called_with_it_after_the_killing()
    {
        string calls = _bench.Files.File("calls");
        _bench.Files.Script("resource.d/disk", $"""
            #!/bin/sh
            # hasharp: actions start stop status monitor kill
            echo "$*" >> {calls}
            echo stopped
            """);

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, "disk::r0"));
        Assert.Equal(AgentOutcome.NotRunning, _bench.Run(AgentAction.Monitor, "disk::r0"));
        Assert.Equal(["r0 kill", "r0 status", "r0 status"], _bench.Lines("calls"));
    }

    [Fact]
    public void A_script_that_lists_nothing_is_only_asked()
    {
        _bench.Files.Script("resource.d/disk", $"#!/bin/sh\necho $1 >> {_bench.Files.File("calls")}\necho stopped\n");

        Assert.Equal(AgentOutcome.Ok, _bench.Run(AgentAction.Kill, "disk"));
        Assert.Equal(AgentOutcome.NotRunning, _bench.Run(AgentAction.Monitor, "disk"));
        Assert.Equal(["status", "status"], _bench.Lines("calls"));
    }

    [Fact]
    public void What_says_that_it_still_runs_is_not_over()
    {
        _bench.Files.Script("resource.d/disk", "#!/bin/sh\necho running\n");

        AgentOutcome outcome = _bench.Run(AgentAction.Kill, "disk");

        Assert.Equal(AgentVerdict.Failed, outcome.Verdict);
        Assert.EndsWith("says after the killing that it still runs", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_status_that_hangs_after_the_killing_does_not_hold_up_the_answer()
    {
        _bench.Files.Script("resource.d/disk", "#!/bin/sh\nexec sleep 1000\n");

        Assert.Equal(
            AgentVerdict.TimedOut, _bench.Run(AgentAction.Kill, "disk", TimeSpan.FromMilliseconds(500)).Verdict);
    }

    [Fact]
    public void An_agent_that_has_gone_leaves_processes_that_are_ended_and_a_state_that_nobody_knows()
    {
        string script = _bench.Files.Script("resource.d/disk", Service);
        _bench.Run(AgentAction.Start, "disk");
        Await(() => _bench.MarkOf("disk").Find().Count == 4);
        File.Delete(script);

        Assert.Equal(AgentVerdict.Missing, _bench.Run(AgentAction.Kill, "disk").Verdict);
        Assert.Empty(_bench.MarkOf("disk").Find());
    }

    /// <summary>Processes of this test that sleep, in whatever namespace.</summary>
    private int Sleepers() => Directory.EnumerateDirectories("/proc").Count(IsOurSleep);

    private bool IsOurSleep(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(path, "comm")) == "sleep\n"
                && File.ReadAllText(Path.Combine(path, "environ"))
                    .Contains(_bench.Environment[^1], StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Await(Func<bool> isSo) =>
        Assert.True(SpinWait.SpinUntil(isSo, TimeSpan.FromSeconds(30)), "not so in time");
}
