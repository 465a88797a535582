// A field of a message: a name, a type and bytes.
// The idea: bytes, not strings. A number or a name becomes one only for who asks for it.
// Invariant: a type that is not among these is never in a message; a packet that has one is refused as a whole.

namespace HaSharp.Core.Wire;

/// <summary>A field's type: the digit in parentheses before its name (spec 5.2).</summary>
public enum FieldType : byte
{
    /// <summary>Text without NUL, in whatever encoding the sender uses; HaSharp's is UTF-8.</summary>
    Text = 0,

    /// <summary>Raw bytes.</summary>
    Binary = 1,

    /// <summary>A message within the message: kept as bytes, checked for form and depth, never interpreted.</summary>
    Nested = 2,

    /// <summary>A list of netstrings: kept as bytes, checked for form, never interpreted.</summary>
    List = 3,

    /// <summary>A compressed field: kept as bytes.</summary>
    Compressed = 4,

    /// <summary>heartbeat's inner mark for a field to be compressed; never on the wire.</summary>
    ToCompress = 5,
}

/// <summary>One field of a message.</summary>
/// <param name="Name">1 to 255 printable ASCII characters without '='.</param>
/// <param name="Value">The bytes as the reader of the field wants them: neither base64 nor escaped.</param>
public readonly record struct Field(string Name, FieldType Type, ReadOnlyMemory<byte> Value);
