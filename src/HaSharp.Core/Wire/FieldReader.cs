// The fields of a packet whose digest is known to be good (or of one that an operator wants to look at).
// The idea: one spelling only. Whatever is accepted here, FieldWriter writes again with the same bytes.
// Invariant: total and bounded; a field of unknown form refuses the whole packet.

using System.Buffers.Text;

namespace HaSharp.Core.Wire;

internal static class FieldReader
{
    /// <summary>Deepest nesting of messages within messages (spec 5.2).</summary>
    public const int MaxDepth = 16;

    /// <summary>The message; null when any field is malformed. Its values lie in the bytes given.</summary>
    public static Message? Read(Framing framing, ReadOnlyMemory<byte> fields) =>
        framing == Framing.Netstring ? ReadNetstrings(fields) : ReadLines(fields);

    private static Message? ReadNetstrings(ReadOnlyMemory<byte> fields)
    {
        var message = new Message();
        ReadOnlySpan<byte> bytes = fields.Span;
        int at = 0;
        while (at < bytes.Length)
        {
            if (!Netstring.TryRead(bytes, ref at, out ReadOnlySpan<byte> item)
                || !TrySplit(item, out FieldType type, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
                || !IsValue(type, value, depth: 1)
                || message.Fields.Length == Message.MaxFields)
            {
                return null;
            }

            // The item ends before its comma, where the next one begins.
            message.Append(new Field(KnownWords.From(name), type, fields.Slice(at - 1 - value.Length, value.Length)));
        }

        return message;
    }

    // (0)name=value
    private static bool TrySplit(
        ReadOnlySpan<byte> item, out FieldType type, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        type = default;
        name = value = default;
        if (item.Length < 5 || item[0] != '(' || item[1] is < (byte)'0' or > (byte)'4' || item[2] != ')')
        {
            return false;
        }

        int equals = item.IndexOf((byte)'=');
        if (equals < 3 || !FieldNames.IsName(item[3..equals]))
        {
            return false;
        }

        type = (FieldType)(item[1] - '0');
        name = item[3..equals];
        value = item[(equals + 1)..];
        return true;
    }

    private static bool IsValue(FieldType type, ReadOnlySpan<byte> value, int depth) => type switch
    {
        FieldType.Text => !value.Contains((byte)0),
        FieldType.Nested => depth <= MaxDepth && IsNested(value, depth),
        FieldType.List => IsList(value),
        _ => true,
    };

    private static bool IsNested(ReadOnlySpan<byte> value, int depth)
    {
        if (value.Length < 8 || !value.StartsWith("###\n"u8) || !value.EndsWith("%%%\n"u8))
        {
            return false;
        }

        ReadOnlySpan<byte> items = value[4..^4];
        int at = 0;
        while (at < items.Length)
        {
            if (!Netstring.TryRead(items, ref at, out ReadOnlySpan<byte> item)
                || !TrySplit(item, out FieldType type, out _, out ReadOnlySpan<byte> inner)
                || !IsValue(type, inner, depth + 1))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsList(ReadOnlySpan<byte> value)
    {
        int at = 0;
        while (at < value.Length)
        {
            if (!Netstring.TryRead(value, ref at, out _))
            {
                return false;
            }
        }

        return true;
    }

    private static Message? ReadLines(ReadOnlyMemory<byte> fields)
    {
        var message = new Message();
        while (!fields.IsEmpty)
        {
            int end = fields.Span.IndexOf((byte)'\n');
            if (message.Fields.Length == Message.MaxFields || !TryReadLine(fields[..end], out Field field))
            {
                return null;
            }

            message.Append(field);
            fields = fields[(end + 1)..];
        }

        return message;
    }

    // name=text, or (1)name=base64. Other types are not for this framing: nobody sends them (spec 5.2).
    private static bool TryReadLine(ReadOnlyMemory<byte> line, out Field field)
    {
        field = default;
        bool isBinary = line.Span.StartsWith("(1)"u8);
        ReadOnlyMemory<byte> item = isBinary ? line[3..] : line;
        int equals = item.Span.IndexOf((byte)'=');
        if (equals < 1 || item.Span[0] == '(' || !FieldNames.IsName(item.Span[..equals]))
        {
            return false;
        }

        ReadOnlyMemory<byte> value = item[(equals + 1)..];
        FieldType type = isBinary ? FieldType.Binary : FieldType.Text;
        if (isBinary ? !TryReadBase64(value.Span, out value) : !TryUnescape(ref value))
        {
            return false;
        }

        field = new Field(KnownWords.From(item.Span[..equals]), type, value);
        return true;
    }

    private static bool TryReadBase64(ReadOnlySpan<byte> text, out ReadOnlyMemory<byte> value)
    {
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        _ = Base64.DecodeFromUtf8(text, bytes, out _, out int written);
        value = bytes.AsMemory(0, written);

        // Blanks, and bits that do not count, would be a second spelling of the same bytes.
        byte[] again = new byte[Base64.GetMaxEncodedToUtf8Length(written)];
        _ = Base64.EncodeToUtf8(value.Span, again, out _, out int length);
        return text.SequenceEqual(again.AsSpan(0, length));
    }

    // A newline in a text travels as byte 0x13 (spec 5.2).
    private static bool TryUnescape(ref ReadOnlyMemory<byte> value)
    {
        if (value.Span.Contains(FieldWriter.EscapedNewline))
        {
            byte[] text = value.ToArray();
            text.AsSpan().Replace(FieldWriter.EscapedNewline, (byte)'\n');
            value = text;
        }

        return !value.Span.Contains((byte)0);
    }
}
