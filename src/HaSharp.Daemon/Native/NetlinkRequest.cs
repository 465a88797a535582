// Writes one netlink request into a caller's buffer: header, family header, attributes.

using System.Runtime.InteropServices;

namespace HaSharp.Daemon.Native;

/// <summary>
/// One request under construction. Numbers are in the machine's order, as netlink wants them; every attribute starts
/// at a multiple of four bytes. The buffer must be zeroed and large enough (256 bytes do for all requests here).
/// </summary>
internal ref struct NetlinkRequest
{
    internal const int HeaderSize = 16;

    internal const ushort FlagRequest = 0x1;
    internal const ushort FlagAck = 0x4;
    internal const ushort FlagDump = 0x300;
    internal const ushort FlagExclusive = 0x200;
    internal const ushort FlagCreate = 0x400;

    private readonly Span<byte> buffer;
    private int length;

    /// <param name="familyHeader">Room for struct ifinfomsg, ifaddrmsg or rtmsg, to be filled through Family.</param>
    internal NetlinkRequest(Span<byte> buffer, ushort type, ushort flags, int familyHeader)
    {
        this.buffer = buffer;
        MemoryMarshal.Write(buffer[4..], type);
        MemoryMarshal.Write(buffer[6..], (ushort)(flags | FlagRequest));
        length = HeaderSize + familyHeader;
        Family = buffer.Slice(HeaderSize, familyHeader);
    }

    internal Span<byte> Family { get; }

    /// <summary>Asks for all objects instead of one.</summary>
    internal readonly bool IsDump => (MemoryMarshal.Read<ushort>(buffer[6..]) & FlagDump) == FlagDump;

    internal void Add(ushort type, scoped ReadOnlySpan<byte> value)
    {
        Span<byte> place = buffer[length..];
        MemoryMarshal.Write(place, (ushort)(4 + value.Length));
        MemoryMarshal.Write(place[2..], type);
        value.CopyTo(place[4..]);
        length += (4 + value.Length + 3) & ~3;
    }

    internal void Add(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        MemoryMarshal.Write(bytes, value);
        Add(type, bytes);
    }

    /// <summary>A text with its terminating zero.</summary>
    internal void Add(ushort type, string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        int count = System.Text.Encoding.UTF8.GetBytes(text, bytes);
        Add(type, bytes[..(count + 1)]);
    }

    internal readonly ReadOnlySpan<byte> Finish(uint sequence)
    {
        MemoryMarshal.Write(buffer, (uint)length);
        MemoryMarshal.Write(buffer[8..], sequence);
        return buffer[..length];
    }
}
