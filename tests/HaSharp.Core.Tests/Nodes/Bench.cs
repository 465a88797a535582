using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Core.Tests.Nodes;

/// <summary>
/// A few nodes on one table: datagrams arrive at once unless a cable is cut, agents succeed at once unless told
/// otherwise, and time moves only when a test says so.
/// </summary>
internal sealed class Bench
{
    private readonly List<Effect> _effects = [];
    private readonly HashSet<(int From, int To)> _cut = [];
    private readonly Queue<(int Node, Input Input)> _pending = new();
    private long _clients;

    public Bench(int nodes, string[] groups, AutoFailback failback = AutoFailback.Off, AuthKeys? keys = null)
    {
        var config = MakeConfig(nodes, groups, failback);
        Config = keys is null ? config : config with { Keys = keys };
        for (var i = 0; i < nodes; i++)
        {
            Nodes.Add(null);
            Events.Add([]);
            Running.Add([]);
        }
    }

    public ClusterConfig Config { get; init; }

    public Instant Now { get; private set; } = Instant.FromSeconds(100);

    public List<ClusterNode?> Nodes { get; } = [];

    public List<List<ClusterEvent>> Events { get; } = [];

    /// <summary>Whether a neighbour answers for the addresses of a group when they are asked.</summary>
    public Func<GroupName, bool> AddressAnswered { get; set; } = static _ => false;

    /// <summary>What runs on each machine, by resource word.</summary>
    public List<SortedSet<string>> Running { get; } = [];

    public List<string> Actions { get; } = [];

    /// <summary>What rc.d is told on each machine: the type and the fields.</summary>
    public List<(int Node, string Script)> Scripts { get; } = [];

    public List<(int Node, ClientId Client, CommandResult Result)> Replies { get; } = [];

    /// <summary>Decides how a run ends; null means: as the truth is, and starts and stops succeed.</summary>
    public Func<int, Effect.RunAgent, AgentOutcome?> Agent { get; set; } = static (_, _) => null;

    /// <summary>What a stop could not end is not ended by force, either.</summary>
    public bool Unkillable { get; set; } = true;

    public HashSet<int> Ended { get; } = [];

    /// <summary>What each machine has on its disk for its next start.</summary>
    public Dictionary<int, string> Kept { get; } = [];

    /// <summary>Monitors that were asked for: node, resource.</summary>
    public List<string> Monitors { get; } = [];

    /// <summary>How each check ends, by machine and name; a check that is not here passes.</summary>
    public HashSet<(int Node, string Check)> FailingChecks { get; } = [];

    /// <summary>Names of the ping nodes that answer.</summary>
    public HashSet<string> Answering { get; } = [];

    /// <summary>Somebody who listens on the wire: the node's number and its datagram.</summary>
    public Action<int, ReadOnlyMemory<byte>> Wiretap { get; set; } = static (_, _) => { };

    public static ClusterConfig MakeConfig(int nodes, string[] groups, AutoFailback failback) => new()
    {
        Nodes = [.. Enumerable.Range(1, nodes).Select(static i => new NodeName($"node{i}"))],
        Keepalive = TimeSpan.FromSeconds(1),
        Deadtime = TimeSpan.FromSeconds(5),
        Warntime = TimeSpan.FromSeconds(3),
        Initdead = TimeSpan.FromSeconds(10),
        AutoFailback = failback,
        Links = [new LinkConfig.Bcast(new LinkName("eth0"), "eth0", 694)],
        Groups = [.. groups.Select(static line =>
        {
            var words = line.Split(' ');
            return new GroupConfig(
                new GroupName(words[1]),
                new NodeName(words[0]),
                [.. words.Skip(1).Select(static word => new Resource(word, word, []))]);
        })],
        Keys = new AuthKeys(1, [new AuthKey(1, AuthMethod.Crc, default)]),
        Recovery = new RecoveryConfig { FailedStop = FailedStop.Fence },
        Digest = 1,
    };

    public Bench Start(params int[] numbers)
    {
        foreach (var number in numbers)
        {
            var uuid = new byte[16];
            uuid[0] = (byte)number;
            var generation = new Generation(1_000_000 + (Now.Nanoseconds / 1_000_000));
            Nodes[number - 1] = new ClusterNode(
                Config,
                new NodeIdentity(
                    Config.Nodes[number - 1], uuid, generation, 1_700_000_000 + (Now.Nanoseconds / 1_000_000_000),
                    Now, [])
                {
                    Kept = Kept.GetValueOrDefault(number, ""),
                });
            Ended.Remove(number);
        }

        foreach (var number in numbers)
        {
            Give(number, Input.TimePassed.Instance);
        }

        return this;
    }

    /// <summary>The machine loses power: the daemon and all that ran are gone.</summary>
    public void PowerCut(int number)
    {
        Nodes[number - 1] = null;
        Running[number - 1].Clear();
    }

    /// <summary>Only the daemon is gone.</summary>
    public void Kill(int number) => Nodes[number - 1] = null;

    public void Cut(int from, int to) => _cut.Add((from - 1, to - 1));

    public void CutBoth(int a, int b)
    {
        Cut(a, b);
        Cut(b, a);
    }

    public void Heal() => _cut.Clear();

    public void Run(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            var next = end;
            foreach (var node in Nodes)
            {
                next = node is null ? next : Instant.Earlier(next, node.NextDeadline);
            }

            Now = Instant.Later(Now, next);
            for (var i = 0; i < Nodes.Count; i++)
            {
                if (Nodes[i] is { } node && node.NextDeadline <= Now)
                {
                    Give(i + 1, Input.TimePassed.Instance);
                }
            }

            if (next >= end)
            {
                return;
            }
        }
    }

    /// <summary>Time passes while a node does not run; the others go on.</summary>
    public void Sleep(int number, double seconds)
    {
        var node = Nodes[number - 1];
        Nodes[number - 1] = null;
        Run(seconds);
        Nodes[number - 1] = node;
        Give(number, Input.TimePassed.Instance);
    }

    public ClientId Ask(int number, Command command)
    {
        var client = new ClientId(++_clients);
        Give(number, new Input.CommandReceived(client, command));
        return client;
    }

    public CommandResult LastReply(ClientId client) => Replies.Last(reply => reply.Client == client).Result;

    public StatusReport Status(int number) => Nodes[number - 1]!.Snapshot(Now);

    /// <summary>Where a resource runs: node numbers, joined by a blank.</summary>
    public string Where(string resource) => string.Join(
        ' ', Enumerable.Range(1, Nodes.Count).Where(number => Running[number - 1].Contains(resource)));

    public void Give(int number, Input input)
    {
        _pending.Enqueue((number - 1, input));
        while (_pending.TryDequeue(out var next))
        {
            if (Nodes[next.Node] is { } node && !Ended.Contains(next.Node + 1))
            {
                _effects.Clear();
                node.Step(next.Input, Now, _effects);
                foreach (var effect in _effects.ToArray())
                {
                    Do(next.Node, effect);
                }
            }
        }
    }

    private void Do(int index, Effect effect)
    {
        switch (effect)
        {
            case Effect.SendDatagram datagram:
                Wiretap(index + 1, datagram.Bytes);
                for (var other = 0; other < Nodes.Count; other++)
                {
                    if (other != index && !_cut.Contains((index, other)))
                    {
                        _pending.Enqueue((other, new Input.DatagramReceived(new LinkName("eth0"), datagram.Bytes)));
                    }
                }

                break;
            case Effect.RunAgent run:
                (run.Action == AgentAction.Monitor ? Monitors : Actions)
                    .Add($"node{index + 1} {run.Resource.Text} {run.Action}");

                _pending.Enqueue((index, new Input.AgentFinished(run.Run, Outcome(index, run))));
                break;
            case Effect.SendPing ping when Answering.Contains(ping.Node.Name.Text):
                _pending.Enqueue((index, new Input.PingReplied(ping.Node.Name)));
                break;
            case Effect.Report report:
                Events[index].Add(report.Event);
                break;
            case Effect.Reply reply:
                Replies.Add((index + 1, reply.Client, reply.Result));
                break;
            case Effect.Announce announce:
                Actions.Add($"node{index + 1} {announce.Group} Announce");
                break;
            case Effect.RunEventScript script:
                var fields = script.Fields.Select(static field => $"{field.Name}={field.Value}");
                Scripts.Add((index + 1, $"{script.Type}: {string.Join(' ', fields)}"));
                break;
            case Effect.Leave:
                Ended.Add(index + 1);
                Nodes[index] = null;
                break;
            default:
                DoForLater(index, effect);
                break;
        }
    }

    private void DoForLater(int index, Effect effect)
    {
        switch (effect)
        {
            case Effect.Keep keep:
                Kept[index + 1] = keep.Text;
                break;
            case Effect.AskNeighbours ask:
                _pending.Enqueue((index, new Input.NeighboursAsked(ask.Group)));
                if (!AddressAnswered(ask.Group))
                {
                    break;
                }

                _pending.Enqueue((index, new Input.AddressContested(ask.Group, ask.Addresses[0].Text, "52:54:00:1")));
                break;
            case Effect.RunCheck check:
                var passes = !FailingChecks.Contains((index + 1, check.Check.Name));
                _pending.Enqueue((index, new Input.CheckFinished(check.Run, passes, passes ? "" : "exit code 1")));
                break;
            default:
                break;
        }
    }

    private AgentOutcome Outcome(int index, Effect.RunAgent run)
    {
        if (Agent(index + 1, run) is { } told)
        {
            return told;
        }

        var word = run.Resource.Text;
        switch (run.Action)
        {
            case AgentAction.Status or AgentAction.Monitor:
                return Running[index].Contains(word) ? AgentOutcome.Ok : AgentOutcome.NotRunning;
            case AgentAction.Start:
                Running[index].Add(word);
                return AgentOutcome.Ok;
            case AgentAction.Kill when Unkillable:
                return AgentOutcome.Failed("it cannot be killed");
            default:
                Running[index].Remove(word);
                return AgentOutcome.Ok;
        }
    }
}
