// Packets recorded from heartbeat 3.0.6, with what the recording says about each (Data/captures/manifest.json).

using System.Text;
using System.Text.Json;
using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Wire;

/// <summary>One recorded packet.</summary>
/// <param name="Inner">The method of the inner digest; null: none.</param>
internal sealed record Recorded(
    string File,
    byte[] Bytes,
    AuthKeys Keys,
    MessageFormat Format,
    string Type,
    string? Node,
    string? Seq,
    string? Inner);

internal static class Captures
{
    public static readonly IReadOnlyList<Recorded> All = Read();

    /// <summary>The first recorded packet of a type, signed with sha1, msgfmt classic.</summary>
    public static Recorded First(string type) =>
        All.First(packet => packet.Type == type && packet.File.Contains("sha1-classic", StringComparison.Ordinal));

    private static List<Recorded> Read()
    {
        string folder = Path.Combine(Root(), "tests", "HaSharp.Core.Tests", "Data", "captures");
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")));
        var all = new List<Recorded>();
        foreach (JsonElement capture in manifest.RootElement.GetProperty("captures").EnumerateArray())
        {
            AuthMethod method = Enum.Parse<AuthMethod>(Text(capture, "auth")!, ignoreCase: true);
            var keys = new AuthKeys(1, [new AuthKey(1, method, Encoding.ASCII.GetBytes(Text(capture, "key")!))]);
            MessageFormat format = Enum.Parse<MessageFormat>(Text(capture, "msgfmt")!, ignoreCase: true);
            foreach (JsonElement packet in capture.GetProperty("packets").EnumerateArray())
            {
                string file = Path.Combine(folder, Text(capture, "dir")!, Text(packet, "file")!);
                all.Add(new Recorded(
                    file, File.ReadAllBytes(file), keys, format,
                    Text(packet, "type")!, Text(packet, "node"), Text(packet, "seq"), Text(packet, "inner")));
            }
        }

        return all;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    /// <summary>The repository's root.</summary>
    public static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "HaSharp.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
