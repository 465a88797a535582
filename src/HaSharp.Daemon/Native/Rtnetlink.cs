// The kernel's interfaces, addresses and routes: questions and changes, a few microseconds each.
// Refusals come back as errno values, because "it is there already" and "it is gone already" are good news to some.

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace HaSharp.Daemon.Native;

/// <summary>
/// rtnetlink of the network namespace that the constructing thread is in. Not for use by two threads at once.
/// </summary>
public sealed class Rtnetlink : IDisposable
{
    private const ushort NewLink = 16;
    private const ushort GetLink = 18;
    private const ushort NewAddress = 20;
    private const ushort DeleteAddress = 21;
    private const ushort GetAddress = 22;
    private const ushort GetRoute = 26;

    private const int LinkHeader = 16;
    private const int AddressHeader = 8;
    private const int RouteHeader = 12;

    private const ushort LinkHardwareAddress = 1;
    private const ushort LinkName = 3;
    private const ushort LinkExtensions = 29;
    private const ushort AddressPeer = 1;
    private const ushort AddressLocal = 2;
    private const ushort AddressLabel = 3;
    private const ushort AddressBroadcast = 4;
    private const ushort AddressFlags = 8;
    private const ushort RouteDestination = 1;
    private const ushort RouteInterfaceIndex = 4;

    private const ushort FlagsToAdd =
        NetlinkRequest.FlagAck | NetlinkRequest.FlagCreate | NetlinkRequest.FlagExclusive;

    /// <summary>RTEXT_FILTER_SKIP_STATS: an interface costs a tenth without its counters.</summary>
    private const uint WithoutStatistics = 8;

    private const byte RouteTypeUnicast = 1;
    private const int RequestSize = 256;

    /// <summary>IFNAMSIZ without the terminating zero; labels have the same limit.</summary>
    internal const int LongestName = 15;

    private readonly NetlinkSocket socket = new();

    public void Dispose() => socket.Dispose();

    /// <summary>Null: there is no such interface.</summary>
    /// <exception cref="IOException">The kernel could not be asked.</exception>
    public NetworkInterface? FindInterface(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            return null;
        }

        var request = new NetlinkRequest(stackalloc byte[RequestSize], GetLink, 0, LinkHeader);
        request.Add(LinkName, name);
        return AskInterface(request);
    }

    /// <summary>Null: there is no such interface.</summary>
    /// <exception cref="IOException">The kernel could not be asked.</exception>
    public NetworkInterface? FindInterface(int index)
    {
        var request = new NetlinkRequest(stackalloc byte[RequestSize], GetLink, 0, LinkHeader);
        MemoryMarshal.Write(request.Family[4..], index);
        return AskInterface(request);
    }

    /// <summary>All interfaces, in the kernel's order.</summary>
    /// <exception cref="IOException">The kernel could not be asked.</exception>
    public IReadOnlyList<NetworkInterface> Interfaces()
    {
        var request = new NetlinkRequest(stackalloc byte[RequestSize], GetLink, NetlinkRequest.FlagDump, LinkHeader);
        request.Add(LinkExtensions, WithoutStatistics);
        int errno = socket.Ask(request, out List<NetlinkMessage> answers);
        return errno == 0
            ? [.. answers.Where(answer => answer.Type == NewLink).Select(ReadInterface)]
            : throw new IOException($"cannot list interfaces: {Libc.Describe(errno)}");
    }

    /// <summary>The names of all interfaces; null: the kernel could not be asked.</summary>
    public static IReadOnlyCollection<string>? InterfaceNames()
    {
        try
        {
            using var network = new Rtnetlink();
            return [.. network.Interfaces().Select(one => one.Name)];
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Switches an interface on.</summary>
    /// <returns>0 or an errno value.</returns>
    /// <exception cref="IOException">The kernel could not be asked.</exception>
    public int BringUp(int index)
    {
        var request = new NetlinkRequest(stackalloc byte[RequestSize], NewLink, NetlinkRequest.FlagAck, LinkHeader);
        MemoryMarshal.Write(request.Family[4..], index);
        MemoryMarshal.Write(request.Family[8..], Linux.IffUp);
        MemoryMarshal.Write(request.Family[12..], Linux.IffUp);
        return socket.Ask(request, out _);
    }

    /// <summary>All addresses of one family, in the kernel's order: by interface, oldest first.</summary>
    /// <exception cref="IOException">The kernel could not be asked.</exception>
    public IReadOnlyList<InterfaceAddress> Addresses(AddressFamily family)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSize], GetAddress, NetlinkRequest.FlagDump, AddressHeader);
        request.Family[0] = Number(family);
        int errno = socket.Ask(request, out List<NetlinkMessage> answers);
        if (errno != 0)
        {
            throw new IOException($"cannot list addresses: {Libc.Describe(errno)}");
        }

        return [.. answers.Where(answer => answer.Type == NewAddress).Select(ReadAddress)];
    }

    /// <summary>Adds an address; an IPv6 address without duplicate address detection, ready at once.</summary>
    /// <returns>0 or an errno value, EEXIST among them.</returns>
    /// <exception cref="IOException">The kernel could not be asked.</exception>
    public int Add(InterfaceAddress address)
    {
        byte[] bytes = address.Address.GetAddressBytes();
        var request = new NetlinkRequest(stackalloc byte[RequestSize], NewAddress, FlagsToAdd, AddressHeader);
        request.Family[0] = Number(address.Address.AddressFamily);
        request.Family[1] = (byte)address.PrefixLength;
        MemoryMarshal.Write(request.Family[4..], address.InterfaceIndex);
        request.Add(AddressLocal, bytes);
        request.Add(AddressPeer, bytes);
        if (address.Broadcast is not null)
        {
            request.Add(AddressBroadcast, address.Broadcast.GetAddressBytes());
        }

        if (address.Label is not null)
        {
            request.Add(AddressLabel, address.Label);
        }

        if (address.Address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            request.Add(AddressFlags, Linux.IfaNoDad);
        }

        return socket.Ask(request, out _);
    }

    /// <summary>Puts an address back exactly as Addresses found it.</summary>
    /// <returns>0 or an errno value, EEXIST among them.</returns>
    /// <exception cref="IOException">The kernel could not be asked.</exception>
    public int Restore(InterfaceAddress found) => Repeat(NewAddress, FlagsToAdd, found);

    /// <summary>Deletes an address that Addresses found.</summary>
    /// <returns>0 or an errno value, EADDRNOTAVAIL among them.</returns>
    /// <exception cref="IOException">The kernel could not be asked.</exception>
    public int Delete(InterfaceAddress found) => Repeat(DeleteAddress, NetlinkRequest.FlagAck, found);

    /// <summary>The interface through which the kernel would send to this address; null: none, or to itself.</summary>
    /// <exception cref="IOException">The kernel could not be asked.</exception>
    public int? RouteInterface(IPAddress destination)
    {
        byte[] bytes = destination.GetAddressBytes();
        var request = new NetlinkRequest(stackalloc byte[RequestSize], GetRoute, 0, RouteHeader);
        request.Family[0] = Number(destination.AddressFamily);
        request.Family[1] = (byte)(bytes.Length * 8);
        request.Add(RouteDestination, bytes);
        if (socket.Ask(request, out List<NetlinkMessage> answers) != 0 || answers.Count == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> index = answers[0].Attribute(RouteHeader, RouteInterfaceIndex);
        bool unicast = answers[0].Body.Span[7] == RouteTypeUnicast;
        return unicast && index.Length == 4 ? MemoryMarshal.Read<int>(index) : null;
    }

    private NetworkInterface? AskInterface(NetlinkRequest request)
    {
        return socket.Ask(request, out List<NetlinkMessage> answers) != 0 || answers.Count == 0
            ? null
            : ReadInterface(answers[0]);
    }

    private static NetworkInterface ReadInterface(NetlinkMessage answer)
    {
        ReadOnlySpan<byte> header = answer.Body.Span;
        return new NetworkInterface(
            MemoryMarshal.Read<int>(header[4..]),
            Text(answer.Attribute(LinkHeader, LinkName)) ?? "",
            MemoryMarshal.Read<uint>(header[8..]),
            answer.Attribute(LinkHeader, LinkHardwareAddress).ToArray());
    }

    /// <summary>Sends the kernel's own description of an address back to it.</summary>
    private int Repeat(ushort type, ushort flags, InterfaceAddress found)
    {
        int size = found.Original.Length;
        var request = new NetlinkRequest(new byte[NetlinkRequest.HeaderSize + size], type, flags, size);
        found.Original.Span.CopyTo(request.Family);
        return socket.Ask(request, out _);
    }

    private static InterfaceAddress ReadAddress(NetlinkMessage answer)
    {
        ReadOnlySpan<byte> header = answer.Body.Span;
        ReadOnlySpan<byte> local = answer.Attribute(AddressHeader, AddressLocal);
        ReadOnlySpan<byte> peer = answer.Attribute(AddressHeader, AddressPeer);
        ReadOnlySpan<byte> broadcast = answer.Attribute(AddressHeader, AddressBroadcast);
        ReadOnlySpan<byte> flags = answer.Attribute(AddressHeader, AddressFlags);
        return new InterfaceAddress(
            MemoryMarshal.Read<int>(header[4..]),
            new IPAddress(local.IsEmpty ? peer : local),
            header[1],
            broadcast.IsEmpty ? null : new IPAddress(broadcast),
            Text(answer.Attribute(AddressHeader, AddressLabel)),
            flags.IsEmpty ? header[2] : MemoryMarshal.Read<uint>(flags))
        {
            Original = answer.Body,
        };
    }

    private static string? Text(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? null : Encoding.UTF8.GetString(bytes.TrimEnd((byte)0));

    private static byte Number(AddressFamily family) =>
        (byte)(family == AddressFamily.InterNetwork ? Linux.AfInet : Linux.AfInet6);
}
