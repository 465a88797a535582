// Which ucast line names which peer.
// Sockets of several ucast lines on one interface and port share what arrives; the sender tells them apart.

using System.Net;
using HaSharp.Core;

namespace HaSharp.Daemon.Links;

/// <summary>The peers of all open ucast links. Read by the heartbeat thread without locks.</summary>
public sealed class UcastPeers
{
    private readonly Lock gate = new();
    private volatile Peer[] peers = [];

    /// <summary>Notes a link's peer, in place of the one noted before.</summary>
    internal void Set(LinkName link, int interfaceIndex, IPAddress address)
    {
        lock (gate)
        {
            var peer = new Peer(link, interfaceIndex, address.GetAddressBytes());
            peers = [.. peers.Where(other => other.Link != link), peer];
        }
    }

    internal void Remove(LinkName link)
    {
        lock (gate)
        {
            peers = [.. peers.Where(other => other.Link != link)];
        }
    }

    /// <summary>The link whose peer this is, or else the given one.</summary>
    internal LinkName Find(int interfaceIndex, ReadOnlySpan<byte> address, LinkName otherwise)
    {
        foreach (Peer peer in peers)
        {
            if (peer.InterfaceIndex == interfaceIndex && address.SequenceEqual(peer.Address))
            {
                return peer.Link;
            }
        }

        return otherwise;
    }

    /// <summary>The address inside a sockaddr_in or sockaddr_in6; empty for any other.</summary>
    internal static ReadOnlySpan<byte> AddressOf(ReadOnlySpan<byte> socketAddress)
    {
        const int OfIpv4 = 16;
        const int OfIpv6 = 28;
        return socketAddress.Length switch
        {
            OfIpv4 => socketAddress[4..8],
            OfIpv6 => socketAddress[8..24],
            _ => [],
        };
    }

    private sealed record Peer(LinkName Link, int InterfaceIndex, byte[] Address);
}
