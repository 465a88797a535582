using System.IO.Compression;
using HaSharp.Core.Config;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Wire;

/// <summary>Whatever arrives that is no packet, or none of ours: a refusal, never an exception.</summary>
public sealed class BadPacketTests
{
    private static readonly Authenticator Keys = Samples.Keys(active: 2);

    // The first one ends all processes of heartbeat 3.0.6, and so do the second, the eighth and the ninth.
    [Theory]
    [InlineData("###\n0:,%%%\n")]
    [InlineData("###\n1:a,%%%\n")]
    [InlineData("###\n3:(0),%%%\n")]
    [InlineData("###\n4:(0)a,%%%\n")]
    [InlineData("###\n4:(0)=,%%%\n")]
    [InlineData("###\n%%%\n")]
    [InlineData("###\n11:(0)t=status,%%%\n")]
    [InlineData("###\n8:t=status,%%%\n")]
    [InlineData("###\n6:(9)t=x,%%%\n")]
    public void Without_a_digest_it_is_unsigned(string packet) => Assert.Equal(Refusal.Unsigned, Open(packet));

    [Theory]
    [InlineData("#")]
    [InlineData("###\n")]
    [InlineData("###")]
    [InlineData(">>>\n")]
    [InlineData("\n\n\n")]
    [InlineData("A")]
    [InlineData("###\n99999999999:(0)t=status,%%%\n")]
    [InlineData("###\n-5:(0)t=status,%%%\n")]
    [InlineData("###\n12:(0)t=status,%%%\n")]
    [InlineData("###\n11:(0)t=status;%%%\n")]
    [InlineData("###\n011:(0)t=status,%%%\n")]
    [InlineData("###\n 11:(0)t=status,%%%\n")]
    [InlineData("###\n:(0)t=status,%%%\n")]
    [InlineData("###\n11(0)t=status,%%%\n")]
    [InlineData("###\n11:(0)t=status,%%%")]
    [InlineData("###\n9999999:(0)t=status,%%%\n")]
    [InlineData("###\r\n11:(0)t=status,%%%\r\n")]
    [InlineData(">>>\nt=status\n<<<")]
    [InlineData(">>>\r\nt=status\r\n<<<\r\n")]
    [InlineData(">>>\nauth=1 765e7680\nauth=1 765e7680\n<<<\n")]
    public void Of_neither_framing_or_cut_off_it_is_malformed(string packet) =>
        Assert.Equal(Refusal.Malformed, Open(packet));

    [Theory]
    [InlineData(">>>\n<<<\n")]
    [InlineData(">>>\nt=status\n<<<\n")]
    [InlineData(">>>\nnonsense\n<<<\n")]
    [InlineData(">>>\nauth=\n<<<\n")]
    public void A_classic_packet_without_an_auth_line_is_unsigned(string packet) =>
        Assert.Equal(Refusal.Unsigned, Open(packet));

    [Fact]
    public void No_bytes_are_empty() => Assert.Equal(Refusal.Empty, Packet.Open([], Keys).Refusal);

    [Fact]
    public void The_largest_datagram_is_read_and_one_byte_more_is_too_large()
    {
        byte[] largest = Samples.Signed(Keys, "(0)a=" + new string('x', Packet.MaxDatagram - 66));
        Assert.Equal(Packet.MaxDatagram, largest.Length);
        Assert.Equal(Refusal.None, Packet.Open(largest, Keys).Refusal);
        Assert.Equal(Refusal.TooLarge, Packet.Open([.. largest, 0], Keys).Refusal);
        Assert.Equal(Refusal.Malformed, Packet.Open(new byte[Packet.MaxDatagram], Keys).Refusal);
    }

    [Fact]
    public void An_inner_digest_alone_is_not_enough()
    {
        byte[] packet = Packet.Seal(Samples.Status(), Keys, MessageFormat.Classic);
        int end = packet.AsSpan().IndexOf("%%%\n"u8) + 4;
        Assert.Equal(Refusal.Unsigned, Packet.Open(packet.AsSpan(0, end), Keys).Refusal);
    }

    [Fact]
    public void A_wrong_inner_digest_does_not_matter_behind_a_good_outer_one()
    {
        Message message = Samples.Status().Add(FieldNames.Auth, "2 0000000000000000000000000000000000000000");
        Assert.Equal(Refusal.None, Packet.Open(Packet.Seal(message, Keys, MessageFormat.Netstring), Keys).Refusal);
    }

    [Fact]
    public void A_key_that_we_do_not_have_is_named_as_such()
    {
        var other = new Authenticator(new AuthKeys(7, [new AuthKey(7, AuthMethod.Sha1, "HI!"u8.ToArray())]));
        byte[] packet = Packet.Seal(Samples.Status(), other, MessageFormat.Classic);
        Assert.Equal(Refusal.UnknownKey, Packet.Open(packet, Keys).Refusal);
    }

    [Theory]
    [InlineData(AuthMethod.Sha1, "HI?")]
    [InlineData(AuthMethod.Md5, "HI!")]
    [InlineData(AuthMethod.Crc, "")]
    [InlineData(AuthMethod.Sha256, "HI!")]
    public void Another_secret_or_method_under_a_known_number_is_a_wrong_digest(AuthMethod method, string secret)
    {
        var other = new Authenticator(new AuthKeys(2, [new AuthKey(2, method, Samples.Latin(secret))]));
        byte[] packet = Packet.Seal(Samples.Status(), other, MessageFormat.Classic);
        Assert.Equal(Refusal.WrongDigest, Packet.Open(packet, Keys).Refusal);
        byte[] classic = Samples.SignedLines(other, "t=status\n");
        Assert.Equal(Refusal.WrongDigest, Packet.Open(classic, Keys).Refusal);
    }

    [Fact]
    public void An_upper_case_digest_is_wrong()
    {
        byte[] packet = Packet.Seal(Samples.Status(), Keys, MessageFormat.Netstring);
        for (int at = packet.Length - 41; at < packet.Length - 1; at++)
        {
            packet[at] = (byte)char.ToUpperInvariant((char)packet[at]);
        }

        Assert.Equal(Refusal.WrongDigest, Packet.Open(packet, Keys).Refusal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(301)]
    public void What_follows_a_packet_is_ignored(int length)
    {
        byte[] packet = Packet.Seal(Samples.Status(), Keys, MessageFormat.Classic);
        byte[] trailing = [.. Enumerable.Repeat(packet, 2).SelectMany(bytes => bytes).Take(length)];
        Assert.Equal(Refusal.None, Packet.Open([.. packet, .. trailing], Keys).Refusal);
        Assert.Equal(Refusal.None, Packet.Open([.. packet, 0], Keys).Refusal);
        byte[] classic = Samples.SignedLines(Keys, "t=status\n");
        Assert.Equal(Refusal.None, Packet.Open([.. classic, .. trailing], Keys).Refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("(0)")]
    [InlineData("(0)a")]
    [InlineData("(0)=")]
    [InlineData("(0)=b")]
    [InlineData("t=status")]
    [InlineData("(5)t=x")]
    [InlineData("(9)t=x")]
    [InlineData("(0)t\n=x")]
    [InlineData("(0)t =x")]
    [InlineData("(0)\u00e4=x")]
    [InlineData("(0)t=x\0")]
    [InlineData("(2)m=garbage")]
    [InlineData("(2)m=###\n%%%")]
    [InlineData("(2)m=###\n5:(9)a=,%%%\n")]
    [InlineData("(3)l=garbage")]
    [InlineData("(3)l=1:a,2:b,")]
    public void A_signed_packet_with_such_a_field_is_malformed(string item) =>
        Assert.Equal(Refusal.Malformed, Packet.Open(Samples.Signed(Keys, item), Keys).Refusal);

    [Theory]
    [InlineData("(0)t=")]
    [InlineData("(0)t=a=b")]
    [InlineData("(1)t=")]
    [InlineData("(2)m=###\n%%%\n")]
    [InlineData("(2)m=###\n5:(0)a=,21:(2)b=###\n5:(0)c=,%%%\n,%%%\n")]
    [InlineData("(3)l=")]
    [InlineData("(3)l=1:a,0:,")]
    [InlineData("(4)c=\0\x01")]
    public void A_signed_packet_with_such_a_field_is_read(string item) =>
        Assert.Equal(Refusal.None, Packet.Open(Samples.Signed(Keys, item), Keys).Refusal);

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("=x\n")]
    [InlineData("(1)a=*\n")]
    [InlineData("(1)a=AAA\n")]
    [InlineData("(1)a=AB==\n")]
    [InlineData("(1)a=AA ==\n")]
    [InlineData("(1)=AAAA\n")]
    [InlineData("(2)a=b\n")]
    [InlineData("(a=b\n")]
    [InlineData("t=x\0\n")]
    [InlineData("\n")]
    public void A_signed_classic_packet_with_such_a_line_is_malformed(string line) =>
        Assert.Equal(Refusal.Malformed, Packet.Open(Samples.SignedLines(Keys, line), Keys).Refusal);

    [Fact]
    public void A_name_has_255_bytes_at_most()
    {
        Assert.Equal(Refusal.None, Packet.Open(Samples.Signed(Keys, $"(0){new string('n', 255)}=x"), Keys).Refusal);
        byte[] longer = Samples.Signed(Keys, $"(0){new string('n', 256)}=x");
        Assert.Equal(Refusal.Malformed, Packet.Open(longer, Keys).Refusal);
    }

    [Fact]
    public void A_message_has_4096_fields_at_most()
    {
        string fields = string.Concat(Enumerable.Repeat("5:(0)a=,", Message.MaxFields));
        Assert.Equal(4096, Packet.Open(Samples.SignedBody(Keys, fields), Keys).Message!.Fields.Length);
        Assert.Equal(Refusal.Malformed, Packet.Open(Samples.SignedBody(Keys, fields + "5:(0)a=,"), Keys).Refusal);
        string lines = string.Concat(Enumerable.Repeat("a=\n", Message.MaxFields - 1));
        Assert.Equal(4096, Packet.Open(Samples.SignedLines(Keys, lines), Keys).Message!.Fields.Length);
        Assert.Equal(Refusal.Malformed, Packet.Open(Samples.SignedLines(Keys, lines + "a=\n"), Keys).Refusal);
    }

    [Fact]
    public void Messages_are_nested_16_deep_at_most()
    {
        Assert.Equal(Refusal.None, Packet.Open(Samples.Signed(Keys, Nested(16)), Keys).Refusal);
        Assert.Equal(Refusal.Malformed, Packet.Open(Samples.Signed(Keys, Nested(17)), Keys).Refusal);
        Assert.Equal(Refusal.Malformed, Packet.Open(Samples.Signed(Keys, Nested(3000)), Keys).Refusal);
    }

    [Fact]
    public void A_compressed_message_is_expanded()
    {
        byte[] inside = Packet.Seal(Samples.Status(), Keys, MessageFormat.Netstring);
        foreach (byte[] plain in (byte[][])[inside, Samples.SignedLines(Keys, "t=status\nst=active\n")])
        {
            Opened opened = Packet.Open(Compressed(plain, "zlib"), Keys);
            Assert.Equal("active", opened.Message!.Text(FieldNames.Status));
        }
    }

    [Fact]
    public void What_does_not_expand_to_a_message_of_2_MiB_at_most_is_refused()
    {
        byte[] bomb = new byte[Packet.MaxExpanded + 1];
        byte[] inside = Packet.Seal(Samples.Status(), Keys, MessageFormat.Netstring);
        foreach (byte[] packet in (byte[][])[
            Compressed(bomb, "zlib"),
            Compressed(Compressed(inside, "zlib"), "zlib"),
            Compressed(inside, "bz2"),
            Compressed([], "zlib"),
            Samples.Signed(Keys, "(1)_compressed_payload=garbage", "(0)_compression_algorithm=zlib"),
            Samples.Signed(Keys, "(1)_compressed_payload=", "(0)_compression_algorithm=zlib"),
            Samples.Signed(Keys, "(0)_compressed_payload=x", "(0)_compression_algorithm=zlib"),
            Samples.Signed(Keys, "(1)_compressed_payload=x")])
        {
            Assert.Equal(Refusal.Compression, Packet.Open(packet, Keys).Refusal);
        }
    }

    private static Refusal Open(string packet) => Packet.Open(Samples.Latin(packet), Keys).Refusal;

    private static string Nested(int depth)
    {
        string item = "(0)a=";
        for (int level = 0; level < depth; level++)
        {
            item = $"(2)m=###\n{item.Length}:{item},%%%\n";
        }

        return item;
    }

    private static byte[] Compressed(byte[] plain, string algorithm)
    {
        var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Optimal))
        {
            stream.Write(plain);
        }

        Message message = new Message()
            .AddBinary("_compressed_payload", packed.ToArray())
            .Add("_compression_algorithm", algorithm);
        return Packet.Seal(message, Keys, MessageFormat.Netstring);
    }
}
