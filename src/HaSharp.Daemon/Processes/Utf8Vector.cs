using System.Runtime.InteropServices;
using System.Text;

namespace HaSharp.Daemon.Processes;

/// <summary>Strings as C wants them (char **, with a null at the end), in one block of native memory.</summary>
internal sealed unsafe class Utf8Vector : IDisposable
{
    private byte** _block;

    public Utf8Vector(IReadOnlyList<string> texts)
    {
        int pointers = sizeof(byte*) * (texts.Count + 1);
        int bytes = texts.Sum(text => Encoding.UTF8.GetByteCount(text) + 1);
        _block = (byte**)NativeMemory.AllocZeroed((nuint)(pointers + bytes));
        byte* end = (byte*)_block + pointers + bytes;
        byte* next = (byte*)_block + pointers;
        for (int i = 0; i < texts.Count; i++)
        {
            _block[i] = next;
            next += Encoding.UTF8.GetBytes(texts[i], new Span<byte>(next, (int)(end - next))) + 1;
        }
    }

    public byte** Pointer => _block;

    public byte* First => _block[0];

    public void Dispose()
    {
        NativeMemory.Free(_block);
        _block = null;
    }
}
