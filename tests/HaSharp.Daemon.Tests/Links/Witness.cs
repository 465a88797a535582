using System.Net.Sockets;

namespace HaSharp.Daemon.Tests.Links;

/// <summary>Sees every frame of one kind that arrives in its network namespace.</summary>
internal sealed class Witness : IDisposable
{
    public const int Ipv4 = 0x0800;
    public const int Arp = 0x0806;
    public const int Ipv6 = 0x86DD;

    private readonly Socket socket;

    /// <summary>To be made inside the namespace.</summary>
    public Witness(int etherType)
    {
        var bigEndian = (ProtocolType)(((etherType & 0xFF) << 8) | (etherType >> 8));
        socket = new Socket(AddressFamily.Packet, SocketType.Raw, bigEndian) { ReceiveTimeout = 50 };
    }

    /// <summary>All frames until none has come for 50 ms.</summary>
    public List<byte[]> Take()
    {
        List<byte[]> frames = [];
        byte[] buffer = new byte[2000];
        try
        {
            while (true)
            {
                int count = socket.Receive(buffer);
                frames.Add(buffer[..count]);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return frames;
        }
    }

    public byte[] Wait(Func<byte[], bool> wanted)
    {
        byte[]? found = null;
        TwoNodes.AssertSoon(() => (found = Take().FirstOrDefault(wanted)) is not null);
        return found!;
    }

    public void Dispose() => socket.Dispose();
}
