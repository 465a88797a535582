// Writes the words of a public state into room that the caller has computed, and reads names back.
// The idea: a name that contains a separator is escaped as in an address (%2C), so that any name survives and
// usual names stay as they are.

using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace HaSharp.Core.Wire;

internal ref struct StateText(Span<byte> room)
{
    // All but control characters, the blank, ',' (0x2c) and '%' (0x25).
    private static readonly SearchValues<byte> Plain = SearchValues.Create(PlainBytes());

    private readonly Span<byte> _room = room;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _room[.._length];

    /// <summary>Most bytes that a name can take: one UTF-16 unit gives at most three, escaped or not.</summary>
    public static int Room(string? name) => 3 * (name?.Length ?? 0);

    /// <summary>The bytes that a name takes as PutName writes it.</summary>
    public static int Bytes(string? name)
    {
        byte[] text = Encoding.UTF8.GetBytes(name ?? "");
        return text.Length + (2 * text.Count(static value => !Plain.Contains(value)));
    }

    public void Put(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_room[_length..]);
        _length += text.Length;
    }

    public void PutHex(long number)
    {
        _ = Utf8Formatter.TryFormat(number, _room[_length..], out int written, 'x');
        _length += written;
    }

    public void PutDigest(ulong digest)
    {
        _ = Utf8Formatter.TryFormat(digest, _room[_length..], out int written, new StandardFormat('x', 16));
        _length += written;
    }

    public void PutName(string name)
    {
        Span<byte> place = _room[_length..];
        int length = Encoding.UTF8.GetBytes(name, place);
        if (place[..length].ContainsAnyExcept(Plain))
        {
            length = Escape(place[..length].ToArray(), place);
        }

        _length += length;
    }

    /// <summary>The name that was put; null when it is empty or wrongly escaped.</summary>
    public static string? Name(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return null;
        }

        return text.Contains((byte)'%') ? Unescape(text) : KnownWords.From(text);
    }

    private static int Escape(ReadOnlySpan<byte> name, Span<byte> place)
    {
        int at = 0;
        foreach (byte value in name)
        {
            if (Plain.Contains(value))
            {
                place[at++] = value;
                continue;
            }

            place[at++] = (byte)'%';
            _ = Utf8Formatter.TryFormat(value, place[at..], out int written, new StandardFormat('X', 2));
            at += written;
        }

        return at;
    }

    private static string? Unescape(ReadOnlySpan<byte> text)
    {
        byte[] name = new byte[text.Length];
        int length = 0;
        for (int at = 0; at < text.Length; at++)
        {
            long value = text[at];
            if (value == '%')
            {
                if (at + 3 > text.Length || !Numbers.TryHex(text.Slice(at + 1, 2), out value))
                {
                    return null;
                }

                at += 2;
            }

            name[length++] = (byte)value;
        }

        return Encoding.UTF8.GetString(name, 0, length);
    }

    private static byte[] PlainBytes()
    {
        var plain = new List<byte>();
        for (int value = 0x21; value < 0x100; value++)
        {
            if (value is not (0x7f or ',' or '%'))
            {
                plain.Add((byte)value);
            }
        }

        return [.. plain];
    }
}
