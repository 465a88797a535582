// Signs what we send and checks what we receive, with the keys of authkeys (spec 3).
// The idea: a digest travels as text, "<number> <digest>". The number names the key and the method of the receiver's
// own authkeys; heartbeat takes the wrong key when numbers differ (F1), we take the one that is named.
// Invariant: the comparison takes the same time wherever the first difference is, and no secret leaves this class.

using System.Buffers.Text;
using System.Security.Cryptography;
using HaSharp.Core.Config;

namespace HaSharp.Core.Wire;

public enum DigestCheck
{
    /// <summary>The key that it names made it.</summary>
    Verified,

    /// <summary>No key of that number, or another digest.</summary>
    Wrong,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>There is one, and nobody looked at it.</summary>
    Unchecked,
}

public sealed class Authenticator
{
    /// <summary>Longest "&lt;number&gt; &lt;digest&gt;" in bytes: two digits, a blank, 64 digits of sha256.</summary>
    public const int MaxTextLength = 67;

    private const int MaxKeyNumber = 15;

    private readonly int _active;
    private readonly AuthKey?[] _keys = new AuthKey?[MaxKeyNumber + 1];

    public Authenticator(AuthKeys keys)
    {
        foreach (AuthKey key in keys.Keys)
        {
            Invariant.Holds(key.Number is >= 0 and <= MaxKeyNumber, "key numbers are 0 to 15");
            _keys[key.Number] = key;
        }

        _active = keys.Active;
        Invariant.Holds(Knows(_active), "the active key is among the keys");
    }

    /// <summary>Writes "&lt;number&gt; &lt;digest&gt;" of the bytes, made with the active key.</summary>
    /// <param name="text">At least <see cref="MaxTextLength"/> long.</param>
    /// <returns>How many bytes of text were written.</returns>
    public int Sign(ReadOnlySpan<byte> bytes, Span<byte> text) => Sign(_active, bytes, text);

    /// <summary>The same with the key of this number; see <see cref="Knows"/>.</summary>
    public int Sign(int number, ReadOnlySpan<byte> bytes, Span<byte> text)
    {
        _ = Utf8Formatter.TryFormat(number, text, out int length);
        text[length++] = (byte)' ';
        return length + Digest(_keys[number]!, bytes, text[length..]);
    }

    /// <summary>Whether there is a key of this number.</summary>
    public bool Knows(int number) => number is >= 0 and <= MaxKeyNumber && _keys[number] is not null;

    /// <summary>Whether the text is the digest of the bytes, by the key that the text names.</summary>
    public DigestCheck Check(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return DigestCheck.Missing;
        }

        if (!TryReadNumber(text, out int number) || !Knows(number))
        {
            return DigestCheck.Wrong;
        }

        Span<byte> expected = stackalloc byte[MaxTextLength];
        int length = Sign(number, bytes, expected);
        return CryptographicOperations.FixedTimeEquals(expected[..length], text)
            ? DigestCheck.Verified
            : DigestCheck.Wrong;
    }

    /// <summary>The key number at the beginning of "&lt;number&gt; &lt;digest&gt;": one or two digits.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> text, out int number)
    {
        int blank = text.IndexOf((byte)' ');
        bool isNumber = Numbers.TryDecimal(text[..Math.Max(blank, 0)], out long value) && blank <= 2;
        number = (int)value;
        return isNumber;
    }

    private static int Digest(AuthKey key, ReadOnlySpan<byte> bytes, Span<byte> text)
    {
        if (key.Method == AuthMethod.Crc)
        {
            // heartbeat prints it with %x: not padded with zeros.
            _ = Utf8Formatter.TryFormat(Crc.Of(bytes), text, out int digits, 'x');
            return digits;
        }

        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        ReadOnlySpan<byte> secret = key.Secret.Span;
        int length = key.Method switch
        {
            AuthMethod.Md5 => HMACMD5.HashData(secret, bytes, hash),
            AuthMethod.Sha1 => HMACSHA1.HashData(secret, bytes, hash),
            _ => HMACSHA256.HashData(secret, bytes, hash),
        };
        _ = Convert.TryToHexStringLower(hash[..length], text, out int written);
        return written;
    }
}
