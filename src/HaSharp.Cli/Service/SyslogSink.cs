// Lines to syslogd over its datagram socket, without ever waiting: its queue holds about ten lines when the reader
// stands still. What does not fit is dropped and counted; the count goes out as soon as a line gets through again.

using System.Net.Sockets;
using System.Text;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace HaSharp.Cli.Service;

internal sealed class SyslogSink(string path, int facility, ITextFormatter format) : ILogEventSink, IDisposable
{
    private const int Warning = 4;

    private readonly Lock _lock = new();
    private Socket? _socket;
    private long _dropped;

    /// <summary>Facilities in the order of their numbers (RFC 5424, table 1); empty: has no name.</summary>
    private static readonly string[] Facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
        "", "", "", "", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    /// <summary>The facility's number; daemon when the name is unknown.</summary>
    public static int FacilityNumber(string name)
    {
        int number = name.Length == 0 ? -1 : Array.IndexOf(Facilities, name == "security" ? "auth" : name);
        return number >= 0 ? number : Array.IndexOf(Facilities, "daemon");
    }

    public void Emit(LogEvent logEvent)
    {
        var line = new StringWriter();
        format.Format(logEvent, line);
        lock (_lock)
        {
            string missed = $"heartbeat: [{Environment.ProcessId}]: WARN: {_dropped} log lines dropped";
            if (_dropped > 0 && Send(Warning, missed))
            {
                _dropped = 0;
            }

            if (!Send(LineFormat.Number(logEvent.Level), line.ToString().TrimEnd('\n')))
            {
                _dropped++;
            }
        }
    }

    public void Dispose() => _socket?.Dispose();

    private bool Send(int severity, string text)
    {
        try
        {
            _socket ??= Connect();
            byte[] datagram = Encoding.UTF8.GetBytes($"<{(facility * 8) + severity}>{text}");
            _socket.Send(datagram, SocketFlags.None, out SocketError error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                // syslogd was restarted, or has gone: the next line tries a new socket.
                _socket.Dispose();
                _socket = null;
            }

            return error == SocketError.Success;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
