// A ping node as it is asked: its hosts, and what was sent to them lately.
// heartbeat takes any reply for an answer that carries a valid digest: from whatever address, to whatever request,
// as often as it comes (F31). Here a reply answers one request of ours, from a host that was asked, with the bytes
// that were sent, once.

using System.Net.Sockets;
using HaSharp.Core.Config;

namespace HaSharp.Daemon.Pings;

public sealed class AskedNode : IDisposable
{
    /// <summary>So many requests may be under way; the answer to an older one comes too late.</summary>
    public const int Window = 128;

    private readonly Request[] _requests = new Request[Window];

    // 0 is what an unused place in the window looks like (F29).
    private ushort _sequence;

    /// <param name="before">The same node before a reload: known addresses are used until new ones are.</param>
    public AskedNode(PingNodeConfig config, AskedNode? before)
    {
        Config = config;
        AddressFamily family = config.Kind == PingKind.Ping6
            ? AddressFamily.InterNetworkV6
            : AddressFamily.InterNetwork;
        Hosts = [.. config.Hosts.Select(name => new PingedHost(
            name, family, before?.Hosts.FirstOrDefault(host => host.Name == name)))];
        _sequence = before?._sequence ?? 0;
        Trouble = before?.Trouble;
    }

    public PingNodeConfig Config { get; }

    public IReadOnlyList<PingedHost> Hosts { get; }

    /// <summary>Requests in a row that went to no host, for whatever reason.</summary>
    public int Failures { get; set; }

    /// <summary>What was last said about it.</summary>
    public string? Trouble { get; set; }

    /// <summary>A new request; its sequence number goes to all hosts.</summary>
    public ushort Begin(ReadOnlyMemory<byte> payload)
    {
        _sequence = _sequence == ushort.MaxValue ? (ushort)1 : (ushort)(_sequence + 1);
        _requests[_sequence % Window] = new Request(_sequence, payload);
        return _sequence;
    }

    /// <summary>Whether this is the first answer to a request of ours. It is taken by that.</summary>
    /// <param name="source">The sender's address.</param>
    public bool Takes(ReadOnlySpan<byte> source, ushort sequence, ReadOnlySpan<byte> payload)
    {
        ref Request request = ref _requests[sequence % Window];
        if (sequence == 0 || request.Sequence != sequence || !payload.SequenceEqual(request.Payload.Span)
            || !WasAsked(source))
        {
            return false;
        }

        request = default;
        return true;
    }

    public void Dispose()
    {
        foreach (PingedHost host in Hosts)
        {
            host.Dispose();
        }
    }

    private bool WasAsked(ReadOnlySpan<byte> source)
    {
        foreach (PingedHost host in Hosts)
        {
            if (host.Address is { } known && source.SequenceEqual(known.Bytes))
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Request(ushort Sequence, ReadOnlyMemory<byte> Payload);
}
