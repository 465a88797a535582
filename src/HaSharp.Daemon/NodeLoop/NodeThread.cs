// The one thread that touches the ClusterNode, and the whole path of a heartbeat: poll, receive, Step, send.
// The idea: it waits in one place, for a timer on CLOCK_BOOTTIME that stands at the node's next deadline, for the
// inbox, and for every open link; everything else that the node wants is handed to a port that returns at once.
// Each turn takes what has arrived before it lets time pass, so that a heartbeat which waits in a socket counts before
// anybody is judged by its silence.
// Invariant: no lock that others hold while they do anything, no disk, no log, no name server, no process.

using HaSharp.Core;
using HaSharp.Core.Wire;
using HaSharp.Daemon.Host;
using HaSharp.Daemon.Links;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.NodeLoop;

public sealed class NodeThread : IDisposable
{
    /// <summary>Larger than any UDP datagram.</summary>
    private const int BufferBytes = 65_536;

    /// <summary>Bounds of one turn: whatever floods us, time passes and the inbox is looked at.</summary>
    private const int DatagramsPerTurn = 512;
    private const int LettersPerTurn = 256;

    private readonly ClusterNode _node;
    private readonly Inbox _inbox;
    private readonly NodePorts _ports;
    private readonly EventLog _log;
    private readonly LinkSet _links;
    private readonly List<Effect> _effects = new(64);
    private readonly byte[] _buffer = GC.AllocateArray<byte>(BufferBytes, pinned: true);
    private readonly int _timer = Kernel.OpenTimer();
    private PollEntry[] _waitFor = [];
    private OpenLink[] _watched = [];
    private ReadOnlyMemory<byte> _lastSent;
    private Instant _armedFor = Instant.Never;
    private Instant _nextAlive;
    private bool _silent = true;
    private bool? _left;

    public NodeThread(ClusterNode node, Inbox inbox, NodePorts ports, EventLog log)
    {
        _node = node;
        _inbox = inbox;
        _ports = ports;
        _log = log;
        _links = new LinkSet(log, ports.LinkLost);
    }

    /// <summary>
    /// Runs the node on the calling thread until it has left the cluster. True: everything was released; false: a
    /// resource could not be stopped.
    /// </summary>
    public bool Run()
    {
        Step(Input.TimePassed.Instance);
        while (_left is null)
        {
            WatchLinks();
            ArmTimer();
            Kernel.Wait(_waitFor, -1);
            TakeDatagrams();
            TakeLetters();
            LetTimePass();
        }

        return _left.Value;
    }

    public void Dispose()
    {
        _links.Dispose();
        Kernel.Close(_timer);
    }

    private void WatchLinks()
    {
        if (!_links.Changed)
        {
            return;
        }

        _watched = _links.ToArray();
        _waitFor =
        [
            new PollEntry(_timer, Kernel.PollIn),
            new PollEntry(_inbox.Descriptor, Kernel.PollIn),
            .. _watched.Select(link => new PollEntry(link.Descriptor, Kernel.PollIn)),
        ];
    }

    private void ArmTimer()
    {
        Instant due = _ports.Alive is null ? _node.NextDeadline : Instant.Earlier(_node.NextDeadline, _nextAlive);
        if (due != _armedFor)
        {
            Kernel.ArmTimer(_timer, due.Nanoseconds);
            _armedFor = due;
        }
    }

    /// <summary>One datagram of each link in turn, so that a flooded link does not starve the others.</summary>
    private void TakeDatagrams()
    {
        int left = DatagramsPerTurn;
        bool more = true;
        while (more && left > 0)
        {
            more = false;
            for (int i = 0; i < _watched.Length; i++)
            {
                ref PollEntry entry = ref _waitFor[2 + i];
                if (entry.Readable && TakeDatagram(_watched[i]))
                {
                    more = true;
                    left--;
                }
                else
                {
                    entry.Seen = 0;
                }
            }
        }
    }

    /// <summary>False when nothing waits, or the link has been given up.</summary>
    private bool TakeDatagram(OpenLink link)
    {
        if (link.Descriptor < 0)
        {
            return false;
        }

        int count = link.Receive(_buffer, out LinkName name);
        if (count >= 0)
        {
            // A broadcast comes back to its sender; to check our own digest costs as much as a peer's.
            Memory<byte> bytes = _buffer.AsMemory(0, Math.Min(count, BufferBytes));
            if (!bytes.Span.SequenceEqual(_lastSent.Span))
            {
                Step(new Input.DatagramReceived(name, bytes));
            }

            return true;
        }

        if (count != -LinkSet.Again)
        {
            _links.Failed(link, -count);
        }

        return false;
    }

    private void TakeLetters()
    {
        if (!_waitFor[1].Readable)
        {
            return;
        }

        _inbox.ClearWakeUp();
        int left = LettersPerTurn;
        while (left-- > 0 && _inbox.TryTake(out Letter? letter))
        {
            Take(letter);
        }

        if (left < 0)
        {
            // The rest has to wake us as well, after time was allowed to pass.
            _inbox.WakeUp();
        }
    }

    private void Take(Letter letter)
    {
        switch (letter)
        {
            case Letter.ForNode forNode:
                Step(forNode.Input);
                break;
            case Letter.LinkOpened opened:
                _links.Add(opened.Link);
                Step(new Input.LinkChanged(opened.Link.Name, null));
                break;
            case Letter.LinkTroubled troubled:
                _links.Remove(troubled.Link);
                Step(new Input.LinkChanged(troubled.Link, troubled.Reason));
                break;
            case Letter.LinkRemoved removed:
                _links.Remove(removed.Link);
                break;
        }
    }

    private void LetTimePass()
    {
        if (_waitFor[0].Readable)
        {
            Kernel.Clear(_timer);
            _armedFor = Instant.Never;
        }

        Instant now = BootClock.Now;
        if (now >= _node.NextDeadline)
        {
            Step(Input.TimePassed.Instance);
        }

        if (_ports.Alive is { } alive && now >= _nextAlive)
        {
            _nextAlive = now + _ports.AliveEvery;
            alive();
        }
    }

    private void Step(Input input)
    {
        if (_left is not null)
        {
            return;
        }

        _node.Step(input, BootClock.Now, _effects);
        for (int i = 0; i < _effects.Count; i++)
        {
            CarryOut(_effects[i]);
        }

        _effects.Clear();
    }

    private void Send(ReadOnlyMemory<byte> bytes)
    {
        bool first = _silent && !_links.IsEmpty;
        _lastSent = bytes;
        _links.Send(bytes.Span);
        if (first)
        {
            _silent = false;
            _ports.Spoken?.Invoke();
        }
    }

    private void CarryOut(Effect effect)
    {
        switch (effect)
        {
            case Effect.SendDatagram datagram:
                Send(datagram.Bytes);
                break;
            case Effect.SendPing ping:
                _ports.SendPing(ping);
                break;
            case Effect.RunAgent run:
                _ports.RunAgent(run);
                break;
            case Effect.AskNeighbours question:
                _ports.AskNeighbours(question);
                break;
            case Effect.Announce announce:
                _ports.Announce(announce);
                break;
            case Effect.Reply reply:
                _ports.Reply(reply.Client, reply.Result);
                break;
            case Effect.Report report:
                _log.Report(report.Event);
                _ports.Notify(report.Event);
                break;
            case Effect.RunEventScript script:
                _ports.RunEventScript(script, _node.Role == Role.Joining ? NodeStatus.Up : NodeStatus.Active);
                break;
            case Effect.Remember remember:
                _ports.Remember(remember.Marks);
                break;
            case Effect.Keep keep:
                _ports.Keep(keep.Text);
                break;
            case Effect.RunCheck check:
                _ports.RunCheck(check);
                break;
            case Effect.Leave leave:
                _left = leave.Clean;
                break;
            default:
                Invariant.Holds(false, $"the loop carries out {effect.GetType().Name}");
                break;
        }
    }
}
