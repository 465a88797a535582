// Whole messages that a heartbeat with traditional_compression sends as one zlib stream (spec 5.6). We never send any.
// The one place in the core that uses a stream: the library offers zlib in no other form, and this stream is memory.
// Invariant: the result is bounded however well the input is packed, and bad input gives null.

using System.IO.Compression;

namespace HaSharp.Core.Wire;

internal static class Compression
{
    /// <summary>The bytes of a zlib stream (RFC 1950); null when it is damaged or longer than allowed.</summary>
    public static byte[]? Expand(ReadOnlyMemory<byte> packed, int longest)
    {
        try
        {
            using var stream = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            byte[] bytes = new byte[longest + 1];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= longest ? bytes[..length] : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
