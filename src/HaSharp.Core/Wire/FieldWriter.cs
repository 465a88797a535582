// The fields of a message as bytes, in both framings (spec 5.3, 5.4).
// The idea: the room is computed first, so that one array is enough for a packet.
// Invariant: what is written here is what FieldReader reads, byte for byte.

using System.Buffers.Text;
using System.Text;

namespace HaSharp.Core.Wire;

internal static class FieldWriter
{
    /// <summary>What a newline in a text becomes in the classic framing.</summary>
    public const byte EscapedNewline = 0x13;

    // "1234567:(0)" and "=," around name and value.
    private const int AroundNetstring = 13;

    /// <summary>Enough for the fields in either framing.</summary>
    public static int Room(ReadOnlySpan<Field> fields)
    {
        int room = 0;
        foreach (ref readonly Field field in fields)
        {
            int value = field.Type == FieldType.Text
                ? field.Value.Length
                : Base64.GetMaxEncodedToUtf8Length(field.Value.Length);
            room += AroundNetstring + field.Name.Length + value;
        }

        return room;
    }

    /// <summary>Writes the fields as netstrings, without markers.</summary>
    /// <returns>How many bytes were written.</returns>
    public static int WriteNetstrings(ReadOnlySpan<Field> fields, Span<byte> bytes)
    {
        int at = 0;
        foreach (ref readonly Field field in fields)
        {
            at += WriteNetstring(field.Name, field.Type, field.Value.Span, bytes[at..]);
        }

        return at;
    }

    /// <summary>Writes one field as a netstring.</summary>
    public static int WriteNetstring(string name, FieldType type, ReadOnlySpan<byte> value, Span<byte> bytes)
    {
        int at = WriteLength(name.Length + value.Length + 4, bytes);
        bytes[at++] = (byte)'(';
        bytes[at++] = (byte)('0' + (int)type);
        bytes[at++] = (byte)')';
        at += Encoding.ASCII.GetBytes(name, bytes[at..]);
        bytes[at++] = (byte)'=';
        value.CopyTo(bytes[at..]);
        at += value.Length;
        bytes[at++] = (byte)',';
        return at;
    }

    /// <summary>Writes a netstring's length and colon.</summary>
    public static int WriteLength(int length, Span<byte> bytes)
    {
        _ = Utf8Formatter.TryFormat(length, bytes, out int at);
        bytes[at++] = (byte)':';
        return at;
    }

    /// <summary>
    /// Writes the fields as classic lines, without markers. Without the field auth it is what the inner digest covers.
    /// </summary>
    /// <returns>How many bytes were written.</returns>
    public static int WriteLines(ReadOnlySpan<Field> fields, bool withAuth, Span<byte> bytes)
    {
        int at = 0;
        foreach (ref readonly Field field in fields)
        {
            if (withAuth || field.Name != FieldNames.Auth)
            {
                at += WriteLine(field, bytes[at..]);
            }
        }

        return at;
    }

    private static int WriteLine(in Field field, Span<byte> bytes)
    {
        int at = 0;
        if (field.Type != FieldType.Text)
        {
            bytes[at++] = (byte)'(';
            bytes[at++] = (byte)('0' + (int)field.Type);
            bytes[at++] = (byte)')';
        }

        at += Encoding.ASCII.GetBytes(field.Name, bytes[at..]);
        bytes[at++] = (byte)'=';
        if (field.Type == FieldType.Text)
        {
            field.Value.Span.CopyTo(bytes[at..]);
            bytes.Slice(at, field.Value.Length).Replace((byte)'\n', EscapedNewline);
            at += field.Value.Length;
        }
        else
        {
            _ = Base64.EncodeToUtf8(field.Value.Span, bytes[at..], out _, out int written);
            at += written;
        }

        bytes[at++] = (byte)'\n';
        return at;
    }
}
