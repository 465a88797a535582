// Two nodes of which each runs HaSharp or the real heartbeat 3.0.6, two addresses, a client and a judge for each.

using System.Globalization;
using System.Net;
using System.Text;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks.Interop;

public sealed class MixedCluster : IDisposable
{
    private const int TailLines = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan QuestionPause = TimeSpan.FromMilliseconds(150);
    private static readonly IPAddress FirstAddress = IPAddress.Parse("10.77.0.100");
    private static readonly IPAddress SecondAddress = IPAddress.Parse("10.77.0.101");

    private readonly string _home = LabHome.Create("hasharp-mixed-");
    private readonly Dictionary<string, UdpEcho> _echoes = new(StringComparer.Ordinal);
    private readonly Member[] _members;

    /// <summary>Boots both nodes; no daemon is started.</summary>
    public MixedCluster(MixedFiles files, Kind first, Kind second, string? hasharp = null)
    {
        Files = files;
        Lab = new Lab(_home, [hasharp ?? Path.Combine(AppContext.BaseDirectory, "hasharp")], 2, files.Files);
        foreach (var node in Lab.Nodes)
        {
            HeartbeatWorld.FurnishDirectories(node);
            HeartbeatWorld.Prepare(node);
            _echoes[node.Name] = new UdpEcho(node);
        }

        _members = [MemberOf(Lab[1], first), MemberOf(Lab[2], second)];
        First = new ServedAddress(Lab, FirstAddress);
        Second = new ServedAddress(Lab, SecondAddress);
    }

    public MixedFiles Files { get; }

    public Lab Lab { get; }

    /// <summary>The address that prefers node1.</summary>
    public ServedAddress First { get; }

    /// <summary>The address that prefers node2.</summary>
    public ServedAddress Second { get; }

    public IReadOnlyList<Member> Members => _members;

    /// <summary>Member by node number, 1 or 2.</summary>
    public Member this[int number] => _members[number - 1];

    public Member OtherThan(Member member) => _members.First(other => other.Name != member.Name);

    /// <summary>From the next start on the node runs another program; its daemon must have ended.</summary>
    public Member Replace(int number, Kind kind) => _members[number - 1] = MemberOf(Lab[number], kind);

    public void PowerOff(Member member)
    {
        member.Node.PowerOff();
        if (_echoes.Remove(member.Name, out var echo))
        {
            echo.Dispose();
        }
    }

    /// <summary>Power on; the daemon is not started.</summary>
    public void Boot(Member member)
    {
        if (member.Node.Machine is null)
        {
            member.Node.Boot();
            HeartbeatWorld.Prepare(member.Node);
            _echoes[member.Name] = new UdpEcho(member.Node);
        }
    }

    /// <summary>Waits until something cheap to ask is so.</summary>
    public static void Await(string what, Func<bool> isSo, TimeSpan limit) => Await(what, isSo, limit, Pause);

    /// <summary>Waits until something is so that costs a program to ask.</summary>
    public static void AwaitAnswer(string what, Func<bool> isSo, TimeSpan limit) =>
        Await(what, isSo, limit, QuestionPause);

    /// <summary>Waits until each address is where it shall be, for its client too; nobody is "nobody".</summary>
    public void AwaitServed(string first, string second, TimeSpan limit) => Await(
        $"{first} serves the first address and {second} the second one",
        () => Is(First, first) && (!Files.TwoGroups || Is(Second, second)),
        limit);

    /// <summary>A fact that must hold.</summary>
    public static void Require(bool holds, string sentence)
    {
        if (!holds)
        {
            throw new ClusterException($"not so: {sentence}");
        }
    }

    /// <summary>Where everything is, and both logs' last lines.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        text.AppendLine($"interfaces: {First.Watch.Owner}, {Second.Watch.Owner}; "
            + $"clients: {First.Client.Log.Latest?.Who ?? "-"}, {Second.Client.Log.Latest?.Who ?? "-"}");
        foreach (var member in _members)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"--- {member.Name} ({member.Kind}): {member.Holdings}");
            text.AppendJoin('\n', member.Log.TakeLast(TailLines)).AppendLine();
        }

        return text.ToString();
    }

    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
        foreach (var echo in _echoes.Values)
        {
            echo.Dispose();
        }

        Lab.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private static Member MemberOf(LabNode node, Kind kind) =>
        kind == Kind.Heartbeat ? new HeartbeatMember(node) : new HaSharpMember(node);

    private static bool Is(ServedAddress address, string owner) =>
        owner == "nobody" ? address.Watch.Holders.Count == 0 : address.IsServedBy(owner);

    private static void Await(string what, Func<bool> isSo, TimeSpan limit, TimeSpan pause)
    {
        var end = Clock.Now + limit;
        while (!isSo())
        {
            if (Clock.Now > end)
            {
                throw new ClusterException(string.Create(
                    CultureInfo.InvariantCulture, $"not so within {limit.TotalSeconds} s: {what}"));
            }

            Thread.Sleep(pause);
        }
    }
}
