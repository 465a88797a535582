// Says again and again where an address lives, because a single announcement gets lost: at once, after 50, 200 and
// 1000 ms, and 5 s after that, when a port that has just come up (spanning tree) or a peer's late answer may have
// spoilt the first ones. The invariant: once Cancel has returned, nothing more is said about that address.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using HaSharp.Daemon.Native;
using Microsoft.Win32.SafeHandles;

namespace HaSharp.Daemon.Addresses;

/// <summary>Sends announcements into the network namespace of the thread that announced first.</summary>
internal sealed class Announcer : IDisposable
{
    private const int StackBytes = 256 * 1024;
    private const int LinkAddressSize = 20;

    private static readonly int[] LaterMs = [50, 200, 1000, 6000];
    private static readonly byte[] EthernetBroadcast = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    private static readonly byte[] EthernetAllNodes = [0x33, 0x33, 0, 0, 0, 1];

    private readonly object gate = new();
    private readonly List<Pending> pending = [];

    // Kept open: to close a packet socket takes milliseconds. Protocol 0: it never receives.
    private readonly Lazy<SafeFileHandle> socket = new(
        () => Libc.OpenSocket(Linux.AfPacket, Linux.SockDgram, 0), LazyThreadSafetyMode.PublicationOnly);

    private Thread? thread;
    private bool ended;

    /// <summary>Announces once before it returns, and then in the background.</summary>
    /// <returns>Null, or why the first announcement could not be sent.</returns>
    internal string? Announce(NetworkInterface place, IPAddress address)
    {
        if (!place.HasNeighbours)
        {
            return null;
        }

        string? problem = Send(place, address);
        long now = Environment.TickCount64;
        lock (gate)
        {
            pending.RemoveAll(other => other.Address.Equals(address) && other.InterfaceIndex == place.Index);
            pending.AddRange(LaterMs.Select(ms => new Pending(now + ms, address, place.Index)));
            WakeThread();
        }

        return problem;
    }

    internal void Cancel(IPAddress address)
    {
        lock (gate)
        {
            pending.RemoveAll(other => other.Address.Equals(address));
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Goes the way of an announcement, all times of it, without a packet leaving.</summary>
    internal void Warm()
    {
        var nowhere = new NetworkInterface(int.MaxValue, "", 0, new byte[6]);
        _ = Announce(nowhere, IPAddress.Loopback);
        _ = Announce(nowhere, IPAddress.IPv6Loopback);
    }

    public void Dispose()
    {
        lock (gate)
        {
            ended = true;
            Monitor.Pulse(gate);
        }

        thread?.Join();
        if (socket.IsValueCreated)
        {
            socket.Value.Dispose();
        }
    }

    /// <summary>
    /// The thread stays, because to start one takes milliseconds on a busy machine, and a takeover would wait for it.
    /// </summary>
    private void WakeThread()
    {
        if (thread is null)
        {
            thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "announcer" };
            thread.Start();
        }

        Monitor.Pulse(gate);
    }

    private void Run()
    {
        while (WaitForNext() is { } due)
        {
            NetworkInterface? place = FindPlace(due);
            lock (gate)
            {
                if (pending.Remove(due) && place is not null)
                {
                    _ = Send(place, due.Address);
                }
            }
        }
    }

    /// <summary>The announcement that is due, still among the pending ones; null: we are ending.</summary>
    private Pending? WaitForNext()
    {
        lock (gate)
        {
            while (!ended)
            {
                Pending? next = pending.MinBy(other => other.DueMs);
                long wait = next is null ? Timeout.Infinite : next.DueMs - Environment.TickCount64;
                if (next is not null && wait <= 0)
                {
                    return next;
                }

                Monitor.Wait(gate, (int)wait);
            }

            return null;
        }
    }

    /// <summary>
    /// Null when somebody has taken the address away without telling us: it may live elsewhere by now.
    /// </summary>
    private static NetworkInterface? FindPlace(Pending due)
    {
        try
        {
            using var network = new Rtnetlink();
            bool there = network.Addresses(due.Address.AddressFamily)
                .Any(found => found.InterfaceIndex == due.InterfaceIndex && found.Address.Equals(due.Address));
            return there ? network.FindInterface(due.InterfaceIndex) : null;
        }
        catch (IOException)
        {
            // This one is lost like a packet on the wire; there are others.
            return null;
        }
    }

    private string? Send(NetworkInterface place, IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            byte[] advertisement = Announcement.NeighbourAdvertisement(
                place.HardwareAddress.Span, address, IsRouter(place.Name));
            return Send(place.Index, Linux.EtherTypeIpv6, EthernetAllNodes, advertisement);
        }

        byte[] request = Announcement.Arp(Announcement.ArpRequest, place.HardwareAddress.Span, address);
        byte[] reply = Announcement.Arp(Announcement.ArpReply, place.HardwareAddress.Span, address);
        return Send(place.Index, Linux.EtherTypeArp, EthernetBroadcast, request)
            ?? Send(place.Index, Linux.EtherTypeArp, EthernetBroadcast, reply);
    }

    private string? Send(int interfaceIndex, ushort etherType, ReadOnlySpan<byte> to, byte[] packet)
    {
        // struct sockaddr_ll: family, protocol, index, hardware type, packet type, address length, address.
        Span<byte> address = stackalloc byte[LinkAddressSize];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)Linux.AfPacket);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], etherType);
        MemoryMarshal.Write(address[4..], interfaceIndex);
        address[11] = (byte)to.Length;
        to.CopyTo(address[12..]);

        try
        {
            nint sent = Libc.SendTo(
                socket.Value, in packet[0], packet.Length, Linux.MsgDontWait, in address[0], LinkAddressSize);
            return sent < 0 ? Libc.Describe(Libc.LastErrno) : null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    private static bool IsRouter(string interfaceName)
    {
        try
        {
            return File.ReadAllText($"/proc/sys/net/ipv6/conf/{interfaceName}/forwarding").StartsWith('1');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private sealed record Pending(long DueMs, IPAddress Address, int InterfaceIndex);
}
