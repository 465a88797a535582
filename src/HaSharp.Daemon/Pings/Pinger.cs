// Asks ping nodes and listens for their answers, on a thread of its own.
// The node's thread could do it without waiting, but a raw socket receives the echo replies of the whole machine: a
// flood of them, which any host can send, would then compete with heartbeats. Here it costs this thread its time.

using System.Collections.Concurrent;
using System.Net.Sockets;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Pings;

public sealed class Pinger : IDisposable
{
    /// <summary>Requests beyond that are dropped: the thread has not run for many keepalives.</summary>
    public const int Capacity = 1024;

    private const int StackBytes = 256 * 1024;
    private const int RepliesPerTurn = 256;

    /// <summary>A single failure to send passes by itself and is not worth a word.</summary>
    private const int FailuresBeforeWord = 3;

    private readonly Action<NodeName> _replied;
    private readonly Action<NodeName, string?> _troubled;
    private readonly ConcurrentQueue<Effect.SendPing> _wanted = new();
    private readonly WakeUp _wakeUp = new();
    private readonly Thread _thread;
    private Dictionary<NodeName, AskedNode> _nodes = [];
    private Dictionary<NodeName, AskedNode> _before = [];
    private EchoSocket? _ipv4;
    private EchoSocket? _ipv6;
    private volatile bool _stopping;

    /// <summary>Works in the network namespace of the calling thread.</summary>
    /// <param name="replied">A ping node has answered.</param>
    /// <param name="troubled">A ping node cannot be asked, and why; null: it can be again.</param>
    /// <remarks>Both are called on the pinger's thread and must not block.</remarks>
    public Pinger(Action<NodeName> replied, Action<NodeName, string?> troubled)
    {
        _replied = replied;
        _troubled = troubled;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "ping" };
        _thread.Start();
    }

    /// <summary>
    /// Asks every host of a ping node; never waits. A configuration object that was not seen before is a reload: host
    /// names are looked up anew.
    /// </summary>
    public void Ask(Effect.SendPing ping)
    {
        if (_wanted.Count < Capacity)
        {
            _wanted.Enqueue(ping);
            _wakeUp.Raise();
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _wakeUp.Raise();
        _thread.Join();
        _wakeUp.Dispose();
    }

    private void Run()
    {
        Span<PollEntry> waitFor = stackalloc PollEntry[3];
        while (!_stopping)
        {
            waitFor[0] = new PollEntry(_wakeUp.Descriptor, Kernel.PollIn);
            waitFor[1] = new PollEntry(_ipv4?.Descriptor ?? -1, Kernel.PollIn);
            waitFor[2] = new PollEntry(_ipv6?.Descriptor ?? -1, Kernel.PollIn);
            Kernel.Wait(waitFor, -1);
            TakeReplies(_ipv4);
            TakeReplies(_ipv6);
            if (waitFor[0].Readable)
            {
                _wakeUp.Clear();
                while (_wanted.TryDequeue(out Effect.SendPing? ping))
                {
                    Send(ping);
                }
            }
        }

        Forget(_nodes);
        _ipv4?.Dispose();
        _ipv6?.Dispose();
    }

    private void Send(Effect.SendPing ping)
    {
        AskedNode node = NodeOf(ping.Node);
        ushort sequence = node.Begin(ping.Payload);
        string? trouble = null;
        bool sent = false;
        foreach (PingedHost host in node.Hosts)
        {
            string? failure = Send(host, sequence, ping.Payload.Span);
            sent |= failure is null && host.Address is not null;
            trouble ??= failure;
        }

        node.Failures = sent || trouble is null ? 0 : node.Failures + 1;
        if (node.Failures is 0 or >= FailuresBeforeWord)
        {
            Say(node, sent ? null : trouble);
        }
    }

    /// <summary>Null: it was sent, or the address is still being looked up.</summary>
    private string? Send(PingedHost host, ushort sequence, ReadOnlySpan<byte> payload)
    {
        if (host.Address is not { } address)
        {
            return host.Trouble;
        }

        try
        {
            EchoSocket socket = address.Family == AddressFamily.InterNetwork
                ? _ipv4 ??= EchoSocket.Open(address.Family)
                : _ipv6 ??= EchoSocket.Open(address.Family);
            int errno = socket.Send(address.Destination, sequence, payload);
            return errno == 0 ? null : Libc.Describe(errno);
        }
        catch (IOException refused)
        {
            return refused.Message;
        }
    }

    private void Say(AskedNode node, string? trouble)
    {
        if (trouble != node.Trouble)
        {
            node.Trouble = trouble;
            _troubled(node.Config.Name, trouble);
        }
    }

    private AskedNode NodeOf(PingNodeConfig config)
    {
        if (_nodes.TryGetValue(config.Name, out AskedNode? known) && ReferenceEquals(known.Config, config))
        {
            return known;
        }

        if (known is not null)
        {
            // The first of a new configuration: the others follow, and those that do not are not asked any more.
            Forget(_nodes);
            (_before, _nodes) = (_nodes, []);
        }

        var node = new AskedNode(config, _before.GetValueOrDefault(config.Name));
        _nodes.Add(config.Name, node);
        return node;
    }

    private void TakeReplies(EchoSocket? socket)
    {
        int left = RepliesPerTurn;
        while (socket is not null && left-- > 0 && socket.TryReceive(out EchoReply reply))
        {
            foreach (AskedNode node in _nodes.Values)
            {
                if (node.Takes(reply.Source, reply.Sequence, reply.Payload))
                {
                    _replied(node.Config.Name);
                }
            }
        }
    }

    private static void Forget(Dictionary<NodeName, AskedNode> nodes)
    {
        foreach (AskedNode node in nodes.Values)
        {
            node.Dispose();
        }
    }
}
