// One netstring: a decimal length without leading zeros, a colon, that many bytes, a comma (spec 5.4).
// The idea: one spelling only, so that whatever is read can be written again with the same bytes.
// Invariant: total; no length makes it look outside the bytes given, and none overflows.

namespace HaSharp.Core.Wire;

/// <summary>One netstring: a decimal length without leading zeros, a colon, that many bytes, a comma.</summary>
internal static class Netstring
{
    // 2 MiB, the largest message (spec 5.5), has seven digits.
    private const int MaxDigits = 7;

    /// <summary>Reads the netstring at the place given and moves the place behind it.</summary>
    /// <returns>False, and the place unmoved, when there is no complete netstring.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, scoped ref int at, out ReadOnlySpan<byte> content)
    {
        content = default;
        int length = 0;
        int place = at;
        while (place < bytes.Length && bytes[place] is >= (byte)'0' and <= (byte)'9')
        {
            length = (length * 10) + (bytes[place] - '0');
            place++;
            if (place - at > MaxDigits)
            {
                return false;
            }
        }

        int digits = place - at;
        bool isNumber = digits == 1 || (digits > 1 && bytes[at] != '0');
        if (!isNumber || place >= bytes.Length || bytes[place] != ':' || length >= bytes.Length - place - 1
            || bytes[place + 1 + length] != ',')
        {
            return false;
        }

        content = bytes.Slice(place + 1, length);
        at = place + length + 2;
        return true;
    }
}
