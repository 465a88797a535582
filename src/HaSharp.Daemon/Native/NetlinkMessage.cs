// Reads netlink messages and their attributes out of what the kernel sent.

using System.Runtime.InteropServices;

namespace HaSharp.Daemon.Native;

/// <summary>One message: type, flags and everything behind the header.</summary>
internal readonly record struct NetlinkMessage(ushort Type, ushort Flags, uint Sequence, ReadOnlyMemory<byte> Body)
{
    internal const ushort Error = 2;
    internal const ushort Done = 3;

    /// <summary>Flag: the table changed while it was being read; the answer is incomplete.</summary>
    internal const ushort FlagInterrupted = 0x10;

    /// <summary>Takes the first message off; false when nothing whole is left.</summary>
    internal static bool TryTake(ref ReadOnlyMemory<byte> bytes, out NetlinkMessage message)
    {
        message = default;
        if (bytes.Length < NetlinkRequest.HeaderSize)
        {
            return false;
        }

        ReadOnlySpan<byte> header = bytes.Span;
        uint length = MemoryMarshal.Read<uint>(header);
        if (length < NetlinkRequest.HeaderSize || length > bytes.Length)
        {
            return false;
        }

        message = new NetlinkMessage(
            MemoryMarshal.Read<ushort>(header[4..]),
            MemoryMarshal.Read<ushort>(header[6..]),
            MemoryMarshal.Read<uint>(header[8..]),
            bytes[NetlinkRequest.HeaderSize..(int)length]);
        bytes = bytes[Math.Min(bytes.Length, ((int)length + 3) & ~3)..];
        return true;
    }

    /// <summary>The first attribute of this type behind a family header; empty when there is none.</summary>
    internal ReadOnlySpan<byte> Attribute(int familyHeader, ushort type)
    {
        ReadOnlySpan<byte> rest = Body.Length > familyHeader ? Body.Span[familyHeader..] : [];
        while (rest.Length >= 4)
        {
            int length = MemoryMarshal.Read<ushort>(rest);
            if (length < 4 || length > rest.Length)
            {
                break;
            }

            if (MemoryMarshal.Read<ushort>(rest[2..]) == type)
            {
                return rest[4..length];
            }

            rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        }

        return [];
    }
}
