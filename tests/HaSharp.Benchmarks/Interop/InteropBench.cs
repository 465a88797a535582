// Moves between HaSharp and a real heartbeat 3.0.6 beside those of a pair of heartbeats, in one run with the same
// settings. The pairs live at the same time, because heartbeat takes its time to start; but one alone does something.

using System.Globalization;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks.Interop;

public static class InteropBench
{
    private const string Timing = "keepalive 200ms\ndeadtime 1\nwarntime 500ms\ninitdead 5\n";

    /// <param name="hasharp">The program under test.</param>
    public static void Run(string hasharp, int runs)
    {
        var gate = new Lock();
        var all = new Figures();
        var pairs = new (Kind First, Kind Second, string AutoFailback)[]
        {
            (Kind.Heartbeat, Kind.Heartbeat, "off"),
            (Kind.HaSharp, Kind.Heartbeat, "off"),
            (Kind.Heartbeat, Kind.Heartbeat, "on"),
            (Kind.HaSharp, Kind.Heartbeat, "on"),
            (Kind.Heartbeat, Kind.HaSharp, "on"),
        };
        var troubles = new Exception?[pairs.Length];
        var threads = pairs.Select((pair, i) => new Thread(() =>
        {
            try
            {
                using var bench = new PairBench(hasharp, pair.First, pair.Second, pair.AutoFailback, gate, all);
                bench.Play(runs);
            }
            catch (Exception e) when (e is ClusterException or LabException)
            {
                troubles[i] = e;
                Console.Error.WriteLine($"{pair.First} and {pair.Second}: {e.Message}");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        all.Print();
        if (troubles.FirstOrDefault(trouble => trouble is not null) is { } first)
        {
            throw new ClusterException(first.Message, first);
        }
    }

    /// <summary>What was measured, by what was done and the direction of the move.</summary>
    private sealed class Figures
    {
        private static readonly string[] Deeds = ["standby", "takeover", "clean stop", "failback", "power cut", Part];
        private readonly SortedDictionary<string, List<double>> _values = new(StringComparer.Ordinal);

        public const string Part = "power cut: from dead to answer";

        public void Add(string deed, Kind from, Kind to, TimeSpan value)
        {
            lock (_values)
            {
                var name = $"{deed}, {from} to {to}";
                if (!_values.TryGetValue(name, out var list))
                {
                    _values[name] = list = [];
                }

                list.Add(value.TotalMilliseconds);
            }
        }

        public void Print()
        {
            foreach (var deed in Deeds)
            {
                foreach (var (name, values) in _values.Where(
                    pair => pair.Key.StartsWith(deed + ",", StringComparison.Ordinal)))
                {
                    var goal = deed == Part ? "median <= 50"
                        : name.Contains("HaSharp", StringComparison.Ordinal) ? "no more than heartbeat" : "";
                    Table.Row(name.Replace("Heartbeat", "heartbeat", StringComparison.Ordinal), "ms", values, goal);
                }
            }
        }
    }

    private sealed class PairBench : IDisposable
    {
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

        /// <summary>Heartbeat announces a longer deadtime in its first five seconds.</summary>
        private static readonly TimeSpan Grace = TimeSpan.FromSeconds(7);

        private readonly MixedCluster _cluster;
        private readonly Lock _gate;
        private readonly Figures _figures;

        public PairBench(
            string hasharp, Kind first, Kind second, string autoFailback, Lock gate, Figures figures)
        {
            var files = new MixedFiles("bcast", "sha1", "classic", autoFailback) { Timing = Timing, TwoGroups = false };
            _cluster = new MixedCluster(files, first, second, hasharp);
            _gate = gate;
            _figures = figures;
        }

        private bool IsFailback => _cluster.Files.AutoFailback == "on";

        public void Play(int runs)
        {
            try
            {
                PlayAll(runs);
            }
            catch (ClusterException e)
            {
                throw new ClusterException($"{e.Message}\n{_cluster.Describe()}", e);
            }
        }

        public void Dispose() => _cluster.Dispose();

        private void PlayAll(int runs)
        {
            lock (_gate)
            {
                foreach (var member in _cluster.Members)
                {
                    member.Start();
                }
            }

            AwaitServed(_cluster[1]);
            for (var run = 0; run < runs; run++)
            {
                if (IsFailback)
                {
                    PlayFailback();
                }
                else
                {
                    PlayMoves(run);
                }
            }
        }

        private void PlayMoves(int run)
        {
            foreach (var owner in _cluster.Members)
            {
                Move("standby", owner, () => owner.Standby("all"));
            }

            foreach (var owner in _cluster.Members)
            {
                Move("takeover", owner, () => _cluster.OtherThan(owner).Takeover("all"));
            }

            foreach (var owner in _cluster.Members)
            {
                Move("clean stop", owner, owner.Stop);
                Rejoin(owner);
            }

            foreach (var owner in _cluster.Members)
            {
                // Not always at the same moment of the keepalive's period.
                Thread.Sleep(Grace + TimeSpan.FromMilliseconds(37 * run));
                Move("power cut", owner, () => _cluster.PowerOff(owner));
                Rejoin(owner);
            }
        }

        private void PlayFailback()
        {
            var (preferred, other) = (_cluster[1], _cluster[2]);
            Thread.Sleep(Grace);
            lock (_gate)
            {
                _cluster.PowerOff(preferred);
                AwaitServed(other);
            }

            Move("failback", other, () =>
            {
                _cluster.Boot(preferred);
                preferred.Start();
            });
        }

        private void Move(string deed, Member owner, Action act)
        {
            var other = _cluster.OtherThan(owner);
            AwaitServed(owner);
            lock (_gate)
            {
                var begun = Clock.Now;
                act();
                AwaitServed(other);
                var changes = AnswerLog.Changes(_cluster.First.Client.Log.Since(begun));
                if (changes is not [var change] || _cluster.First.Watch.MostHoldersSince(begun) > 1)
                {
                    throw new ClusterException(
                        $"{deed} from {owner.Name}: {changes.Count} changes of the node that answers");
                }

                _figures.Add(deed, owner.Kind, other.Kind, change.Gap);
                if (deed == "power cut" && other is HaSharpMember ours)
                {
                    var part = change.First.At - DeclaredDead(ours, owner.Name);
                    _figures.Add(Figures.Part, owner.Kind, other.Kind, part);
                }
            }
        }

        private void Rejoin(Member member)
        {
            var other = _cluster.OtherThan(member);
            lock (_gate)
            {
                _cluster.Boot(member);
                member.Start();
                MixedCluster.AwaitAnswer(
                    $"{other.Name} sees {member.Name} as active", () => other.StatusOf(member.Name) == "active", Limit);
            }

            MixedCluster.AwaitAnswer("both are stable", () => IsStable(member) && IsStable(other), Limit);
        }

        /// <summary>Until this node serves, and both say so if both run.</summary>
        private void AwaitServed(Member owner)
        {
            _cluster.AwaitServed(owner.Name, "nobody", Limit);
            MixedCluster.AwaitAnswer(
                "every node that runs is stable",
                () => _cluster.Members.Where(member => member.Runs).All(IsStable), Limit);
        }

        private static bool IsStable(Member member) => member.Holdings is not null and not "transition";

        /// <summary>When the log says that a node is dead, by Clock.</summary>
        private static TimeSpan DeclaredDead(HaSharpMember member, string name)
        {
            var offset = DateTime.Now.TimeOfDay - Clock.Now;
            var line = member.Log.Last(line => line.Contains($"node {name}: is dead", StringComparison.Ordinal));
            return TimeSpan.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture) - offset;
        }
    }
}
