// The checksum of the method crc (spec 3.2): CRC-32 with polynomial 0x04C11DB7, most significant bit first, initial
// value 0, complemented at the end, without the length that POSIX cksum appends. No library has this variant.
// The idea: four bytes a step, with one table for each of them. It detects damage; it authenticates nothing.

using System.Buffers.Binary;

namespace HaSharp.Core.Wire;

internal static class Crc
{
    private const uint Polynomial = 0x04C11DB7;

    // Tables[n * 256 + b]: the effect of byte b with n bytes after it.
    private static readonly uint[] Tables = Fill();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0;
        uint[] tables = Tables;
        while (bytes.Length >= 4)
        {
            crc ^= BinaryPrimitives.ReadUInt32BigEndian(bytes);
            crc = tables[768 + (int)(crc >> 24)] ^ tables[512 + (int)((crc >> 16) & 0xff)]
                ^ tables[256 + (int)((crc >> 8) & 0xff)] ^ tables[(int)(crc & 0xff)];
            bytes = bytes[4..];
        }

        foreach (byte value in bytes)
        {
            crc = (crc << 8) ^ tables[(int)((crc >> 24) ^ value)];
        }

        return ~crc;
    }

    private static uint[] Fill()
    {
        var tables = new uint[4 * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint crc = value << 24;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x80000000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
            }

            tables[value] = crc;
        }

        for (int entry = 256; entry < tables.Length; entry++)
        {
            uint before = tables[entry - 256];
            tables[entry] = (before << 8) ^ tables[before >> 24];
        }

        return tables;
    }
}
