// systemd's notification protocol: datagrams of NAME=VALUE lines to the socket named by NOTIFY_SOCKET.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HaSharp.Daemon.Host;

/// <summary>
/// Tells systemd how we are. Without systemd every call does nothing. Never blocks, never fails: a full or missing
/// socket loses the word. Thread-safe.
/// </summary>
public sealed class SystemdNotify : IDisposable
{
    private static readonly byte[] WatchdogWord = "WATCHDOG=1"u8.ToArray();

    private readonly Socket? _socket;
    private readonly SocketAddress? _systemd;

    /// <param name="notifySocket">
    /// NOTIFY_SOCKET: a path, or @NAME for an abstract one; null or empty: no systemd.
    /// </param>
    /// <param name="watchdogMicroseconds">WATCHDOG_USEC.</param>
    /// <param name="watchdogProcess">WATCHDOG_PID: if it names another process, the watchdog is not for us.</param>
    public SystemdNotify(string? notifySocket, string? watchdogMicroseconds, string? watchdogProcess)
    {
        if (string.IsNullOrEmpty(notifySocket) || (notifySocket[0] != '/' && notifySocket[0] != '@'))
        {
            return;
        }

        string path = notifySocket[0] == '@' ? "\0" + notifySocket[1..] : notifySocket;
        _systemd = new UnixDomainSocketEndPoint(path).Serialize();
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        bool ours = string.IsNullOrEmpty(watchdogProcess)
            || watchdogProcess == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (ours && long.TryParse(watchdogMicroseconds, CultureInfo.InvariantCulture, out long limit) && limit > 0)
        {
            WatchdogInterval = TimeSpan.FromMicroseconds(limit) / 2;
        }
    }

    /// <summary>How often <see cref="Watchdog"/> wants to be called (half of systemd's limit); null: never.</summary>
    public TimeSpan? WatchdogInterval { get; }

    public static SystemdNotify FromEnvironment() => new(
        Environment.GetEnvironmentVariable("NOTIFY_SOCKET"),
        Environment.GetEnvironmentVariable("WATCHDOG_USEC"),
        Environment.GetEnvironmentVariable("WATCHDOG_PID"));

    /// <summary>Start or reload is complete.</summary>
    /// <param name="status">One line, shown by systemctl status.</param>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>A reload has begun; systemd wants the time of CLOCK_MONOTONIC with it.</summary>
    public void Reloading() => Send(string.Create(
        CultureInfo.InvariantCulture,
        $"RELOADING=1\nMONOTONIC_USEC={System.Diagnostics.Stopwatch.GetTimestamp() / TicksPerMicrosecond}"));

    public void Stopping() => Send("STOPPING=1");

    /// <summary>We are alive. Allocates nothing: for the heartbeat thread.</summary>
    public void Watchdog() => Send(WatchdogWord);

    public void Dispose() => _socket?.Dispose();

    private static long TicksPerMicrosecond => System.Diagnostics.Stopwatch.Frequency / 1_000_000;

    private void Send(string words) => Send(Encoding.UTF8.GetBytes(words));

    private void Send(ReadOnlySpan<byte> words)
    {
        try
        {
            _socket?.SendTo(words, SocketFlags.None, _systemd!);
        }
        catch (SocketException)
        {
            // Nobody listens, or the queue is full; systemd's own time limits are the answer to a lost word.
        }
    }
}
