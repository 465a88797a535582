using HaSharp.Core.Config;
using HaSharp.Core.Tests.Nodes;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>
/// node2 of a bench as a heartbeat 3.0.6 that a test moves by hand: it says what the test writes, and keeps what node1
/// says beside its statuses.
/// </summary>
internal sealed class Puppet
{
    public static readonly byte[] Uuid = [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];

    private readonly Bench _bench;
    private readonly Authenticator _authenticator;

    public Puppet(Bench bench)
    {
        _bench = bench;
        _authenticator = new Authenticator(bench.Config.Keys);
        bench.Wiretap = (_, bytes) => Hear(bytes);
    }

    public long Sequence { get; set; }

    public long Generation { get; set; } = 1_000;

    /// <summary>What node1 said, without statuses: the type, then rsc_hold, isstable, info, dest and so on.</summary>
    public List<string> Heard { get; } = [];

    /// <summary>All its counted messages by sequence.</summary>
    public SortedDictionary<long, byte[]> Counted { get; } = [];

    /// <summary>All messages, as they came.</summary>
    public List<Message> Messages { get; } = [];

    /// <summary>What was said since the last call.</summary>
    public string[] News()
    {
        var news = Heard.ToArray();
        Heard.Clear();
        return news;
    }

    public void Status(string status = "active") => Say(
        ("t", "status"), ("st", status), ("dt", "1388"), ("protocol", "1"));

    /// <summary>Its daemon is started again, and greets as heartbeat does.</summary>
    public void Restart()
    {
        Generation++;
        Sequence = 0;
        Status("init");
        Status("up");
        Status();
    }

    public void Resource(string holds, bool stable, string? info = null) => Say(
        [("t", "resource"), ("rsc_hold", holds), ("rtype", "full"), ("isstable", stable ? "1" : "0"),
            .. info is null ? Array.Empty<(string, string)>() : [("info", info)]]);

    public void AskResources(string holds, string phase) => Say(
        ("t", "ask_resources"), ("rsc_hold", holds), ("info", phase));

    public void Say(params (string Name, string Text)[] fields) => Give(Make(++Sequence, fields));

    /// <summary>A message that the network lost.</summary>
    public byte[] Lose(params (string Name, string Text)[] fields) => Make(++Sequence, fields);

    public void Give(byte[] datagram) =>
        _bench.Give(1, new Input.DatagramReceived(new LinkName("eth0"), datagram));

    public byte[] Make(long sequence, params (string Name, string Text)[] fields)
    {
        var message = new Message();
        foreach (var (name, text) in fields)
        {
            message.Add(name, text);
        }

        message.Add("src", "node2").AddBinary("srcuuid", Uuid);
        if (!fields[0].Text.StartsWith("NS_", StringComparison.Ordinal))
        {
            message.AddHex("seq", sequence);
        }

        message.AddHex("hg", Generation).AddHex("ts", 1_700_000_000);
        return Packet.Seal(message, _authenticator, MessageFormat.Classic);
    }

    /// <summary>Statuses for a while, so that it is alive.</summary>
    public void Live(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _bench.Run(1);
            Status();
        }
    }

    /// <summary>Both start; it holds its own groups and all is quiet.</summary>
    public static (Bench Bench, Puppet Peer) Joined(
        string[] groups, AutoFailback failback = AutoFailback.Off, AuthKeys? keys = null)
    {
        var bench = new Bench(2, groups, failback, keys);
        var peer = new Puppet(bench);
        bench.Start(1);
        peer.Status("up");
        peer.Status();
        peer.Resource("none", stable: false);
        peer.Resource("local", stable: true);
        peer.Live(3);
        peer.News();
        return (bench, peer);
    }

    private void Hear(ReadOnlyMemory<byte> bytes)
    {
        var message = Packet.Open(bytes.Span, _authenticator).Message!;
        Messages.Add(message);
        if (message.Hex("seq") is { } sequence)
        {
            Counted[sequence] = bytes.ToArray();
        }

        if (message.Text("t") != "status")
        {
            string[] names = ["t", "rsc_hold", "isstable", "info", "dest", "firstseq", "ackseq"];
            Heard.Add(string.Join(' ', names.Select(message.Text).Where(static text => text is not null)));
        }
    }
}
