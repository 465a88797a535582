// A message: an ordered list of named fields (spec 5.2), whatever its framing on the wire.
// The idea: order is kept, because the digest depends on it, and readers go by name, because senders differ in order.
// A reader takes the first field of a name and asks for a type; a field of another type counts as absent.
// Invariant: what is in a message can be written in both framings and read again without loss.

using System.Buffers.Text;
using System.Text;

namespace HaSharp.Core.Wire;

public sealed class Message
{
    /// <summary>Most fields in one message; a real one has about 15, heartbeat itself takes 2000 and more.</summary>
    public const int MaxFields = 4096;

    private Field[] _fields;
    private int _count;

    public Message()
        : this(16)
    {
    }

    internal Message(int capacity) => _fields = new Field[capacity];

    /// <summary>The fields in the order of the wire.</summary>
    public ReadOnlySpan<Field> Fields => _fields.AsSpan(0, _count);

    /// <summary>Appends a text field.</summary>
    public Message Add(string name, string text) => Add(name, FieldType.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>Appends a number in lower-case hexadecimal without leading zeros.</summary>
    public Message AddHex(string name, long number)
    {
        Span<byte> digits = stackalloc byte[16];
        _ = Utf8Formatter.TryFormat(number, digits, out int length, 'x');
        return Add(name, FieldType.Text, digits[..length].ToArray());
    }

    /// <summary>Appends a number in decimal.</summary>
    public Message AddDecimal(string name, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(number, digits, out int length);
        return Add(name, FieldType.Text, digits[..length].ToArray());
    }

    /// <summary>Appends a binary field; the bytes are not copied.</summary>
    public Message AddBinary(string name, ReadOnlyMemory<byte> bytes) => Add(name, FieldType.Binary, bytes);

    /// <summary>Appends a field; the bytes are not copied.</summary>
    public Message Add(string name, FieldType type, ReadOnlyMemory<byte> value)
    {
        Invariant.Holds(
            TryAdd(name, type, value),
            "a field has a name of 1 to 255 printable characters without '=', and its text no NUL; a message has at "
            + "most 4096 of them");
        return this;
    }

    /// <summary>
    /// Appends a field that comes from outside; false when it can be none, or when the message is full.
    /// </summary>
    public bool TryAdd(string name, FieldType type, ReadOnlyMemory<byte> value)
    {
        bool isField = FieldNames.IsName(name)
            && (type != FieldType.Text || !value.Span.Contains((byte)0))
            && _count < MaxFields;
        if (isField)
        {
            Append(new Field(name, type, value));
        }

        return isField;
    }

    /// <summary>The value of a text field; null when there is none. Bytes that are no UTF-8 become U+FFFD.</summary>
    public string? Text(string name) => Find(name, FieldType.Text, out var value) ? KnownWords.From(value.Span) : null;

    /// <summary>Whether there is a text field with exactly this value.</summary>
    public bool Is(string name, ReadOnlySpan<byte> text) =>
        Find(name, FieldType.Text, out var value) && value.Span.SequenceEqual(text);

    /// <summary>The value of a text field that is nothing but a hexadecimal number of 1 to 15 digits.</summary>
    public long? Hex(string name) =>
        Find(name, FieldType.Text, out var value) && Numbers.TryHex(value.Span, out long number) ? number : null;

    /// <summary>The value of a text field that is nothing but a decimal number of 1 to 18 digits.</summary>
    public long? Decimal(string name) =>
        Find(name, FieldType.Text, out var value) && Numbers.TryDecimal(value.Span, out long number) ? number : null;

    /// <summary>The bytes of a binary field; null when there is none.</summary>
    public ReadOnlyMemory<byte>? Binary(string name) =>
        Find(name, FieldType.Binary, out var value) ? value : null;

    /// <summary>Whether there is a field of this name, of whatever type.</summary>
    public bool Has(string name) => IndexOf(name) >= 0;

    /// <summary>The bytes of a field of this name and type; the first of the name decides.</summary>
    internal bool Find(string name, FieldType type, out ReadOnlyMemory<byte> value)
    {
        int index = IndexOf(name);
        bool found = index >= 0 && _fields[index].Type == type;
        value = found ? _fields[index].Value : default;
        return found;
    }

    /// <summary>Appends a field that the reader of packets has checked.</summary>
    internal void Append(in Field field)
    {
        if (_count == _fields.Length)
        {
            Array.Resize(ref _fields, _count * 2);
        }

        _fields[_count++] = field;
    }

    private int IndexOf(string name)
    {
        for (int index = 0; index < _count; index++)
        {
            if (string.Equals(_fields[index].Name, name))
            {
                return index;
            }
        }

        return -1;
    }
}
