// Where the log goes: standard error unless in the background, and what ha.cf names (logfile, debugfile, logfacility).
// The idea: every output has its own bounded queue that drops when it is full, so neither a full disk nor a stopped
// terminal holds up anybody who logs, nor the end of the process.

using HaSharp.Core.Config;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace HaSharp.Cli.Service;

internal sealed class LogOutputs : IDisposable
{
    /// <summary>Lines that may wait for one output.</summary>
    private const int Capacity = 2000;

    private const string SyslogSocket = "/dev/log";

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly List<ReopenedFile> _files = [];
    private readonly Logger _logger;

    /// <param name="console">Standard error as well.</param>
    public LogOutputs(LogConfig config, string host, bool console)
    {
        bool debug = config.DebugLevel > 0;
        LoggerConfiguration outputs = new LoggerConfiguration().MinimumLevel.Is(
            debug ? LogEventLevel.Debug : LogEventLevel.Information).MinimumLevel.Override(
                "Microsoft", LogEventLevel.Warning);
        LineStyle style = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 }
            ? LineStyle.Journal
            : LineStyle.Terminal;
        if (console)
        {
            outputs.WriteTo.Async(
                to => to.Console(new LineFormat(style, host), standardErrorFromLevel: LogEventLevel.Verbose),
                Capacity);
        }

        LineStyle file = config.SyslogFormat ? LineStyle.FileLikeSyslog : LineStyle.FilePlain;
        AddFile(outputs, config.LogFile, new LineFormat(file, host), LogEventLevel.Information);
        AddFile(outputs, config.DebugFile, new LineFormat(file, host), LogEventLevel.Debug);

        if (config.Facility is { } facility)
        {
            var syslog = new SyslogSink(
                SyslogSocket, SyslogSink.FacilityNumber(facility), new LineFormat(LineStyle.Syslog, host));
            outputs.WriteTo.Async(to => to.Sink(syslog), Capacity);
        }

        _logger = outputs.CreateLogger();
        Factory = new SerilogLoggerFactory(_logger);
    }

    public ILoggerFactory Factory { get; }

    /// <summary>Opens the log files anew, as after a rotation.</summary>
    public void Reopen() => _files.ForEach(file => file.Reopen());

    /// <summary>
    /// Writes what is queued, for at most two seconds. The sinks would wait for it for ever, and with it the end of a
    /// daemon whose services run elsewhere already.
    /// </summary>
    public void Dispose()
    {
        Factory.Dispose();
        var end = new Thread(_logger.Dispose) { Name = "last words", IsBackground = true };
        end.Start();
        end.Join(LastWords);
    }

    private void AddFile(LoggerConfiguration outputs, string? path, LineFormat format, LogEventLevel from)
    {
        if (path is null)
        {
            return;
        }

        var file = new ReopenedFile(path, format);
        _files.Add(file);
        outputs.WriteTo.Async(to => to.Sink(file, from), Capacity);
    }
}
