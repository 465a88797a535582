using System.Text;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Wire;

public sealed class PublicStateCodecTests
{
    private const string Head = "v=1 role=active stable=1 config=0123456789abcdef";

    [Fact]
    public void A_state_reads_like_this()
    {
        var state = new PublicState(
            Role.Leaving,
            false,
            0xc0ffee,
            [new PeerView(new NodeName("node2"), NodeStatus.Active, new Generation(0x6affc2b8)),
                new PeerView(new NodeName("node3"), NodeStatus.Dead, default)],
            [new GroupView(
                new GroupName("IPaddr::10.77.0.100/24/eth0"), new Claim(3, new NodeName("node1"), true),
                GroupState.Started, true),
                new GroupView(new GroupName("mysqld"), Claim.None, GroupState.StopFailed, false)])
        {
            FailingChecks = ["gateway", "a b"],
        };
        Assert.Equal(
            "v=1 role=leaving stable=0 config=0000000000c0ffee peer=node2,active,6affc2b8 peer=node3,dead,0 "
            + "group=IPaddr::10.77.0.100/24/eth0,started,3,node1,pinned,wanted group=mysqld,stop-failed,0,- "
            + "check=gateway check=a%20b",
            Encoding.UTF8.GetString(PublicStateCodec.Encode(state)));
        AssertSame(state, PublicStateCodec.Decode(PublicStateCodec.Encode(state)));
    }

    [Fact]
    public void Every_state_survives_the_wire()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            PublicState state = Random(new Random(seed));
            AssertSame(state, PublicStateCodec.Decode(PublicStateCodec.Encode(state)));
        }
    }

    // As a reload can leave it: all groups of the old configuration beside all of the new one.
    [Fact]
    public void A_state_that_is_too_long_keeps_its_first_groups()
    {
        GroupView[] groups =
        [
            .. Enumerable.Range(1, PublicStateCodec.MaxGroups).Select(static i => new GroupView(
                new GroupName($"{i:000}{new string('%', 250)}"),
                new Claim(1L << 40, new NodeName("node1"), true),
                GroupState.StopFailed,
                true)),
        ];
        byte[] text = PublicStateCodec.Encode(new PublicState(Role.Active, true, 1, [], groups));

        IReadOnlyList<GroupView> read = PublicStateCodec.Decode(text)!.Groups;
        Assert.InRange(text.Length, PublicStateCodec.MaxBytes - 1000, PublicStateCodec.MaxBytes);
        Assert.Equal(groups.Take(read.Count), read);
        Assert.InRange(read.Count, 60, 80);
    }

    [Fact]
    public void A_state_travels_as_one_text_field_of_a_status()
    {
        Message status = PublicStateCodec.Add(Samples.Status(), Samples.State());
        byte[] packet = Packet.Seal(status, Samples.Keys(active: 4), Core.Config.MessageFormat.Classic);
        Message received = Packet.Open(packet, Samples.Keys(active: 4)).Message!;
        Assert.Equal("hasharp", received.Fields[^2].Name);
        Assert.Equal(FieldType.Text, received.Fields[^2].Type);
        AssertSame(Samples.State(), PublicStateCodec.Read(received));
    }

    [Fact]
    public void A_heartbeat_peer_has_no_state()
    {
        Assert.False(Samples.Status().Has(FieldNames.PublicState));
        Assert.Null(PublicStateCodec.Read(Samples.Status()));
        Assert.Null(PublicStateCodec.Read(Samples.Status().AddBinary(FieldNames.PublicState, Samples.Latin(Head))));
    }

    [Theory]
    [InlineData(Head)]
    [InlineData("v=2 role=active stable=1 config=0123456789abcdef")]
    [InlineData("v=1  stable=1 config=0123456789abcdef role=active ")]
    [InlineData(Head + " mood=good mood=bad hello = =x")]
    [InlineData("v=999 role=active new stable=1 config=0123456789abcdef")]
    public void Unknown_words_and_later_versions_are_read_as_far_as_known(string text)
    {
        PublicState state = PublicStateCodec.Decode(Samples.Latin(text))!;
        Assert.Equal((Role.Active, true, 0x0123456789abcdefUL), (state.Role, state.Stable, state.ConfigDigest));
        Assert.Empty(state.Peers);
        Assert.Empty(state.Groups);
    }

    [Fact]
    public void Parts_that_a_later_version_adds_are_skipped()
    {
        PublicState state = PublicStateCodec.Decode(Samples.Latin(
            Head + " peer=n2,up,7,fast group=web,started,1,n2,frozen,wanted,x=y group=db,melting,2,n2"))!;
        Assert.Equal(new PeerView(new NodeName("n2"), NodeStatus.Up, new Generation(7)), state.Peers[0]);
        GroupView web = state.Groups[0];
        Assert.Equal((GroupState.Started, true, false), (web.State, web.Wanted, web.Claim.Pinned));
        Assert.Equal(GroupState.Unknown, state.Groups[1].State);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("v=1")]
    [InlineData("v=0 role=active stable=1 config=0123456789abcdef")]
    [InlineData("v= role=active stable=1 config=0123456789abcdef")]
    [InlineData("v=x role=active stable=1 config=0123456789abcdef")]
    [InlineData("role=active v=1 stable=1 config=0123456789abcdef")]
    [InlineData(" v=1 role=active stable=1 config=0123456789abcdef")]
    [InlineData("v=1 stable=1 config=0123456789abcdef")]
    [InlineData("v=1 role=active config=0123456789abcdef")]
    [InlineData("v=1 role=active stable=1")]
    [InlineData("v=1 role=king stable=1 config=0123456789abcdef")]
    [InlineData("v=1 role=active stable=2 config=0123456789abcdef")]
    [InlineData("v=1 role=active stable=1 config=123456789abcdef")]
    [InlineData("v=1 role=active stable=1 config=0123456789abcdef0")]
    [InlineData("v=1 role=active stable=1 config=0123456789abcdeg")]
    [InlineData(Head + " role=active")]
    [InlineData(Head + " stable=1")]
    [InlineData(Head + " config=0123456789abcdef")]
    [InlineData(Head + " peer=")]
    [InlineData(Head + " peer=n2")]
    [InlineData(Head + " peer=n2,well,0")]
    [InlineData(Head + " peer=n2,up,")]
    [InlineData(Head + " peer=n2,up,-1")]
    [InlineData(Head + " peer=n2,up,1000000000000000")]
    [InlineData(Head + " peer=,up,1")]
    [InlineData(Head + " peer=n2,up,1 peer=N2,up,1")]
    [InlineData(Head + " group=web")]
    [InlineData(Head + " group=web,started")]
    [InlineData(Head + " group=web,started,1")]
    [InlineData(Head + " group=web,started,1,")]
    [InlineData(Head + " group=web,started,x,n2")]
    [InlineData(Head + " group=,started,1,n2")]
    [InlineData(Head + " group=a%,started,1,n2")]
    [InlineData(Head + " group=a%2,started,1,n2")]
    [InlineData(Head + " group=a%zz,started,1,n2")]
    [InlineData(Head + " group=web,started,1,n2 group=web,stopped,1,n2")]
    public void Anything_else_is_no_state(string text) => Assert.Null(PublicStateCodec.Decode(Samples.Latin(text)));

    [Fact]
    public void A_state_has_16_peers_and_128_groups_at_most()
    {
        string peers = string.Concat(Enumerable.Range(0, 16).Select(number => $" peer=n{number},up,1"));
        string groups = string.Concat(Enumerable.Range(0, 128).Select(number => $" group=g{number},started,1,n1"));
        Assert.NotNull(PublicStateCodec.Decode(Samples.Latin(Head + peers + groups)));
        Assert.Null(PublicStateCodec.Decode(Samples.Latin(Head + peers + " peer=n16,up,1")));
        Assert.Null(PublicStateCodec.Decode(Samples.Latin(Head + groups + " group=g128,started,1,n1")));
        Assert.Throws<InvariantBrokenException>(() => PublicStateCodec.Encode(Samples.State(groups: 129)));
    }

    [Fact]
    public void Changed_states_give_a_state_or_none_and_never_an_exception()
    {
        byte[] text = PublicStateCodec.Encode(Samples.State());
        int read = 0;
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            byte[] mutant = [.. text.Take(random.Next(text.Length + 1))];
            for (int change = random.Next(3); change > 0 && mutant.Length > 0; change--)
            {
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            }

            if (PublicStateCodec.Decode(mutant) is { } state)
            {
                read++;
                AssertSame(state, PublicStateCodec.Decode(PublicStateCodec.Encode(state)));
            }
        }

        Assert.InRange(read, 200, 19_800);
    }

    private static void AssertSame(PublicState expected, PublicState? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(
            (expected.Role, expected.Stable, expected.ConfigDigest), (actual.Role, actual.Stable, actual.ConfigDigest));
        Assert.Equal(expected.Peers, actual.Peers);
        Assert.Equal(expected.Groups, actual.Groups);
        Assert.Equal(expected.FailingChecks, actual.FailingChecks);
    }

    private static PublicState Random(Random random) => new(
        (Role)random.Next(5),
        random.Next(2) == 0,
        (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        [.. Enumerable.Range(0, random.Next(17)).Select(number => new PeerView(
            new NodeName($"{number}-{Name(random)}"), (NodeStatus)random.Next(4), new Generation(Number(random))))],
        [.. Enumerable.Range(0, random.Next(20)).Select(number => new GroupView(
            new GroupName($"{number}-{Name(random)}"),
            AnyClaim(random),
            (GroupState)random.Next(7),
            random.Next(2) == 0))])
    {
        FailingChecks = [.. Enumerable.Range(0, random.Next(4)).Select(number => $"{number}-{Name(random)}")],
    };

    private static Claim AnyClaim(Random random) => random.Next(4) == 0
        ? default(Claim) with { Pinned = random.Next(2) == 0 }
        : new Claim(1 + Number(random), new NodeName(Name(random)), random.Next(2) == 0);

    private static long Number(Random random) => random.NextInt64(1L << random.Next(1, 59));

    private static string Name(Random random)
    {
        const string Letters = "abzAZ019.:/-_=%, \t\n\u007f\u00e4\u20ac\u4e2d";
        return "n" + new string(random.GetItems<char>(Letters, random.Next(12)));
    }
}
