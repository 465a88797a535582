// A packet as an operator wants to see it: every part of it, whether its digests are right or not.
// The idea: nothing is judged and nothing is lost. What Inspect took apart, Write puts together with the same bytes.
// Invariant: for each packet that can be inspected, Leading newlines + Write + the bytes after End are the packet.

namespace HaSharp.Core.Wire;

/// <summary>A packet taken apart.</summary>
/// <param name="Outer">The digest behind the end marker; always missing in the classic framing.</param>
/// <param name="Inner">The digest in the field auth.</param>
/// <param name="Digest">The outer digest's text, "&lt;number&gt; &lt;digest&gt;"; empty when there is none.</param>
/// <param name="Leading">Newlines before the start marker: only in the classic framing.</param>
/// <param name="End">Where the packet ends in the datagram; what follows is ignored.</param>
public sealed record Inspection(
    Message Message,
    Framing Framing,
    DigestCheck Outer,
    DigestCheck Inner,
    ReadOnlyMemory<byte> Digest,
    int Leading,
    int End)
{
    /// <summary>
    /// Takes a packet apart; null when it is malformed. Without an authenticator digests are unchecked.
    /// </summary>
    public static Inspection? Inspect(ReadOnlySpan<byte> datagram, Authenticator? authenticator)
    {
        if (!Frame.TryRead(datagram, out Frame frame)
            || FieldReader.Read(frame.Framing, frame.Fields.ToArray()) is not { } message)
        {
            return null;
        }

        bool isNetstring = frame.Framing == Framing.Netstring;
        DigestCheck signed = Check(frame.Signed, frame.Digest, authenticator);
        return new Inspection(
            message,
            frame.Framing,
            isNetstring ? signed : DigestCheck.Missing,
            isNetstring ? CheckInner(message, authenticator) : signed,
            isNetstring ? frame.Digest.ToArray() : default,
            datagram.IndexOfAnyExcept((byte)'\n'),
            frame.End);
    }

    /// <summary>
    /// The message with the digests as given: the field auth as it stands among the fields, and behind the netstring
    /// framing this outer digest, if it is not empty.
    /// </summary>
    public static byte[] Write(Message message, Framing framing, ReadOnlySpan<byte> digest)
    {
        byte[] bytes = new byte[FieldWriter.Room(message.Fields) + digest.Length + 16];
        bool isNetstring = framing == Framing.Netstring;
        (isNetstring ? "###\n"u8 : ">>>\n"u8).CopyTo(bytes);
        int at = 4;
        at += isNetstring
            ? FieldWriter.WriteNetstrings(message.Fields, bytes.AsSpan(at))
            : FieldWriter.WriteLines(message.Fields, withAuth: true, bytes.AsSpan(at));
        (isNetstring ? "%%%\n"u8 : "<<<\n"u8).CopyTo(bytes.AsSpan(at));
        at += 4;
        if (isNetstring && !digest.IsEmpty)
        {
            at += FieldWriter.WriteLength(digest.Length, bytes.AsSpan(at));
            digest.CopyTo(bytes.AsSpan(at));
            at += digest.Length;
            bytes[at++] = (byte)',';
        }

        return bytes[..at];
    }

    /// <summary>What the inner digest covers: the fields without auth as classic lines (spec 5.3).</summary>
    public static byte[] InnerBytes(Message message)
    {
        byte[] bytes = new byte[FieldWriter.Room(message.Fields)];
        return bytes[..FieldWriter.WriteLines(message.Fields, withAuth: false, bytes)];
    }

    private static DigestCheck CheckInner(Message message, Authenticator? authenticator)
    {
        if (!message.Find(FieldNames.Auth, FieldType.Text, out ReadOnlyMemory<byte> digest))
        {
            return DigestCheck.Missing;
        }

        // Nobody puts other types into the classic framing, so nobody can say what their lines would be.
        foreach (Field field in message.Fields)
        {
            if (field.Type is not (FieldType.Text or FieldType.Binary))
            {
                return DigestCheck.Unchecked;
            }
        }

        return Check(InnerBytes(message), digest.Span, authenticator);
    }

    private static DigestCheck Check(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> digest, Authenticator? authenticator)
    {
        if (digest.IsEmpty)
        {
            return DigestCheck.Missing;
        }

        return authenticator is null ? DigestCheck.Unchecked : authenticator.Check(bytes, digest);
    }
}
