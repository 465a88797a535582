// IPaddr, IPaddr2 and IPv6addr in C#: an address is added or taken away in some dozens of microseconds, where the
// scripts need tens of milliseconds for their processes. Every action is idempotent, as the contract of agents demands.

using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Addresses;

/// <summary>
/// The agent for virtual addresses (spec 17). May be used by several threads at once, which then wait for each other;
/// works in the network namespace of the calling thread.
/// </summary>
public sealed class AddressAgent : IDisposable
{
    /// <summary>After this time all announcements of a start are sent but the last, which comes 5 s later.</summary>
    public static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(1050);

    private readonly Announcer announcer = new();

    // A stop that puts secondaries back must not bring back what another stop takes away at the same moment.
    private readonly Lock gate = new();

    /// <summary>
    /// Start: the address is there and announced when this returns. Stop: it is gone, no other address with it, and
    /// nothing is announced any more. Status: whether it is on the named interface, or on any but lo. Monitor: that,
    /// and whether the interface is up. Does not block longer than the kernel takes, normally below a millisecond.
    /// </summary>
    /// <param name="arguments">Exactly one: see VirtualAddress.</param>
    /// <returns>
    /// Never TimedOut. An Ok with a reason: the address is up, but the neighbours could not be told.
    /// </returns>
    public AgentOutcome Run(AgentAction action, IReadOnlyList<string> arguments)
    {
        if (!VirtualAddress.TryParse(arguments, out VirtualAddress? wanted, out string problem))
        {
            // What is no address was never taken, so there is nothing to stop, either.
            return AgentOutcome.Missing(problem);
        }

        try
        {
            using var network = new Rtnetlink();
            return Run(action, wanted, network);
        }
        catch (IOException e)
        {
            return AgentOutcome.Failed(e.Message);
        }
    }

    /// <summary>
    /// How each of these addresses fares. Never looks between the steps of a start or a stop, which may take other
    /// addresses of a subnet away for a moment.
    /// </summary>
    /// <exception cref="IOException">The kernel could not be asked.</exception>
    internal IReadOnlyList<Sighting> Look(
        Rtnetlink network, IReadOnlyList<VirtualAddress> wanted, out NetworkTables tables)
    {
        lock (gate)
        {
            tables = NetworkTables.Read(network, wanted);
        }

        return Sighting.Of(tables, wanted);
    }

    /// <summary>Tells the neighbours once more where the address lives, if it lives here; else does nothing.</summary>
    public void Announce(IReadOnlyList<string> arguments)
    {
        if (!VirtualAddress.TryParse(arguments, out VirtualAddress? wanted, out _))
        {
            return;
        }

        try
        {
            using var network = new Rtnetlink();
            IReadOnlyList<InterfaceAddress> all = network.Addresses(wanted.Address.AddressFamily);
            foreach (InterfaceAddress found in Placement.Find(network, wanted, all))
            {
                _ = Announce(network, found);
            }
        }
        catch (IOException)
        {
            // The kernel cannot be asked now; to announce again is a courtesy.
        }
    }

    /// <summary>
    /// Goes through all of it once without changing anything, so that the first takeover does not wait for the JIT.
    /// Takes tens of milliseconds; meant for a thread in the background at start.
    /// </summary>
    public void Warm()
    {
        foreach (string text in new[] { "127.0.0.2", "::1" })
        {
            // No interface can have this name.
            _ = Run(AgentAction.Start, [$"{text}/32/.."]);
            _ = Run(AgentAction.Status, [text]);
            if (!VirtualAddress.TryParse([text], out VirtualAddress? wanted, out _))
            {
                continue;
            }

            try
            {
                using var network = new Rtnetlink();
                Warm(network, wanted);
            }
            catch (IOException)
            {
                // The first takeover will say so aloud.
            }
        }

        announcer.Warm();
    }

    public void Dispose() => announcer.Dispose();

    private AgentOutcome Run(AgentAction action, VirtualAddress wanted, Rtnetlink network)
    {
        lock (gate)
        {
            IReadOnlyList<InterfaceAddress> all = network.Addresses(wanted.Address.AddressFamily);
            IReadOnlyList<InterfaceAddress> found = Placement.Find(network, wanted, all);
            return action switch
            {
                AgentAction.Start => Start(network, wanted, all, found),
                AgentAction.Stop or AgentAction.Kill => Stop(network, wanted, all, found),
                AgentAction.Monitor => Monitor(network, found),
                _ => found.Count > 0 ? AgentOutcome.Ok : AgentOutcome.NotRunning,
            };
        }
    }

    private void Warm(Rtnetlink network, VirtualAddress wanted)
    {
        lock (gate)
        {
            var nowhere = new NetworkInterface(int.MaxValue, "", Linux.IffUp, new byte[6]);
            IReadOnlyList<InterfaceAddress> all = network.Addresses(wanted.Address.AddressFamily);
            _ = Placement.Choose(network, wanted, all, out _);
            InterfaceAddress address = Placement.Complete(wanted, nowhere, all);
            _ = Add(network, nowhere, address);
            _ = Start(network, wanted, all, [address]);
            _ = Stop(network, wanted, all, [address]);
        }
    }

    private AgentOutcome Start(
        Rtnetlink network,
        VirtualAddress wanted,
        IReadOnlyList<InterfaceAddress> all,
        IReadOnlyList<InterfaceAddress> found)
    {
        if (found.Count == 0)
        {
            NetworkInterface? place = Placement.Choose(network, wanted, all, out string problem);
            if (place is null)
            {
                return AgentOutcome.Failed(problem);
            }

            InterfaceAddress complete = Placement.Complete(wanted, place, all);
            int errno = Add(network, place, complete);
            if (errno != 0)
            {
                return AgentOutcome.Failed(
                    $"cannot add {complete.Address}/{complete.PrefixLength} to {place.Name}: {Libc.Describe(errno)}");
            }

            found = [complete];
        }
        else if (network.FindInterface(found[0].InterfaceIndex) is { IsUp: false } down
            && network.BringUp(down.Index) is not 0 and var errno)
        {
            return AgentOutcome.Failed($"cannot bring {down.Name} up: {Libc.Describe(errno)}");
        }

        string? silent = Announce(network, found[0]);
        return silent is null
            ? AgentOutcome.Ok
            : AgentOutcome.Ok with { Reason = $"{wanted.Address} is up, but the neighbours were not told: {silent}" };
    }

    /// <summary>A lost carrier is no failure of the address: the peer may have lost it as well.</summary>
    private static AgentOutcome Monitor(Rtnetlink network, IReadOnlyList<InterfaceAddress> found)
    {
        if (found.Count == 0)
        {
            return AgentOutcome.NotRunning;
        }

        return network.FindInterface(found[0].InterfaceIndex) is { IsUp: false } down
            ? AgentOutcome.Failed($"{found[0].Address} is on {down.Name}, which is down")
            : AgentOutcome.Ok;
    }

    private static int Add(Rtnetlink network, NetworkInterface place, InterfaceAddress address)
    {
        int errno = place.IsUp ? 0 : network.BringUp(place.Index);
        errno = errno == 0 ? network.Add(address) : errno;
        return errno == Linux.Eexist ? 0 : errno;
    }

    private string? Announce(Rtnetlink network, InterfaceAddress address) =>
        network.FindInterface(address.InterfaceIndex) is { } place
            ? announcer.Announce(place, address.Address)
            : "its interface has disappeared";

    private AgentOutcome Stop(
        Rtnetlink network,
        VirtualAddress wanted,
        IReadOnlyList<InterfaceAddress> all,
        IReadOnlyList<InterfaceAddress> found)
    {
        announcer.Cancel(wanted.Address);
        foreach (InterfaceAddress address in found)
        {
            int errno = network.Delete(address);
            if (errno is not (0 or Linux.Eaddrnotavail or Linux.Enodev))
            {
                return AgentOutcome.Failed($"cannot take {wanted.Address} away: {Libc.Describe(errno)}");
            }

            if (PutBackSecondaries(network, address, all) is { } problem)
            {
                return AgentOutcome.Failed(problem);
            }
        }

        return AgentOutcome.Ok;
    }

    /// <summary>
    /// Unless promote_secondaries is on, the kernel takes away with the oldest IPv4 address of a subnet all others of
    /// that subnet, which may belong to other groups.
    /// </summary>
    private static string? PutBackSecondaries(
        Rtnetlink network, InterfaceAddress gone, IReadOnlyList<InterfaceAddress> before)
    {
        InterfaceAddress[] secondaries =
        [
            .. before.Where(other => other.IsSecondary
                && other.InterfaceIndex == gone.InterfaceIndex
                && other.PrefixLength == gone.PrefixLength
                && other.Contains(gone.Address)),
        ];
        if (gone.IsSecondary || gone.Address.GetAddressBytes().Length != 4 || secondaries.Length == 0)
        {
            return null;
        }

        foreach (InterfaceAddress other in secondaries.Where(other => !other.Address.Equals(gone.Address)))
        {
            int errno = network.Restore(other);
            if (errno is not (0 or Linux.Eexist))
            {
                return $"{other.Address} vanished together with {gone.Address} and cannot be put back: "
                    + Libc.Describe(errno);
            }
        }

        return null;
    }
}
