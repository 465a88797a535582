using System.Runtime.InteropServices;

namespace HaSharp.Daemon.Processes;

/// <summary>Our end of a program's standard output or error. Reading never blocks.</summary>
internal sealed unsafe class OutputPipe : IDisposable
{
    // One pipe's full buffer: a program that prints without end gets its turn and no more.
    private const int ReadLimit = 65536;
    private const int ChunkBytes = 4096;

    private OutputPipe(int fd, int headBytes)
    {
        Fd = fd;
        Output = new BoundedOutput(headBytes);
    }

    /// <summary>-1 once it is closed; poll passes over such an entry.</summary>
    public int Fd { get; private set; }

    public BoundedOutput Output { get; }

    /// <summary>Null: no descriptors left (errno).</summary>
    public static OutputPipe? Open(int headBytes, out int programsEnd)
    {
        int* ends = stackalloc int[2];
        if (SpawnCalls.pipe2(ends, SpawnCalls.CloseOnExec) != 0)
        {
            programsEnd = -1;
            return null;
        }

        // Only our end: a program whose standard output answers EAGAIN loses lines.
        SpawnCalls.SetNonBlocking(ends[0]);
        programsEnd = ends[1];
        return new OutputPipe(ends[0], headBytes);
    }

    /// <summary>Takes what is there, at most 64 KiB; closes at the end of the file.</summary>
    public void Read()
    {
        byte* chunk = stackalloc byte[ChunkBytes];
        for (int total = 0; total < ReadLimit && Fd >= 0;)
        {
            nint count = SpawnCalls.read(Fd, chunk, ChunkBytes);
            if (count > 0)
            {
                Output.Append(new ReadOnlySpan<byte>(chunk, (int)count));
                total += (int)count;
            }
            else if (count == 0)
            {
                Dispose();
            }
            else if (Marshal.GetLastPInvokeError() != SpawnCalls.Interrupted)
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        if (Fd >= 0)
        {
            SpawnCalls.close(Fd);
            Fd = -1;
        }
    }
}
