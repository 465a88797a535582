using System.Net.Sockets;
using System.Text;
using HaSharp.Core;
using HaSharp.Core.Control;
using HaSharp.Daemon.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace HaSharp.Daemon.Tests.Control;

/// <summary>A real server on a real socket, with a test in the place of the node.</summary>
public sealed class ControlServerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int ShortPatienceMs = 1000;

    private readonly string _directory = Directory.CreateTempSubdirectory("hasharp-control-").FullName;
    private readonly List<(ClientId Client, Command Command)> _submitted = [];
    private readonly ControlServer _server;
    private bool _accepting = true;
    private Func<Command, CommandResult?> _node = _ => null;

    public ControlServerTests()
    {
        _server = Open(new ControlAccess(OwnUid(), null));
    }

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_directory, true);
    }

    [Fact]
    public void A_status_request_is_answered_with_the_report_and_the_connection_ends()
    {
        _node = _ => new CommandResult.Report(SampleReport());
        using ControlClient client = Connect();
        Assert.True(client.Send(new ControlRequest("status")));

        ControlAnswer? answer = client.Receive(Patience, out _);

        Assert.Equal(ControlAnswer.Report, answer?.Result);
        Assert.Equal("alpha", answer?.Status?.Node);
        Assert.Null(answer?.Status?.Groups[0].Owner);
        Assert.Equal(17, answer?.Status?.Nodes[0].Links[0].LastHeardMs);
        Assert.Null(client.Receive(Patience, out ControlFailure failure));
        Assert.Equal(ControlFailure.Ended, failure);
    }

    [Fact]
    public void A_command_may_be_answered_twice_accepted_and_then_its_end()
    {
        _node = _ => new CommandResult.Accepted("begun");
        using ControlClient client = Connect();
        client.Send(new ControlRequest("standby") { Scope = "group", Group = "10.0.0.1", WaitMs = 90_000 });
        Assert.Equal("begun", client.Receive(Patience, out _)?.Text);

        (ClientId id, Command command) = Assert.Single(_submitted);
        _server.Answer(id, new CommandResult.Done("moved"));

        Assert.Equal(
            new Command.Standby(new Scope.Group(new GroupName("10.0.0.1")), TimeSpan.FromSeconds(90)), command);
        Assert.Equal("moved", client.Receive(Patience, out _)?.Text);
    }

    [Fact]
    public void A_wish_stands_for_at_least_a_minute()
    {
        using ControlClient client = Connect();
        client.Send(new ControlRequest("takeover") { Scope = "local", WaitMs = 0 });
        client.Receive(TimeSpan.FromMilliseconds(1), out _);
        SpinWait.SpinUntil(() => _submitted.Count > 0, Patience);

        Assert.Equal(new Command.Takeover(new Scope.Local(), TimeSpan.FromSeconds(60)), _submitted[0].Command);
    }

    [Theory]
    [InlineData("garbage\n", "not a JSON object")]
    [InlineData("\n", "not a JSON object")]
    [InlineData("[1,2]\n", "not a JSON object")]
    [InlineData("{\"v\":2,\"command\":\"status\"}\n", "version 1")]
    [InlineData("{\"v\":1,\"command\":\"dance\"}\n", "unknown command 'dance'")]
    [InlineData("{\"v\":1,\"command\":\"standby\",\"scope\":\"some\"}\n", "scope must be")]
    [InlineData("{\"v\":1,\"command\":\"standby\",\"scope\":\"group\"}\n", "scope must be")]
    public void A_garbage_line_is_refused_with_a_sentence(string line, string expected)
    {
        using Socket socket = ConnectRaw();
        socket.Send(Encoding.UTF8.GetBytes(line));

        string answer = ReadToEnd(socket);

        Assert.Contains("\"result\":\"refused\"", answer, StringComparison.Ordinal);
        Assert.Contains(expected, answer, StringComparison.Ordinal);
        Assert.Empty(_submitted);
    }

    [Fact]
    public void A_request_longer_than_the_limit_is_refused()
    {
        using Socket socket = ConnectRaw();
        socket.Send(new byte[ControlProtocol.RequestLimitBytes]);

        Assert.Contains("at most 65536 bytes", ReadToEnd(socket), StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_in_pieces_is_one_request()
    {
        _node = _ => new CommandResult.Done("well");
        using Socket socket = ConnectRaw();
        foreach (char letter in "{\"v\":1,\"command\":\"stop\"}\n")
        {
            socket.Send([(byte)letter]);
        }

        Assert.Contains("well", ReadToEnd(socket), StringComparison.Ordinal);
    }

    [Fact]
    public void The_thirty_third_client_is_turned_away_and_the_others_are_served()
    {
        _node = _ => new CommandResult.Done("served");
        List<ControlClient> clients = [.. Enumerable.Range(0, ControlServer.MostClients).Select(_ => Connect())];
        using Socket late = ConnectRaw();

        Assert.Contains("32 clients are connected already", ReadToEnd(late), StringComparison.Ordinal);
        foreach (ControlClient client in clients)
        {
            client.Send(new ControlRequest("stop"));
            Assert.Equal("served", client.Receive(Patience, out _)?.Text);
            client.Dispose();
        }
    }

    [Fact]
    public void A_client_that_does_not_read_is_dropped_and_holds_up_nobody()
    {
        StatusReport large = SampleReport() with { Reason = new string('x', 4_000_000) };
        _node = command => command is Command.Status ? new CommandResult.Report(large) : new CommandResult.Done("ok");
        using Socket sleeper = ConnectRaw();
        sleeper.Send(Encoding.UTF8.GetBytes("{\"v\":1,\"command\":\"status\"}\n"));
        using ControlClient other = Connect();
        other.Send(new ControlRequest("stop"));
        Assert.Equal("ok", other.Receive(Patience, out _)?.Text);

        Thread.Sleep(2 * ShortPatienceMs);

        Assert.True(ReadToEnd(sleeper).Length < 4_000_000);
    }

    [Fact]
    public void A_client_that_says_nothing_is_dropped()
    {
        using Socket socket = ConnectRaw();

        Assert.Equal("", ReadToEnd(socket));
    }

    [Fact]
    public void A_node_that_takes_no_more_commands_means_a_refusal()
    {
        _accepting = false;
        using ControlClient client = Connect();
        client.Send(new ControlRequest("standby") { Scope = "all" });

        Assert.Contains("too busy", client.Receive(Patience, out _)?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reload_is_answered_with_every_problem()
    {
        using ControlClient client = Connect();
        client.Send(new ControlRequest("reload"));

        ControlAnswer? answer = client.Receive(Patience, out _);

        Assert.Equal(["ha.cf:1:1: error: one", "ha.cf:2:1: error: two"], answer?.Problems);
    }

    [Fact]
    public void An_unused_socket_of_an_earlier_daemon_is_replaced_and_is_removed_at_the_end()
    {
        string socket = Path.Combine(_directory, ControlProtocol.SocketName);
        using (Open(new ControlAccess(OwnUid(), null)))
        {
            Assert.True(File.Exists(socket));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
                File.GetUnixFileMode(socket));
        }

        Assert.False(File.Exists(socket));
        Assert.Null(ControlClient.Connect(_directory, out ControlFailure failure));
        Assert.Equal(ControlFailure.NotRunning, failure);
    }

    private ControlServer Open(ControlAccess access)
    {
        ControlServer? server = null;
        server = new ControlServer(
            _directory, access, new ControlPorts(Submit, Reload), NullLogger.Instance, ShortPatienceMs);
        return server;

        bool Submit(ClientId client, Command command)
        {
            _submitted.Add((client, command));
            if (_accepting && _node(command) is { } result)
            {
                server!.Answer(client, result);
            }

            return _accepting;
        }

        void Reload(ClientId client) => server!.Answer(client, new ControlAnswer(ControlAnswer.Refused, "wrong files")
        {
            Problems = ["ha.cf:1:1: error: one", "ha.cf:2:1: error: two"],
        });
    }

    private ControlClient Connect() => ControlClient.Connect(_directory, out _)
        ?? throw new InvalidOperationException("no control socket");

    private Socket ConnectRaw()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
        };
        socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(_directory, ControlProtocol.SocketName)));
        return socket;
    }

    private static string ReadToEnd(Socket socket)
    {
        var text = new MemoryStream();
        var bytes = new byte[65_536];
        while (true)
        {
            int count = socket.Receive(bytes, SocketFlags.None, out SocketError error);
            if (count == 0)
            {
                Assert.True(error is SocketError.Success or SocketError.ConnectionReset, error.ToString());
                return Encoding.UTF8.GetString(text.ToArray());
            }

            text.Write(bytes, 0, count);
        }
    }

    private static uint OwnUid() => ControlAccess.Here().OwnUid;

    private static StatusReport SampleReport() => new(
        "alpha", "0.1.0", "active", true, "all", "on", "0123456789abcdef", 1000, "",
        [new NodeReport("alpha", "active", true, 0, null, [new LinkReport("eth0", "up", 17, null)])],
        [new GroupReport("10.0.0.1", "alpha", null, "stopped", "nobody", 0, [])],
        new Dictionary<string, long> { ["replayed"] = 2 });
}
