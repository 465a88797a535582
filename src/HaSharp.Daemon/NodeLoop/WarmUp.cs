// Compiles the core before it counts: two nodes that exist nowhere live through a start, a standby, a takeover, the
// death of one and a stop, in memory and in virtual time.
// The idea: without it the first real takeover would wait for the compiler, and that costs more than the takeover.

using System.Diagnostics;
using System.Runtime;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Control;

namespace HaSharp.Daemon.NodeLoop;

public static class WarmUp
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(1);

    /// <summary>The background compiler waits for 100 ms in which nothing new is called.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(300);

    /// <summary>Touches nothing outside this process.</summary>
    /// <param name="keys">The real keys, so that the method in use is compiled.</param>
    /// <returns>What the two nodes reported, in order.</returns>
    public static IReadOnlyList<string> Run(AuthKeys keys)
    {
        var first = new NodeName("first");
        var second = new NodeName("second");
        var link = new LinkName("none");
        Resource[] resources = [new("192.0.2.1", "IPaddr", ["192.0.2.1"]), new("service", "service", [])];
        var config = new ClusterConfig
        {
            Nodes = [first, second],
            Links = [new LinkConfig.Bcast(link, "none", 694)],
            Groups = [new GroupConfig(new GroupName("192.0.2.1"), first, resources)],
            Keys = keys,
            Digest = 1,
            AutoFailback = AutoFailback.On,
        };
        var world = new World(config, link);
        world.LetPass(TimeSpan.FromSeconds(5));
        world.Tell(0, new Command.Standby(new Scope.All(), TimeSpan.FromSeconds(60)));
        world.LetPass(TimeSpan.FromSeconds(3));
        world.Tell(0, new Command.Takeover(new Scope.All(), TimeSpan.FromSeconds(60)));
        world.LetPass(TimeSpan.FromSeconds(3));
        world.Tell(0, new Command.Status());
        world.Kill(0);
        world.LetPass(config.Deadtime + TimeSpan.FromSeconds(5));
        world.Tell(1, new Command.Status());
        world.Tell(1, new Command.Stop());
        world.LetPass(TimeSpan.FromSeconds(3));
        return world.Reports;
    }

    /// <summary>
    /// Waits until the compiler is at rest: what was called often is compiled once more, better, in the background, and
    /// on a slow machine that takes longer than all before.
    /// </summary>
    /// <param name="end">Whoever waits for this gives up.</param>
    public static void AwaitRest(TimeSpan longest, Task end)
    {
        long begun = Stopwatch.GetTimestamp();
        long methods;
        do
        {
            methods = JitInfo.GetCompiledMethodCount();
        }
        while (!end.Wait(Rest) && methods != JitInfo.GetCompiledMethodCount()
            && Stopwatch.GetElapsedTime(begun) < longest);
    }

    /// <summary>Two nodes on one link without loss; every agent does what it is asked at once.</summary>
    private sealed class World
    {
        private static readonly Instant Start = Instant.FromSeconds(1000);

        private readonly LinkName _link;
        private readonly ClusterNode[] _nodes;
        private readonly HashSet<(int Node, string Resource)> _running = [];
        private readonly PriorityQueue<(int Node, Input Input), Instant> _due = new();
        private readonly List<Effect> _effects = [];
        private readonly bool[] _gone = new bool[2];
        private Instant _now = Start;

        public World(ClusterConfig config, LinkName link)
        {
            _link = link;
            _nodes = [.. config.Nodes.Select((name, i) => new ClusterNode(config, new NodeIdentity(
                name, new byte[] { (byte)i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 }, new Generation(1), 0,
                Start, [])))];
            for (int i = 0; i < _nodes.Length; i++)
            {
                Step(i, new Input.LinkChanged(link, null));
            }
        }

        public List<string> Reports { get; } = [];

        public void Kill(int node) => _gone[node] = true;

        public void Tell(int node, Command command) => Step(node, new Input.CommandReceived(new ClientId(1), command));

        public void LetPass(TimeSpan span)
        {
            Instant end = _now + span;
            while (Next() is var next && next <= end)
            {
                _now = Instant.Later(_now, next);
                while (_due.TryPeek(out (int Node, Input Input) what, out Instant at) && at <= _now)
                {
                    _due.Dequeue();
                    Step(what.Node, what.Input);
                }

                for (int i = 0; i < _nodes.Length; i++)
                {
                    if (!_gone[i] && _nodes[i].NextDeadline <= _now)
                    {
                        Step(i, Input.TimePassed.Instance);
                    }
                }
            }

            _now = end;
        }

        private Instant Next()
        {
            Instant next = _due.TryPeek(out _, out Instant at) ? at : Instant.Never;
            for (int i = 0; i < _nodes.Length; i++)
            {
                next = _gone[i] ? next : Instant.Earlier(next, _nodes[i].NextDeadline);
            }

            return next;
        }

        private void Step(int node, Input input)
        {
            if (_gone[node])
            {
                return;
            }

            _nodes[node].Step(input, _now, _effects);
            foreach (Effect effect in _effects)
            {
                CarryOut(node, effect);
            }

            _effects.Clear();
        }

        private void CarryOut(int node, Effect effect)
        {
            switch (effect)
            {
                case Effect.SendDatagram datagram:
                    _due.Enqueue(
                        (1 - node, new Input.DatagramReceived(_link, datagram.Bytes.ToArray())), _now + Delay);
                    break;
                case Effect.RunAgent run:
                    _due.Enqueue((node, new Input.AgentFinished(run.Run, Run(node, run))), _now + Delay);
                    break;
                case Effect.Reply reply:
                    _ = ControlProtocol.Encode(ControlProtocol.AnswerOf(reply.Result));
                    break;
                case Effect.Report report:
                    Reports.Add(report.Event.ToString());
                    break;
                case Effect.Leave:
                    _gone[node] = true;
                    break;
            }
        }

        private AgentOutcome Run(int node, Effect.RunAgent run)
        {
            (int, string) here = (node, run.Resource.Text);
            switch (run.Action)
            {
                case AgentAction.Start:
                    _running.Add(here);
                    return AgentOutcome.Ok;
                case AgentAction.Stop:
                    _running.Remove(here);
                    return AgentOutcome.Ok;
                default:
                    return _running.Contains(here) ? AgentOutcome.Ok : AgentOutcome.NotRunning;
            }
        }
    }
}
