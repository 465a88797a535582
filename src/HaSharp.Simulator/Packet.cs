namespace HaSharp.Simulator;

/// <summary>
/// A datagram under way. One copy serves all receivers; Holders counts those still to come, then the pool has it back.
/// </summary>
internal sealed class Packet
{
    public byte[] Buffer { get; private set; } = [];

    public int Length { get; private set; }

    public int From { get; private set; }

    public TimeSpan SentAt { get; private set; }

    public int Holders { get; set; }

    /// <summary>Nobody can take it for a word of its sender.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>
    /// A heartbeat that is sent for the first time: by nothing else do nodes judge who is alive (spec 8.4).
    /// </summary>
    public bool IsSignOfLife { get; set; }

    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, Length);

    public void Fill(ReadOnlySpan<byte> bytes, int from, TimeSpan sentAt)
    {
        if (Buffer.Length < bytes.Length)
        {
            Buffer = new byte[Math.Max(1024, bytes.Length)];
        }

        bytes.CopyTo(Buffer);
        Length = bytes.Length;
        From = from;
        SentAt = sentAt;
        IsDamaged = false;
        IsSignOfLife = true;
    }
}

/// <summary>Packets that nobody holds, so that a simulated hour does not allocate its traffic.</summary>
internal sealed class PacketPool
{
    private readonly Stack<Packet> _free = new();

    public Packet Take() => _free.TryPop(out Packet? packet) ? packet : new Packet();

    /// <summary>One holder less.</summary>
    public void Release(Packet packet)
    {
        packet.Holders--;
        if (packet.Holders == 0)
        {
            _free.Push(packet);
        }
    }
}
