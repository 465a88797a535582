// The argument of IPaddr, IPaddr2 and IPv6addr (spec 17): addr[/mask[/iface[/broadcast]]] or addr/mask/broadcast.
// The idea: one reader for the check of the files, the agent as a program and the daemon that puts the address on.
// Invariant: what is read can be an address of one machine; whether its interface exists is not asked here.

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Numerics;

namespace HaSharp.Core.Config;

/// <summary>An address that moves between nodes, as the argument describes it; null: to be found out.</summary>
/// <param name="PrefixLength">1 to 32, or 1 to 128.</param>
/// <param name="Label">The whole of eth0:label, at most 15 characters; IPv4 only.</param>
public sealed record VirtualAddress(
    IPAddress Address, int? PrefixLength, string? Interface, string? Label, IPAddress? Broadcast)
{
    public const string Form = "address[/mask[/interface[/broadcast]]]";

    /// <summary>Reads an agent's arguments: exactly one is right.</summary>
    /// <param name="problem">One sentence for people; empty on success.</param>
    public static bool TryParse(
        IReadOnlyList<string> arguments, [NotNullWhen(true)] out VirtualAddress? address, out string problem)
    {
        address = null;
        problem = arguments.Count switch
        {
            1 => "",
            0 => $"the address is missing: {Form}",
            _ => $"one argument is wanted, {Form}, but there are {arguments.Count}"
                + "; an IPv6 address must be written without ::",
        };
        return problem.Length == 0 && TryParse(arguments[0], out address, out problem);
    }

    private static bool TryParse(string text, out VirtualAddress? address, out string problem)
    {
        address = null;
        string[] parts = text.Split('/');
        problem = parts.Length > 4 ? $"{text} has too many parts: {Form}" : ProblemWithAddress(parts[0]);
        if (problem.Length > 0)
        {
            return false;
        }

        var ip = IPAddress.Parse(parts[0]);
        (string mask, string place, string broadcast) = Rest(parts);
        problem = ProblemWithMask(ip, mask) ?? ProblemWithPlace(place) ?? ProblemWithBroadcast(ip, broadcast) ?? "";
        address = new VirtualAddress(
            ip,
            mask.Length == 0 ? null : Bits(mask),
            place.Length == 0 ? null : place.Split(':')[0],
            place.Contains(':') ? place : null,
            problem.Length > 0 || broadcast.Length == 0 ? null : IPAddress.Parse(broadcast));
        return problem.Length == 0;
    }

    /// <summary>What follows the address: mask, interface and broadcast, empty where nothing is written.</summary>
    private static (string Mask, string Place, string Broadcast) Rest(string[] parts) => parts switch
    {
        [_] => ("", "", ""),
        [_, var mask] => (mask, "", ""),
        [_, var mask, var broadcast] when IsIpv4Text(broadcast) => (mask, "", broadcast),
        [_, var mask, var place] => (mask, place, ""),
        _ => (parts[1], parts[2], parts[3]),
    };

    private static string ProblemWithAddress(string text)
    {
        // .NET also reads "10.1" and "010.0.0.1" as addresses, but not as the ones that are meant.
        if (!IsIpv4Text(text) && !(text.Contains(':') && !text.Contains('%') && IPAddress.TryParse(text, out _)))
        {
            return $"{text} is not an IP address";
        }

        var address = IPAddress.Parse(text);
        bool multicast = address.IsIPv6Multicast
            || (IsIpv4(address) && address.GetAddressBytes()[0] >= 224);
        return multicast || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? $"{text} cannot be the address of one machine"
            : "";
    }

    private static string? ProblemWithMask(IPAddress address, string mask)
    {
        int longest = IsIpv4(address) ? 32 : 128;
        int bits = mask.Length == 0 || (longest == 128 && IsIpv4Text(mask)) ? 0 : Bits(mask);
        return mask.Length == 0 || (bits >= 1 && bits <= longest)
            ? null
            : $"{mask} is not a network mask for {address}: write 1 to {longest}";
    }

    private static string? ProblemWithPlace(string place) =>
        place.StartsWith(':') || place.Length > ConfigLimits.InterfaceBytes || place.Any(char.IsWhiteSpace)
            ? $"{place} is not an interface or label: 1 to {ConfigLimits.InterfaceBytes} characters"
            : null;

    private static string? ProblemWithBroadcast(IPAddress address, string broadcast) =>
        broadcast.Length == 0 || (IsIpv4(address) && IsIpv4Text(broadcast))
            ? null
            : $"{broadcast} is not a broadcast address for {address}";

    /// <summary>The length of a mask written as a number or dotted; 0: neither.</summary>
    private static int Bits(string mask)
    {
        if (!IsIpv4Text(mask))
        {
            return int.TryParse(mask, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
        }

        uint value = BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(mask).GetAddressBytes());
        int bits = BitOperations.LeadingZeroCount(~value);
        return value == (bits == 0 ? 0 : uint.MaxValue << (32 - bits)) ? bits : 0;
    }

    private static bool IsIpv4(IPAddress address) => address.GetAddressBytes().Length == 4;

    private static bool IsIpv4Text(string text) =>
        IPAddress.TryParse(text, out IPAddress? address)
        && IsIpv4(address)
        && address.ToString() == text;
}
