// The life of a mixed pair: one thing after another happens to it, and after each the judge looks.
// A cluster is started once for a whole life, because heartbeat needs more than ten seconds for that.

using HaSharp.Benchmarks;
using HaSharp.Benchmarks.Interop;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Interop;

internal sealed class Life : IDisposable
{
    private const string NoPing = $"ip saddr {MixedFiles.PingNode} icmp type echo-reply";
    private static readonly TimeSpan LongerThanDeadtime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ThreeDeadtimes = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan MoveLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(45);

    private readonly LifeCase _case;
    private readonly Action<SceneResult> _watched;
    private readonly MixedCluster _cluster;
    private readonly Judge _judge;
    private readonly List<SceneResult> _results = [];
    private readonly Member _ours;
    private readonly Member _theirs;

    private Life(LifeCase life, Action<SceneResult> watched)
    {
        _case = life;
        _watched = watched;
        _cluster = new MixedCluster(life.Files, life.KindOf(1), life.KindOf(2));
        _judge = new Judge(_cluster);
        _ours = _cluster[Math.Max(1, life.Position)];
        _theirs = _cluster.OtherThan(_ours);
    }

    private static Owners Home => new("node1", "node2");

    /// <summary>
    /// With msgfmt netstring a real heartbeat loses every other message that its tools and scripts write to its FIFO:
    /// so it is with its own kind.
    /// </summary>
    private bool LosesLines => _case.Files.MessageFormat == "netstring";

    private bool ReturnsByItself => _case.Files.AutoFailback == "on";

    /// <summary>Lives it from its first start to its end.</summary>
    /// <param name="watched">Called after each scene.</param>
    public static LifeResult Run(LifeCase life, Action<SceneResult> watched)
    {
        var begun = Clock.Now;
        using var cluster = new Life(life, watched);
        try
        {
            cluster.Play();
        }
        catch (Exception e) when (e is ClusterException or LabException)
        {
            cluster._results.Add(new SceneResult("start again after a failure", default, default, e.Message));
        }

        return new LifeResult(life, Clock.Now - begun, cluster._results);
    }

    public void Dispose() => _cluster.Dispose();

    private void Play()
    {
        Scene("start together", Home, StartLimit, StartBoth);
        if (_case.Files.WithPing)
        {
            PingNodes();
            return;
        }

        Moves();
        CleanStops();
        PowerCuts();
        if (_case.Length >= Length.Medium)
        {
            Scene("daemon killed and started again", Home, ReturnLimit, RestartOurs);
            Scene("heartbeat -r", Home, ReturnLimit, ReloadTheirs);
            PartitionAndHeal();
        }

        if (_case.Length == Length.Full)
        {
            Scene("30 s of 10 % loss", Home, MoveLimit, LosePackets);
            OneThenTheOther(_ours, _theirs);
            OneThenTheOther(_theirs, _ours);
        }
    }

    private void Moves()
    {
        Scene("standby on ours", All(_theirs), MoveLimit, () => _ours.Standby("all"));
        Scene("takeover on ours", All(_ours), MoveLimit, () => _ours.Takeover("all"));
        Scene("takeover on theirs", All(_theirs), MoveLimit, Insist(() => _theirs.Takeover("all")));
        Scene("standby on theirs", All(_ours), MoveLimit, Insist(() => _theirs.Standby("all")));
        Scene("standby foreign on ours", Home, MoveLimit, () => _ours.Standby("foreign"));
        if (_case.Length == Length.Full)
        {
            Scene("standby local on theirs", All(_ours), MoveLimit, Insist(() => _theirs.Standby("local")));
            Scene("takeover local on theirs", Home, MoveLimit, Insist(() => _theirs.Takeover("local")));
            Scene("takeover foreign on ours", All(_ours), MoveLimit, () => _ours.Takeover("foreign"));
            Scene("standby failback on ours", Home, MoveLimit, () => _ours.Standby("failback"));
            Scene("takeover foreign on theirs", All(_theirs), MoveLimit, Insist(() => _theirs.Takeover("foreign")));
            Scene("takeover local on ours", Home, MoveLimit, () => _ours.Takeover("local"));
        }
    }

    /// <summary>ipfail: who does not reach the ping node gives everything to who does.</summary>
    private void PingNodes()
    {
        foreach (var (word, member) in Both)
        {
            var loss = new PacketLoss([member.Node], NoPing);
            Scene($"ping node lost on {word}", All(_cluster.OtherThan(member)), ReturnLimit, () => { });
            loss.Dispose();
            Scene(
                $"ping node back on {word}", Owners.AnyOne, ReturnLimit, () => Thread.Sleep(LongerThanDeadtime),
                Allowed.PingNodeBack);
            if (_judge.Now() != Home)
            {
                Scene($"takeover local on {word}", Home, MoveLimit, () => member.Takeover("local"));
            }
        }

        using var both = new PacketLoss(_cluster.Lab.Nodes, NoPing);
        Scene("ping node lost on both", Home, MoveLimit, () => Thread.Sleep(3 * LongerThanDeadtime));
    }

    private void CleanStops()
    {
        foreach (var (word, member) in Both)
        {
            Away($"clean stop of {word}", member, member.Stop);
            Return(word, member);
        }
    }

    private void PowerCuts()
    {
        foreach (var (word, member) in Both)
        {
            Away($"power cut of {word}", member, () => _cluster.PowerOff(member));
            Return(word, member);
        }
    }

    private void Away(string name, Member member, Action deed)
    {
        var allowed = member == _ours
            ? Allowed.Takeover(_theirs.Name) with { TheirWord = !LosesLines }
            : Allowed.Nothing;
        Scene(name, All(_cluster.OtherThan(member)), MoveLimit, deed, allowed);
    }

    private IEnumerable<(string Word, Member Member)> Both => [("ours", _ours), ("theirs", _theirs)];

    private void Return(string word, Member member)
    {
        if (LosesLines && member == _ours)
        {
            ReturnToOneThatIsStuck();
            return;
        }

        var stays = All(_cluster.OtherThan(member));
        Scene($"return of {word}", ReturnsByItself ? Home : stays, ReturnLimit, () => Rejoin(member));
        if (!ReturnsByItself)
        {
            Scene($"takeover local on {word}", Home, MoveLimit, member == _theirs
                ? Insist(() => member.Takeover("local"))
                : () => member.Takeover("local"));
        }
    }

    /// <summary>
    /// The real node waits for ever for its own word that the takeover is complete. Ours joins all the same, nothing
    /// has two holders, and when the operator has switched the real node off and on all is well.
    /// </summary>
    private void ReturnToOneThatIsStuck()
    {
        Scene("return of ours", Owners.AnyOne, ReturnLimit, () => Rejoin(_ours), Allowed.Stuck);
        Scene("power cut of theirs, which is stuck", All(_ours), MoveLimit, () => _cluster.PowerOff(_theirs));
        Return("theirs", _theirs);
    }

    private void Rejoin(Member member)
    {
        _cluster.Boot(member);
        member.Start();
        MixedCluster.AwaitAnswer(
            $"{member.Name} says what it holds", () => member.Holdings is not null and not "transition", ReturnLimit);
    }

    /// <summary>A deed on the real node, done again when nothing comes of it because its line was lost.</summary>
    private Action Insist(Action deed) => () =>
    {
        var before = _judge.Now();
        deed();
        for (var again = 0; LosesLines && again < 3 && !_judge.Changes(before, TimeSpan.FromSeconds(4)); again++)
        {
            deed();
        }
    };

    private void StartBoth()
    {
        _ours.Start();
        _theirs.Start();
    }

    private void RestartOurs()
    {
        _ours.Kill();
        _ours.Start();
        Thread.Sleep(LongerThanDeadtime);
    }

    private void ReloadTheirs()
    {
        var member = _theirs as HeartbeatMember ?? throw new LabException("the other node is no heartbeat");
        File.SetLastWriteTimeUtc(Path.Combine(member.Node.HaDirectory, "ha.cf"), DateTime.UtcNow);
        member.Reload();
        Thread.Sleep(LongerThanDeadtime);
    }

    private void LosePackets()
    {
        using (new PacketLoss(_cluster.Lab.Nodes, "udp dport 694 numgen random mod 10 == 0"))
        {
            Thread.Sleep(TimeSpan.FromSeconds(30));
        }
    }

    private void PartitionAndHeal()
    {
        var both = new Owners("node1+node2", "node1+node2");
        Scene("partition of 3 deadtimes", both, MoveLimit, () =>
        {
            _cluster.Lab.Partition();
            Thread.Sleep(ThreeDeadtimes);
        }, Allowed.Partition with { TheirWord = !LosesLines });
        if (LosesLines)
        {
            HealOneThatIsStuck();
            return;
        }

        Scene("the partition heals", Owners.AnyOne, StartLimit, Heal, Allowed.Healing);
        if (_judge.Now() != Home)
        {
            Scene("home after the partition", Home, MoveLimit, () => _ours.Standby("foreign"));
        }
    }

    /// <summary>The real node gives everything up two seconds later and starts anew.</summary>
    private void Heal()
    {
        _cluster.Lab.Heal();
        Thread.Sleep(TimeSpan.FromSeconds(5));
        MixedCluster.AwaitAnswer(
            "both nodes run and say what they hold", () => _cluster.Members.All(member => member.Holdings is not null),
            StartLimit);
    }

    /// <summary>The real node would give everything up, but first waits for the end of its takeover.</summary>
    private void HealOneThatIsStuck()
    {
        Scene("heals, and theirs, stuck, has a power cut", All(_ours), MoveLimit, () =>
        {
            _cluster.Lab.Heal();
            Thread.Sleep(LongerThanDeadtime);
            _cluster.PowerOff(_theirs);
        }, Allowed.Healing);
        Return("theirs", _theirs);
    }

    private void OneThenTheOther(Member first, Member second)
    {
        var one = first == _ours ? "ours" : "theirs";
        var other = first == _ours ? "theirs" : "ours";
        var stuck = LosesLines && first == _theirs;
        Away($"clean stop of {other}", second, second.Stop);
        Scene(
            "stop of the last node", new Owners("nobody", "nobody"), MoveLimit,
            stuck ? () => _cluster.PowerOff(first) : first.Stop);
        Scene($"start of {one} alone", All(first), StartLimit, () =>
        {
            _cluster.Boot(first);
            first.Start();
        }, Allowed.Nothing with { TheirWord = !stuck });
        Return(other, second);
    }

    /// <summary>Both addresses on one node.</summary>
    private static Owners All(Member member) => new(member.Name, member.Name);

    private void Scene(string name, Owners owners, TimeSpan limit, Action deed, Allowed? allowed = null)
    {
        var result = _judge.Watch(name, owners, limit, deed, allowed ?? Allowed.Nothing);
        if (result.Failure is not null && LosesLines && _theirs.Runs)
        {
            result = Recover(result, owners);
        }

        _results.Add(result);
        _watched(result);
        if (result.Failure is not null)
        {
            _judge.StartAgain(StartLimit);
        }
    }

    /// <summary>
    /// The real node has lost a message of its own and waits for it for ever. All is well if ours serves when the
    /// operator has switched it off, and both do when it is back.
    /// </summary>
    private SceneResult Recover(SceneResult stuck, Owners owners)
    {
        var off = _judge.Watch(
            $"{stuck.Name}, theirs stuck: off", All(_ours), MoveLimit, () => _cluster.PowerOff(_theirs), Allowed.Stuck);
        if (!off.Passed || stuck.Name.EndsWith("stop of theirs", StringComparison.Ordinal))
        {
            return off;
        }

        var on = _judge.Watch(
            $"{stuck.Name}, theirs stuck: restarted", ReturnsByItself ? Home : All(_ours), ReturnLimit,
            () => Rejoin(_theirs), Allowed.Stuck);
        return on.Passed && owners == Home && !ReturnsByItself
            ? _judge.Watch(on.Name, Home, MoveLimit, Insist(() => _theirs.Takeover("local")), Allowed.Stuck)
            : on;
    }
}
