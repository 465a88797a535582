using System.Net;
using System.Net.Sockets;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Host;
using HaSharp.Daemon.Links;
using HaSharp.Daemon.NodeLoop;
using Microsoft.Extensions.Logging.Abstractions;

namespace HaSharp.Daemon.Tests.NodeLoop;

/// <summary>Real node threads that hear each other by multicast on lo; agents do what they are asked.</summary>
public sealed class NodeThreadTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly NodeName Alpha = new("alpha");
    private static readonly NodeName Bravo = new("bravo");

    private readonly ClusterConfig _config;
    private readonly Member _alpha;
    private readonly Member _bravo;

    public NodeThreadTests()
    {
        _config = new ClusterConfig
        {
            Nodes = [Alpha, Bravo],
            Links = [new LinkConfig.Mcast(
                new LinkName("lo"), "lo", IPAddress.Parse("239.255.77.1"), FreePort(), 1, true)],
            Groups = [new GroupConfig(new GroupName("web"), Alpha, [new Resource("web", "web", [])])],
            Keys = new AuthKeys(1, [new AuthKey(1, AuthMethod.Sha256, "secret"u8.ToArray())]),
            Keepalive = TimeSpan.FromMilliseconds(50),
            Deadtime = TimeSpan.FromSeconds(5),
            Warntime = TimeSpan.FromSeconds(2),
            Initdead = TimeSpan.FromSeconds(10),
            Digest = 1,
        };
        _alpha = new Member(_config, Alpha, 1);
        _bravo = new Member(_config, Bravo, 2);
    }

    public void Dispose()
    {
        _alpha.Dispose();
        _bravo.Dispose();
    }

    [Fact]
    public async Task Two_threads_form_a_cluster_move_a_group_and_leave_in_order()
    {
        _alpha.Start();
        _bravo.Start();
        Until(() => _alpha.OwnerOf("web") == "alpha" && _alpha.StateOf("web") == "started");

        _alpha.Ask(new Command.Standby(new Scope.All(), TimeSpan.FromSeconds(60)));
        Until(() => _bravo.OwnerOf("web") == "bravo" && _bravo.StateOf("web") == "started");

        _alpha.Ask(new Command.Stop());
        Assert.True(await _alpha.Ended.WaitAsync(Patience));
        Assert.Equal("started", _bravo.StateOf("web"));
    }

    [Fact]
    public async Task A_flood_of_garbage_stops_neither_time_nor_the_inbox()
    {
        _alpha.Start();
        _bravo.Start();
        Until(() => _alpha.StateOf("web") == "started");
        using var stop = new CancellationTokenSource();
        Task flood = Task.Run(() => Flood(stop.Token));

        _alpha.Ask(new Command.Standby(new Scope.All(), TimeSpan.FromSeconds(60)));
        Until(() => _bravo.OwnerOf("web") == "bravo" && _bravo.StateOf("web") == "started");

        await stop.CancelAsync();
        await flood.WaitAsync(Patience);
    }

    // 256 letters and 512 datagrams are taken in one turn; what is left must be taken in the next without a new event.
    [Fact]
    public void More_letters_and_datagrams_than_one_turn_takes_are_all_taken()
    {
        const int Letters = 600;
        const int Datagrams = 1100;
        using OpenLink link = LinkOpener.Open(_config.Links[0], new UcastPeers());
        for (int i = 0; i < Letters; i++)
        {
            _alpha.Ask(new Command.Status());
        }

        _alpha.OpenLink();
        for (int i = 0; i < Datagrams; i++)
        {
            Assert.Equal(0, link.Send("x"u8));
        }

        _alpha.Run();

        Until(() => _alpha.Replies >= Letters);
        Until(() => _alpha.Status().RefusedPackets.Values.Sum() >= Datagrams);
    }

    [Fact]
    public void A_link_that_is_lost_is_reported_and_used_again_when_it_is_back()
    {
        _alpha.Start();
        _bravo.Start();
        Until(() => _alpha.StateOf("web") == "started");

        _alpha.Inbox.LinkTroubled(new LinkName("lo"), "pulled out");
        Until(() => _alpha.Status().Nodes[0].Links[0].Trouble == "pulled out");
        _alpha.OpenLink();

        Until(() => _alpha.Status().Nodes[0].Links[0].Trouble is null);
        Until(() => _alpha.Status().Nodes[1].LastHeardMs < 1000);
    }

    [Fact]
    public void The_first_words_are_told_once_and_not_before_a_link_is_open()
    {
        _bravo.Start();
        _alpha.Run();
        Until(() => _alpha.Status().Nodes[0].Status == "up");
        Assert.Equal(0, _alpha.Spoken);

        _alpha.OpenLink();
        Until(() => _bravo.OwnerOf("web") == "alpha" && _alpha.StateOf("web") == "started");
        Assert.Equal(1, _alpha.Spoken);
    }

    private static void Until(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(() => { Thread.Sleep(5); return condition(); }, Patience));

    private void Flood(CancellationToken stop)
    {
        var link = (LinkConfig.Mcast)_config.Links[0];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetSocketOption(
            SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Loopback.GetAddressBytes());
        var target = new IPEndPoint(link.Group, link.Port);
        var garbage = new byte[200];
        while (!stop.IsCancellationRequested)
        {
            for (int i = 0; i < 100; i++)
            {
                socket.SendTo(garbage, target);
            }

            Thread.Yield();
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>One node with its thread.</summary>
    private sealed class Member : IDisposable
    {
        private readonly ClusterConfig _config;
        private readonly EventLog _log = new(NullLogger.Instance);
        private readonly NodeThread _thread;
        private readonly HashSet<string> _running = [];
        private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile TaskCompletionSource<StatusReport> _asked = new();
        private bool _started;
        private int _replies;
        private int _spoken;

        public Member(ClusterConfig config, NodeName name, byte number)
        {
            _config = config;
            var identity = new NodeIdentity(
                name, Enumerable.Repeat(number, 16).ToArray(), new Generation(1), 0, BootClock.Now, []);
            _thread = new NodeThread(new ClusterNode(config, identity), Inbox, Ports(), _log);
        }

        public Inbox Inbox { get; } = new();

        public Task<bool> Ended => _ended.Task;

        public int Spoken => Volatile.Read(ref _spoken);

        public int Replies => Volatile.Read(ref _replies);

        public void Start()
        {
            OpenLink();
            Run();
        }

        public void Run()
        {
            _started = true;
            new Thread(() => _ended.SetResult(_thread.Run())) { IsBackground = true }.Start();
        }

        public void OpenLink() => Inbox.LinkOpened(LinkOpener.Open(_config.Links[0], new UcastPeers()));

        public void Ask(Command command) => Inbox.Post(new Input.CommandReceived(new ClientId(1), command));

        public StatusReport Status()
        {
            _asked = new TaskCompletionSource<StatusReport>();
            Ask(new Command.Status());
            Assert.True(_asked.Task.Wait(Patience));
            return _asked.Task.Result;
        }

        public string? OwnerOf(string group) => Status().Groups.Single(found => found.Name == group).Owner;

        public string StateOf(string group) => Status().Groups.Single(found => found.Name == group).State;

        public void Dispose()
        {
            if (_started && !Ended.IsCompleted)
            {
                Ask(new Command.Stop());
                Ended.Wait(Patience);
            }

            _thread.Dispose();
            _log.Dispose();
            Inbox.Dispose();
        }

        private NodePorts Ports() => new()
        {
            RunAgent = run => Inbox.Post(new Input.AgentFinished(run.Run, Run(run))),
            SendPing = _ => { },
            Announce = _ => { },
            Reply = (_, result) =>
            {
                Interlocked.Increment(ref _replies);
                if (result is CommandResult.Report report)
                {
                    _asked.TrySetResult(report.Status);
                }
            },
            RunEventScript = (_, _) => { },
            Spoken = () => Interlocked.Increment(ref _spoken),
            RunCheck = _ => { },
            AskNeighbours = _ => { },
            Notify = _ => { },
            Remember = _ => { },
            Keep = _ => { },
            LinkLost = (_, _) => { },
        };

        private AgentOutcome Run(Effect.RunAgent run)
        {
            switch (run.Action)
            {
                case AgentAction.Start:
                    _running.Add(run.Resource.Text);
                    return AgentOutcome.Ok;
                case AgentAction.Stop:
                    _running.Remove(run.Resource.Text);
                    return AgentOutcome.Ok;
                default:
                    return _running.Contains(run.Resource.Text) ? AgentOutcome.Ok : AgentOutcome.NotRunning;
            }
        }
    }
}
