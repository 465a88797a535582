using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Wire;

/// <summary>What a receiver requires: spec 5.8.</summary>
public sealed class HeaderTests
{
    private const string Fields =
        "t=status;st=active;dt=1b58;protocol=1;src=Alpha;srcuuid=alpha;seq=2a;hg=5f5e1001;ts=5f5e1064;ld=n/a;ttl=3";

    [Fact]
    public void A_complete_message_has_a_header()
    {
        Assert.True(Header.TryRead(Samples.Message(Fields), out Header header));
        Assert.Equal("status", header.Type);
        Assert.True(header.IsStatus);
        Assert.Equal(new NodeName("alpha"), header.Source);
        Assert.Equal(Samples.AlphaUuid, header.Uuid.ToArray());
        Assert.Equal(new Generation(0x5f5e1001), header.Generation);
        Assert.Equal((0x2aL, 0x5f5e1064L), (header.Sequence, header.UnixSeconds));
        Assert.Null(header.Destination);
        Assert.True(header.DestinationUuid.IsEmpty);
    }

    [Theory]
    [InlineData("t")]
    [InlineData("src")]
    [InlineData("seq")]
    [InlineData("hg")]
    [InlineData("ts")]
    public void Without_one_of_the_required_fields_there_is_none(string field) =>
        Assert.False(Header.TryRead(Samples.Message(Without(field)), out _));

    [Theory]
    [InlineData("srcuuid")]
    [InlineData("ttl")]
    [InlineData("ld")]
    [InlineData("st")]
    public void The_others_may_be_missing(string field) =>
        Assert.True(Header.TryRead(Samples.Message(Without(field)), out _));

    [Theory]
    [InlineData("seq=xyz")]
    [InlineData("seq=0")]
    [InlineData("seq=")]
    [InlineData("seq=1 ")]
    [InlineData("seq=-1")]
    [InlineData("seq=1000000000000000")]
    [InlineData("hg=0")]
    [InlineData("hg=no")]
    [InlineData("ts=0")]
    [InlineData("ts=no")]
    [InlineData("t=")]
    [InlineData("t=a b")]
    [InlineData("src=")]
    [InlineData("src=a\nb")]
    public void A_field_of_the_wrong_form_counts_as_missing(string field)
    {
        string name = field[..field.IndexOf('=', StringComparison.Ordinal)];
        Assert.False(Header.TryRead(Samples.Message($"{Without(name)};{field}"), out _));
    }

    [Fact]
    public void Types_have_31_bytes_at_most_and_names_99()
    {
        Assert.True(Header.TryRead(Samples.Message($"{Without("t")};t={new string('t', 31)}"), out _));
        Assert.False(Header.TryRead(Samples.Message($"{Without("t")};t={new string('t', 32)}"), out _));
        Assert.True(Header.TryRead(Samples.Message($"{Without("src")};src={new string('n', 99)}"), out _));
        Assert.False(Header.TryRead(Samples.Message($"{Without("src")};src={new string('n', 100)}"), out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(64)]
    public void A_uuid_has_16_bytes(int length)
    {
        Message message = Samples.Message(Without("srcuuid"));
        Assert.False(Header.TryRead(message.AddBinary("srcuuid", new byte[length]), out _));
    }

    [Fact]
    public void A_uuid_is_binary()
    {
        Message message = Samples.Message(Without("srcuuid"));
        Assert.False(Header.TryRead(message.Add("srcuuid", "0123456789abcdef"), out _));
    }

    [Fact]
    public void The_first_field_of_a_name_counts()
    {
        Assert.True(Header.TryRead(Samples.Message(Fields + ";seq=99;t=other"), out Header header));
        Assert.Equal(("status", 0x2aL), (header.Type, header.Sequence));
    }

    [Fact]
    public void An_NS_message_has_no_sequence()
    {
        Assert.True(Header.TryRead(Samples.Message(Without("t") + ";t=NS_ackmsg"), out Header header));
        Assert.Null(header.Sequence);
    }

    [Theory]
    [InlineData("status", "", true)]
    [InlineData("status", ";dest=BRAVO", true)]
    [InlineData("status", ";dest=alpha", false)]
    [InlineData("status", ";dest=alpha;destuuid=bravo", true)]
    [InlineData("status", ";dest=bravo;destuuid=alpha", false)]
    [InlineData("NS_ackmsg", ";dest=bravo;destuuid=alpha", true)]
    [InlineData("NS_ackmsg", ";dest=alpha;destuuid=bravo", false)]
    public void A_message_is_for_us_by_uuid_if_it_is_counted_and_has_one_and_else_by_name(
        string type, string fields, bool isForUs)
    {
        Assert.True(Header.TryRead(Samples.Message($"{Without("t")};t={type}{fields}"), out Header header));
        Assert.Equal(isForUs, header.IsFor(new NodeName("bravo"), Samples.BravoUuid));
    }

    [Fact]
    public void A_destuuid_of_zeros_is_none()
    {
        Message message = Samples.Message(Fields + ";dest=bravo").AddBinary("destuuid", new byte[16]);
        Assert.True(Header.TryRead(message, out Header header));
        Assert.True(header.IsFor(new NodeName("bravo"), Samples.BravoUuid));
    }

    private static string Without(string name) => string.Join(
        ';', Fields.Split(';').Where(field => !field.StartsWith(name + "=", StringComparison.Ordinal)));
}
