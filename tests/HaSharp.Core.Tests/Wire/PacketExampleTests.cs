using System.Security.Cryptography;
using System.Text.RegularExpressions;
using HaSharp.Core.Config;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Wire;

/// <summary>The byte-level examples of spec 20, each given by length and SHA-256 of the packet.</summary>
public sealed class PacketExampleTests
{
    private const string Status = "t=status;st=init;dt=1b58;protocol=1;src=alpha;srcuuid=alpha;seq=1;" + Tail;
    private const string Tail = "hg=5f5e1001;ts=5f5e1064;ld=0.10 0.20 0.30 1/100 4242;ttl=3";
    private const string NsTail = "hg=5f5e1001;ts=5f5e1064;ttl=3";

    private const string Ack = "t=NS_ackmsg;dest=alpha;ackseq=1f;destuuid=alpha;src=bravo;srcuuid=bravo;" + NsTail;

    private const string Resource =
        "t=resource;rsc_hold=local;rtype=full;isstable=1;src=bravo;srcuuid=bravo;seq=2a;" + Tail;

    private const string Ask = "t=ask_resources;rsc_hold=foreign;info=me;src=alpha;srcuuid=alpha;seq=b7;" + Tail;

    private const string Rexmit =
        "t=NS_rexmit;dest=alpha;firstseq=77;lastseq=77;destuuid=alpha;src=bravo;srcuuid=bravo;" + NsTail;

    private const string NodeList =
        "dest=bravo;t=repnodes;nodelist=alpha bravo ;delnodelist= ;destuuid=bravo;src=alpha;srcuuid=alpha;seq=5;"
        + Tail;

    private const string Ping = "t=NS_st;st=ping;info=ping;src=192.0.2.254;ts=5f5e1064";

    private const string PingCount =
        "t=num_ping_nodes;src=alpha;num_ping=1;dest=bravo;from_id=ipfail;to_id=ipfail;client_gen=0;destuuid=bravo;"
        + "srcuuid=alpha;seq=11;hg=5f5e1001;ts=5f5e1064;ld=0.10 0.20 0.30 1/100 4242;ttl=4";

    public static TheoryData<string, string, int, MessageFormat, int, string> Sent { get; } = new()
    {
        {
            "E1", Status, 2, MessageFormat.Classic, 308,
            "6c7651df1c754bee624d74d33b30e2b696d72b1a528722879e2d4e6265cd9125"
        },
        {
            "E2", Status, 2, MessageFormat.Netstring, 254,
            "4c2f923d21e0ef27fada7d14f4abc4aa14267ccfda808e364d33f3d95a0b9ce3"
        },
        {
            "E4", Ack, 3, MessageFormat.Classic, 269,
            "06e2205bda5a2b1cda2aa56421b8add71a141252a7b883f52bf85d5221988b8b"
        },
        {
            "E5", Resource, 1, MessageFormat.Classic, 257,
            "62a7c239a664482fe68dd00f33fa41802ccd244ad7ea1fe4b855a0cd8076850d"
        },
        {
            "E6", Ask, 2, MessageFormat.Classic, 308,
            "8db8d2c3ea4e5c3f46ebe82b930997c3629475b6421b00682b31fdb4f228271b"
        },
        {
            "E7", Rexmit, 2, MessageFormat.Classic, 304,
            "1aa1c73f36c597e313d1a2031722b3c8e317ca659f2934999d064a11da5642a4"
        },
        {
            "E8", NodeList, 2, MessageFormat.Classic, 362,
            "a79b36a30d3436e6b8e9d2b68fbaffb320985424ce9b7398f089241544619034"
        },
        {
            "E9", Ping, 2, MessageFormat.Classic, 192,
            "5a75023a904cf4a8f0ee76864b10ac3f2093d0d6003948c7d3f4be383062fc3d"
        },
        {
            "E10", PingCount, 2, MessageFormat.Classic, 397,
            "cfee2e036d939f88f3d4bdae95f6481d139fec1697afeb8e42d340172cc06241"
        },
    };

    [Theory]
    [MemberData(nameof(Sent))]
    public void A_message_is_sealed_to_the_bytes_of_the_example(
        string example, string fields, int key, MessageFormat format, int length, string sha256)
    {
        byte[] packet = Packet.Seal(Samples.Message(fields), Samples.Keys(key), format);
        Assert.Equal((example, length), (example, packet.Length));
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(packet)));
        Assert.Equal(Refusal.None, Packet.Open(packet, Samples.Keys(active: 1)).Refusal);
    }

    [Fact]
    public void The_classic_packet_of_example_E3_is_written_and_opened()
    {
        Message message = Samples.Message(Status + ";auth=2 9be17425256c56c020f6256097e046bac46409b6");
        byte[] packet = [.. Inspection.Write(message, Framing.Classic, default), 0];
        Assert.Equal(204, packet.Length);
        Assert.Equal(
            "a38a817f04bcd66d6acd11be95a073f9c346a6fadc8f261ad1f22ddbe4bfd0eb",
            Convert.ToHexStringLower(SHA256.HashData(packet)));

        Opened opened = Packet.Open(packet, Samples.Keys(active: 1));
        Assert.Equal((Refusal.None, Framing.Classic), (opened.Refusal, opened.Framing));
        Assert.Equal(Samples.AlphaUuid, opened.Message!.Binary(FieldNames.SourceUuid)!.Value.ToArray());
        Assert.Equal(0x5f5e1001, opened.Message.Hex(FieldNames.Generation));
    }

    [Fact]
    public void Sha256_is_sealed_and_opened_like_the_others()
    {
        byte[] packet = Packet.Seal(Samples.Status(), Samples.Keys(active: 4), MessageFormat.Classic);
        Assert.Contains("%%%\n66:4 ", System.Text.Encoding.Latin1.GetString(packet), StringComparison.Ordinal);
        Assert.Equal("active", Packet.Open(packet, Samples.Keys(active: 1)).Message!.Text(FieldNames.Status));
    }

    [Fact]
    public void The_packet_in_the_documentation_is_what_HaSharp_sends()
    {
        string page = File.ReadAllText(Path.Combine(Captures.Root(), "docs", "reference", "wire.md"));
        string example = page.Split('\n').Single(line => line.StartsWith("###\\n11:", StringComparison.Ordinal));
        byte[] packet = Samples.Latin(Regex.Unescape(example));

        Message message = Packet.Open(packet, Samples.Keys(active: 2)).Message!;
        PublicState state = PublicStateCodec.Read(message)!;
        var again = new Message();
        foreach (Field field in message.Fields)
        {
            if (field.Name == FieldNames.PublicState)
            {
                PublicStateCodec.Add(again, state);
            }
            else if (field.Name != FieldNames.Auth)
            {
                again.Add(field.Name, field.Type, field.Value);
            }
        }

        Assert.Equal(packet, Packet.Seal(again, Samples.Keys(active: 2), MessageFormat.Classic));
    }
}
