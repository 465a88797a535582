// One packet as one line of JSON: what `hasharp message decode` prints and `hasharp message encode` reads. A contract.
//
//   file      the path as given
//   framing   "netstring" or "classic"
//   outer     "verified", "wrong", "missing" or "unchecked": the digest behind the packet (netstring framing only)
//   inner     the same for the digest in the field auth
//   fields    in the order of the packet: name; type as heartbeat's digit (0 text, 1 binary, 2 message, 3 list,
//             4 compressed); value as text for type 0, else in hexadecimal. A text that is no UTF-8 is in hexadecimal,
//             too, and then the field has "encoding":"hex".
//   digest    the outer digest as it stands in the packet, "<key number> <digest>"; absent when there is none
//   leading   how many newlines stand before the packet; absent when none
//   trailing  the bytes behind the packet, which every receiver ignores, in hexadecimal; absent when none
//   error     why it is no packet; then there is nothing else but file and, if it could be read, raw: its bytes in
//             hexadecimal
//
// The idea: nothing is lost, so decode and encode give the same bytes for every file, right or wrong.

using System.Text.Json;
using HaSharp.Core.Wire;

namespace HaSharp.Cli.Messages;

/// <summary>What a line says, before anything is made of it.</summary>
internal sealed record PacketLine
{
    public required string File { get; init; }

    /// <summary>Not null: the file's bytes, for want of a packet.</summary>
    public byte[]? Raw { get; init; }

    public Framing Framing { get; init; }

    public DigestCheck Outer { get; init; }

    public DigestCheck Inner { get; init; }

    public Message Message { get; init; } = new();

    public byte[] Digest { get; init; } = [];

    public int Leading { get; init; }

    public byte[] Trailing { get; init; } = [];

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is no such line; the message says why.</exception>
    public static PacketLine Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Read(document.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("no line of \"hasharp message decode\"", wrong);
        }
    }

    private static PacketLine Read(JsonElement line)
    {
        string file = line.GetProperty("file").GetString() ?? "";
        if (line.TryGetProperty("error", out JsonElement error))
        {
            return line.TryGetProperty("raw", out JsonElement raw)
                ? new PacketLine { File = file, Raw = Hex(raw) }
                : throw new FormatException($"{file}: {error.GetString()}");
        }

        return new PacketLine
        {
            File = file,
            Framing = Word<Framing>(line, "framing"),
            Outer = Word<DigestCheck>(line, "outer"),
            Inner = Word<DigestCheck>(line, "inner"),
            Message = Fields(line.GetProperty("fields")),
            Digest = line.TryGetProperty("digest", out JsonElement digest) ? Text(digest) : [],
            Leading = line.TryGetProperty("leading", out JsonElement leading) ? Count(leading) : 0,
            Trailing = line.TryGetProperty("trailing", out JsonElement trailing) ? Hex(trailing) : [],
        };
    }

    private static Message Fields(JsonElement fields)
    {
        var message = new Message();
        foreach (JsonElement field in fields.EnumerateArray())
        {
            string name = field.GetProperty("name").GetString() ?? "";
            int type = field.GetProperty("type").GetInt32();
            JsonElement value = field.GetProperty("value");
            bool isText = type == (int)FieldType.Text && !field.TryGetProperty("encoding", out _);
            byte[] bytes = isText ? Text(value) : Hex(value);
            if (type is < 0 or > (int)FieldType.Compressed || !message.TryAdd(name, (FieldType)type, bytes))
            {
                throw new FormatException($"\"{name}\" with type {type} is no field");
            }
        }

        return message;
    }

    private static TWord Word<TWord>(JsonElement line, string name)
        where TWord : struct, Enum
    {
        string? word = line.GetProperty(name).GetString();
        return Enum.TryParse(word, ignoreCase: true, out TWord value) && Enum.IsDefined(value)
            ? value
            : throw new FormatException($"\"{name}\" cannot be \"{word}\"");
    }

    private static int Count(JsonElement value) =>
        value.GetInt32() is >= 0 and <= Packet.MaxDatagram and var count
            ? count
            : throw new FormatException("\"leading\" is a number from 0 to 65507");

    private static byte[] Text(JsonElement value) => System.Text.Encoding.UTF8.GetBytes(value.GetString() ?? "");

    private static byte[] Hex(JsonElement value) => Convert.FromHexString(value.GetString() ?? "");
}
