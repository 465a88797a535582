// Where a virtual address belongs on this machine, and with which mask, when the argument leaves that open.

using System.Net;
using System.Net.Sockets;
using HaSharp.Core.Config;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Addresses;

internal static class Placement
{
    /// <summary>The addresses that status and stop are about; on any interface but lo when none is named.</summary>
    internal static IReadOnlyList<InterfaceAddress> Find(
        Rtnetlink network, VirtualAddress wanted, IReadOnlyList<InterfaceAddress> all)
    {
        // A real server of a load balancer holds the same address on lo: that is not the one that moves.
        int? index = wanted.Interface is null ? null : network.FindInterface(wanted.Interface)?.Index ?? 0;
        return
        [
            .. all.Where(address => address.Address.Equals(wanted.Address)
                && (index is null ? address.InterfaceIndex != Linux.LoopbackIndex : address.InterfaceIndex == index)),
        ];
    }

    /// <summary>The interface that shall carry the address: the named one, else by route, else by subnet.</summary>
    /// <returns>Null, with a sentence, when there is none.</returns>
    internal static NetworkInterface? Choose(
        Rtnetlink network, VirtualAddress wanted, IReadOnlyList<InterfaceAddress> all, out string problem)
    {
        if (wanted.Interface is not null)
        {
            problem = $"interface {wanted.Interface} does not exist";
            return network.FindInterface(wanted.Interface);
        }

        problem = $"no interface has a route to {wanted.Address}: name one, {VirtualAddress.Form}";
        int? index = network.RouteInterface(wanted.Address) ?? Neighbours(wanted.Address, all)
            .Select(address => (int?)address.InterfaceIndex)
            .FirstOrDefault(candidate => candidate != Linux.LoopbackIndex);
        return index is null ? null : network.FindInterface(index.Value);
    }

    /// <summary>The address with mask, broadcast and label filled in.</summary>
    internal static InterfaceAddress Complete(
        VirtualAddress wanted, NetworkInterface place, IReadOnlyList<InterfaceAddress> all)
    {
        int prefixLength = wanted.PrefixLength
            ?? Neighbours(wanted.Address, all).FirstOrDefault(a => a.InterfaceIndex == place.Index)?.PrefixLength
            ?? wanted.Address.GetAddressBytes().Length * 8;
        return new InterfaceAddress(
            place.Index,
            wanted.Address,
            prefixLength,
            wanted.Broadcast ?? Subnets.Broadcast(wanted.Address, prefixLength),
            wanted.Address.AddressFamily == AddressFamily.InterNetwork ? wanted.Label : null,
            0);
    }

    /// <summary>Other addresses whose subnet contains this one, the narrowest subnet first.</summary>
    private static IEnumerable<InterfaceAddress> Neighbours(IPAddress address, IReadOnlyList<InterfaceAddress> all) =>
        all.Where(other => !other.Address.Equals(address) && other.Contains(address))
            .OrderByDescending(other => other.PrefixLength);
}
