// The packets that tell the neighbours where an address lives now: gratuitous ARP (RFC 5227 section 3) and unsolicited
// neighbour advertisement (RFC 4861 section 7.2.6), and those that ask whether somebody else has it. Built here from
// nothing but the two addresses.

using System.Buffers.Binary;
using System.Net;

namespace HaSharp.Daemon.Addresses;

internal static class Announcement
{
    internal const ushort ArpRequest = 1;
    internal const ushort ArpReply = 2;

    private const byte IcmpV6 = 58;
    private const byte NeighbourSolicitationType = 135;
    private const byte NeighbourAdvertisementType = 136;
    private const uint RouterFlag = 0x80000000;
    private const uint OverrideFlag = 0x20000000;

    private static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    /// <summary>
    /// The 28 bytes behind the Ethernet header. Some neighbours only believe requests, others only replies, so both
    /// are sent. In a reply the target is the sender itself, in a request it is everybody.
    /// </summary>
    internal static byte[] Arp(ushort operation, ReadOnlySpan<byte> hardwareAddress, IPAddress address)
    {
        byte[] packet = ArpFrom(operation, hardwareAddress);
        address.GetAddressBytes().CopyTo(packet, 14);
        packet.AsSpan(18, 6).Fill(0xFF);
        if (operation == ArpReply)
        {
            hardwareAddress.CopyTo(packet.AsSpan(18));
        }

        address.GetAddressBytes().CopyTo(packet, 24);
        return packet;
    }

    /// <summary>The 72 bytes behind the Ethernet header: IPv6, ICMPv6, target, its link-layer address.</summary>
    /// <param name="router">We forward packets; without it neighbours would forget us as their router.</param>
    internal static byte[] NeighbourAdvertisement(ReadOnlySpan<byte> hardwareAddress, IPAddress address, bool router)
    {
        byte[] packet = Discovery(32, NeighbourAdvertisementType, AllNodes);
        address.GetAddressBytes().CopyTo(packet, 8);
        Span<byte> message = packet.AsSpan(40);
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], OverrideFlag | (router ? RouterFlag : 0));
        address.GetAddressBytes().CopyTo(message[8..]);
        message[24] = 2;
        message[25] = 1;
        hardwareAddress.CopyTo(message[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Checksum(packet));
        return packet;
    }

    /// <summary>
    /// Who has this address? From nobody (0.0.0.0), so that no neighbour learns anything from the question.
    /// </summary>
    internal static byte[] ArpProbe(ReadOnlySpan<byte> hardwareAddress, IPAddress address)
    {
        byte[] packet = ArpFrom(ArpRequest, hardwareAddress);
        address.GetAddressBytes().CopyTo(packet, 24);
        return packet;
    }

    /// <summary>The same as duplicate address detection asks it (RFC 4862 section 5.4.2), with its receivers.</summary>
    internal static byte[] NeighbourProbe(IPAddress address, out byte[] to)
    {
        byte[] bytes = address.GetAddressBytes();
        to = [0x33, 0x33, 0xFF, .. bytes[13..]];
        var solicited = new IPAddress([0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, .. bytes[13..]]);
        byte[] packet = Discovery(24, NeighbourSolicitationType, solicited);
        bytes.CopyTo(packet, 48);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42), Checksum(packet));
        return packet;
    }

    private static byte[] ArpFrom(ushort operation, ReadOnlySpan<byte> hardwareAddress)
    {
        byte[] packet = new byte[28];
        BinaryPrimitives.WriteUInt16BigEndian(packet, 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 0x0800);
        packet[4] = 6;
        packet[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), operation);
        hardwareAddress.CopyTo(packet.AsSpan(8));
        return packet;
    }

    private static byte[] Discovery(byte length, byte type, IPAddress to)
    {
        byte[] packet = new byte[40 + length];
        packet[0] = 0x60;
        packet[5] = length;
        packet[6] = IcmpV6;
        packet[7] = 255;
        to.GetAddressBytes().CopyTo(packet, 24);
        packet[40] = type;
        return packet;
    }

    /// <summary>
    /// RFC 4443 section 2.3: over both addresses, length, next header and the message. Zero for a whole packet whose
    /// own checksum is right.
    /// </summary>
    internal static ushort Checksum(ReadOnlySpan<byte> packet)
    {
        uint sum = (uint)(packet.Length - 40) + IcmpV6;
        for (int i = 8; i < packet.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet[i..]);
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
