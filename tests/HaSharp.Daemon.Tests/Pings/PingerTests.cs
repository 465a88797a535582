using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Pings;
using HaSharp.Daemon.Tests.Links;

namespace HaSharp.Daemon.Tests.Pings;

/// <summary>Real ICMP on the loopback interface of a network namespace.</summary>
public sealed class PingerTests
{
    private const int EchoRequest = 8;

    [RootTheory]
    [InlineData(PingKind.Ping, "127.0.0.1")]
    [InlineData(PingKind.Ping, "127.3.2.1")]
    [InlineData(PingKind.Ping6, "::1")]
    [InlineData(PingKind.Ping, "localhost")]
    [InlineData(PingKind.PingGroup, "192.0.2.77 127.0.0.1")]
    public void A_host_that_is_there_answers_every_request_once(PingKind kind, string hosts)
    {
        using var network = new NetworkNamespace();
        using var pings = new Pings(network);
        PingNodeConfig node = Node("there", kind, hosts.Split(' '));
        pings.Ask(node);
        for (int answers = 1; answers <= 5; answers++)
        {
            // A name is looked up in the background: the first requests go nowhere.
            TwoNodes.AssertSoon(() => pings.AskAgainUnless(node, pings.Replies >= answers));
        }

        int before = pings.Replies;
        pings.Ask(node);
        TwoNodes.AssertSoon(() => pings.Replies > before);
        Thread.Sleep(100);
        Assert.Equal(before + 1, pings.Replies);
        Assert.Empty(pings.Troubles);
    }

    [RootFact]
    public void A_host_that_is_gone_does_not_answer_and_does_when_it_is_back()
    {
        using var network = new NetworkNamespace();
        using var other = new NetworkNamespace();
        NetworkNamespace.Connect(network, other);
        network.Ip("addr add 10.77.0.1/24 dev eth0");
        other.Ip("addr add 10.77.0.254/24 dev eth0");
        using var pings = new Pings(network);
        PingNodeConfig node = Node("router", PingKind.Ping, "10.77.0.254");
        TwoNodes.AssertSoon(() => pings.AskAgainUnless(node, pings.Replies > 0));

        other.Ip("addr del 10.77.0.254/24 dev eth0");
        Thread.Sleep(100);
        int before = pings.Replies;
        for (int i = 0; i < 10; i++)
        {
            pings.Ask(node);
        }

        Thread.Sleep(200);
        Assert.Equal(before, pings.Replies);

        other.Ip("addr add 10.77.0.254/24 dev eth0");
        TwoNodes.AssertSoon(() => pings.AskAgainUnless(node, pings.Replies > before));
    }

    [RootFact]
    public void Only_the_true_answer_of_the_host_that_was_asked_counts_and_only_once()
    {
        using var network = new NetworkNamespace();
        network.Run(() => File.WriteAllText("/proc/sys/net/ipv4/icmp_echo_ignore_all", "1"));
        using var pings = new Pings(network);
        using var forger = new Forger(network);
        PingNodeConfig node = Node("host", PingKind.Ping, "127.0.0.2");
        pings.Ask(node);
        byte[] request = forger.WaitForRequest();

        forger.Answer(request, from: "127.0.0.3");
        forger.Answer(Changed(request, at: 4), from: "127.0.0.2");
        forger.Answer(Changed(request, at: 7), from: "127.0.0.2");
        forger.Answer(Changed(request, at: request.Length - 1), from: "127.0.0.2");
        forger.Answer(request[..^1], from: "127.0.0.2");
        forger.Answer([.. request, 0], from: "127.0.0.2");
        Thread.Sleep(200);
        Assert.Equal(0, pings.Replies);

        forger.Answer(request, from: "127.0.0.2");
        TwoNodes.AssertSoon(() => pings.Replies == 1);
        forger.Answer(request, from: "127.0.0.2");
        forger.Answer(request, from: "127.0.0.2");
        Thread.Sleep(200);
        Assert.Equal(1, pings.Replies);
    }

    [RootFact]
    public void A_name_that_is_not_found_is_said_once_and_a_host_without_a_route_too()
    {
        using var network = new NetworkNamespace();
        using var pings = new Pings(network);
        PingNodeConfig unknown = Node("unknown", PingKind.Ping, "no-such-host.invalid");
        PingNodeConfig unreachable = Node("unreachable", PingKind.Ping, "192.0.2.1");
        TwoNodes.AssertSoon(() =>
        {
            pings.Ask(unknown);
            pings.Ask(unreachable);
            return pings.Troubles.Count >= 2;
        });
        Assert.Equal(
            ["unknown: the host name no-such-host.invalid cannot be resolved", "unreachable: network is unreachable"],
            pings.Troubles.Select(said => said.Split(": Name")[0].Split(": Temp")[0]).Order(StringComparer.Ordinal));

        network.Ip("addr add 192.0.2.1/32 dev lo");
        TwoNodes.AssertSoon(() => pings.AskAgainUnless(unreachable, pings.Replies > 0));
        Assert.Contains("unreachable: -", pings.Troubles);
    }

    [RootFact]
    public void A_new_configuration_is_used_from_its_first_request_on()
    {
        using var network = new NetworkNamespace();
        using var pings = new Pings(network);
        PingNodeConfig before = Node("host", PingKind.Ping, "127.0.0.1");
        TwoNodes.AssertSoon(() => pings.AskAgainUnless(before, pings.Replies > 0));
        int replies = pings.Replies;
        PingNodeConfig after = Node("host", PingKind.Ping6, "::1");
        TwoNodes.AssertSoon(() => pings.AskAgainUnless(after, pings.Replies > replies));
    }

    [RootTheory]
    [InlineData(AddressFamily.InterNetwork, "127.0.0.1")]
    [InlineData(AddressFamily.InterNetworkV6, "::1")]
    public void An_unprivileged_socket_works_where_raw_ones_are_refused(AddressFamily family, string host)
    {
        using var network = new NetworkNamespace();
        network.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ping_group_range", "0 0");
            using var socket = EchoSocket.Open(family, raw: false);
            SocketAddress destination = new IPEndPoint(IPAddress.Parse(host), 0).Serialize();
            byte[] payload = Encoding.ASCII.GetBytes("payload");
            Assert.Equal(0, socket.Send(destination.Buffer.Span[..destination.Size], 7, payload));
            bool answered = false;
            TwoNodes.AssertSoon(() =>
            {
                answered |= socket.TryReceive(out EchoReply reply) && reply.Sequence == 7
                    && reply.Payload.SequenceEqual(payload)
                    && reply.Source.SequenceEqual(IPAddress.Parse(host).GetAddressBytes());
                return answered;
            });
        });
    }

    [RootFact]
    public void More_requests_than_fit_are_dropped_and_nobody_waits()
    {
        using var network = new NetworkNamespace();
        using var pings = new Pings(network);
        PingNodeConfig node = Node("host", PingKind.Ping, "127.0.0.1");
        for (int i = 0; i < 20 * Pinger.Capacity; i++)
        {
            pings.Ask(node);
        }

        TwoNodes.AssertSoon(() => pings.AskAgainUnless(node, pings.Replies > 0));
    }

    private static PingNodeConfig Node(string name, PingKind kind, params string[] hosts) =>
        new(new NodeName(name), hosts) { Kind = kind };

    private static byte[] Changed(byte[] request, int at)
    {
        byte[] changed = [.. request];
        changed[at] ^= 1;
        return changed;
    }

    /// <summary>A pinger with what it said.</summary>
    private sealed class Pings : IDisposable
    {
        private readonly Pinger _pinger;
        private int _replies;
        private int _asked;

        public Pings(NetworkNamespace network) => _pinger = network.Run(() => new Pinger(
            _ => Interlocked.Increment(ref _replies),
            (node, trouble) => Troubles.Enqueue($"{node}: {trouble ?? "-"}")));

        public int Replies => Volatile.Read(ref _replies);

        public ConcurrentQueue<string> Troubles { get; } = new();

        /// <summary>With another payload each time, as with another ts.</summary>
        public void Ask(PingNodeConfig node) =>
            _pinger.Ask(new Effect.SendPing(node, Encoding.ASCII.GetBytes($"request {++_asked}")));

        public bool AskAgainUnless(PingNodeConfig node, bool done)
        {
            if (!done)
            {
                Ask(node);
            }

            return done;
        }

        public void Dispose() => _pinger.Dispose();
    }

    /// <summary>Sees requests on the loopback interface and answers them as it likes.</summary>
    private sealed class Forger(NetworkNamespace network) : IDisposable
    {
        private readonly Socket _socket = network.Run(() => new Socket(
            AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp) { ReceiveTimeout = 5000 });

        /// <summary>The ICMP message, without the IP header.</summary>
        public byte[] WaitForRequest()
        {
            byte[] buffer = new byte[2000];
            while (true)
            {
                int count = _socket.Receive(buffer);
                byte[] message = buffer[((buffer[0] & 15) * 4)..count];
                if (message[0] == EchoRequest)
                {
                    return message;
                }
            }
        }

        public void Answer(byte[] request, string from)
        {
            byte[] reply = [0, 0, 0, 0, .. request.AsSpan(4)];
            int sum = 0;
            for (int i = 0; i < reply.Length; i++)
            {
                sum += i % 2 == 0 ? reply[i] << 8 : reply[i];
            }

            sum = (sum & 0xFFFF) + (sum >> 16);
            sum = ~((sum & 0xFFFF) + (sum >> 16));
            (reply[2], reply[3]) = ((byte)(sum >> 8), (byte)sum);
            using Socket socket = network.Run(() => new Socket(
                AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp));
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            socket.SendTo(reply, new IPEndPoint(IPAddress.Loopback, 0));
        }

        public void Dispose() => _socket.Dispose();
    }
}
