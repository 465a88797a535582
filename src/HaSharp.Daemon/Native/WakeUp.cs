namespace HaSharp.Daemon.Native;

/// <summary>Wakes a thread that waits in poll (an eventfd); raised many times, it is one system call.</summary>
internal sealed class WakeUp : IDisposable
{
    private readonly Lock _closing = new();
    private int _raised;
    private bool _closed;

    public int Descriptor { get; } = Kernel.OpenEvent();

    /// <summary>From any thread; after Dispose it does nothing.</summary>
    public void Raise()
    {
        if (Interlocked.Exchange(ref _raised, 1) != 0)
        {
            return;
        }

        lock (_closing)
        {
            if (!_closed)
            {
                Kernel.RaiseEvent(Descriptor);
            }
        }
    }

    /// <summary>
    /// By the thread that waits, before it looks at what it was woken for: what is raised later wakes it again.
    /// </summary>
    public void Clear()
    {
        Kernel.Clear(Descriptor);
        Interlocked.Exchange(ref _raised, 0);
    }

    public void Dispose()
    {
        lock (_closing)
        {
            if (!_closed)
            {
                // A late Raise must not write into whatever gets this number next.
                _closed = true;
                Kernel.Close(Descriptor);
            }
        }
    }
}
