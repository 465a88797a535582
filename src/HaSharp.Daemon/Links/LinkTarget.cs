// Where a medium leads at this moment: the interface, the destination, and whether that is this node itself.
// An open link whose target has changed must be opened anew; comparing two targets is how that is noticed.

using System.Net;
using System.Net.Sockets;
using HaSharp.Core.Config;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Links;

internal sealed record LinkTarget(int InterfaceIndex, IPEndPoint Destination, bool IsOwnAddress)
{
    /// <summary>Asks the kernel.</summary>
    /// <param name="peer">What Resolve gave; null for bcast.</param>
    /// <exception cref="LinkException">The interface is missing, down, or without an address.</exception>
    internal static LinkTarget Find(LinkConfig config, IPAddress? peer)
    {
        try
        {
            using var network = new Rtnetlink();
            return Find(config, peer, network);
        }
        catch (IOException e)
        {
            throw new LinkException(e.Message, e);
        }
    }

    private static LinkTarget Find(LinkConfig config, IPAddress? peer, Rtnetlink network)
    {
        NetworkInterface found = network.FindInterface(config.Interface)
            ?? throw new LinkException($"interface {config.Interface} does not exist");
        if (!found.IsUp)
        {
            throw new LinkException($"interface {config.Interface} is down");
        }

        bool ipv6 = config is LinkConfig.Ucast6 or LinkConfig.Mcast6;
        IReadOnlyList<InterfaceAddress> all = network.Addresses(
            ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        InterfaceAddress own = all.FirstOrDefault(a => a.InterfaceIndex == found.Index && a.IsUsable)
            ?? throw new LinkException($"interface {config.Interface} has no usable IPv{(ipv6 ? 6 : 4)} address yet");

        IPAddress address = peer ?? BroadcastOf(config, own);
        if (address.IsIPv6LinkLocal || address.IsIPv6Multicast)
        {
            address = new IPAddress(address.GetAddressBytes(), found.Index);
        }

        bool isOwn = all.Any(a => a.Address.GetAddressBytes().AsSpan().SequenceEqual(address.GetAddressBytes()));
        return new LinkTarget(found.Index, new IPEndPoint(address, PortOf(config)), isOwn);
    }

    /// <summary>The peer or group that a medium names; null for bcast. May wait for a name server.</summary>
    /// <exception cref="LinkException">A host name has no address of the right family.</exception>
    internal static IPAddress? Resolve(LinkConfig config) => config switch
    {
        LinkConfig.Ucast ucast => Resolve(ucast.Host, AddressFamily.InterNetwork),
        LinkConfig.Ucast6 ucast => Resolve(ucast.Host, AddressFamily.InterNetworkV6),
        LinkConfig.Mcast mcast => mcast.Group,
        LinkConfig.Mcast6 mcast => mcast.Group,
        _ => null,
    };

    private static IPAddress Resolve(string host, AddressFamily family)
    {
        try
        {
            IPAddress[] addresses = IPAddress.TryParse(host, out IPAddress? literal)
                ? [literal]
                : Dns.GetHostAddresses(host, family);
            return addresses.FirstOrDefault(address => address.AddressFamily == family)
                ?? throw new LinkException($"{host} is no IPv{(family == AddressFamily.InterNetwork ? 4 : 6)} address");
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new LinkException($"the host name {host} cannot be resolved: {e.Message}", e);
        }
    }

    private static IPAddress BroadcastOf(LinkConfig config, InterfaceAddress own) =>
        own.Broadcast
        ?? Subnets.Broadcast(own.Address, own.PrefixLength)
        ?? throw new LinkException($"interface {config.Interface} has no broadcast address");

    private static int PortOf(LinkConfig config) => config switch
    {
        LinkConfig.Bcast bcast => bcast.Port,
        LinkConfig.Ucast ucast => ucast.Port,
        LinkConfig.Ucast6 ucast => ucast.Port,
        LinkConfig.Mcast mcast => mcast.Port,
        LinkConfig.Mcast6 mcast => mcast.Port,
        _ => throw new InvalidOperationException($"unknown medium {config.GetType().Name}"),
    };
}
