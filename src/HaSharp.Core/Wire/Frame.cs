// A packet taken apart as far as authentication needs it: which bytes are signed, by what digest (spec 5.3, 5.4).
// The idea: this is all that runs over bytes of unknown origin. It follows lengths and line ends, looks at no name,
// type or value, and is total: any bytes give a frame or a refusal.
// Invariant: the signed bytes and the digest lie within the datagram, before End.

namespace HaSharp.Core.Wire;

/// <summary>How a message is written as bytes.</summary>
public enum Framing
{
    /// <summary>"###\n", netstrings, "%%%\n", the digest as a netstring: all heartbeats since 2012.</summary>
    Netstring,

    /// <summary>"&gt;&gt;&gt;\n", lines, "&lt;&lt;&lt;\n", with the digest as the line auth: only received.</summary>
    Classic,
}

internal readonly ref struct Frame
{
    public Framing Framing { get; private init; }

    /// <summary>The fields' bytes, without the markers.</summary>
    public ReadOnlySpan<byte> Fields { get; private init; }

    /// <summary>What the digest covers.</summary>
    public ReadOnlySpan<byte> Signed { get; private init; }

    /// <summary>"&lt;number&gt; &lt;digest&gt;"; empty when there is none.</summary>
    public ReadOnlySpan<byte> Digest { get; private init; }

    /// <summary>Where the packet ends in the datagram; what follows is ignored, as heartbeat does.</summary>
    public int End { get; private init; }

    private static ReadOnlySpan<byte> NetstringStart => "###\n"u8;

    private static ReadOnlySpan<byte> NetstringEnd => "%%%\n"u8;

    private static ReadOnlySpan<byte> ClassicStart => ">>>\n"u8;

    private static ReadOnlySpan<byte> ClassicEnd => "<<<\n"u8;

    private static ReadOnlySpan<byte> AuthLine => "auth="u8;

    /// <summary>Takes a packet apart. False: it is neither the one nor the other framing, or ends too early.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Frame frame) =>
        bytes.StartsWith(NetstringStart) ? TryReadNetstring(bytes, out frame) : TryReadClassic(bytes, out frame);

    private static bool TryReadNetstring(ReadOnlySpan<byte> bytes, out Frame frame)
    {
        frame = default;
        int at = NetstringStart.Length;
        while (!bytes[at..].StartsWith(NetstringEnd))
        {
            if (!Netstring.TryRead(bytes, ref at, out _))
            {
                return false;
            }
        }

        int end = at + NetstringEnd.Length;
        ReadOnlySpan<byte> signed = bytes[..end];
        int behind = end;
        if (Netstring.TryRead(bytes, ref behind, out ReadOnlySpan<byte> digest) && IsDigest(digest))
        {
            end = behind;
        }
        else
        {
            digest = default;
        }

        frame = new Frame
        {
            Framing = Framing.Netstring,
            Fields = bytes[NetstringStart.Length..at],
            Signed = signed,
            Digest = digest,
            End = end,
        };
        return true;
    }

    private static bool IsDigest(ReadOnlySpan<byte> text) =>
        text.Length is > 0 and <= Authenticator.MaxTextLength
        && !text.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e);

    private static bool TryReadClassic(ReadOnlySpan<byte> bytes, out Frame frame)
    {
        frame = default;
        int start = bytes.IndexOfAnyExcept((byte)'\n');
        if (start < 0 || !bytes[start..].StartsWith(ClassicStart))
        {
            return false;
        }

        start += ClassicStart.Length;
        int at = start;
        Range auth = default;
        while (!bytes[at..].StartsWith(ClassicEnd))
        {
            int length = bytes[at..].IndexOf((byte)'\n') + 1;
            bool isAuth = bytes[at..].StartsWith(AuthLine);
            if (length == 0 || (isAuth && auth.End.Value != 0))
            {
                return false;
            }

            auth = isAuth ? at..(at + length) : auth;
            at += length;
        }

        bool signed = auth.End.Value != 0;
        frame = new Frame
        {
            Framing = Framing.Classic,
            Fields = bytes[start..at],
            Signed = signed ? Without(bytes[start..at], auth.Start.Value - start, auth.End.Value - start) : default,
            Digest = signed ? bytes[(auth.Start.Value + AuthLine.Length)..(auth.End.Value - 1)] : default,
            End = at + ClassicEnd.Length,
        };
        return true;
    }

    // The digest skips the line auth, which every known sender puts last: then there is nothing to copy.
    private static ReadOnlySpan<byte> Without(ReadOnlySpan<byte> bytes, int from, int to)
    {
        if (to == bytes.Length)
        {
            return bytes[..from];
        }

        byte[] rest = [.. bytes[..from], .. bytes[to..]];
        return rest;
    }
}
