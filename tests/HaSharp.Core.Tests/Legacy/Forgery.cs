using System.Globalization;
using System.Text;
using HaSharp.Core.Config;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Legacy;

/// <summary>One field of a packet that is made by hand: the type is whatever stands between the brackets.</summary>
internal readonly record struct Piece(string Type, string Name, string Value)
{
    /// <summary>As in a netstring packet.</summary>
    public string Item => Counted($"({Type}){Name}={Value}");

    /// <summary>As in a classic packet; Latin-1 is bytes here.</summary>
    public string Line => Type == "0"
        ? $"{Name}={Value}\n"
        : $"({Type}){Name}={Convert.ToBase64String(Encoding.Latin1.GetBytes(Value))}\n";

    public static string Counted(string text) =>
        string.Create(CultureInfo.InvariantCulture, $"{text.Length}:{text},");
}

/// <summary>Somebody who has the key and writes packets by hand, in the name of a node; all text is Latin-1.</summary>
/// <param name="Sequence">The first sequence that it uses.</param>
/// <param name="Word">What its statuses say.</param>
internal sealed record Forgery(string Name, byte[] Uuid, long Generation, long Sequence, string Word)
{
    /// <summary>A key of the receiver, sha1.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>The node that receives it.</summary>
    public string Receiver { get; init; } = "node1";

    /// <summary>The receiver's real peer.</summary>
    public string Peer { get; init; } = "node2";

    /// <summary>The fields of a status as heartbeat 3.0.6 sends them.</summary>
    public IReadOnlyList<Piece> Status(long ahead = 0) =>
    [
        new("0", "t", "status"), new("0", "st", Word), new("0", "dt", "1388"), new("0", "protocol", "1"),
        .. Header(ahead),
    ];

    /// <summary>The fields of a message of this type.</summary>
    public IReadOnlyList<Piece> Say(string type, params (string Name, string Value)[] fields) =>
    [
        new("0", "t", type), .. fields.Select(static field => new Piece("0", field.Name, field.Value)),
        .. type.StartsWith("NS_", StringComparison.Ordinal) ? Without(Header(0), "seq") : Header(0),
    ];

    /// <summary>As this build of heartbeat sends it with msgfmt classic: netstring with an inner digest.</summary>
    public byte[] Send(IReadOnlyList<Piece> pieces) => Netstring([.. pieces, Inner(pieces)]);

    /// <summary>A status with other fields.</summary>
    public byte[] Send(Func<IReadOnlyList<Piece>, IReadOnlyList<Piece>> change) => Send(change(Status()));

    public Piece Inner(IReadOnlyList<Piece> pieces) => new("0", "auth", Digest(Lines(pieces)));

    /// <summary>Netstring with a good outer digest.</summary>
    public byte[] Netstring(IReadOnlyList<Piece> pieces) => Netstring(Body(pieces), AuthMethod.Sha1, 1);

    public byte[] Netstring(string body, AuthMethod method, int number) =>
        Latin(body + Piece.Counted(Digest(body, method, number)));

    /// <summary>The packet without its outer digest.</summary>
    public static string Body(IReadOnlyList<Piece> pieces) =>
        $"###\n{string.Concat(pieces.Select(static piece => piece.Item))}%%%\n";

    /// <summary>The old text form, signed.</summary>
    public byte[] Classic(string lines, string end = "\n") =>
        Latin($">>>{end}{lines}auth={Digest(lines)}{end}<<<{end}");

    public static string Lines(IReadOnlyList<Piece> pieces) =>
        string.Concat(pieces.Select(static piece => piece.Line));

    public string Digest(string text, AuthMethod method = AuthMethod.Sha1, int number = 1)
    {
        Span<byte> digest = stackalloc byte[Authenticator.MaxTextLength];
        var keys = new Authenticator(new AuthKeys(number, [new AuthKey(number, method, Secret)]));
        return Encoding.Latin1.GetString(digest[..keys.Sign(Latin(text), digest)]);
    }

    public static IReadOnlyList<Piece> Without(IReadOnlyList<Piece> pieces, string name) =>
        [.. pieces.Where(piece => piece.Name != name)];

    public static IReadOnlyList<Piece> With(
        IReadOnlyList<Piece> pieces, string name, string value, string type = "0") =>
        [.. pieces.Select(piece => piece.Name == name ? new Piece(type, name, value) : piece)];

    public static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    public static string Hex(long number) => number.ToString("x", CultureInfo.InvariantCulture);

    private IReadOnlyList<Piece> Header(long ahead) =>
    [
        new("0", "src", Name), new("1", "srcuuid", Encoding.Latin1.GetString(Uuid)),
        new("0", "seq", Hex(Sequence + ahead)), new("0", "hg", Hex(Generation)), new("0", "ts", "6553f100"),
        new("0", "ld", "0.10 0.20 0.30 1/100 4242"), new("0", "ttl", "3"),
    ];
}
