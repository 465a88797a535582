using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace HaSharp.Daemon.Processes;

/// <summary>
/// What a program printed: the first and the last 4 KiB, so that one that prints without end costs 8 KiB. The cause
/// of a failure stands at the beginning or at the end.
/// </summary>
/// <param name="headBytes">Another length of the beginning, for what must be read whole.</param>
public sealed class BoundedOutput(int headBytes = BoundedOutput.HeadBytes)
{
    public const int HeadBytes = 4096;
    public const int TailBytes = 4096;

    private readonly List<byte> _head = [];
    private byte[]? _ring;
    private long _beyondHead;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        int fits = Math.Min(bytes.Length, headBytes - _head.Count);
        _head.AddRange(bytes[..fits]);
        if (fits < bytes.Length)
        {
            AppendToRing(bytes[fits..]);
        }
    }

    /// <summary>As UTF-8; bytes that are none become U+FFFD.</summary>
    public override string ToString()
    {
        if (_ring is null)
        {
            return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_head));
        }

        if (_beyondHead <= TailBytes)
        {
            return Encoding.UTF8.GetString([.. _head, .. _ring.AsSpan(0, (int)_beyondHead)]);
        }

        int oldest = (int)(_beyondHead % TailBytes);
        byte[] gap = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"\n[{_beyondHead - TailBytes} bytes left out]\n"));
        return Encoding.UTF8.GetString([.. _head, .. gap, .. _ring.AsSpan(oldest), .. _ring.AsSpan(0, oldest)]);
    }

    private void AppendToRing(ReadOnlySpan<byte> bytes)
    {
        _ring ??= new byte[TailBytes];
        ReadOnlySpan<byte> kept = bytes[^Math.Min(bytes.Length, TailBytes)..];
        int at = (int)((_beyondHead + bytes.Length - kept.Length) % TailBytes);
        int first = Math.Min(kept.Length, TailBytes - at);
        kept[..first].CopyTo(_ring.AsSpan(at));
        kept[first..].CopyTo(_ring);
        _beyondHead += bytes.Length;
    }
}
