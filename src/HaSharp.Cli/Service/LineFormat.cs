// One line of log in heartbeat's shapes (spec 16), so that existing log watchers keep working. The ident stays
// "heartbeat" for the same reason.

using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace HaSharp.Cli.Service;

internal enum LineStyle
{
    /// <summary>A person looks at it: time with milliseconds, word, text.</summary>
    Terminal,

    /// <summary>systemd reads our standard error: syslog's number in front, no time.</summary>
    Journal,

    /// <summary>A datagram to syslogd, after its priority: time, ident, [pid]: word: text.</summary>
    Syslog,

    /// <summary>A file with syslogmsgfmt true: time host ident: [pid]: word: text.</summary>
    FileLikeSyslog,

    /// <summary>A file with syslogmsgfmt false: ident[pid]: date_time word: text.</summary>
    FilePlain,
}

internal sealed class LineFormat(LineStyle style, string host) : ITextFormatter
{
    private const string Ident = "heartbeat";

    /// <summary>Without the quotes that Serilog puts around strings.</summary>
    private readonly MessageTemplateTextFormatter _text = new("{Message:lj}", CultureInfo.InvariantCulture);

    /// <summary>syslog's number for a level.</summary>
    public static int Number(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => 2,
        LogEventLevel.Error => 3,
        LogEventLevel.Warning => 4,
        LogEventLevel.Information => 6,
        _ => 7,
    };

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(Head(logEvent));
        output.Write(Word(logEvent.Level));
        output.Write(": ");
        var text = new StringWriter();
        _text.Format(logEvent, text);
        output.Write(OneLine(text.ToString()));
        if (logEvent.Exception is { } exception)
        {
            output.Write(OneLine($" [{exception.GetType().Name}: {exception.Message}]"));
        }

        output.Write('\n');
    }

    private string Head(LogEvent logEvent)
    {
        int pid = Environment.ProcessId;
        FormattableString head = style switch
        {
            LineStyle.Terminal => $"{logEvent.Timestamp:HH:mm:ss.fff} ",
            LineStyle.Journal => $"<{Number(logEvent.Level)}>",
            LineStyle.Syslog => $"{logEvent.Timestamp:MMM dd HH:mm:ss} {Ident}: [{pid}]: ",
            LineStyle.FileLikeSyslog => $"{logEvent.Timestamp:MMM dd HH:mm:ss} {host} {Ident}: [{pid}]: ",
            _ => $"{Ident}[{pid}]: {logEvent.Timestamp:yyyy/MM/dd_HH:mm:ss} ",
        };
        return FormattableString.Invariant(head);
    }

    private static string Word(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => "CRIT",
        LogEventLevel.Error => "ERROR",
        LogEventLevel.Warning => "WARN",
        LogEventLevel.Information => "info",
        _ => "debug",
    };

    /// <summary>What an agent printed must not be able to forge a line of its own.</summary>
    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('\u001b', ' ');
}
