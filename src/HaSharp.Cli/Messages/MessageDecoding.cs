// `hasharp message decode [--authkeys FILE] FILE...`: recorded packets, one per file, as lines of JSON (PacketLine).

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using HaSharp.Core.Config;
using HaSharp.Core.Wire;

namespace HaSharp.Cli.Messages;

public static class MessageDecoding
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a line per file. The result is the exit code: 0, or 1 when any file holds no packet.</summary>
    /// <param name="keys">What digests are checked with; null: they are unchecked.</param>
    public static int Run(IEnumerable<string> files, AuthKeys? keys, TextWriter output)
    {
        Authenticator? authenticator = keys is null ? null : new Authenticator(keys);
        int exitCode = ExitCode.Done;
        foreach (string file in files)
        {
            var line = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(line, Readable))
            {
                json.WriteStartObject();
                json.WriteString("file", file);
                exitCode = TryWrite(file, authenticator, json) ? exitCode : ExitCode.Failed;
                json.WriteEndObject();
            }

            output.Write(Encoding.UTF8.GetString(line.WrittenSpan));
            output.Write('\n');
        }

        return exitCode;
    }

    private static bool TryWrite(string file, Authenticator? authenticator, Utf8JsonWriter json)
    {
        byte[] bytes;
        try
        {
            using FileStream stream = File.OpenRead(file);
            bytes = new byte[Packet.MaxDatagram + 1];
            bytes = bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            json.WriteString("error", wrong.Message);
            return false;
        }

        if (bytes.Length > Packet.MaxDatagram)
        {
            json.WriteString("error", "longer than a datagram can be, 65507 bytes");
            return false;
        }

        if (Inspection.Inspect(bytes, authenticator) is not { } packet)
        {
            json.WriteString("error", "no packet: of neither framing, cut off, or with a malformed field");
            WriteHex(json, "raw", bytes);
            return false;
        }

        Write(packet, bytes.AsSpan(packet.End), json);
        return true;
    }

    private static void Write(Inspection packet, ReadOnlySpan<byte> trailing, Utf8JsonWriter json)
    {
        json.WriteString("framing", packet.Framing == Framing.Classic ? "classic" : "netstring");
        json.WriteString("outer", Word(packet.Outer));
        json.WriteString("inner", Word(packet.Inner));
        json.WriteStartArray("fields");
        foreach (Field field in packet.Message.Fields)
        {
            Write(field, json);
        }

        json.WriteEndArray();
        if (!packet.Digest.IsEmpty)
        {
            json.WriteString("digest", packet.Digest.Span);
        }

        if (packet.Leading > 0)
        {
            json.WriteNumber("leading", packet.Leading);
        }

        if (!trailing.IsEmpty)
        {
            WriteHex(json, "trailing", trailing);
        }
    }

    private static void Write(in Field field, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", field.Name);
        json.WriteNumber("type", (int)field.Type);
        if (field.Type == FieldType.Text && Utf8.IsValid(field.Value.Span))
        {
            json.WriteString("value", field.Value.Span);
        }
        else
        {
            WriteHex(json, "value", field.Value.Span);
            if (field.Type == FieldType.Text)
            {
                json.WriteString("encoding", "hex");
            }
        }

        json.WriteEndObject();
    }

    private static void WriteHex(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes) =>
        json.WriteString(name, Convert.ToHexStringLower(bytes));

    private static string Word(DigestCheck check) => check switch
    {
        DigestCheck.Verified => "verified",
        DigestCheck.Wrong => "wrong",
        DigestCheck.Missing => "missing",
        _ => "unchecked",
    };
}
