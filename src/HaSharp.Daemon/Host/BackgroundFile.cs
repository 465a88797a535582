namespace HaSharp.Daemon.Host;

/// <summary>
/// Writes a small file of the state directory in the background: only the newest content, so that neither a slow disk
/// nor a talkative core matters. A full disk is reported once, and tried again every second. The file is replaced, not
/// overwritten: a write that is cut short leaves what was there before.
/// </summary>
public sealed class BackgroundFile : IDisposable
{
    private const string Unfinished = ".new";

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly string _file;
    private readonly TimeSpan _pause;
    private readonly string _loss;
    private readonly Action<string> _report;
    private readonly object _lock = new();
    private readonly ManualResetEvent _end = new(initialState: false);
    private readonly Thread _thread;
    private Func<byte[]>? _next;
    private bool _ending;
    private bool _failed;

    /// <param name="pause">Between two writes. Zero: everything is also on the disk when it is written.</param>
    /// <param name="loss">What a file that cannot be written means, for people.</param>
    /// <param name="report">Gets one sentence, on the writer's thread.</param>
    public BackgroundFile(string file, TimeSpan pause, string loss, Action<string> report)
    {
        _file = file;
        _pause = pause;
        _loss = loss;
        _report = report;
        _thread = new Thread(Write) { IsBackground = true, Name = Path.GetFileName(file) + " file" };
        _thread.Start();
    }

    /// <summary>Never waits.</summary>
    /// <param name="content">Called on the writer's thread, unless something newer comes before.</param>
    public void Put(Func<byte[]> content)
    {
        lock (_lock)
        {
            _next = content;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Writes what is still to be written.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ending = true;
            Monitor.Pulse(_lock);
        }

        _end.Set();
        _thread.Join();
        _end.Dispose();
    }

    private void Write()
    {
        while (Next() is { } content)
        {
            bool written = TryWrite(content());
            if (!written)
            {
                PutBack(content);
            }

            _end.WaitOne(written ? _pause : RetryPause);
        }
    }

    private Func<byte[]>? Next()
    {
        lock (_lock)
        {
            while (_next is null && !_ending)
            {
                Monitor.Wait(_lock);
            }

            Func<byte[]>? next = _next;
            _next = null;
            return next;
        }
    }

    /// <summary>To be tried again, unless something newer has come, or this ends.</summary>
    private void PutBack(Func<byte[]> content)
    {
        lock (_lock)
        {
            _next ??= _ending ? null : content;
        }
    }

    private bool TryWrite(byte[] content)
    {
        try
        {
            string unfinished = _file + Unfinished;
            FileStreamOptions options = new()
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                BufferSize = 0,
            };
            using (FileStream stream = new(unfinished, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: _pause == TimeSpan.Zero);
            }

            File.Move(unfinished, _file, overwrite: true);
            if (_pause == TimeSpan.Zero)
            {
                Native.Libc.FlushDirectory(Path.GetDirectoryName(_file)!);
            }

            _failed = false;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_failed)
            {
                _failed = true;
                _report($"cannot write {_file}; {_loss}: {e.Message}");
            }

            return false;
        }
    }
}
