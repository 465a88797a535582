// The client's end of the control protocol: one connection, one request, one or two answers.

using System.Net.Sockets;

namespace HaSharp.Daemon.Control;

/// <summary>Why there is no answer.</summary>
public enum ControlFailure
{
    None,

    /// <summary>Nobody listens at the socket.</summary>
    NotRunning,
    NotPermitted,

    /// <summary>The daemon has closed the connection.</summary>
    Ended,
    TimedOut,
}

public sealed class ControlClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<byte> _received = [];

    private ControlClient()
    {
    }

    /// <summary>Process id of the daemon; 0 when it lives in a process namespace that we do not see.</summary>
    public int DaemonPid => PeerCredentials.Of(_socket).Pid;

    /// <summary>Null with the failure when nobody answers in runDirectory.</summary>
    public static ControlClient? Connect(string runDirectory, out ControlFailure failure)
    {
        // Compiled before the daemon's patience with a silent client begins: a starved machine takes seconds for it.
        _ = ControlProtocol.Encode(new ControlRequest("status"));
        var client = new ControlClient();
        try
        {
            client._socket.Connect(new UnixDomainSocketEndPoint(
                Path.Combine(runDirectory, ControlProtocol.SocketName)));
            failure = ControlFailure.None;
            return client;
        }
        catch (SocketException trouble)
        {
            client.Dispose();
            failure = trouble.SocketErrorCode == SocketError.AccessDenied
                ? ControlFailure.NotPermitted
                : ControlFailure.NotRunning;
            return null;
        }
    }

    /// <summary>False when the daemon has closed the connection.</summary>
    public bool Send(ControlRequest request)
    {
        try
        {
            _socket.Send(ControlProtocol.Encode(request));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The next answer, or null with the failure.</summary>
    /// <param name="patience">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> without end.</param>
    public ControlAnswer? Receive(TimeSpan patience, out ControlFailure failure)
    {
        long until = patience < TimeSpan.Zero
            ? long.MaxValue
            : Environment.TickCount64 + (long)Math.Ceiling(patience.TotalMilliseconds);
        int end;
        while ((end = _received.IndexOf((byte)'\n')) < 0)
        {
            failure = Fill(until);
            if (failure != ControlFailure.None)
            {
                return null;
            }
        }

        ControlAnswer? answer = ControlProtocol.DecodeAnswer(_received[..end].ToArray());
        _received.RemoveRange(0, end + 1);
        failure = answer is null ? ControlFailure.Ended : ControlFailure.None;
        return answer;
    }

    public void Dispose() => _socket.Dispose();

    private ControlFailure Fill(long until)
    {
        long left = until - Environment.TickCount64;
        TimeSpan wait = TimeSpan.FromMilliseconds(Math.Clamp(left, 0, 1_000_000));
        if (!_socket.Poll(wait, SelectMode.SelectRead))
        {
            return left <= 0 ? ControlFailure.TimedOut : ControlFailure.None;
        }

        try
        {
            Span<byte> bytes = stackalloc byte[4096];
            int count = _socket.Receive(bytes);
            _received.AddRange(bytes[..count]);
            return count == 0 ? ControlFailure.Ended : ControlFailure.None;
        }
        catch (SocketException)
        {
            return ControlFailure.Ended;
        }
    }
}
