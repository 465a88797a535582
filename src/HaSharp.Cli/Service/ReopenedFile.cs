using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace HaSharp.Cli.Service;

/// <summary>A log file that is opened anew on demand, because logrotate moves it away under us.</summary>
internal sealed class ReopenedFile(string path, ITextFormatter format) : ILogEventSink, IDisposable
{
    private Logger? _file;
    private volatile bool _reopen;

    /// <summary>From any thread: the next line goes to a file of this name, whatever was done to the old one.</summary>
    public void Reopen() => _reopen = true;

    /// <summary>By one thread at a time (Serilog's Async sink sees to that).</summary>
    public void Emit(LogEvent logEvent)
    {
        if (_reopen)
        {
            _reopen = false;
            Dispose();
            _file = null;
        }

        _file ??= new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.File(format, path, fileSizeLimitBytes: null)
            .CreateLogger();
        _file.Write(logEvent);
    }

    /// <summary>What a full disk does not take of the last lines is lost; that must not look like a crash.</summary>
    public void Dispose()
    {
        try
        {
            _file?.Dispose();
        }
        catch (IOException)
        {
            _file = null;
        }
    }
}
