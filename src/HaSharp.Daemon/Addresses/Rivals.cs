// Listens on the interfaces that have our addresses for others who claim one of them, and asks whether there are any.
// The idea: a filter in the kernel passes only what names one of these addresses, so that the rest of the network's
// traffic costs nothing here; a flood is read a little at a time, and the kernel forgets the rest of it.
// Invariant: a socket is open only while an address that neighbours look for is on its interface.

using System.Net;
using System.Net.Sockets;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Addresses;

/// <summary>An address of ours that a machine with this hardware address claims.</summary>
internal readonly record struct Rival(IPAddress Address, string HardwareAddress);

/// <summary>One thread only.</summary>
internal sealed class Rivals : IDisposable
{
    private const int PacketsPerTurn = 8;
    private const int LongestPacket = 256;
    private const int HardwareAddressSize = 6;

    private static readonly byte[] Broadcast = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    private readonly List<Post> posts = [];
    private readonly byte[] packet = new byte[LongestPacket];
    private IReadOnlyList<NetworkInterface> ours = [];

    /// <summary>What poll shall wait for; changes with Watch.</summary>
    internal IEnumerable<int> Descriptors => posts.Select(post => post.Socket.Descriptor);

    /// <summary>From now on these addresses are watched, and no others.</summary>
    /// <param name="interfaces">All of this machine: what they say is no rival's word.</param>
    /// <returns>Something was opened or closed.</returns>
    internal bool Watch(
        IReadOnlyList<NetworkInterface> interfaces, IEnumerable<(NetworkInterface Place, IPAddress Address)> addresses)
    {
        ours = interfaces;
        var wanted = addresses.Where(one => one.Place is { HasNeighbours: true, IsUp: true })
            .GroupBy(
                one => (one.Place.Index, Ipv6: one.Address.AddressFamily == AddressFamily.InterNetworkV6),
                one => one.Address)
            .ToDictionary(group => group.Key, group => group.ToHashSet());
        Post[] left = [.. posts.Where(post => !wanted.ContainsKey((post.Index, post.Ipv6)))];
        bool changed = left.Length > 0;
        foreach (Post post in left)
        {
            posts.Remove(post);
            post.Socket.Dispose();
        }

        foreach (((int index, bool ipv6), HashSet<IPAddress> watched) in wanted)
        {
            changed |= Watch(index, ipv6, watched);
        }

        return changed;
    }

    /// <summary>Asks the neighbours whether one of them has it. An answer comes to Read; null is no news.</summary>
    internal void Ask(NetworkInterface place, IPAddress address)
    {
        bool ipv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        byte[] to = Broadcast;
        byte[] question = ipv6
            ? Announcement.NeighbourProbe(address, out to)
            : Announcement.ArpProbe(place.HardwareAddress.Span, address);

        // A question that cannot be sent is like one that gets lost; what is said unasked is heard all the same.
        _ = posts.Find(post => post.Index == place.Index && post.Ipv6 == ipv6)?.Socket.Send(to, question);
    }

    /// <summary>Takes what waits, a bounded number of packets, and gives out those of rivals.</summary>
    internal void Read(Action<Rival> found)
    {
        Span<byte> sender = stackalloc byte[HardwareAddressSize];
        foreach (Post post in posts)
        {
            for (int left = PacketsPerTurn; left > 0; left--)
            {
                int count = post.Socket.Receive(packet, sender);
                if (count < 0)
                {
                    break;
                }

                ReadOnlySpan<byte> whole = packet.AsSpan(0, Math.Min(count, LongestPacket));
                if (Claim.TryRead(post.Ipv6, whole, out ReadOnlySpan<byte> address, out ReadOnlySpan<byte> claimant)
                    && IsForeign(sender) && (claimant.IsEmpty || IsForeign(claimant))
                    && new IPAddress(address) is var claimed && post.Watched.Contains(claimed))
                {
                    found(new Rival(claimed, Text(claimant.IsEmpty ? sender : claimant)));
                }
            }
        }
    }

    /// <summary>
    /// Goes through all of it once on the loopback interface, with addresses that nobody has, so that the first
    /// takeover does not compile it beside the agents that it starts.
    /// </summary>
    internal static void Warm()
    {
        const int loopback = 1;
        var place = new NetworkInterface(loopback, "lo", Linux.IffUp, new byte[HardwareAddressSize]);
        using var rivals = new Rivals();
        foreach (IPAddress nobodys in new[] { IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1") })
        {
            rivals.Watch([place], [(place, nobodys)]);
            _ = rivals.Descriptors.Count();
            rivals.Ask(place, nobodys);
            rivals.Read(static _ => { });
        }

        _ = Text(place.HardwareAddress.Span);
    }

    public void Dispose()
    {
        posts.ForEach(post => post.Socket.Dispose());
        posts.Clear();
    }

    private bool Watch(int index, bool ipv6, HashSet<IPAddress> watched)
    {
        Post? post = posts.Find(post => post.Index == index && post.Ipv6 == ipv6);
        if (post is not null && post.Watched.SetEquals(watched))
        {
            return false;
        }

        try
        {
            FilterStep[] filter = Claim.Filter(ipv6, watched);
            if (post is not null)
            {
                post.Socket.Filter(filter);
                post.Watched = watched;
                return false;
            }

            ushort etherType = (ushort)(ipv6 ? Linux.EtherTypeIpv6 : Linux.EtherTypeArp);
            posts.Add(new Post(index, ipv6, new PacketSocket(index, etherType, filter)) { Watched = watched });
            return true;
        }
        catch (IOException)
        {
            // Without CAP_NET_RAW, or the interface is gone by now: a takeover must not depend on it.
            return false;
        }
    }

    /// <summary>Neither ours nor that of nobody or of many.</summary>
    private bool IsForeign(ReadOnlySpan<byte> hardwareAddress)
    {
        if ((hardwareAddress[0] & 1) != 0 || hardwareAddress.IndexOfAnyExcept((byte)0) < 0)
        {
            return false;
        }

        foreach (NetworkInterface one in ours)
        {
            if (one.HardwareAddress.Span.SequenceEqual(hardwareAddress))
            {
                return false;
            }
        }

        return true;
    }

    private static string Text(ReadOnlySpan<byte> hardwareAddress) =>
        string.Join(':', Convert.ToHexStringLower(hardwareAddress).Chunk(2).Select(pair => new string(pair)));

    private sealed class Post(int index, bool ipv6, PacketSocket socket)
    {
        public int Index => index;

        public bool Ipv6 => ipv6;

        public PacketSocket Socket => socket;

        public HashSet<IPAddress> Watched { get; set; } = [];
    }
}
