using System.Text;
using HaSharp.Core.Config;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Wire;

/// <summary>Many wrong packets made from right ones; each failure names the seed that makes it again.</summary>
public sealed class PacketFuzzTests
{
    private const int Mutants = 100_000;
    private const int SignedMutants = 20_000;

    private static readonly string[] Interesting =
    [
        "###\n", "%%%\n", ">>>\n", "<<<\n", "0:,", "-1:", "99999999:", "4294967296:", "(2)", "(9)", "auth=", "=",
        "\0", ",",
    ];

    [Fact]
    public void A_packet_that_was_cut_off_anywhere_is_refused()
    {
        Authenticator keys = Samples.Keys(active: 2);
        byte[] classic = Samples.SignedLines(keys, "t=status\nst=active\n");
        var some = Captures.All.Where((_, index) => index % 50 == 0).Select(one => one.Bytes);
        foreach (byte[] packet in some.Append(classic))
        {
            Authenticator authenticator = packet == classic ? keys : Of(packet);
            Assert.Equal(Refusal.None, Packet.Open(packet, authenticator).Refusal);
            for (int length = 0; length < packet.Length; length++)
            {
                Assert.Null(Packet.Open(packet.AsSpan(0, length), authenticator).Message);
                _ = Inspection.Inspect(packet.AsSpan(0, length), authenticator);
            }
        }
    }

    [Fact]
    public void No_changed_packet_is_accepted()
    {
        Recorded[] signed = [.. Captures.All.Where(packet => packet.Keys.Keys[0].Method != AuthMethod.Crc)];
        for (int seed = 0; seed < Mutants; seed++)
        {
            var random = new Random(seed);
            Recorded packet = signed[random.Next(signed.Length)];
            byte[] mutant = Mutate(packet.Bytes, random);
            Opened opened = Packet.Open(mutant, new Authenticator(packet.Keys));
            bool isSame = mutant.AsSpan().StartsWith(packet.Bytes);
            Assert.True(isSame == (opened.Message is not null), $"seed {seed}: {opened.Refusal}");
        }
    }

    [Fact]
    public void Whatever_is_signed_and_accepted_is_written_again_with_the_same_bytes()
    {
        Authenticator keys = Samples.Keys(active: 1);
        string fields = string.Concat(Fields(Captures.First("repnodes").Bytes));
        string lines = "t=status\n(1)srcuuid=ABEiM0RVZneImaq7zN3u/w==\nseq=1\nhg=5f5e1001\n";
        int accepted = 0;
        for (int seed = 0; seed < SignedMutants; seed++)
        {
            var random = new Random(seed);
            bool isClassic = random.Next(2) == 0;
            string body = Encoding.Latin1.GetString(Mutate(Samples.Latin(isClassic ? lines : fields), random));
            byte[] packet = isClassic ? Samples.SignedLines(keys, body) : Samples.SignedBody(keys, body);
            if (Packet.Open(packet, keys).Message is not { } message)
            {
                continue;
            }

            accepted++;
            Inspection seen = Inspection.Inspect(packet, keys)!;
            Assert.Equal(message.Fields.Length, seen.Message.Fields.Length);
            byte[] again = Inspection.Write(seen.Message, seen.Framing, seen.Digest.Span);
            Assert.True(packet.AsSpan(seen.Leading, seen.End - seen.Leading).SequenceEqual(again), $"seed {seed}");
        }

        Assert.InRange(accepted, SignedMutants / 100, SignedMutants);
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        Authenticator keys = Samples.Keys(active: 1);
        for (int seed = 0; seed < SignedMutants; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Assert.Null(Packet.Open(bytes, keys).Message);
        }
    }

    private static Authenticator Of(byte[] packet) =>
        new(Captures.All.First(recorded => ReferenceEquals(recorded.Bytes, packet)).Keys);

    private static string Fields(byte[] packet)
    {
        string text = Encoding.Latin1.GetString(packet);
        return text[4..text.IndexOf("%%%\n", StringComparison.Ordinal)];
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var mutant = new List<byte>(bytes);
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(mutant.Count);
            switch (random.Next(6))
            {
                case 0:
                    mutant[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    mutant[at] = (byte)random.Next(256);
                    break;
                case 2:
                    mutant.InsertRange(at, Samples.Latin(Interesting[random.Next(Interesting.Length)]));
                    break;
                case 3:
                    mutant.RemoveRange(at, random.Next(1, 1 + Math.Min(8, mutant.Count - at)));
                    break;
                case 4:
                    mutant.InsertRange(at, bytes.Take(random.Next(1, 30)));
                    break;
                default:
                    (mutant[at], mutant[^1]) = (mutant[^1], mutant[at]);
                    break;
            }

            if (mutant.Count == 0)
            {
                mutant.Add((byte)'#');
            }
        }

        return [.. mutant];
    }
}
