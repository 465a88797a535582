using System.Globalization;
using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>Datagrams that were sent to a heartbeat 3.0.6, some of which ended it.</summary>
/// <param name="Name">Says what is wrong with it.</param>
/// <param name="Datagrams">In the order in which they are sent, in the name of the given node.</param>
internal sealed record BadInputCase(string Name, Func<Forgery, IReadOnlyList<byte[]>> Datagrams);

/// <summary>All cases of bad input, in the order in which heartbeat was given them.</summary>
internal static class BadInputCases
{
    public static IReadOnlyList<BadInputCase> All { get; } =
    [
        .. Digests(), .. Strangers(), .. Fragments(), .. Sizes(), .. Netstrings(), .. Missing(), .. Odd(),
        .. Fields(), .. Sequences(), .. Lies(),
    ];

    private static IEnumerable<BadInputCase> Digests() =>
    [
        One("baseline: valid netstring, inner + outer digest", Valid),
        One("valid, classic >>> form with auth line", static by => by.Classic(Forgery.Lines(by.Status()))),
        One("netstring, outer digest only (as msgfmt netstring sends)", static by => by.Netstring(by.Status())),
        One("netstring, inner auth only, no outer digest", static by => Forgery.Latin(SignedInside(by))),
        One("netstring, good outer, wrong inner digest", static by =>
            by.Netstring([.. by.Status(), new("0", "auth", by.Digest("something else"))])),
        One("netstring, good inner, wrong outer digest", static by => Spoil(Valid(by))),
        One("no digest at all (netstring)", static by => Forgery.Latin(Forgery.Body(by.Status()))),
        One("no digest at all (classic)", static by =>
            Forgery.Latin($">>>\n{Forgery.Lines(by.Status())}<<<\n")),
        One("wrong key", static by => Valid(by with { Secret = "AnotherKey"u8.ToArray() })),
        One("wrong key, classic", static by =>
            (by with { Secret = "AnotherKey"u8.ToArray() }).Classic(Forgery.Lines(by.Status()))),
        One("wrong key number (2, unknown)", static by => by.Netstring(SignedInside(by), AuthMethod.Sha1, 2)),
        One("other method under key 1 (crc)", static by => by.Netstring(SignedInside(by), AuthMethod.Crc, 1)),
        One("other method under key 1 (md5)", static by => by.Netstring(SignedInside(by), AuthMethod.Md5, 1)),
        One("upper-case hex digest", static by => Forgery.Latin(
            Forgery.Body(by.Status()) + Piece.Counted(by.Digest(Forgery.Body(by.Status())).ToUpperInvariant()))),
    ];

    private static IEnumerable<BadInputCase> Strangers() =>
    [
        One("node not in the list, validly signed, own uuid", static by =>
            Valid(by with { Name = "stranger", Uuid = Uuid(0x77) })),
        One("node not in the list, validly signed, node3's uuid", static by => Valid(by with { Name = "stranger" })),
    ];

    private static IEnumerable<BadInputCase> Fragments() =>
    [
        One("100 random bytes", static _ => Noise(100)),
        Raw("empty datagram", ""),
        Raw("one byte '#'", "#"),
        Raw("'###\\n' only", "###\n"),
        Raw("'>>>\\n' only", ">>>\n"),
        Raw("'>>>\\n<<<\\n'", ">>>\n<<<\n"),
        Raw("'###\\n%%%\\n'", "###\n%%%\n"),
        One("truncated at quarter", static by => Part(Valid(by), 1, 4)),
        One("truncated at half", static by => Part(Valid(by), 1, 2)),
        One("truncated at nine tenths", static by => Part(Valid(by), 9, 10)),
        One("last byte missing", static by => Valid(by)[..^1]),
        One("truncated classic (no <<<)", static by => by.Classic(Forgery.Lines(by.Status()))[..^4]),
        One("trailing NUL after the digest", static by => [.. Valid(by), 0]),
        One("trailing garbage after the digest", static by => [.. Valid(by), .. Forgery.Latin("garbage")]),
        One("two messages in one datagram", static by => [.. Valid(by), .. by.Send(by.Status(ahead: 1))]),
    ];

    private static IEnumerable<BadInputCase> Sizes() =>
    [
        Raw("65507 bytes of 'A'", new string('A', 65507)),
        One("65507 bytes, validly signed, one huge field", static by => Padded(by, 65490)),
        One("8 KiB validly signed", static by => Padded(by, 8314)),
        One("32 KiB validly signed", static by => Padded(by, 32315)),
    ];

    private static IEnumerable<BadInputCase> Netstrings() =>
    [
        Raw("64 KiB netstring bomb: length 99999999999", "###\n99999999999:(0)t=status,%%%\n"),
        Raw("netstring length negative", "###\n-5:(0)t=s,%%%\n"),
        Raw("netstring length 0 (unsigned)", "###\n0:,%%%\n"),
        Raw("one-byte field (unsigned)", "###\n1:(,%%%\n"),
        Raw("three-byte field '(0)' (unsigned)", "###\n3:(0),%%%\n"),
        Raw("field without '=' (unsigned)", "###\n4:(0)a,%%%\n"),
        Raw("field with an empty name (unsigned)", "###\n4:(0)=,%%%\n"),
        Raw("field without a type (unsigned)", "###\n8:t=status,%%%\n"),
        Raw("field type 9 (unsigned)", "###\n6:(9)a=b,%%%\n"),
        Raw("classic line without '=' (unsigned)", ">>>\nnonsense\n<<<\n"),
        One("classic with CR LF line ends, validly signed as such", static by =>
            by.Classic(Forgery.Lines(by.Status()).Replace("\n", "\r\n", StringComparison.Ordinal), "\r\n")),
        Raw("netstring length too long by one", "###\n12:(0)t=status,%%%\n"),
        Raw("missing comma", "###\n11:(0)t=status;%%%\n"),
    ];

    private static IEnumerable<BadInputCase> Missing() =>
        from name in (string[])["src", "srcuuid", "seq", "hg", "ts", "ttl", "t", "st", "dt", "protocol", "ld"]
        select One($"no {name}", voice => voice.Send(pieces => Forgery.Without(pieces, name)));

    private static IEnumerable<BadInputCase> Odd() =>
    [
        Changed("ttl 0", "ttl", "0"),
        Changed("ttl not a number", "ttl", "many"),
        Changed("seq not hex", "seq", "xyz"),
        Changed("ts not hex", "ts", "z"),
        Changed("srcuuid of 4 bytes", "srcuuid", "abcd", "1"),
        Changed("srcuuid of 64 bytes", "srcuuid", new string('u', 64), "1"),
        Changed("srcuuid that is node2's name's but new value", "srcuuid", new string('Z', 16), "1"),
        Changed("srcuuid as text (type 0)", "srcuuid", new string('Z', 16)),
    ];

    private static IEnumerable<BadInputCase> Fields() =>
    [
        Added("unknown field type 9", "9"),
        Added("nested struct field (type 2) with garbage", "2"),
        Added("list field (type 3) with garbage", "3"),
        Changed("unknown message type", "t", "strange_type"),
        One("duplicate field names", static by => by.Send(static pieces =>
            [.. pieces.Take(2), new("0", "st", "second"), .. pieces.Skip(2)])),
        One("2000 fields", static by => by.Send(static pieces =>
            [.. pieces, .. Enumerable.Range(0, 2000).Select(static i => new Piece("0", Named(i), "x"))])),
    ];

    private static IEnumerable<BadInputCase> Sequences() =>
    [
        One("replay: first, seq 0x10", Valid),
        new("replay: the same datagram again (same gen, seq 0x10)", static by => [Valid(by), Valid(by)]),
        new("replay: older seq (0x8), same generation", static by => [Valid(by), by.Send(by.Status(ahead: -8))]),
        new("replay: next seq (0x11), same generation", static by => [Valid(by), by.Send(by.Status(ahead: 1))]),
        One("replay: older generation (gen-5), seq 0x20", static by =>
            Valid(by with { Generation = by.Generation - 5, Sequence = by.Sequence + 0x10 })),
        new("gap: seq jumps 0x11 -> 0x20", static by => [Valid(by), by.Send(by.Status(ahead: 15))]),
        new("gap: seq jumps to 0x2000", static by => [Valid(by), by.Send(by.Status(ahead: 0x1fe0))]),
        Changed("seq ffffffff", "seq", "ffffffff"),
        Changed("ts one day in the past", "ts", "65529f80"),
        Changed("ts one day ahead", "ts", "65554280"),
    ];

    private static IEnumerable<BadInputCase> Lies() =>
    [
        One("rexmit request first > last", static by => by.Send(Request(by, 20, 10))),
        One("ack of a sequence not yet sent (ackseq ffffff)", static by =>
            by.Send(by.Say("NS_ackmsg", ("dest", by.Receiver), ("ackseq", "ffffff")))),
        One("spoof: node2 says st=dead (fresh generation)", static by => Valid(by with
        {
            Name = by.Peer, Uuid = Uuid(0x4e), Word = "dead", Generation = by.Generation + 1_000_000,
        })),
        One("spoof: node1 itself, seq far ahead", static by => Valid(by with
        {
            Name = by.Receiver, Uuid = Uuid(0x4d), Generation = by.Generation + 1_000_000, Sequence = 0xffffff,
        })),
        One("after all: valid packet still accepted", Valid),
        One("rexmit request 1..200000 in node3's name", static by => by.Send(Request(by, 1, 200_000))),
        One("and right after that flood: a valid packet", Valid),
    ];

    private static IReadOnlyList<Piece> Request(Forgery by, long first, long last) => by.Say(
        "NS_rexmit",
        ("dest", by.Receiver),
        ("firstseq", first.ToString(CultureInfo.InvariantCulture)),
        ("lastseq", last.ToString(CultureInfo.InvariantCulture)));

    private static BadInputCase One(string name, Func<Forgery, byte[]> datagram) => new(name, by => [datagram(by)]);

    private static BadInputCase Raw(string name, string bytes) => One(name, _ => Forgery.Latin(bytes));

    private static BadInputCase Changed(string name, string field, string value, string type = "0") =>
        One(name, by => by.Send(pieces => Forgery.With(pieces, field, value, type)));

    /// <summary>A signed status with one more field; no inner digest, which those types have no lines for.</summary>
    private static BadInputCase Added(string name, string type) =>
        One(name, by => by.Netstring([new(type, "extra", "garbage"), .. by.Status()]));

    private static byte[] Valid(Forgery by) => by.Send(by.Status());

    private static string SignedInside(Forgery by) => Forgery.Body([.. by.Status(), by.Inner(by.Status())]);

    private static byte[] Padded(Forgery by, int size)
    {
        var plain = by.Send([.. by.Status(), new("0", "pad", "")]).Length;
        return by.Send([.. by.Status(), new("0", "pad", new string('p', size - plain - 4))]);
    }

    private static byte[] Part(byte[] whole, int part, int of) => whole[..(whole.Length * part / of)];

    private static byte[] Spoil(byte[] packet)
    {
        packet[^2] = packet[^2] == (byte)'0' ? (byte)'4' : (byte)'0';
        return packet;
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(4).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Uuid(byte value) => [.. Enumerable.Repeat(value, 16)];

    private static string Named(int number) => string.Create(CultureInfo.InvariantCulture, $"f{number}");
}
