// The packets that tell the neighbours where an address lives now: gratuitous ARP (RFC 5227 section 3) and unsolicited
// neighbour advertisement (RFC 4861 section 7.2.6). Built here from nothing but the two addresses.

using System.Buffers.Binary;
using System.Net;

namespace HaSharp.Daemon.Addresses;

internal static class Announcement
{
    internal const ushort ArpRequest = 1;
    internal const ushort ArpReply = 2;

    private const byte IcmpV6 = 58;
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
        byte[] packet = new byte[28];
        BinaryPrimitives.WriteUInt16BigEndian(packet, 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 0x0800);
        packet[4] = 6;
        packet[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), operation);
        hardwareAddress.CopyTo(packet.AsSpan(8));
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
        byte[] packet = new byte[72];
        packet[0] = 0x60;
        packet[5] = 32;
        packet[6] = IcmpV6;
        packet[7] = 255;
        address.GetAddressBytes().CopyTo(packet, 8);
        AllNodes.GetAddressBytes().CopyTo(packet, 24);

        Span<byte> message = packet.AsSpan(40);
        message[0] = NeighbourAdvertisementType;
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], OverrideFlag | (router ? RouterFlag : 0));
        address.GetAddressBytes().CopyTo(message[8..]);
        message[24] = 2;
        message[25] = 1;
        hardwareAddress.CopyTo(message[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Checksum(packet));
        return packet;
    }

    /// <summary>RFC 4443 section 2.3: over both addresses, length, next header and the message.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> packet)
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
