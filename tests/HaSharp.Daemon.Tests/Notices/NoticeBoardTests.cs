using System.Diagnostics;
using System.Text;
using System.Text.Json;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Wire;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Notices;
using HaSharp.Daemon.Processes;
using HaSharp.Daemon.Tests.Host;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Notices;

/// <summary>Programs, mail and web servers are told; the servers are stand-ins on loopback.</summary>
[Collection(ProcessTests.Name)]
public sealed class NoticeBoardTests : IDisposable
{
    private const int Capacity = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly GroupName Web = new("web");
    private static readonly NodeName Alpha = new("alpha");
    private static readonly NodeName Bravo = new("bravo");

    private readonly TemporaryDirectory _directory = new();
    private readonly ProcessWatcher _watcher = new();
    private readonly KeptLog<NoticeBoard> _log = new();
    private readonly List<IDisposable> _things = [];

    public void Dispose()
    {
        _things.ForEach(thing => thing.Dispose());
        _watcher.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_program_gets_keepalives_four_arguments_and_the_event_in_its_environment()
    {
        string program = _directory.Script("tell", $"""
            #!/bin/sh
            echo "$HASHARP_TIME $HA_CURHOST" > {_directory.File("time")}
            echo "$#:$1:$2:$3:$4:$5" >> {Seen}
            env | grep HASHARP_ | grep -v TIME= | sort >> {Seen}
            """);
        NoticeBoard board = Make(
            new NoticeConfig { Commands = [new NoticeCommand(program, ["mine"])] }, "HA_CURHOST=alpha");
        board.Tell(new ClusterEvent.StartFailed(Web, "nginx", "exit code 1"));

        Await(
            """
            5:mine:GROUP:web:FAULT:100
            HASHARP_EVENT=start-failed
            HASHARP_GROUP=web
            HASHARP_MISSED=0
            HASHARP_NODE=alpha
            HASHARP_REASON=exit code 1
            HASHARP_RESOURCE=nginx
            HASHARP_STATE=FAULT
            HASHARP_TEXT=Giving up resources due to failure of nginx: exit code 1
            """);
        Assert.DoesNotContain(ResourceMark.Variable, File.ReadAllText(Seen), StringComparison.Ordinal);
        AwaitThat("the time is there", () => File.Exists(_directory.File("time")));
        Assert.Matches(
            @"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ alpha$", File.ReadAllText(_directory.File("time")).Trim());
    }

    [Fact]
    public void Every_kind_of_event_has_its_own_words()
    {
        NoticeBoard board = Make(Writes("$HASHARP_EVENT $1 $2 $3"));
        ClusterEvent[] all =
        [
            new ClusterEvent.GroupAcquired(Web),
            new ClusterEvent.ResourceGivenUp(Web, "nginx", "it is gone", 4),
            new ClusterEvent.StopFailed(Web, "nginx", "it hangs"),
            new ClusterEvent.OwnerChanged(Web, Bravo, 7, "alpha is dead"),
            new ClusterEvent.Frozen(Web, 4),
            new ClusterEvent.MaintenanceBegun(Web, 60),
            new ClusterEvent.MaintenanceEnded(Web),
            new ClusterEvent.ResourceFailed(Web, "nginx", "it is gone", 1, 3),
            new ClusterEvent.ResourceRecovered(Web, "nginx"),
            new ClusterEvent.AddressContested(Web, "10.0.0.1", "02:00:00:00:00:07"),
            new ClusterEvent.CheckChanged("chk", false, "exit code 1"),
            new ClusterEvent.CheckChanged("chk", true, ""),
            new ClusterEvent.NodeStatusChanged(Bravo, NodeStatus.Active),
            new ClusterEvent.NodeLeft(Bravo),
            new ClusterEvent.NodeDead(Bravo, 3000),
        ];
        Array.ForEach(all, board.Tell);

        Await(
            """
            group-acquired GROUP web MASTER
            group-given-up GROUP web FAULT
            stop-failed GROUP web FAULT
            owner-changed OWNER web bravo
            group-frozen ALARM web FROZEN
            maintenance MAINTENANCE web ON
            maintenance MAINTENANCE web OFF
            resource-failed RESOURCE nginx FAILED
            resource-recovered RESOURCE nginx RUNNING
            address-contested RESOURCE 10.0.0.1 CONTESTED
            check-changed CHECK chk FAILS
            check-changed CHECK chk PASSES
            node-status NODE bravo ACTIVE
            node-left NODE bravo LEFT
            node-dead NODE bravo DEAD
            """);
    }

    [Fact]
    public void A_group_that_is_released_because_the_daemon_ends_is_stopped_and_else_in_reserve()
    {
        NoticeBoard board = Make(Writes("$2 $3"));
        board.Tell(new ClusterEvent.GroupReleased(Web));
        board.Tell(new ClusterEvent.ShutdownBegun("it was asked to", Keeps: false));
        board.Tell(new ClusterEvent.GroupReleased(Web));
        board.Tell(new ClusterEvent.ShutdownComplete(Alpha, Keeps: false));

        Await("web BACKUP\nalpha LEAVING\nweb STOP\nalpha LEFT");
    }

    [Fact]
    public void What_is_for_the_log_only_is_not_told_but_everything_critical_is()
    {
        NoticeBoard board = Make(Writes("$1 $2 $3 $HASHARP_EVENT"));
        board.Tell(new ClusterEvent.AgentRuns(Web, "nginx", "start"));
        board.Tell(new ClusterEvent.LinkUp(Bravo, new LinkName("eth0")));
        board.Tell(new ClusterEvent.BothOwn(Web, Bravo));
        board.Tell(new ClusterEvent.AsleepTooLong(5000));

        Await("ALARM web BOTH_OWN both-own\nALARM alpha CRITICAL alarm");
    }

    [Fact]
    public void Programs_run_one_at_a_time_in_order_and_one_receiver_does_not_wait_for_another()
    {
        string slow = _directory.Script("slow", $"""
            #!/bin/sh
            mkdir {_directory.File("busy")} || echo two at once >> {Seen}
            while ! [ -e {_directory.File("go")} ]; do sleep 0.01; done
            rmdir {_directory.File("busy")}
            echo "slow $2" >> {Seen}
            """);
        NoticeCommand quick = Writes("quick $2").Commands[0];
        NoticeBoard board = Make(new NoticeConfig { Commands = [new NoticeCommand(slow, []), quick] });
        for (int n = 1; n <= 3; n++)
        {
            board.Tell(new ClusterEvent.GroupAcquired(new GroupName($"{n}")));
        }

        Await("quick 1\nquick 2\nquick 3");
        File.WriteAllText(_directory.File("go"), "");
        Await("quick 1\nquick 2\nquick 3\nslow 1\nslow 2\nslow 3");
    }

    [Fact]
    public void Of_more_than_64_that_wait_the_oldest_are_dropped_and_the_next_one_says_how_many()
    {
        string program = _directory.Script("tell", $"""
            #!/bin/sh
            while ! [ -e {_directory.File("go")} ]; do sleep 0.01; done
            echo "$2 $HASHARP_MISSED" >> {Seen}
            echo running > {_directory.File("runs")}
            """);
        NoticeBoard board = Make(new NoticeConfig { Commands = [new NoticeCommand(program, [])] });
        board.Tell(new ClusterEvent.GroupAcquired(new GroupName("0")));
        Thread.Sleep(300);
        for (int n = 1; n <= Capacity + 3; n++)
        {
            board.Tell(new ClusterEvent.GroupAcquired(new GroupName($"{n}")));
        }

        File.WriteAllText(_directory.File("go"), "");
        Await(string.Join('\n', Enumerable.Range(5, Capacity - 1).Select(n => $"{n} 0")
            .Prepend("4 3").Prepend("0 0")));
        Assert.Contains(
            $"Warning 3 notices dropped: notify {program} is too slow", _log.Lines);
    }

    [Fact]
    public void A_program_that_fails_or_is_missing_is_in_the_log_with_its_last_word()
    {
        string fails = _directory.Script("fails", "#!/bin/sh\necho no such pager\nexit 3\n");
        string missing = _directory.File("missing");
        NoticeBoard board = Make(new NoticeConfig
        {
            Commands = [new NoticeCommand(fails, []), new NoticeCommand(missing, [])],
        });
        board.Tell(new ClusterEvent.GroupAcquired(Web));

        AwaitThat("two lines are there", () => _log.Lines.Length == 2);
        Assert.Contains(
            $"Warning notify {fails}: group-acquired could not be told: exit code 3: no such pager", _log.Lines);
        Assert.Contains(_log.Lines, line => line.StartsWith(
            $"Warning notify {missing}: group-acquired could not be told: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_program_that_others_may_write_is_not_run()
    {
        string program = _directory.Script("everybodys", $"#!/bin/sh\necho no >> {Seen}\n");
        Make(new NoticeConfig { Commands = [new NoticeCommand(program, [])] })
            .Tell(new ClusterEvent.GroupAcquired(Web));

        AwaitThat("it is said at the start and when it is due", () => _log.Lines.Length == 2);
        Assert.Equal($"Warning notify {program} will not be run: {program} has mode 0757", _log.Lines[0]);
        Assert.EndsWith($"told: not run: {program} has mode 0757", _log.Lines[1], StringComparison.Ordinal);
        Assert.False(File.Exists(Seen));
    }

    [Fact]
    public void A_mail_goes_to_each_address_from_the_sender_of_the_file()
    {
        StandIn server = Serve(StandIn.Mail);
        NoticeBoard board = Make(new NoticeConfig
        {
            MailTo = ["root@localhost", "ops@example.com"],
            SmtpHost = "127.0.0.1",
            SmtpPort = server.Port,
            MailFrom = "ha@example.com",
        });
        board.Tell(new ClusterEvent.StopFailed(Web, "nginx", "exit code 1"));

        AwaitThat("two mails came", () => server.Received.Length == 2);
        Assert.Equal(
            ["RCPT TO:<ops@example.com>", "RCPT TO:<root@localhost>"],
            server.Received
                .Select(one => one.Split('\n').Single(line => line.StartsWith("RCPT", StringComparison.Ordinal)))
                .Order());
        string mail = server.Received[0];
        Assert.Contains("MAIL FROM:<ha@example.com>", mail, StringComparison.Ordinal);
        Assert.Contains(
            "subject: [HaSharp] alpha: Resource STOP failure.", Decoded(mail), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("event: stop-failed", Decoded(mail), StringComparison.Ordinal);
        Assert.Contains("reason: exit code 1", Decoded(mail), StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_agent_says_cannot_become_a_header_or_a_command_of_a_mail()
    {
        StandIn server = Serve(StandIn.Mail);
        NoticeBoard board = Make(MailThrough(server));
        board.Tell(new ClusterEvent.StartFailed(
            Web, "nginx\r\nBcc: evil@example.com", "x\r\n.\r\nMAIL FROM:<evil@example.com>\r\nX-Evil: 1\u2028y"));

        string mail = Single(server);
        Assert.Single(mail.Split('\n'), line => line.StartsWith("RCPT", StringComparison.Ordinal));
        string headers = mail[..mail.IndexOf("\n\n", StringComparison.Ordinal)];
        Assert.DoesNotContain(headers.Split('\n'), line =>
            line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase)
            || line.StartsWith("X-Evil", StringComparison.Ordinal));
        AssertQuiet(server, 1);
    }

    [Fact]
    public void A_mail_is_sent_again_until_the_server_takes_it_and_the_next_one_follows_it()
    {
        StandIn server = Serve((connection, reader, writer) => connection switch
        {
            1 => null,
            2 => StandIn.Mail(reader, writer, line => line.StartsWith("RCPT", StringComparison.Ordinal)
                ? "451 later"
                : "250 ok"),
            _ => StandIn.Mail(connection, reader, writer),
        });
        NoticeBoard board = Make(MailThrough(server));
        board.Tell(new ClusterEvent.GroupAcquired(new GroupName("one")));
        board.Tell(new ClusterEvent.GroupAcquired(new GroupName("two")));

        AwaitThat("two mails came", () => server.Received.Length == 2);
        Assert.Contains("group: one", Decoded(server.Received[0]), StringComparison.Ordinal);
        Assert.Contains("group: two", Decoded(server.Received[1]), StringComparison.Ordinal);
        Assert.Equal(4, server.Connections);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void A_mail_that_the_server_refuses_for_good_is_not_sent_again()
    {
        StandIn server = Serve((_, reader, writer) => StandIn.Mail(
            reader, writer, line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 nobody here" : "250 ok"));
        Make(MailThrough(server)).Tell(new ClusterEvent.GroupAcquired(Web));

        AwaitThat("a line is there", () => _log.Lines.Length == 1);
        Assert.Contains("nobody here", _log.Lines[0], StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public void A_webhook_gets_json_and_the_user_of_its_address()
    {
        StandIn server = Serve((_, reader, writer) => StandIn.Web(reader, writer, "204 No Content"));
        Make(Posts($"http://me:p%40ss@127.0.0.1:{server.Port}/hook?key=1"))
            .Tell(new ClusterEvent.StartFailed(Web, "nginx", "it said \"no\"\n"));

        string[] parts = Single(server).Split("\n{", 2);
        Assert.StartsWith("POST /hook?key=1 HTTP/1.1\n", parts[0], StringComparison.Ordinal);
        Assert.Contains("\nContent-Type: application/json", parts[0], StringComparison.Ordinal);
        string user = Convert.ToBase64String(Encoding.UTF8.GetBytes("me:p@ss"));
        Assert.Contains($"\nAuthorization: Basic {user}", parts[0], StringComparison.Ordinal);
        using var body = JsonDocument.Parse("{" + parts[1]);
        Assert.Equal(
            ("start-failed", "alpha", "web", "nginx", "FAULT", "it said \"no\"\n"),
            (Text("event"), Text("node"), Text("group"), Text("resource"), Text("state"), Text("reason")));
        Assert.Equal(0, body.RootElement.GetProperty("missed").GetInt64());
        Assert.True(DateTimeOffset.TryParse(Text("time"), out DateTimeOffset _));

        string? Text(string name) => body.RootElement.GetProperty(name).GetString();
    }

    [Fact]
    public void A_web_server_that_is_ill_is_asked_again_and_one_that_refuses_is_not()
    {
        StandIn server = Serve((connection, reader, writer) => StandIn.Web(reader, writer, connection switch
        {
            1 => "503 Service Unavailable",
            2 => "200 OK",
            _ => "404 Not Found",
        }));
        NoticeBoard board = Make(Posts($"http://127.0.0.1:{server.Port}/secret1?secret2"));
        board.Tell(new ClusterEvent.GroupAcquired(new GroupName("one")));
        board.Tell(new ClusterEvent.GroupAcquired(new GroupName("two")));

        AwaitThat("a line is there", () => _log.Lines.Length == 1);
        Assert.Equal(
            $"Warning webhook http://127.0.0.1:{server.Port}: group-acquired could not be told: "
            + "the server answers 404",
            _log.Lines[0]);
        Assert.Equal(3, server.Connections);
    }

    [Fact]
    public void The_end_does_not_wait_long_for_receivers_that_hang_nor_do_those_who_tell()
    {
        using var forever = new ManualResetEventSlim();
        StandIn server = Serve((_, _, _) =>
        {
            forever.Wait();
            return null;
        });
        string hangs = _directory.Script("hangs", "#!/bin/sh\nexec sleep 1000\n");
        NoticeBoard board = Make(MailThrough(server) with
        {
            Commands = [new NoticeCommand(hangs, [])],
            Webhooks = Posts($"http://127.0.0.1:{server.Port}/").Webhooks,
        });
        long told = Stopwatch.GetTimestamp();
        for (int n = 0; n < 1000; n++)
        {
            board.Tell(new ClusterEvent.GroupAcquired(Web));
        }

        Assert.InRange(Stopwatch.GetElapsedTime(told), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        long ending = Stopwatch.GetTimestamp();
        board.Dispose();
        Assert.InRange(Stopwatch.GetElapsedTime(ending), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        forever.Set();
    }

    [Fact]
    public void The_end_delivers_what_waits()
    {
        NoticeBoard board = Make(Writes("$2"));
        for (int n = 1; n <= 5; n++)
        {
            board.Tell(new ClusterEvent.GroupReleased(new GroupName($"{n}")));
        }

        board.Dispose();
        Assert.Equal("1\n2\n3\n4\n5\n", File.ReadAllText(Seen));
    }

    [Fact]
    public void A_reload_keeps_who_is_still_there_and_lets_the_others_go()
    {
        NoticeConfig old = Writes("old $2");
        NoticeBoard board = Make(old);
        board.Tell(new ClusterEvent.GroupAcquired(new GroupName("1")));
        Await("old 1");
        string added = _directory.Script("added", $"#!/bin/sh\necho \"new $2\" >> {Seen}\n");
        board.Use(new NoticeConfig { Commands = [new NoticeCommand(added, [])] }, ["PATH=/usr/bin:/bin"]);
        board.Tell(new ClusterEvent.GroupAcquired(new GroupName("2")));

        Await("old 1\nnew 2");
    }

    private string Seen => _directory.File("seen");

    private static string? Objection(string path) =>
        path.EndsWith("everybodys", StringComparison.Ordinal) ? $"{path} has mode 0757" : null;

    private NoticeBoard Make(NoticeConfig config, params string[] environment)
    {
        var board = new NoticeBoard(config, Alpha, _watcher, ["PATH=/usr/bin:/bin", .. environment], Objection, _log);
        _things.Add(board);
        return board;
    }

    private StandIn Serve(Func<int, StreamReader, StreamWriter, string?> serve)
    {
        var server = new StandIn(serve);
        _things.Add(server);
        return server;
    }

    private NoticeConfig Writes(string words) => new()
    {
        Commands = [new NoticeCommand(_directory.Script("tell", $"#!/bin/sh\necho \"{words}\" >> {Seen}\n"), [])],
    };

    private static NoticeConfig MailThrough(StandIn server) =>
        new() { MailTo = ["root@localhost"], SmtpHost = "127.0.0.1", SmtpPort = server.Port };

    private static NoticeConfig Posts(string url) => new() { Webhooks = [new NoticeUrl(new Uri(url))] };

    private string Single(StandIn server)
    {
        AwaitThat("something was received", () => server.Received.Length > 0);
        return Assert.Single(server.Received);
    }

    private static void AssertQuiet(StandIn server, int received)
    {
        Thread.Sleep(100);
        Assert.Equal(received, server.Received.Length);
    }

    /// <summary>The body of a mail may be quoted-printable or base64.</summary>
    private static string Decoded(string mail)
    {
        string[] parts = mail.Split("\n\n", 2);
        return parts[0].Contains("base64", StringComparison.OrdinalIgnoreCase)
            ? parts[0] + "\n\n" + Encoding.UTF8.GetString(Convert.FromBase64String(parts[1].Replace("\n", "")))
            : mail.Replace("=\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
    }

    private void Await(string seen) => AwaitThat(
        $"the programs wrote: {seen}", () => File.Exists(Seen) && File.ReadAllText(Seen).TrimEnd() == seen);

    private void AwaitThat(string what, Func<bool> isSo) => Assert.True(
        SpinWait.SpinUntil(isSo, Patience),
        $"not so in time: {what}; seen: {(File.Exists(Seen) ? File.ReadAllText(Seen) : "")}; "
            + string.Join('\n', _log.Lines));
}
