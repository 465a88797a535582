// Opens the socket of a medium with the options that heartbeat 3.0.6 uses (spec 12).
// One socket both sends and receives, so that a peer's firewall sees one port on either side.
// A bcast and a ucast line on one interface and port share the unicast datagrams that arrive, as in heartbeat: nothing
// is lost, but either link may be the one that heard the peer.

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using HaSharp.Core.Config;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Links;

public static class LinkOpener
{
    /// <summary>Room for some seconds of a busy cluster's datagrams while we are not running.</summary>
    private const int ReceiveBufferBytes = 1 << 20;

    private const int InteractivePriority = 6;
    private const int LowDelay = 0x10;

    /// <summary>Opens a medium now.</summary>
    /// <param name="peers">Shared by all links of a node; told of the peer of a ucast link.</param>
    /// <exception cref="LinkException">It cannot be opened now; trying again later may help.</exception>
    public static OpenLink Open(LinkConfig config, UcastPeers peers)
    {
        LinkTarget target = LinkTarget.Find(config, LinkTarget.Resolve(config));
        bool ucast = config is LinkConfig.Ucast or LinkConfig.Ucast6;
        if (ucast)
        {
            peers.Set(config.Name, target.InterfaceIndex, target.Destination.Address);
        }

        int descriptor = ucast && target.IsOwnAddress ? -1 : OpenSocket(config, target);
        return new OpenLink(config.Name, target, descriptor, ucast ? peers : null);
    }

    private static int OpenSocket(LinkConfig config, LinkTarget target)
    {
        bool ipv6 = target.Destination.AddressFamily == AddressFamily.InterNetworkV6;
        int descriptor = Libc.Socket(
            ipv6 ? Linux.AfInet6 : Linux.AfInet, Linux.SockDgram | Linux.SockCloexec | Linux.SockNonblock, 0);
        if (descriptor < 0)
        {
            throw new LinkException($"no socket for {config.Interface}: {Libc.Describe(Libc.LastErrno)}");
        }

        try
        {
            var socket = new LinkSocket(descriptor, config.Interface);
            SetCommonOptions(socket, ipv6);
            SetMediumOptions(socket, config, target);
            socket.Bind(LocalEndPoint(config, target));
            return descriptor;
        }
        catch (LinkException)
        {
            _ = Libc.Close(descriptor);
            throw;
        }
    }

    private static void SetCommonOptions(LinkSocket socket, bool ipv6)
    {
        socket.Set(Linux.SolSocket, Linux.SoReuseAddr, 1);
        if (!socket.TrySet(Linux.SolSocket, Linux.SoReceiveBufferForce, ReceiveBufferBytes))
        {
            _ = socket.TrySet(Linux.SolSocket, Linux.SoReceiveBuffer, ReceiveBufferBytes);
        }

        // Without this a socket bound to any address also hears the groups that other sockets joined.
        if (ipv6)
        {
            socket.Set(Linux.IpprotoIpv6, Linux.Ipv6Only, 1);
            _ = socket.TrySet(Linux.IpprotoIpv6, Linux.Ipv6MulticastAll, 0);
        }
        else
        {
            _ = socket.TrySet(Linux.IpprotoIp, Linux.IpMulticastAll, 0);
        }
    }

    private static void SetMediumOptions(LinkSocket socket, LinkConfig config, LinkTarget target)
    {
        switch (config)
        {
            case LinkConfig.Bcast:
                socket.BindToDevice();
                socket.Set(Linux.SolSocket, Linux.SoBroadcast, 1);
                socket.Set(Linux.SolSocket, Linux.SoDontRoute, 1);
                break;
            case LinkConfig.Ucast:
                socket.BindToDevice();
                socket.Set(Linux.SolSocket, Linux.SoReusePort, 1);
                _ = socket.TrySet(Linux.IpprotoIp, Linux.IpTos, LowDelay);
                break;
            case LinkConfig.Ucast6:
                socket.BindToDevice();
                socket.Set(Linux.SolSocket, Linux.SoReusePort, 1);
                _ = socket.TrySet(Linux.IpprotoIpv6, Linux.Ipv6TrafficClass, LowDelay);
                break;
            case LinkConfig.Mcast mcast:
                socket.Set(Linux.IpprotoIp, Linux.IpMulticastTtl, mcast.Ttl);
                socket.Set(Linux.IpprotoIp, Linux.IpMulticastLoop, mcast.Loop ? 1 : 0);
                byte[] membership = Membership(mcast.Group, target.InterfaceIndex);
                socket.Set(Linux.IpprotoIp, Linux.IpMulticastIf, membership);
                socket.Set(Linux.IpprotoIp, Linux.IpAddMembership, membership);
                break;
            case LinkConfig.Mcast6 mcast:
                socket.Set(Linux.IpprotoIpv6, Linux.Ipv6MulticastHops, mcast.Hops);
                socket.Set(Linux.IpprotoIpv6, Linux.Ipv6MulticastLoop, mcast.Loop ? 1 : 0);
                socket.Set(Linux.IpprotoIpv6, Linux.Ipv6MulticastIf, target.InterfaceIndex);
                socket.Set(Linux.IpprotoIpv6, Linux.Ipv6JoinGroup, Membership(mcast.Group, target.InterfaceIndex));
                break;
        }

        // Behind the type of service, which sets the priority as well.
        _ = socket.TrySet(Linux.SolSocket, Linux.SoPriority, InteractivePriority);
    }

    /// <summary>A multicast socket takes what is sent to its group, any other what is sent to its port.</summary>
    private static IPEndPoint LocalEndPoint(LinkConfig config, LinkTarget target) => config switch
    {
        LinkConfig.Mcast or LinkConfig.Mcast6 => target.Destination,
        LinkConfig.Ucast6 => new IPEndPoint(IPAddress.IPv6Any, target.Destination.Port),
        _ => new IPEndPoint(IPAddress.Any, target.Destination.Port),
    };

    /// <summary>struct ip_mreqn (group, any address, index) or struct ipv6_mreq (group, index).</summary>
    private static byte[] Membership(IPAddress group, int interfaceIndex)
    {
        byte[] address = group.GetAddressBytes();
        byte[] request = new byte[address.Length == 4 ? 12 : 20];
        address.CopyTo(request, 0);
        MemoryMarshal.Write(request.AsSpan(request.Length - 4), interfaceIndex);
        return request;
    }

    /// <summary>A socket under construction; a refusal becomes a sentence.</summary>
    private sealed class LinkSocket(int descriptor, string interfaceName)
    {
        internal bool TrySet(int level, int name, int value) =>
            Libc.SetSockOpt(descriptor, level, name, in MemoryMarshal.AsBytes([value])[0], sizeof(int)) == 0;

        internal void Set(int level, int name, int value) => Set(level, name, MemoryMarshal.AsBytes([value]));

        internal void Set(int level, int name, ReadOnlySpan<byte> value)
        {
            if (Libc.SetSockOpt(descriptor, level, name, in value[0], value.Length) != 0)
            {
                throw Refused(Libc.LastErrno, $"socket option {level}/{name} on interface {interfaceName}");
            }
        }

        internal void BindToDevice() =>
            Set(Linux.SolSocket, Linux.SoBindToDevice, Encoding.UTF8.GetBytes(interfaceName + '\0'));

        internal void Bind(IPEndPoint local)
        {
            SocketAddress address = local.Serialize();
            if (Libc.Bind(descriptor, in address.Buffer.Span[0], address.Size) != 0)
            {
                throw Refused(Libc.LastErrno, $"UDP port {local.Port} on interface {interfaceName}");
            }
        }

        private static LinkException Refused(int errno, string what) => new(errno switch
        {
            Linux.Eaddrinuse => $"{what} is in use by another program",
            Linux.Eperm or Linux.Eacces =>
                $"{what} is not permitted: run as root, or with CAP_NET_RAW and CAP_NET_BIND_SERVICE",
            _ => $"{what} failed: {Libc.Describe(errno)}",
        });
    }
}
