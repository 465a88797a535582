using HaSharp.Core;
using HaSharp.Core.Wire;
using HaSharp.Daemon.Events;
using HaSharp.Daemon.Processes;
using HaSharp.Daemon.Tests.Host;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Events;

/// <summary>rc.d as heartbeat has it (spec 6.4, 10.1): the scripts write what they saw into a file.</summary>
[Collection(ProcessTests.Name)]
public sealed class EventScriptsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly Effect.RunEventScript BravoDied =
        Effect.RunEventScript.OfStatus(new NodeName("bravo"), "dead");

    private readonly TemporaryDirectory _directory = new();
    private readonly ProcessWatcher _watcher = new();
    private readonly KeptLog<EventScripts> _log = new();

    public void Dispose()
    {
        _watcher.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_script_gets_the_type_and_each_field_and_the_nodes_own_status()
    {
        Writes("rc.d/status", "$# $1 $HA_t $HA_src $HA_st $HA_OSTATUS $HA_CURHOST $HA_NICEFAILBACK");
        Make("HA_CURHOST=alpha", "HA_NICEFAILBACK=yes").Tell(BravoDied, NodeStatus.Active);

        Await("1 status status bravo dead active alpha yes");
    }

    [Fact]
    public void A_ping_node_is_marked_in_the_field_info()
    {
        Writes("rc.d/status", "$HA_src $HA_st $HA_info");
        var happened = Effect.RunEventScript.OfStatus(new NodeName("10.0.0.254"), "ping", ping: true);
        Make().Tell(happened, NodeStatus.Active);

        Await("10.0.0.254 ping ping");
    }

    [Fact]
    public void A_message_type_of_the_sites_own_runs_its_script_with_the_type_in_lower_case()
    {
        Writes("rc.d/DRBD-Split", "$1 $HA_t $HA_disk");
        var scripts = Make();
        scripts.Tell(new Effect.RunEventScript("drbd-split", [("disk", "wrong")]), NodeStatus.Up);
        scripts.Tell(new Effect.RunEventScript("DRBD-Split", [("t", "DRBD-Split"), ("disk", "r0")]), NodeStatus.Up);

        Await("drbd-split DRBD-Split r0");
    }

    [Fact]
    public void The_message_cannot_change_what_the_daemon_says_nor_bring_other_variables()
    {
        Writes("rc.d/custom", "$HA_CURHOST ${EVIL-none} $HA_good");
        Make("HA_CURHOST=alpha").Tell(
            new Effect.RunEventScript("custom", [("CURHOST", "mallory"), ("x=1\nEVIL", "y"), ("good", "a b")]),
            NodeStatus.Active);

        Await("alpha none a b");
    }

    [Fact]
    public void Scripts_run_one_at_a_time_in_order()
    {
        _directory.Script("rc.d/custom", $"""
            #!/bin/sh
            mkdir {_directory.File("busy")} || echo two at once >> {Seen}
            sleep 0.02
            rmdir {_directory.File("busy")}
            echo $HA_n >> {Seen}
            """);
        var scripts = Make();
        for (var n = 1; n <= 5; n++)
        {
            scripts.Tell(new Effect.RunEventScript("custom", [("n", $"{n}")]), NodeStatus.Active);
        }

        Await("1\n2\n3\n4\n5");
    }

    [Theory]
    [InlineData("ip-request")]
    [InlineData("ip-request-resp")]
    [InlineData("hb_takeover")]
    [InlineData("ask_resources")]
    public void What_heartbeat_manages_resources_with_is_never_run(string type)
    {
        Writes($"rc.d/{type}", "must not run");
        Writes("rc.d/last", "last");
        var scripts = Make();
        scripts.Tell(new Effect.RunEventScript(type, []), NodeStatus.Active);
        scripts.Tell(new Effect.RunEventScript("last", []), NodeStatus.Active);

        Await("last");
        Assert.Contains(_log.Lines, line => line.Contains(type, StringComparison.Ordinal));
    }

    [Fact]
    public void The_status_script_that_calls_mach_down_is_heartbeats_and_not_run()
    {
        _directory.Script("rc.d/status", $"#!/bin/sh\necho no >> {Seen}\n: $HA_NOARCHBIN/mach_down $HA_src\n");
        Writes("rc.d/last", "last");
        var scripts = Make();
        scripts.Tell(BravoDied, NodeStatus.Active);
        scripts.Tell(new Effect.RunEventScript("last", []), NodeStatus.Active);

        Await("last");
    }

    [Fact]
    public void Only_what_was_there_at_the_start_or_the_last_reload_is_run()
    {
        var scripts = Make();
        Writes("rc.d/custom", "$HA_n");
        scripts.Tell(new Effect.RunEventScript("custom", [("n", "1")]), NodeStatus.Active);
        scripts.Use([]);
        scripts.Tell(new Effect.RunEventScript("custom", [("n", "2")]), NodeStatus.Active);

        Await("2");
    }

    [Fact]
    public void Of_more_than_64_that_wait_the_oldest_are_dropped_and_counted()
    {
        _directory.Script(
            "rc.d/custom", $"#!/bin/sh\nwhile ! [ -e {_directory.File("go")} ]; do sleep 0.01; done\n"
                + $"echo $HA_n >> {Seen}\n");
        var scripts = Make();
        scripts.Tell(new Effect.RunEventScript("custom", [("n", "0")]), NodeStatus.Active);
        AwaitThat("the first one runs", () => _log.Lines.Length > 0);
        for (var n = 1; n <= EventScripts.QueueLimit + 3; n++)
        {
            scripts.Tell(new Effect.RunEventScript("custom", [("n", $"{n}")]), NodeStatus.Active);
        }

        File.WriteAllText(_directory.File("go"), "");
        Await(string.Join('\n', Enumerable.Range(4, EventScripts.QueueLimit).Prepend(0)));
        Assert.Contains(_log.Lines, line => line.StartsWith("Warning 3 events dropped", StringComparison.Ordinal));
    }

    [Fact]
    public void A_script_that_does_not_end_is_ended_and_the_next_one_runs()
    {
        _directory.Script("rc.d/hangs", "#!/bin/sh\nexec sleep 1000\n");
        Writes("rc.d/last", "last");
        var scripts = new EventScripts(
            _directory.Path, _watcher, ["PATH=/usr/bin:/bin"], Objection, _log, TimeSpan.FromMilliseconds(200));
        scripts.Tell(new Effect.RunEventScript("hangs", []), NodeStatus.Active);
        scripts.Tell(new Effect.RunEventScript("last", []), NodeStatus.Active);

        Await("last");
        Assert.Contains(_log.Lines, line => line.EndsWith("was ended", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_script_says_and_its_exit_code_are_in_the_log()
    {
        _directory.Script("rc.d/custom", "#!/bin/sh\necho hello\necho trouble >&2\nexit 7\n");
        Make().Tell(new Effect.RunEventScript("custom", []), NodeStatus.Active);

        string path = _directory.File("rc.d/custom");
        string[] expected =
        [
            $"Information Running {path} custom", $"Information {path}: hello", $"Information {path}: trouble",
            $"Warning {path}: ended with exit code 7",
        ];
        AwaitThat("four lines are there", () => _log.Lines.Length == expected.Length);
        Assert.Equal(expected, _log.Lines);
    }

    [Fact]
    public void A_script_that_others_may_write_is_not_run_and_the_next_one_is()
    {
        Writes("rc.d/everybodys", "no");
        Writes("rc.d/last", "last");
        var scripts = Make();
        scripts.Tell(new Effect.RunEventScript("everybodys", []), NodeStatus.Active);
        scripts.Tell(new Effect.RunEventScript("last", []), NodeStatus.Active);

        Await("last");
        Assert.Contains(_log.Lines, line => line.EndsWith("everybodys has mode 0757", StringComparison.Ordinal));
    }

    private string Seen => _directory.File("seen");

    private EventScripts Make(params string[] environment) =>
        new(_directory.Path, _watcher, ["PATH=/usr/bin:/bin", .. environment], Objection, _log);

    private static string? Objection(string path) =>
        path.EndsWith("everybodys", StringComparison.Ordinal) ? $"{path} has mode 0757" : null;

    private void Writes(string name, string words) =>
        _directory.Script(name, $"#!/bin/sh\necho \"{words}\" >> {Seen}\n");

    private void Await(string seen) => AwaitThat(
        $"the scripts wrote: {seen}", () => File.Exists(Seen) && File.ReadAllText(Seen).TrimEnd() == seen);

    private void AwaitThat(string what, Func<bool> isSo) => Assert.True(
        SpinWait.SpinUntil(isSo, Patience),
        $"not so in time: {what}; seen: {(File.Exists(Seen) ? File.ReadAllText(Seen) : "")}; "
            + string.Join('\n', _log.Lines));
}
