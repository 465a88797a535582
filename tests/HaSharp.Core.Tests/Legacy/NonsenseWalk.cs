using System.Globalization;
using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Tests.Nodes;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>
/// A peer that says what it likes: plausible and implausible messages in every order, signed, while time passes and
/// operators ask for moves.
/// </summary>
internal sealed class NonsenseWalk
{
    private static readonly string?[] Holdings =
        ["local", "foreign", "all", "none", "failback", "everything", "", null];

    private static readonly string?[] Phases = ["me", "other", "done", "me", "other", "done", "what", "", null];

    private static readonly string?[] Infos = ["standby", "shutdown", "mach_down", "req_our_resources()", "x", null];

    private static readonly string?[] Words = ["active", "active", "active", "up", "init", "dead", "ping", "x", null];

    private static readonly string?[] Deadtimes = ["1388", "1388", "1388", "1", "0", "ffffffffff", "-5", "x", null];

    private static readonly string?[] Names = ["node1", "node1", "node2", "node9", "", null, null];

    private static readonly string?[] Groups = ["a", "b", "c", "", null];

    private static readonly string[] Others =
    [
        "stonith", "addnode", "delnode", "setweight", "setsite", "hbapi-clstat", "respond-cstatus", "strange_type",
        "NS_st", "NS_strange", "t", "ipfail",
    ];

    private readonly Random _random;
    private readonly Bench _bench;
    private readonly Puppet _peer;
    private readonly int _mostAnswers;
    private readonly int _seed;
    private readonly AutoFailback _failback;
    private readonly Instant _begun;
    private int _message;
    private readonly SortedDictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private long _lines;
    private long _actions;
    private long _highest;

    public NonsenseWalk(int seed, AutoFailback failback, int mostAnswers)
    {
        (_seed, _failback, _mostAnswers) = (seed, failback, mostAnswers);
        _random = new Random(seed);
        (_bench, _peer) = Puppet.Joined(["node1 a", "node2 b"], failback);
        _begun = _bench.Now;
    }

    /// <summary>
    /// A move that really takes place is worth its lines, because agents run for it; the rest is so many a minute.
    /// </summary>
    public void RequireThatLinesAreFew()
    {
        var few = (60 * (_bench.Now - _begun).TotalMinutes) + (4 * _actions);
        Assert.True(_lines <= few, $"{Where}: {_lines} lines, {_actions} actions: {string.Join(", ", _kinds)}");
    }

    public void Go(int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            _message++;
            var said = _peer.Messages.Count;
            Speak();
            var answers = _peer.Messages.Count - said;
            Assert.True(answers <= _mostAnswers, $"{Where}: {answers} datagrams for one");
            Pass();
            Forget();
        }
    }

    /// <summary>The peer is started again and tells the truth: it is believed, and moves work both ways.</summary>
    public void ComeToReason()
    {
        _bench.Run(61);
        Restart();
        _peer.Live(1);
        if (_failback == AutoFailback.Legacy)
        {
            Assert.Equal("active", _bench.Status(1).Nodes[1].Status);
            return;
        }

        _peer.Say(("t", "starting"));
        _peer.Resource("none", stable: false);
        _peer.Resource("none", stable: true);
        _peer.Live(11);
        RequireThat("1 1");
        _peer.Resource("all", stable: true);
        _peer.Live(1);
        RequireThat(" ");
        _peer.Resource("none", stable: true);
        _peer.Live(1);
        RequireThat("1 1");
    }

    private string Where => string.Create(CultureInfo.InvariantCulture, $"seed {_seed}, message {_message}");

    private void RequireThat(string holdings)
    {
        var held = _bench.Where("a") + " " + _bench.Where("b");
        Assert.True(held == holdings, $"{Where}: '{held}', not '{holdings}'");
    }

    private void Speak()
    {
        if (_bench.Status(1).Nodes[1].Status == "dead" && _random.Next(10) == 0)
        {
            Restart();
            return;
        }

        var (type, fields) = Text();
        var named = fields.Where(static field => field.Text is not null);
        (string, string)[] all = [("t", type), .. Odd(), .. named.Select(static field => (field.Name, field.Text!))];
        _peer.Give(_peer.Make(Sequence(), all));
    }

    /// <summary>With a generation that is newer than all that it made up.</summary>
    private void Restart()
    {
        _peer.Generation = Math.Max(_peer.Generation, _highest);
        _peer.Restart();
    }

    private (string Type, (string Name, string? Text)[] Fields) Text() => _random.Next(20) switch
    {
        < 4 => ("status", [("st", One(Words)), ("dt", One(Deadtimes)), ("protocol", "1")]),
        < 7 => ("resource", [
            ("rsc_hold", One(Holdings)), ("rtype", One(["full", "full", "partial", null])),
            ("isstable", One(["0", "1", "1", "x", null])), ("info", One(Infos))]),
        < 12 => ("ask_resources", [("rsc_hold", One(Holdings)), ("info", One(Phases))]),
        12 => ("hb_takeover", [("rsc_hold", One(Holdings))]),
        13 => ("starting", []),
        14 => (One(["reqnodes", "repnodes"])!, [
            ("dest", One(Names)), ("nodelist", One(["node1 node2 ", "x y", "", null]))]),
        15 => (One(["NS_rexmit", "NS_nak_rexmit", "NS_ackmsg"])!, [
            ("dest", One(Names)), ("firstseq", Number()), ("lastseq", Number()), ("ackseq", Number())]),
        16 => (One(["ip-request", "ip-request-resp"])!, [
            ("dest", One(Names)), ("ipaddr", One(Groups)), ("ok", One(["OK", "no", null])),
            ("weown", One(["yes", null]))]),
        17 => (One(["num_ping_nodes", "you_are_dead", "abort_giveup", "query-cstatus"])!, [
            ("dest", One(Names)), ("num_ping", Number()), ("from_id", "ipfail"), ("to_id", "ipfail"),
            ("cn", "ipfail")]),
        18 => (One(["shutdone", "starting", "starting", "starting"])!, [("st", "dead")]),
        _ => (Others[_random.Next(Others.Length)], [("node", One(Names)), ("result", Number())]),
    };

    private string? One(string?[] words) => words[_random.Next(words.Length)];

    private string? Number() => _random.Next(6) switch
    {
        0 => "1",
        1 => "200000",
        2 => null,
        3 => "x",
        4 => "ffffffff",
        _ => _random.Next(600).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Fields of the header that are not what they should be, now and then.</summary>
    private (string, string)[] Odd() => _random.Next(60) switch
    {
        0 => [("hg", Forgery.Hex(_highest = Math.Max(_highest, _peer.Generation + _random.Next(1000))))],
        1 => [("hg", Forgery.Hex(_peer.Generation - _random.Next(1, 4)))],
        2 => [("src", "node1"), ("hg", "ffffffffff")],
        3 => [("src", "node9")],
        4 => [("ts", "0")],
        5 => [("seq", "x")],
        6 => [("seq", "ffffffff")],
        _ => [],
    };

    /// <summary>Mostly the next one.</summary>
    private long Sequence() => _random.Next(40) switch
    {
        0 => Math.Max(1, _peer.Sequence - _random.Next(600)),
        1 => _peer.Sequence + _random.Next(1, 300),
        2 => _peer.Sequence += _random.Next(1, 100),
        3 => _random.NextInt64(1, 0xffffffff),
        _ => ++_peer.Sequence,
    };

    private void Pass()
    {
        switch (_random.Next(200))
        {
            case 0:
                _bench.Ask(1, new Command.Standby(new Scope.All(), TimeSpan.FromSeconds(60)));
                break;
            case 1:
                _bench.Ask(1, new Command.Takeover(new Scope.All(), TimeSpan.FromSeconds(60)));
                break;
            case 2:
                _bench.Run(12);
                break;
            case < 100:
                _bench.Run(_random.NextDouble());
                break;
            default:
                break;
        }
    }

    /// <summary>What the test itself keeps must not look like growth.</summary>
    private void Forget()
    {
        foreach (var happened in _bench.Events[0])
        {
            var kind = happened.GetType().Name;
            _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        }

        _lines += _bench.Events[0].Count;
        _actions += _bench.Actions.Count;
        _bench.Events[0].Clear();
        _bench.Actions.Clear();
        _bench.Scripts.Clear();
        _bench.Replies.Clear();
        _peer.Messages.Clear();
        _peer.Heard.Clear();
        _peer.Counted.Clear();
    }
}
