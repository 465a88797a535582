// One open medium: a socket that sends to the medium's destination and receives what arrives there.
// The heartbeat thread calls Send and Receive; neither blocks nor allocates.

using System.Net;
using System.Runtime.InteropServices;
using HaSharp.Core;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Links;

/// <summary>
/// An open link. Whoever was handed it owns it: that thread alone sends, receives and finally disposes.
/// </summary>
public sealed class OpenLink : IDisposable
{
    private const int LongestAddress = 28;

    private readonly byte[] destination;
    private readonly UcastPeers? peers;

    internal OpenLink(LinkName name, LinkTarget target, int descriptor, UcastPeers? peers)
    {
        Name = name;
        Target = target;
        Descriptor = descriptor;
        this.peers = peers;
        SocketAddress address = target.Destination.Serialize();
        destination = address.Buffer[..address.Size].ToArray();
    }

    public LinkName Name { get; }

    /// <summary>
    /// For poll. -1 when the link leads to this node itself, as it does for one of the ucast lines when all nodes share
    /// one ha.cf: poll ignores it, nothing is sent and nothing arrives.
    /// </summary>
    public int Descriptor { get; private set; }

    internal LinkTarget Target { get; }

    /// <summary>Sends one datagram, at most 65507 bytes.</summary>
    /// <returns>
    /// 0, or an errno value. EAGAIN and ENOBUFS: this datagram is lost, the next may pass. EMSGSIZE: too long. Any
    /// other lasts until the network is repaired; LinkKeeper notices by itself when interfaces and addresses change.
    /// </returns>
    public int Send(ReadOnlySpan<byte> datagram)
    {
        if (Descriptor < 0)
        {
            return 0;
        }

        nint sent = Libc.SendTo(
            Descriptor,
            in MemoryMarshal.GetReference(datagram),
            datagram.Length,
            Linux.MsgDontWait | Linux.MsgNoSignal,
            in destination[0],
            destination.Length);
        return sent < 0 ? Libc.LastErrno : 0;
    }

    /// <summary>Takes one datagram.</summary>
    /// <param name="link">
    /// The link that it belongs to: this one, but for a ucast line the line that names its sender, because the kernel
    /// gives each datagram to any of the sockets that share an interface and a port.
    /// </param>
    /// <returns>
    /// The datagram's length, larger than the buffer when its end was cut off; or a negative errno value, -EAGAIN (-11)
    /// when nothing is waiting.
    /// </returns>
    public int Receive(Span<byte> buffer, out LinkName link)
    {
        link = Name;
        Span<byte> sender = stackalloc byte[LongestAddress];
        int senderLength = LongestAddress;
        nint count = Libc.ReceiveFrom(
            Descriptor,
            ref MemoryMarshal.GetReference(buffer),
            buffer.Length,
            Linux.MsgDontWait | Linux.MsgTrunc,
            ref sender[0],
            ref senderLength);
        if (count < 0)
        {
            return -Libc.LastErrno;
        }

        if (peers is not null)
        {
            link = peers.Find(Target.InterfaceIndex, UcastPeers.AddressOf(sender[..senderLength]), Name);
        }

        return (int)count;
    }

    public void Dispose()
    {
        if (Descriptor >= 0)
        {
            _ = Libc.Close(Descriptor);
            Descriptor = -1;
        }
    }
}
