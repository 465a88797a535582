using System.Text;
using HaSharp.Core.Wire;

namespace HaSharp.Daemon.Host;

/// <summary>
/// Writes replay marks in the background: only the newest list, at most once a second, so that neither a slow disk nor
/// a talkative core matters. A full disk is reported once, until it works again. The file is replaced, not overwritten:
/// a write that is cut short leaves the marks of the second before.
/// </summary>
public sealed class PeerMarksWriter : IDisposable
{
    private const string Unfinished = ".new";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string _file;
    private readonly Action<string> _report;
    private readonly object _lock = new();
    private readonly ManualResetEvent _end = new(initialState: false);
    private readonly Thread _thread;
    private IReadOnlyList<ReplayMark>? _next;
    private bool _ending;
    private bool _failed;

    /// <param name="report">Gets one sentence, on the writer's thread.</param>
    public PeerMarksWriter(string file, Action<string> report)
    {
        _file = file;
        _report = report;
        _thread = new Thread(Write) { IsBackground = true, Name = "peers file" };
        _thread.Start();
    }

    /// <summary>Never waits. The list must not change afterwards.</summary>
    public void Remember(IReadOnlyList<ReplayMark> marks)
    {
        lock (_lock)
        {
            _next = marks;
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
        while (Next() is { } marks)
        {
            Write(marks);
            _end.WaitOne(Pause);
        }
    }

    private IReadOnlyList<ReplayMark>? Next()
    {
        lock (_lock)
        {
            while (_next is null && !_ending)
            {
                Monitor.Wait(_lock);
            }

            IReadOnlyList<ReplayMark>? next = _next;
            _next = null;
            return next;
        }
    }

    private void Write(IReadOnlyList<ReplayMark> marks)
    {
        try
        {
            byte[] content = Encoding.UTF8.GetBytes(PeerMarks.Format(marks));
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
            }

            File.Move(unfinished, _file, overwrite: true);
            _failed = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_failed)
            {
                _failed = true;
                _report($"cannot write {_file}; a replay after our next start may go unnoticed: {e.Message}");
            }
        }
    }
}
