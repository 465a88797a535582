// Numbers as text on the wire, read from the bytes.
// The idea: heartbeat reads them as scanf does and ignores what follows; we take a value only when it is a number from
// end to end, so that nothing is half understood.
// Invariant: total, and a number that is read is never negative.

namespace HaSharp.Core.Wire;

internal static class Numbers
{
    /// <summary>1 to 15 hexadecimal digits, so that the result is never negative.</summary>
    public static bool TryHex(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        foreach (byte character in text)
        {
            int digit = character switch
            {
                >= (byte)'0' and <= (byte)'9' => character - '0',
                >= (byte)'a' and <= (byte)'f' => character - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => character - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
            {
                return false;
            }

            number = unchecked((number << 4) | (uint)digit);
        }

        return text.Length is >= 1 and <= 15;
    }

    /// <summary>1 to 18 decimal digits.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        foreach (byte character in text)
        {
            int digit = character - '0';
            if (digit is < 0 or > 9)
            {
                return false;
            }

            number = unchecked((number * 10) + digit);
        }

        return text.Length is >= 1 and <= 18;
    }
}
