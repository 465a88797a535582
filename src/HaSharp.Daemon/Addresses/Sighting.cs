// What is to be seen of the addresses that should be here: each on its interface, and the interface able to carry it.

using System.Net;
using System.Net.Sockets;
using HaSharp.Core.Config;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Addresses;

/// <summary>One address, as it is now.</summary>
/// <param name="Place">The interface that has it; null: none.</param>
/// <param name="Trouble">Null: all is well. Otherwise the end of a sentence that begins with the address.</param>
internal sealed record Sighting(NetworkInterface? Place, string? Trouble)
{
    /// <summary>All addresses at one look, in the same order.</summary>
    internal static IReadOnlyList<Sighting> Of(NetworkTables tables, IReadOnlyList<VirtualAddress> wanted)
    {
        var places = tables.Interfaces.ToDictionary(place => place.Index);
        ILookup<IPAddress, int> addresses =
            tables.Addresses.ToLookup(address => address.Address, address => address.InterfaceIndex);
        return [.. wanted.Select(address => Of(address, addresses[address.Address], places))];
    }

    private static Sighting Of(
        VirtualAddress wanted, IEnumerable<int> found, Dictionary<int, NetworkInterface> places)
    {
        bool named = wanted.Interface is null || places.Values.Any(place => place.Name == wanted.Interface);
        NetworkInterface? place = found.Select(places.GetValueOrDefault).FirstOrDefault(place =>
            place is not null && (wanted.Interface is null ? !place.IsLoopback : place.Name == wanted.Interface));
        return new Sighting(place, place switch
        {
            null when named => "has been taken away",
            null => $"has lost its interface: {wanted.Interface} does not exist any more",
            { IsUp: false } => $"is on {place.Name}, which is down",
            { HasCarrier: false } => $"is on {place.Name}, which has no carrier",
            _ => null,
        });
    }
}

/// <summary>This machine's interfaces and addresses at one moment, whatever is asked about them.</summary>
/// <param name="Addresses">Of the families that are wanted.</param>
internal sealed record NetworkTables(
    IReadOnlyList<NetworkInterface> Interfaces, IReadOnlyList<InterfaceAddress> Addresses)
{
    internal static readonly NetworkTables Empty = new([], []);

    /// <summary>Three questions to the kernel at most, however many addresses are wanted.</summary>
    /// <exception cref="IOException">The kernel could not be asked.</exception>
    internal static NetworkTables Read(Rtnetlink network, IReadOnlyList<VirtualAddress> wanted) => new(
        network.Interfaces(),
        [
            .. new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 }
                .Where(family => wanted.Any(address => address.Address.AddressFamily == family))
                .SelectMany(network.Addresses),
        ]);
}
