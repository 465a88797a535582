// What the kernel says of its interfaces and their addresses.

using System.Net;
using System.Net.Sockets;

namespace HaSharp.Daemon.Native;

/// <summary>A network interface as it is now.</summary>
/// <param name="Index">Unique in its namespace; an interface made anew under the same name gets another.</param>
/// <param name="Flags">IFF_UP and so on.</param>
/// <param name="HardwareAddress">6 bytes for Ethernet; may be empty.</param>
public sealed record NetworkInterface(int Index, string Name, uint Flags, ReadOnlyMemory<byte> HardwareAddress)
{
    public bool IsUp => (Flags & Linux.IffUp) != 0;

    /// <summary>The cable is plugged in, and somebody is at its other end.</summary>
    public bool HasCarrier => (Flags & Linux.IffLowerUp) != 0;

    public bool IsLoopback => (Flags & Linux.IffLoopback) != 0;

    /// <summary>Neighbours find this interface's addresses by ARP or neighbour discovery.</summary>
    public bool HasNeighbours => (Flags & (Linux.IffLoopback | Linux.IffNoArp)) == 0 && HardwareAddress.Length == 6;
}

/// <summary>One address of one interface.</summary>
/// <param name="PrefixLength">0 to 32, or 0 to 128.</param>
/// <param name="Broadcast">Null where there is none.</param>
/// <param name="Label">IPv4 only: the interface's name, or an alias such as eth0:0. Null: the interface's name.</param>
/// <param name="Flags">IFA_F_TENTATIVE and so on.</param>
public sealed record InterfaceAddress(
    int InterfaceIndex, IPAddress Address, int PrefixLength, IPAddress? Broadcast, string? Label, uint Flags)
{
    /// <summary>Usable as a sender's address: neither under nor failed in duplicate address detection.</summary>
    public bool IsUsable => (Flags & (Linux.IfaTentative | Linux.IfaDadFailed)) == 0;

    /// <summary>IPv4: hangs on an older address of the same subnet, and may vanish with it.</summary>
    public bool IsSecondary => (Flags & Linux.IfaSecondary) != 0;

    /// <summary>What the kernel sent, so that the same address can be put back with all that belongs to it.</summary>
    internal ReadOnlyMemory<byte> Original { get; init; }

    /// <summary>Whether another address lies in this one's subnet.</summary>
    public bool Contains(IPAddress other) =>
        other.AddressFamily == Address.AddressFamily && Subnets.Same(Address, other, PrefixLength);
}

/// <summary>Arithmetic on addresses and prefix lengths.</summary>
public static class Subnets
{
    public static bool Same(IPAddress a, IPAddress b, int prefixLength)
    {
        byte[] left = a.GetAddressBytes();
        byte[] right = b.GetAddressBytes();
        int whole = prefixLength / 8;
        int rest = prefixLength % 8;
        return left.AsSpan(0, whole).SequenceEqual(right.AsSpan(0, whole))
            && (rest == 0 || (left[whole] ^ right[whole]) >> (8 - rest) == 0);
    }

    /// <summary>The last address of an IPv4 subnet; null where a subnet has no broadcast address (/31, /32).</summary>
    public static IPAddress? Broadcast(IPAddress address, int prefixLength)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork || prefixLength > 30)
        {
            return null;
        }

        byte[] bytes = address.GetAddressBytes();
        for (int bit = prefixLength; bit < 32; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
