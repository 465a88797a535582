// What a neighbour says when it has an address: ARP whose sender has it (RFC 826), or a neighbour advertisement for it
// (RFC 4861). The idea: everything that is odd is no claim, because what follows from one is serious.

using System.Buffers.Binary;
using System.Net;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Addresses;

internal static class Claim
{
    private const uint Ethernet = 1;
    private const uint SixAndFour = 0x0604;
    private const int ArpSize = 28;

    private const byte IcmpV6 = 58;
    private const byte WithinThisNetwork = 255;
    private const byte NeighbourAdvertisement = 136;
    private const int AdvertisementSize = 64;
    private const byte TargetLinkAddress = 2;

    /// <summary>Takes ARP from these IPv4 addresses, or what may be an advertisement of these IPv6 ones.</summary>
    internal static FilterStep[] Filter(bool ipv6, IEnumerable<IPAddress> addresses)
    {
        FilterStep[] kind = ipv6
            ?
            [
                FilterStep.Byte(6), FilterStep.SkipIf(IcmpV6), FilterStep.Drop,
                FilterStep.Byte(7), FilterStep.SkipIf(WithinThisNetwork), FilterStep.Drop,
                FilterStep.Byte(40), FilterStep.SkipIf(NeighbourAdvertisement), FilterStep.Drop,
                FilterStep.Word(60),
            ]
            :
            [
                FilterStep.Half(0), FilterStep.SkipIf(Ethernet), FilterStep.Drop,
                FilterStep.Half(2), FilterStep.SkipIf(0x0800), FilterStep.Drop,
                FilterStep.Half(4), FilterStep.SkipIf(SixAndFour), FilterStep.Drop,
                FilterStep.Word(14),
            ];
        IEnumerable<FilterStep> each = addresses
            .Select(address => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes().AsSpan()[^4..]))
            .Take((PacketSocket.LongestFilter - kind.Length - 1) / 2)
            .SelectMany(word => new[] { FilterStep.SkipUnless(word), FilterStep.Take });
        return [.. kind, .. each, FilterStep.Drop];
    }

    /// <summary>Whose address it is about, and who claims it; false: it is no claim.</summary>
    /// <param name="packet">Behind the link header.</param>
    /// <param name="address">4 or 16 bytes of the packet.</param>
    /// <param name="claimant">6 bytes of the packet: the hardware address that shall have it; may be empty.</param>
    internal static bool TryRead(
        bool ipv6, ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> address, out ReadOnlySpan<byte> claimant)
    {
        address = default;
        claimant = default;
        return ipv6
            ? TryReadAdvertisement(packet, ref address, ref claimant)
            : TryReadArp(packet, ref address, ref claimant);
    }

    private static bool TryReadArp(
        ReadOnlySpan<byte> packet, ref ReadOnlySpan<byte> address, ref ReadOnlySpan<byte> claimant)
    {
        if (packet.Length < ArpSize
            || BinaryPrimitives.ReadUInt16BigEndian(packet) != Ethernet
            || BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) != 0x0800
            || BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) != SixAndFour
            || BinaryPrimitives.ReadUInt16BigEndian(packet[6..])
                is not (Announcement.ArpRequest or Announcement.ArpReply))
        {
            return false;
        }

        claimant = packet.Slice(8, 6);
        address = packet.Slice(14, 4);
        return true;
    }

    private static bool TryReadAdvertisement(
        ReadOnlySpan<byte> packet, ref ReadOnlySpan<byte> address, ref ReadOnlySpan<byte> claimant)
    {
        if (!IsAdvertisement(ref packet))
        {
            return false;
        }

        address = packet.Slice(48, 16);
        ReadOnlySpan<byte> options = packet[AdvertisementSize..];
        while (options.Length >= 8)
        {
            int size = options[1] * 8;
            if (size == 0 || size > options.Length)
            {
                return false;
            }

            if (options[0] == TargetLinkAddress && size == 8)
            {
                claimant = options.Slice(2, 6);
            }

            options = options[size..];
        }

        return options.Length == 0;
    }

    /// <summary>Whole and sound; what Ethernet has added behind it is cut off.</summary>
    private static bool IsAdvertisement(ref ReadOnlySpan<byte> packet)
    {
        int length = packet.Length < AdvertisementSize ? 0 : BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) + 40;
        if (length < AdvertisementSize || length > packet.Length || length % 8 != 0)
        {
            return false;
        }

        packet = packet[..length];
        return packet[0] >> 4 == 6 && packet[6] == IcmpV6 && packet[7] == WithinThisNetwork
            && packet[40] == NeighbourAdvertisement && packet[41] == 0 && Announcement.Checksum(packet) == 0;
    }
}
