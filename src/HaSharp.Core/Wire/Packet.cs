// A message as the bytes of one datagram, and back.
// The idea: the digest is checked over the raw bytes before any field is looked at (Frame finds it by following
// lengths alone). heartbeat parses first, and an eleven-byte datagram without any digest ends all its processes (F2).
// Invariant: Open never throws, and what it returns as a message was signed by somebody who has one of our keys.

using HaSharp.Core.Config;

namespace HaSharp.Core.Wire;

/// <summary>Why a datagram is dropped.</summary>
public enum Refusal
{
    /// <summary>It is not dropped.</summary>
    None,

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>More bytes than a UDP datagram can carry.</summary>
    TooLarge,

    /// <summary>Neither framing, or cut off, or validly signed but with a field of unknown form.</summary>
    Malformed,

    /// <summary>No digest where one belongs.</summary>
    Unsigned,

    /// <summary>The digest names a key that authkeys does not have.</summary>
    UnknownKey,

    /// <summary>The digest is not that of these bytes with this key.</summary>
    WrongDigest,

    /// <summary>Compressed in a way that we do not read, damaged, or too large when expanded.</summary>
    Compression,
}

/// <summary>What a datagram turned out to be: a message, or the reason why it is dropped.</summary>
/// <param name="Message">Null when it is refused. It does not refer to the datagram's bytes.</param>
public readonly record struct Opened(Message? Message, Refusal Refusal, Framing Framing)
{
    internal static Opened Refused(Refusal refusal, Framing framing = Framing.Netstring) => new(null, refusal, framing);
}

public static class Packet
{
    /// <summary>Most bytes of a UDP datagram over IPv4.</summary>
    public const int MaxDatagram = 65507;

    /// <summary>Most bytes of an expanded message (spec 5.5).</summary>
    public const int MaxExpanded = 2 * 1024 * 1024;

    // Markers, the inner and the outer digest with what stands around them.
    private const int AroundFields = 192;

    /// <summary>
    /// The message as HaSharp and every heartbeat since 2012 send it: netstring framing, signed with the active key;
    /// with Classic also the inner digest as last field (spec 5.1).
    /// </summary>
    public static byte[] Seal(Message message, Authenticator authenticator, MessageFormat format)
    {
        int room = FieldWriter.Room(message.Fields) + AroundFields;
        Span<byte> bytes = room <= 2048 ? stackalloc byte[room] : new byte[room];
        Span<byte> digest = stackalloc byte[Authenticator.MaxTextLength];
        int inner = 0;
        if (format == MessageFormat.Classic)
        {
            Invariant.Holds(!message.Has(FieldNames.Auth), "the field auth is added by Seal alone");
            inner = authenticator.Sign(bytes[..FieldWriter.WriteLines(message.Fields, withAuth: false, bytes)], digest);
        }

        "###\n"u8.CopyTo(bytes);
        int at = 4 + FieldWriter.WriteNetstrings(message.Fields, bytes[4..]);
        if (inner > 0)
        {
            at += FieldWriter.WriteNetstring(FieldNames.Auth, FieldType.Text, digest[..inner], bytes[at..]);
        }

        "%%%\n"u8.CopyTo(bytes[at..]);
        at += 4;
        int outer = authenticator.Sign(bytes[..at], digest);
        at += FieldWriter.WriteLength(outer, bytes[at..]);
        digest[..outer].CopyTo(bytes[at..]);
        at += outer;
        bytes[at++] = (byte)',';
        Invariant.Holds(at <= MaxDatagram, "what a node says fits into one datagram");
        return bytes[..at].ToArray();
    }

    /// <summary>
    /// Checks the digest, then reads the fields. Both framings are accepted, whatever follows the packet is ignored;
    /// of the netstring framing the outer digest alone counts, as for heartbeat.
    /// </summary>
    public static Opened Open(ReadOnlySpan<byte> datagram, Authenticator authenticator)
    {
        if (datagram.IsEmpty || datagram.Length > MaxDatagram)
        {
            return Opened.Refused(datagram.IsEmpty ? Refusal.Empty : Refusal.TooLarge);
        }

        if (!Frame.TryRead(datagram, out Frame frame))
        {
            return Opened.Refused(Refusal.Malformed);
        }

        DigestCheck check = authenticator.Check(frame.Signed, frame.Digest);
        if (check != DigestCheck.Verified)
        {
            return Opened.Refused(WhyNot(check, frame.Digest, authenticator), frame.Framing);
        }

        Message? message = FieldReader.Read(frame.Framing, frame.Fields.ToArray());
        if (message is null)
        {
            return Opened.Refused(Refusal.Malformed, frame.Framing);
        }

        if (message.Has(FieldNames.CompressedPayload))
        {
            message = Expand(message);
            return new Opened(message, message is null ? Refusal.Compression : Refusal.None, frame.Framing);
        }

        return new Opened(message, Refusal.None, frame.Framing);
    }

    private static Refusal WhyNot(DigestCheck check, ReadOnlySpan<byte> digest, Authenticator authenticator)
    {
        if (check == DigestCheck.Missing)
        {
            return Refusal.Unsigned;
        }

        bool isKnown = Authenticator.TryReadNumber(digest, out int number) && authenticator.Knows(number);
        return isKnown ? Refusal.WrongDigest : Refusal.UnknownKey;
    }

    // A whole message in one field (spec 5.6). What is inside carries no digest of its own.
    private static Message? Expand(Message packed)
    {
        byte[]? bytes = packed.Is(FieldNames.CompressionAlgorithm, "zlib"u8)
            && packed.Binary(FieldNames.CompressedPayload) is { } payload
            ? Compression.Expand(payload, MaxExpanded)
            : null;
        if (bytes is null || !Frame.TryRead(bytes, out Frame frame))
        {
            return null;
        }

        Message? message = FieldReader.Read(frame.Framing, frame.Fields.ToArray());
        return message is null || message.Has(FieldNames.CompressedPayload) ? null : message;
    }
}
