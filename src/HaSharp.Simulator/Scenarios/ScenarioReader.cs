// Reads a scenario file: one statement per line, '#' begins a remark, a line of dashes begins the expected trace.
//
//   cluster node1 node2          the nodes, in order (the node lines of ha.cf)
//   node2 runs heartbeat         heartbeat 3.0.6 instead of HaSharp
//   ha.cf deadtime 5             any other line of ha.cf; without a medium: bcast eth0
//   haresources node1 web        a line of haresources
//   authkeys 1 sha1 secret       the key; without it: 1 crc
//   seed 7                       of all chance; 1 if absent
//   agents 100ms 2s              how long agents take (shortest, longest); 100ms if absent
//   clocks 1ms 100               a node is called up to 1 ms late; clocks drift by up to 100 ppm
//   echo                         a sender hears itself
//   at 5s power-cut node1        what is done (Deed) and when
//   trace 10s                    the trace begins there; at the beginning if absent
//   run 60s                      when it ends
//
// Invariant: either a scenario, or at least one problem; every problem names its line.

using System.Text;
using HaSharp.Core;
using HaSharp.Core.Config;

namespace HaSharp.Simulator.Scenarios;

/// <summary>What a text says. Scenario is null exactly when there are problems.</summary>
public sealed record ScenarioResult(Scenario? Scenario, IReadOnlyList<string> Problems);

public sealed class ScenarioReader
{
    private static readonly string[] _media = ["bcast", "ucast", "mcast", "ucast6", "mcast6", "udp"];

    private readonly string _name;
    private readonly List<string> _problems = [];
    private readonly List<string> _preamble = [];
    private readonly List<PlannedDeed> _deeds = [];
    private readonly List<NodeName> _heartbeats = [];
    private readonly StringBuilder _haCf = new();
    private readonly StringBuilder _haresources = new();
    private string _authKeys = "auth 1\n1 crc\n";
    private bool _hasMedium;
    private bool _echo;
    private long _seed = 1;
    private AgentHabits _agents = new();
    private TimeSpan _latency;
    private int _driftPpm;
    private TimeSpan _traceFrom;
    private TimeSpan _end;
    private int _line;

    private ScenarioReader(string name) => _name = name;

    /// <param name="name">Of the file, for the problems.</param>
    public static ScenarioResult Read(string name, string text)
    {
        ScenarioReader reader = new(name);
        string expected = reader.ReadLines(text.Split('\n'));
        return reader.Finish(expected);
    }

    /// <summary>Reads up to the dashes; what follows is the expected trace.</summary>
    private string ReadLines(string[] lines)
    {
        foreach (string line in lines)
        {
            _line++;
            string statement = line.Split('#')[0].Trim();
            if (statement.StartsWith("---", StringComparison.Ordinal))
            {
                return string.Join('\n', lines[_line..]);
            }

            int gap = statement.IndexOf(' ', StringComparison.Ordinal);
            string verb = gap < 0 ? statement : statement[..gap];
            string rest = gap < 0 ? "" : statement[(gap + 1)..].Trim();
            if (verb.Length > 0 && !ReadCourse(verb, rest))
            {
                _preamble.Add(statement);
                ReadCluster(verb, rest);
            }
        }

        return "";
    }

    private bool ReadCourse(string verb, string rest)
    {
        switch (verb)
        {
            case "at":
                string[] words = rest.Split(' ', 2, StringSplitOptions.TrimEntries);
                if (words.Length == 2 && Duration.TryParse(words[0], out TimeSpan at))
                {
                    ReadDeeds(at, words[1]);
                }
                else
                {
                    Problem("write: at TIME DEED");
                }

                return true;
            case "run":
                if (!Duration.TryParse(rest, out _end))
                {
                    Problem("write: run TIME");
                }

                return true;
            default:
                return false;
        }
    }

    private void ReadDeeds(TimeSpan at, string text)
    {
        (IReadOnlyList<Deed> deeds, string? problem) = DeedReader.Read(text);
        foreach (Deed deed in deeds)
        {
            _deeds.Add(new PlannedDeed(at, deed));
        }

        if (problem is not null)
        {
            Problem(problem);
        }
    }

    private void ReadCluster(string verb, string rest)
    {
        string[] words = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (verb)
        {
            case "cluster":
                _haCf.Append("node ").Append(rest).Append('\n');
                break;
            case "ha.cf":
                _hasMedium |= words.Length > 0 && _media.Contains(words[0]);
                _haCf.Append(rest).Append('\n');
                break;
            case "haresources":
                _haresources.Append(rest).Append('\n');
                break;
            case "authkeys" when words.Length > 1:
                _authKeys = $"auth {words[0]}\n{rest}\n";
                break;
            case "echo":
                _echo = true;
                break;
            case not "cluster" when words is ["runs", "heartbeat"]:
                _heartbeats.Add(new NodeName(verb));
                break;
            case "trace" when words.Length == 1 && Duration.TryParse(words[0], out _traceFrom):
                break;
            default:
                ReadNumbers(verb, words);
                break;
        }
    }

    private void ReadNumbers(string verb, string[] words)
    {
        switch (verb)
        {
            case "seed" when words.Length == 1 && long.TryParse(words[0], out _seed):
                break;
            case "agents" when words.Length == 2
                && Duration.TryParse(words[0], out TimeSpan shortest)
                && Duration.TryParse(words[1], out TimeSpan longest):
                _agents = new AgentHabits { Shortest = shortest, Longest = longest };
                break;
            case "clocks" when words.Length == 2
                && Duration.TryParse(words[0], out _latency)
                && int.TryParse(words[1], out _driftPpm) && _driftPpm is >= 0 and <= 500:
                break;
            default:
                Problem($"no statement of a scenario: {verb} {string.Join(' ', words)}".TrimEnd());
                break;
        }
    }

    private ScenarioResult Finish(string expected)
    {
        if (!_hasMedium)
        {
            _haCf.Append("bcast eth0\n");
        }

        ConfigResult read = ConfigReader.Read(new ConfigSources
        {
            HaCf = _haCf.ToString(),
            Haresources = _haresources.ToString(),
            AuthKeys = Encoding.UTF8.GetBytes(_authKeys),
        });
        foreach (ConfigProblem problem in read.Problems)
        {
            if (problem.Severity == ProblemSeverity.Error)
            {
                _problems.Add($"{_name}: {problem}");
            }
        }

        _line = 0;
        if (_end == TimeSpan.Zero)
        {
            Problem("it has no line: run TIME");
        }

        if (read.Config is null || _problems.Count > 0)
        {
            return new ScenarioResult(null, _problems);
        }

        CheckNames(read.Config);
        CheckHeartbeats(read.Config);
        return _problems.Count > 0
            ? new ScenarioResult(null, _problems)
            : new ScenarioResult(Build(read.Config, expected), []);
    }

    private Scenario Build(ClusterConfig config, string expected) => new()
    {
        World = new WorldPlan
        {
            Config = config,
            Seed = _seed,
            Agents = _agents,
            WakeLatency = _latency,
            DriftPpm = _driftPpm,
            Echo = _echo,
            Heartbeats = _heartbeats,
        },
        Preamble = _preamble,
        TraceFrom = _traceFrom,
        Deeds = _deeds,
        End = _end,
        Expected = expected,
    };

    /// <summary>A scenario with a misspelt node would silently do nothing.</summary>
    private void CheckNames(ClusterConfig config)
    {
        HashSet<string> known = [.. config.Nodes.Select(static node => node.Text)];
        HashSet<string> links = [.. config.Links.Select(static link => link.Name.Text)];
        foreach (PlannedDeed planned in _deeds)
        {
            foreach (NodeName node in DeedReader.NodesOf(planned.Deed))
            {
                if (!known.Contains(node.Text))
                {
                    _problems.Add($"{_name}: {planned}: no node of the cluster: {node}");
                }
            }

            if (DeedReader.LinkOf(planned.Deed) is { } link && !links.Contains(link.Text))
            {
                _problems.Add($"{_name}: {planned}: no link of the cluster: {link}");
            }
        }
    }

    private void CheckHeartbeats(ClusterConfig config)
    {
        foreach (NodeName node in _heartbeats)
        {
            if (!config.Nodes.Contains(node))
            {
                Problem($"no node of the cluster: {node}");
            }
        }

        if (_heartbeats.Count > 0 && (config.Nodes.Count > 2 || config.AutoFailback == AutoFailback.Legacy))
        {
            Problem("a cluster with heartbeat machines has two nodes and auto_failback on or off");
        }
    }

    private void Problem(string text) =>
        _problems.Add(_line == 0 ? $"{_name}: {text}" : FormattableString.Invariant($"{_name}:{_line}: {text}"));
}
