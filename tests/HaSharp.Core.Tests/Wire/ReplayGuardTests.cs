using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Wire;

/// <summary>Spec 7.2, one sentence each.</summary>
public sealed class ReplayGuardTests
{
    private static readonly NodeName Alpha = new("alpha");
    private static readonly NodeName Bravo = new("bravo");

    private readonly ReplayGuard guard = new([]);

    [Fact]
    public void The_first_packet_of_a_node_must_be_a_status()
    {
        Assert.Equal(PacketVerdict.Unannounced, Judge(7, 1, isStatus: false));
        Assert.Equal(PacketVerdict.Unannounced, Judge(7, null, isStatus: false));
        Assert.Equal(PacketVerdict.New, Judge(7, 2));
    }

    [Fact]
    public void Packets_in_order_are_new()
    {
        for (int sequence = 1; sequence < 300; sequence++)
        {
            Assert.Equal(PacketVerdict.New, Judge(7, sequence, isStatus: sequence == 1));
        }
    }

    [Fact]
    public void The_same_packet_again_is_a_duplicate()
    {
        Assert.Equal(PacketVerdict.New, Judge(7, 1));
        Assert.Equal(PacketVerdict.New, Judge(7, 2));
        Assert.Equal(PacketVerdict.Duplicate, Judge(7, 2));
        Assert.Equal(PacketVerdict.Duplicate, Judge(7, 1));
    }

    [Fact]
    public void A_packet_that_was_overtaken_is_accepted_once_as_late()
    {
        Judge(7, 1);
        Judge(7, 5);
        Assert.Equal(PacketVerdict.Late, Judge(7, 3));
        Assert.Equal(PacketVerdict.Duplicate, Judge(7, 3));
        Assert.Equal(PacketVerdict.Late, Judge(7, 4));
        Assert.Equal(PacketVerdict.New, Judge(7, 6));
        Assert.Equal(PacketVerdict.Duplicate, Judge(7, 4));
    }

    [Fact]
    public void A_packet_that_64_others_overtook_is_late_and_after_65_it_is_a_replay()
    {
        Judge(7, 1);
        Judge(7, 166);
        Assert.Equal(PacketVerdict.Late, Judge(7, 102));
        Assert.Equal(PacketVerdict.Duplicate, Judge(7, 102));
        Assert.Equal(PacketVerdict.Replay, Judge(7, 101));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1_000_000)]
    public void After_a_gap_of_any_width_what_was_accepted_before_it_is_not_accepted_again(int step)
    {
        Judge(7, 100);
        Assert.Equal(PacketVerdict.New, Judge(7, 100 + step));
        PacketVerdict again = Judge(7, 100);
        Assert.Equal(step <= 64 ? PacketVerdict.Duplicate : PacketVerdict.Replay, again);
    }

    [Fact]
    public void An_older_generation_is_a_replay_whatever_its_sequence()
    {
        Judge(7, 1);
        Assert.Equal(PacketVerdict.Replay, Judge(6, 2));
        Assert.Equal(PacketVerdict.Replay, Judge(6, null, isStatus: false));
        Assert.Equal(PacketVerdict.Replay, Judge(0, 2));
        Assert.Equal(PacketVerdict.Replay, Judge(-1, 2));
    }

    [Fact]
    public void A_newer_generation_is_a_restart_and_counts_from_anew()
    {
        Judge(7, 50);
        Assert.Equal(PacketVerdict.Unannounced, Judge(8, 1, isStatus: false));
        Assert.Equal(PacketVerdict.Restarted, Judge(8, 2));
        Assert.Equal(PacketVerdict.Late, Judge(8, 1));
        Assert.Equal(PacketVerdict.Replay, Judge(7, 51));
        Assert.Equal(PacketVerdict.New, Judge(8, 3, isStatus: false));
    }

    [Fact]
    public void A_packet_without_a_sequence_counts_only_in_the_current_generation()
    {
        Judge(7, 1);
        Assert.Equal(PacketVerdict.Uncounted, Judge(7, null, isStatus: false));
        Assert.Equal(PacketVerdict.Replay, Judge(6, null, isStatus: false));
        Assert.Equal(PacketVerdict.Unannounced, Judge(8, null, isStatus: false));
    }

    [Fact]
    public void Nodes_are_judged_apart()
    {
        Assert.Equal(PacketVerdict.New, Judge(7, 1));
        Assert.Equal(PacketVerdict.New, guard.Judge(Bravo, Samples.BravoUuid, new Generation(3), 1, true));
        Assert.Equal(PacketVerdict.New, Judge(7, 2));
    }

    [Fact]
    public void What_an_earlier_start_of_ours_accepted_is_a_replay_and_not_even_a_duplicate()
    {
        var next = new ReplayGuard([new ReplayMark(Alpha, new Generation(7), 20)]);
        Assert.Equal(PacketVerdict.Replay, Judge(next, 6, 30));
        Assert.Equal(PacketVerdict.Replay, Judge(next, 7, 20));
        Assert.Equal(PacketVerdict.Replay, Judge(next, 7, 1));
        Assert.Equal(PacketVerdict.New, Judge(next, 7, 23));
        Assert.Equal(PacketVerdict.Late, Judge(next, 7, 21));
        Assert.Equal(PacketVerdict.Replay, Judge(next, 7, 20));
    }

    [Fact]
    public void After_our_restart_a_node_that_went_on_needs_no_status_first()
    {
        var next = new ReplayGuard([new ReplayMark(Alpha, new Generation(7), 20)]);
        Assert.Equal(PacketVerdict.Uncounted, Judge(next, 7, null, isStatus: false));
        Assert.Equal(PacketVerdict.New, Judge(next, 7, 21, isStatus: false));
    }

    [Fact]
    public void After_our_restart_a_node_that_was_started_again_begins_anew()
    {
        var next = new ReplayGuard([new ReplayMark(Alpha, new Generation(7), 20)]);
        Assert.Equal(PacketVerdict.Restarted, Judge(next, 8, 1));
        Assert.Equal(PacketVerdict.New, Judge(next, 8, 2));
    }

    [Fact]
    public void The_marks_are_the_newest_accepted_packet_of_each_node_in_the_order_of_their_first()
    {
        guard.Bind(new NodeName("self"), Samples.BravoUuid);
        Judge(7, 4);
        guard.Judge(Bravo, default, new Generation(3), 9, true);
        Judge(7, 6);
        Judge(7, 5);
        Judge(6, 80);
        Assert.Equal(
            [new ReplayMark(Alpha, new Generation(7), 6), new ReplayMark(Bravo, new Generation(3), 9)], guard.Marks);
    }

    [Fact]
    public void Nothing_that_was_accepted_once_is_accepted_again_in_whatever_order_it_comes()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var seen = new ReplayGuard([]);
            var accepted = new HashSet<(long, long)>();
            for (int packet = 0; packet < 300; packet++)
            {
                if (random.Next(50) == 0)
                {
                    seen = new ReplayGuard(seen.Marks);
                }

                (long Generation, long Sequence) one = (1 + random.Next(3), 1 + random.Next(150));
                if (ReplayGuard.IsAccepted(Judge(seen, one.Generation, one.Sequence, isStatus: random.Next(2) == 0)))
                {
                    Assert.True(accepted.Add(one), $"seed {seed}: {one} was accepted twice");
                }
            }
        }
    }

    [Fact]
    public void A_node_that_comes_back_with_another_uuid_is_accepted_and_reported_once()
    {
        Judge(7, 1);
        PacketVerdict verdict = guard.Judge(
            Alpha, Samples.BravoUuid, new Generation(8), 1, true, alive: false, out IdentityTrouble trouble, out _);
        Assert.Equal((PacketVerdict.Restarted, IdentityTrouble.NameWithOtherUuid), (verdict, trouble));
        guard.Judge(Alpha, Samples.BravoUuid, new Generation(8), 2, true, alive: false, out trouble, out _);
        Assert.Equal(IdentityTrouble.None, trouble);
    }

    [Fact]
    public void Another_uuid_within_one_generation_is_another_node_and_dropped()
    {
        Judge(7, 1);
        PacketVerdict verdict = guard.Judge(
            Alpha, Samples.BravoUuid, new Generation(7), 2, true, alive: false, out IdentityTrouble trouble, out _);
        Assert.Equal((PacketVerdict.OtherNode, IdentityTrouble.NameWithOtherUuid), (verdict, trouble));
        Assert.Equal(PacketVerdict.New, Judge(7, 2));
    }

    [Fact]
    public void Another_uuid_while_the_node_is_alive_is_another_node_whatever_its_generation()
    {
        Judge(7, 1);
        PacketVerdict verdict = guard.Judge(
            Alpha, Samples.BravoUuid, new Generation(8), 1, true, alive: true, out IdentityTrouble trouble, out _);
        Assert.Equal((PacketVerdict.OtherNode, IdentityTrouble.NameWithOtherUuid), (verdict, trouble));
        Assert.Equal(PacketVerdict.New, Judge(7, 2));
    }

    [Fact]
    public void A_replay_with_another_uuid_is_no_identity_trouble()
    {
        Judge(7, 1);
        PacketVerdict verdict = guard.Judge(
            Alpha, Samples.BravoUuid, new Generation(6), 2, true, alive: false, out IdentityTrouble trouble, out _);
        Assert.Equal((PacketVerdict.Replay, IdentityTrouble.None), (verdict, trouble));
    }

    [Fact]
    public void One_uuid_under_two_names_is_reported_at_each_packet_and_both_are_kept()
    {
        Judge(7, 1);
        for (int sequence = 1; sequence < 3; sequence++)
        {
            PacketVerdict verdict = guard.Judge(
                Bravo, Samples.AlphaUuid, new Generation(3), sequence, true, alive: false, out var trouble,
                out NodeName other);
            Assert.Equal((PacketVerdict.New, IdentityTrouble.UuidWithOtherName, Alpha), (verdict, trouble, other));
        }

        Assert.Equal(PacketVerdict.New, Judge(7, 2));
    }

    [Fact]
    public void Our_own_uuid_under_another_name_is_reported()
    {
        guard.Bind(Bravo, Samples.AlphaUuid);
        PacketVerdict verdict = guard.Judge(
            Alpha, Samples.AlphaUuid, new Generation(7), 1, true, alive: false, out var trouble, out NodeName other);
        Assert.Equal((PacketVerdict.New, IdentityTrouble.UuidWithOtherName, Bravo), (verdict, trouble, other));
    }

    [Fact]
    public void A_packet_without_a_uuid_is_judged_by_its_name()
    {
        Judge(7, 1);
        Assert.Equal(PacketVerdict.New, guard.Judge(Alpha, default, new Generation(7), 2, true));
        Assert.Equal(PacketVerdict.New, Judge(7, 3));
    }

    [Fact]
    public void No_more_than_100_nodes_are_kept()
    {
        for (int number = 0; number < ReplayGuard.MaxNodes; number++)
        {
            guard.Judge(new NodeName($"node{number}"), default, new Generation(1), 1, true);
        }

        Assert.Equal(PacketVerdict.TooManyNodes, Judge(7, 1));
        Assert.Equal(PacketVerdict.New, guard.Judge(new NodeName("node5"), default, new Generation(1), 2, true));
        var marks = Enumerable.Range(0, 300).Select(n => new ReplayMark(new NodeName($"n{n}"), new Generation(1), 1));
        Assert.Equal(ReplayGuard.MaxNodes, new ReplayGuard([.. marks]).Marks.Count);
    }

    [Fact]
    public void Of_the_recordings_only_acknowledgements_before_the_first_status_are_dropped()
    {
        foreach (var recording in Captures.All.GroupBy(packet => Path.GetDirectoryName(packet.File)))
        {
            var seen = new ReplayGuard([]);
            foreach (Recorded packet in recording)
            {
                Message message = Packet.Open(packet.Bytes, new Authenticator(packet.Keys)).Message!;
                if (!Header.TryRead(message, out Header header))
                {
                    Assert.Equal("NS_st", packet.Type);
                    continue;
                }

                PacketVerdict verdict = seen.Judge(
                    header.Source, header.Uuid.Span, header.Generation, header.Sequence, header.IsStatus, alive: false,
                    out IdentityTrouble trouble, out _);
                bool isExpected = ReplayGuard.IsAccepted(verdict)
                    || (verdict, packet.Type) == (PacketVerdict.Unannounced, "NS_ackmsg");
                Assert.True(isExpected, $"{packet.File}: {verdict}");
                Assert.Equal(IdentityTrouble.None, trouble);
            }
        }
    }

    private PacketVerdict Judge(long generation, long? sequence, bool isStatus = true) =>
        Judge(guard, generation, sequence, isStatus);

    private static PacketVerdict Judge(ReplayGuard guard, long generation, long? sequence, bool isStatus = true) =>
        guard.Judge(Alpha, Samples.AlphaUuid, new Generation(generation), sequence, isStatus);
}
