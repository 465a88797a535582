// ICMP echo over one address family: requests go out, replies to requests with our identifier come in.
// A raw socket sees every echo reply of the machine, so the kernel filters by type and we by identifier. Where raw
// sockets are refused the kernel's unprivileged ICMP sockets do (net.ipv4.ping_group_range): there the kernel filters.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HaSharp.Daemon.Links;
using HaSharp.Daemon.Native;
using Microsoft.Win32.SafeHandles;

namespace HaSharp.Daemon.Pings;

/// <summary>An echo reply to some request with our identifier; nothing else of it is checked.</summary>
/// <param name="source">The sender's address: 4 or 16 bytes.</param>
public readonly ref struct EchoReply(ReadOnlySpan<byte> source, ushort sequence, ReadOnlySpan<byte> payload)
{
    public ReadOnlySpan<byte> Source { get; } = source;

    public ushort Sequence { get; } = sequence;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}

public sealed class EchoSocket : IDisposable
{
    /// <summary>Longest payload of a request: with its headers it fits the smallest usual network.</summary>
    public const int LongestPayload = 1200;

    private const int HeaderBytes = 8;
    private const int LongestIpHeader = 60;
    private const int LongestAddress = 28;
    private const int Attempts = 8;

    private readonly SafeFileHandle _socket;
    private readonly bool _ipv6;
    private readonly bool _raw;
    private readonly ushort _identifier;
    private readonly byte[] _request = new byte[HeaderBytes + LongestPayload];
    private readonly byte[] _received = new byte[LongestIpHeader + HeaderBytes + LongestPayload + 1];
    private readonly byte[] _sender = new byte[LongestAddress];

    private EchoSocket(SafeFileHandle socket, AddressFamily family, bool raw, ushort identifier)
    {
        _socket = socket;
        _ipv6 = family == AddressFamily.InterNetworkV6;
        _raw = raw;
        _identifier = identifier;
    }

    /// <summary>For poll.</summary>
    public int Descriptor => (int)_socket.DangerousGetHandle();

    /// <summary>In the network namespace of the calling thread.</summary>
    /// <exception cref="IOException">Neither kind of socket is permitted.</exception>
    public static EchoSocket Open(AddressFamily family)
    {
        try
        {
            return Open(family, raw: true);
        }
        catch (IOException)
        {
            try
            {
                return Open(family, raw: false);
            }
            catch (IOException refused)
            {
                throw new IOException(
                    $"{refused.Message}: run as root, with CAP_NET_RAW, or in net.ipv4.ping_group_range", refused);
            }
        }
    }

    /// <exception cref="IOException">The kernel refused.</exception>
    public static EchoSocket Open(AddressFamily family, bool raw)
    {
        bool ipv6 = family == AddressFamily.InterNetworkV6;
        int type = (raw ? Linux.SockRaw : Linux.SockDgram) | Linux.SockNonblock;
        SafeFileHandle socket = Libc.OpenSocket(
            ipv6 ? Linux.AfInet6 : Linux.AfInet, type, ipv6 ? Linux.IpprotoIcmpv6 : Linux.IpprotoIcmp);
        try
        {
            if (raw)
            {
                FilterReplies(socket, ipv6);
                return new EchoSocket(socket, family, raw, NewIdentifier());
            }

            return new EchoSocket(socket, family, raw, BoundIdentifier(socket, ipv6));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>0, or an errno value.</summary>
    /// <param name="destination">A socket address.</param>
    public int Send(ReadOnlySpan<byte> destination, ushort sequence, ReadOnlySpan<byte> payload)
    {
        Span<byte> request = _request.AsSpan(0, HeaderBytes + payload.Length);
        request.Clear();
        request[0] = _ipv6 ? (byte)Linux.Icmpv6EchoRequest : (byte)Linux.IcmpEchoRequest;
        BinaryPrimitives.WriteUInt16BigEndian(request[4..], _identifier);
        BinaryPrimitives.WriteUInt16BigEndian(request[6..], sequence);
        payload.CopyTo(request[HeaderBytes..]);
        if (!_ipv6)
        {
            // Over IPv6 the kernel does it, because it needs the source address.
            BinaryPrimitives.WriteUInt16BigEndian(request[2..], Checksum(request));
        }

        nint sent = Libc.SendTo(
            _socket, in request[0], request.Length, Linux.MsgNoSignal, in destination[0], destination.Length);
        return sent < 0 ? Libc.LastErrno : 0;
    }

    /// <summary>Takes one packet. False: nothing waits.</summary>
    /// <param name="reply">Empty (its source too) when the packet is no reply to us. Valid until the next call.</param>
    public bool TryReceive(out EchoReply reply)
    {
        reply = default;
        int senderLength = _sender.Length;
        nint count = Libc.ReceiveFrom(
            (int)_socket.DangerousGetHandle(), ref _received[0], _received.Length, Linux.MsgDontWait, ref _sender[0],
            ref senderLength);
        if (count < 0)
        {
            // An error that waited in the socket is taken by that.
            return Libc.LastErrno is not (Linux.Eagain or Linux.Ebadf);
        }

        ReadOnlySpan<byte> packet = _received.AsSpan(0, (int)count);
        if (_raw && !_ipv6)
        {
            int header = count > 0 ? (packet[0] & 0x0F) * 4 : 0;
            packet = packet[Math.Min(header, packet.Length)..];
        }

        int type = _ipv6 ? Linux.Icmpv6EchoReply : Linux.IcmpEchoReply;
        if (packet.Length >= HeaderBytes && packet[0] == type && packet[1] == 0
            && BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) == _identifier)
        {
            reply = new EchoReply(
                UcastPeers.AddressOf(_sender.AsSpan(0, senderLength)),
                BinaryPrimitives.ReadUInt16BigEndian(packet[6..]),
                packet[HeaderBytes..]);
        }

        return true;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Internet checksum of RFC 1071, the field itself being 0.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)(bytes[i] << 8) + (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~((sum & 0xFFFF) + (sum >> 16));
    }

    private static ushort NewIdentifier() => (ushort)RandomNumberGenerator.GetInt32(1, ushort.MaxValue + 1);

    /// <summary>Everything but echo replies stays in the kernel: a 1 in the mask is a type not wanted.</summary>
    private static void FilterReplies(SafeFileHandle socket, bool ipv6)
    {
        byte[] unwanted = new byte[ipv6 ? 32 : 4];
        unwanted.AsSpan().Fill(0xFF);
        Span<uint> words = MemoryMarshal.Cast<byte, uint>(unwanted.AsSpan());
        int type = ipv6 ? Linux.Icmpv6EchoReply : Linux.IcmpEchoReply;
        words[type / 32] &= ~(1u << (type % 32));
        int level = ipv6 ? Linux.IpprotoIcmpv6 : Linux.SolRaw;
        if (Libc.SetSockOpt(socket, level, Linux.IcmpFilter, in unwanted[0], unwanted.Length) != 0)
        {
            throw new IOException($"cannot filter ICMP: {Libc.Describe(Libc.LastErrno)}");
        }
    }

    /// <summary>Of an unprivileged socket the port is the identifier, one of its own for each socket.</summary>
    private static ushort BoundIdentifier(SafeFileHandle socket, bool ipv6)
    {
        for (int attempt = 1; ; attempt++)
        {
            ushort identifier = NewIdentifier();
            SocketAddress local = new IPEndPoint(ipv6 ? IPAddress.IPv6Any : IPAddress.Any, identifier).Serialize();
            if (Libc.Bind(socket, in local.Buffer.Span[0], local.Size) == 0)
            {
                return identifier;
            }

            if (attempt == Attempts || Libc.LastErrno != Linux.Eaddrinuse)
            {
                throw new IOException($"cannot bind an ICMP socket: {Libc.Describe(Libc.LastErrno)}");
            }
        }
    }
}
