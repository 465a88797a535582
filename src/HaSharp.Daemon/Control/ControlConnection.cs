// One client of the control socket, as the control thread sees it: first its request is read, then its answers are
// written. Invariant: no call blocks, and no client costs more than a request's limit and its own answers.

using System.Net.Sockets;
using HaSharp.Core;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Control;

internal sealed class ControlConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly MemoryStream _request = new();
    private readonly int _patienceMs;
    private byte[] _unsent = [];
    private bool _asked;
    private bool _answered;

    public ControlConnection(ClientId id, Socket socket, int patienceMs)
    {
        Id = id;
        _socket = socket;
        _socket.Blocking = false;
        _patienceMs = patienceMs;
        DueMs = Environment.TickCount64 + patienceMs;
        Peer = PeerCredentials.Of(socket);
    }

    public ClientId Id { get; }

    public PeerCredentials Peer { get; }

    /// <summary>Nothing is left to do, or the client is gone.</summary>
    public bool Over { get; private set; }

    /// <summary>When the client is dropped; long.MaxValue while it waits for us.</summary>
    public long DueMs { get; private set; }

    /// <summary>
    /// What to wait for. While the node works on a request only a hang-up counts, which poll always tells.
    /// </summary>
    public PollEntry Entry => new(
        (int)_socket.Handle, (short)((_asked ? 0 : Kernel.PollIn) | (_unsent.Length > 0 ? Kernel.PollOut : 0)));

    /// <summary>
    /// Reads what there is. The request without its line feed when it is complete now, else null; one that is too
    /// long is complete at the limit.
    /// </summary>
    public byte[]? Read()
    {
        Span<byte> bytes = stackalloc byte[4096];
        int count = _socket.Receive(bytes, SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            return null;
        }

        if (count == 0 || _asked)
        {
            Over = true;
            return null;
        }

        int end = bytes[..count].IndexOf((byte)'\n');
        _request.Write(bytes[..(end < 0 ? count : end)]);
        if (end < 0 && _request.Length < ControlProtocol.RequestLimitBytes)
        {
            return null;
        }

        _asked = true;
        DueMs = long.MaxValue;
        return _request.ToArray();
    }

    /// <summary>Queues an answer and writes what fits.</summary>
    public void Answer(ControlAnswer answer)
    {
        if (!_answered)
        {
            _asked = true;
            _answered = answer.IsFinal;
            _unsent = [.. _unsent, .. ControlProtocol.Encode(answer)];
            DueMs = Environment.TickCount64 + _patienceMs;
            Write();
        }
    }

    /// <summary>Writes what fits; the last byte of the last answer ends the connection.</summary>
    public void Write()
    {
        int sent = _socket.Send(_unsent, SocketFlags.None, out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            Over = true;
            return;
        }

        _unsent = _unsent[sent..];
        if (_unsent.Length == 0)
        {
            Over = _answered;
            DueMs = long.MaxValue;
        }
    }

    public void Dispose() => _socket.Dispose();
}
