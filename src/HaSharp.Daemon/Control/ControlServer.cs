// The daemon's end of the control socket: one thread of its own, poll over the listener and at most 32 clients.
// The idea: whatever clients do (garbage, silence, a reader that does not read), it costs them their connection and
// nobody else anything; the node's thread only ever sees a finished Command and leaves its answer in a queue.
// Invariant: this thread waits in poll and nowhere else.

using System.Collections.Concurrent;
using System.Net.Sockets;
using HaSharp.Core;
using HaSharp.Core.Control;
using HaSharp.Daemon.Native;
using Microsoft.Extensions.Logging;

namespace HaSharp.Daemon.Control;

/// <summary>Who takes the requests; both are called on the control thread and return at once.</summary>
/// <param name="Submit">Passes a command to the node; false when it cannot take more now.</param>
/// <param name="Reload">Begins a reload; exactly one answer to the client follows.</param>
public sealed record ControlPorts(Func<ClientId, Command, bool> Submit, Action<ClientId> Reload);

public sealed partial class ControlServer : IDisposable
{
    public const int MostClients = 32;

    /// <summary>A descriptor that poll passes over.</summary>
    private const int Nothing = -1;

    /// <summary>Out of descriptors, the listener stays readable: looking again at once would never end.</summary>
    private const int PauseMs = 1000;

    private readonly string _path;
    private readonly ControlAccess _access;
    private readonly ControlPorts _ports;
    private readonly ILogger _log;
    private readonly int _patienceMs;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly WakeUp _wakeUp = new();
    private readonly ConcurrentQueue<(ClientId Client, ControlAnswer Answer)> _answers = new();
    private readonly List<ControlConnection> _clients = [];
    private readonly Thread _thread;
    private long _lastId;
    private long _acceptFromMs;
    private volatile bool _ended;

    /// <summary>Listens from now on. The caller has locked runDirectory: an old socket there is nobody's.</summary>
    /// <exception cref="IOException">There can be no socket of this name.</exception>
    public ControlServer(
        string runDirectory,
        ControlAccess access,
        ControlPorts ports,
        ILogger log,
        int patienceMs = ControlProtocol.ClientPatienceMs)
    {
        _patienceMs = patienceMs;
        _path = Path.Combine(runDirectory, ControlProtocol.SocketName);
        _access = access;
        _ports = ports;
        _log = log;
        Listen();
        _thread = new Thread(Serve) { Name = "control", IsBackground = true };
        _thread.Start();
    }

    /// <summary>From any thread; an answer to a client that is gone is dropped.</summary>
    public void Answer(ClientId client, CommandResult result) => Answer(client, ControlProtocol.AnswerOf(result));

    /// <inheritdoc cref="Answer(ClientId, CommandResult)"/>
    public void Answer(ClientId client, ControlAnswer answer)
    {
        _answers.Enqueue((client, answer));
        _wakeUp.Raise();
    }

    /// <summary>Writes what is queued, as far as clients take it at once, and closes everything.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            _wakeUp.Raise();
            _thread.Join();
            _listener.Dispose();
            File.Delete(_path);
            _wakeUp.Dispose();
        }
    }

    private void Listen()
    {
        if (Directory.Exists(_path))
        {
            throw new IOException($"{_path} is a directory, where the control socket should be; remove it");
        }

        try
        {
            File.Delete(_path);
            _listener.Bind(new UnixDomainSocketEndPoint(_path));
            _access.Share(_path);
            _listener.Listen(MostClients);
            _listener.Blocking = false;
        }
        catch (SocketException refused) when (refused.SocketErrorCode != SocketError.AccessDenied)
        {
            throw new IOException($"cannot listen on {_path}: {refused.Message}", refused);
        }
    }

    private void Serve()
    {
        var entries = new PollEntry[2 + MostClients];
        while (!_ended)
        {
            entries[0] = new PollEntry(_wakeUp.Descriptor, Kernel.PollIn);
            bool paused = Environment.TickCount64 < _acceptFromMs;
            entries[1] = new PollEntry(paused ? Nothing : (int)_listener.Handle, Kernel.PollIn);
            int known = _clients.Count;
            for (int i = 0; i < known; i++)
            {
                entries[2 + i] = _clients[i].Entry;
            }

            Kernel.Wait(entries.AsSpan(0, 2 + known), Patience());
            if (entries[0].Readable)
            {
                _wakeUp.Clear();
            }

            DeliverAnswers();
            for (int i = 0; i < known; i++)
            {
                Turn(_clients[i], entries[2 + i]);
            }

            DropTheFinished();
            if (entries[1].Readable)
            {
                Accept();
            }
        }

        DeliverAnswers();
        _clients.ForEach(client => client.Dispose());
    }

    /// <summary>Milliseconds until the first client is overdue or a pause ends; -1 when there is neither.</summary>
    private int Patience()
    {
        long now = Environment.TickCount64;
        long due = _acceptFromMs > now ? _acceptFromMs : long.MaxValue;
        due = _clients.Aggregate(due, (earliest, client) => Math.Min(earliest, client.DueMs));
        return due == long.MaxValue ? -1 : (int)Math.Max(0, due - now);
    }

    private void DeliverAnswers()
    {
        while (_answers.TryDequeue(out (ClientId Client, ControlAnswer Answer) next))
        {
            _clients.Find(client => client.Id == next.Client)?.Answer(next.Answer);
        }
    }

    private void Turn(ControlConnection client, PollEntry seen)
    {
        if (seen.Writable && !client.Over)
        {
            client.Write();
        }

        if (seen.Readable && !client.Over && client.Read() is { } request)
        {
            Serve(client, request);
        }
    }

    private void Serve(ControlConnection client, byte[] line)
    {
        if (Refusal(client, line, out ControlRequest? request) is { } refusal)
        {
            client.Answer(refusal);
        }
        else if (request!.Command == ControlProtocol.Reload)
        {
            LogCommand(_log, request.Command, client.Peer.Uid, client.Peer.Pid);
            _ports.Reload(client.Id);
        }
        else
        {
            Submit(client, request);
        }
    }

    private ControlAnswer? Refusal(ControlConnection client, byte[] line, out ControlRequest? request)
    {
        request = null;
        if (!_access.Permits(client.Peer))
        {
            return new ControlAnswer(
                ControlAnswer.Denied,
                $"only root and the members of the group {ControlAccess.GroupName} may command this daemon");
        }

        if (line.Length >= ControlProtocol.RequestLimitBytes)
        {
            return Refused($"a request has at most {ControlProtocol.RequestLimitBytes} bytes");
        }

        request = ControlProtocol.DecodeRequest(line, out string trouble);
        return request is null ? Refused(trouble) : null;
    }

    private void Submit(ControlConnection client, ControlRequest request)
    {
        Command? command = ControlProtocol.CommandOf(request, out string trouble);
        if (command is null)
        {
            client.Answer(Refused(trouble));
            return;
        }

        if (command is not Command.Status)
        {
            LogCommand(_log, command.Words(), client.Peer.Uid, client.Peer.Pid);
        }

        if (!_ports.Submit(client.Id, command))
        {
            client.Answer(Refused("the daemon is too busy, try again"));
        }
    }

    private void DropTheFinished()
    {
        long now = Environment.TickCount64;
        for (int i = _clients.Count - 1; i >= 0; i--)
        {
            if (_clients[i].Over || _clients[i].DueMs <= now)
            {
                _clients[i].Dispose();
                _clients.RemoveAt(i);
            }
        }
    }

    private void Accept()
    {
        Socket? socket = null;
        try
        {
            socket = _listener.Accept();
            var client = new ControlConnection(new ClientId(++_lastId), socket, _patienceMs);
            if (_clients.Count < MostClients)
            {
                _clients.Add(client);
                return;
            }

            client.Answer(Refused($"{MostClients} clients are connected already"));
            client.Dispose();
        }
        catch (SocketException)
        {
            // The client has gone again, or we are out of descriptors.
            socket?.Dispose();
            _acceptFromMs = Environment.TickCount64 + PauseMs;
        }
    }

    private static ControlAnswer Refused(string text) => new(ControlAnswer.Refused, text);

    [LoggerMessage(6100, LogLevel.Information, "command {Command} from uid {Uid}, pid {Pid}")]
    private static partial void LogCommand(ILogger log, string command, uint uid, int pid);
}
