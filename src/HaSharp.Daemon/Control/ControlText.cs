// The records of the control protocol as JSON and back.
// The idea: writing is generated (serialisation only), reading goes through JsonDocument by hand. Generated reading
// needs some 250 methods of metadata, and compiling those doubles the time of `hasharp status`.

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using HaSharp.Core.Control;

namespace HaSharp.Daemon.Control;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlAnswer))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(GroupReport[]))]
internal sealed partial class ControlJson : JsonSerializerContext;

public static class ControlText
{
    // Apostrophes and umlauts stay readable: the text goes to a socket or a terminal, never into HTML.
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What status --json prints: one line, with its line feed.</summary>
    public static string Of(StatusReport status) =>
        Encoding.UTF8.GetString(Line(status, ControlJson.Default.StatusReport));

    /// <summary>What the --json of verbs prints that ask for something to be done.</summary>
    public static string Of(ControlAnswer answer) =>
        Encoding.UTF8.GetString(Line(answer, ControlJson.Default.ControlAnswer));

    /// <summary>What group list --json prints.</summary>
    public static string Of(IReadOnlyList<GroupReport> groups) =>
        Encoding.UTF8.GetString(Line([.. groups], ControlJson.Default.GroupReportArray));

    internal static byte[] Line<T>(T value, JsonTypeInfo<T> type)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Readable))
        {
            type.SerializeHandler!(writer, value);
        }

        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    internal static ControlRequest? ReadRequest(ReadOnlyMemory<byte> line) => Read(line, json =>
        new ControlRequest(Text(json, "command"))
        {
            V = Number(json, "v"),
            Scope = OptionalText(json, "scope"),
            Group = OptionalText(json, "group"),
            Resource = OptionalText(json, "resource"),
            Action = OptionalText(json, "action"),
            Keep = json.TryGetProperty("keep", out JsonElement keep) ? keep.GetBoolean() : null,
            ForMs = OptionalLong(json, "forMs"),
            WaitMs = OptionalLong(json, "waitMs"),
        });

    internal static ControlAnswer? ReadAnswer(ReadOnlyMemory<byte> line) => Read(line, json =>
        new ControlAnswer(Text(json, "result"), Text(json, "text"))
        {
            V = Number(json, "v"),
            Status = json.TryGetProperty("status", out JsonElement status) ? Status(status) : null,
            Problems = json.TryGetProperty("problems", out JsonElement problems)
                ? Each(problems, problem => problem.GetString() ?? "")
                : null,
        });

    /// <summary>Null when the line is not JSON, or has not the members that it needs.</summary>
    private static T? Read<T>(ReadOnlyMemory<byte> line, Func<JsonElement, T> read)
        where T : class
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return read(document.RootElement);
        }
        catch (Exception wrong) when (wrong
            is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static StatusReport Status(JsonElement json)
    {
        var refused = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (JsonProperty kind in json.GetProperty("refusedPackets").EnumerateObject())
        {
            refused[kind.Name] = kind.Value.GetInt64();
        }

        return new StatusReport(
            Text(json, "node"),
            Text(json, "version"),
            Text(json, "role"),
            json.GetProperty("stable").GetBoolean(),
            Text(json, "holdings"),
            Text(json, "autoFailback"),
            Text(json, "configDigest"),
            json.GetProperty("uptimeMs").GetInt64(),
            Text(json, "reason"),
            Each(json.GetProperty("nodes"), Node),
            Each(json.GetProperty("groups"), Group),
            refused)
        {
            PingNodes = Each(json.GetProperty("pingNodes"), PingNode),
            Ipfail = json.TryGetProperty("ipfail", out JsonElement ipfail) && ipfail.GetBoolean(),
            Parameters = Parameters(json),
            Checks = json.TryGetProperty("checks", out JsonElement checks) ? Each(checks, Check) : [],
        };
    }

    /// <summary>None from a daemon that does not say them yet.</summary>
    private static SortedDictionary<string, string> Parameters(JsonElement json)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (json.TryGetProperty("parameters", out JsonElement parameters))
        {
            foreach (JsonProperty parameter in parameters.EnumerateObject())
            {
                all[parameter.Name] = parameter.Value.GetString() ?? "";
            }
        }

        return all;
    }

    private static NodeReport Node(JsonElement json) => new(
        Text(json, "name"),
        Text(json, "status"),
        json.GetProperty("self").GetBoolean(),
        OptionalLong(json, "lastHeardMs"),
        OptionalText(json, "configDigest"),
        Each(json.GetProperty("links"), Link))
    {
        Software = OptionalText(json, "software"),
        Limits = OptionalText(json, "limits"),
        FailingChecks = json.TryGetProperty("failingChecks", out JsonElement failing)
            ? Each(failing, check => check.GetString() ?? "")
            : [],
    };

    private static LinkReport Link(JsonElement json) => new(
        Text(json, "name"), Text(json, "status"), OptionalLong(json, "lastHeardMs"), OptionalText(json, "trouble"));

    private static PingNodeReport PingNode(JsonElement json) => new(
        Text(json, "name"),
        Text(json, "kind"),
        Each(json.GetProperty("hosts"), host => host.GetString() ?? ""),
        Text(json, "status"),
        OptionalLong(json, "lastHeardMs"),
        OptionalText(json, "trouble"));

    private static GroupReport Group(JsonElement json) => new(
        Text(json, "name"),
        Text(json, "preferred"),
        OptionalText(json, "owner"),
        Text(json, "state"),
        Text(json, "reason"),
        json.GetProperty("epoch").GetInt64(),
        Each(json.GetProperty("resources"), Resource))
    {
        MaintenanceMs = OptionalLong(json, "maintenanceMs"),
        FailedStop = OptionalText(json, "failedStop") ?? "",
        Unfit = OptionalText(json, "unfit"),
    };

    private static ResourceReport Resource(JsonElement json) => new(
        Text(json, "name"), Text(json, "state"), Text(json, "reason"))
    {
        Failures = (int)(OptionalLong(json, "failures") ?? 0),
        MonitorMs = OptionalLong(json, "monitorMs"),
    };

    private static CheckReport Check(JsonElement json) => new(
        Text(json, "name"), Text(json, "state"), Text(json, "reason"));

    private static List<T> Each<T>(JsonElement array, Func<JsonElement, T> read)
    {
        var all = new List<T>();
        foreach (JsonElement element in array.EnumerateArray())
        {
            all.Add(read(element));
        }

        return all;
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static string? OptionalText(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static long? OptionalLong(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value.GetInt64()
            : null;
}
