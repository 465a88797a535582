// `hasharp status --json` as its readers outside see it: read by field name, not by sharing the program's records.

using System.Text.Json;

namespace HaSharp.Cli.Demo;

/// <summary>What one node says about the cluster.</summary>
public sealed record LabStatus(
    string Node,
    string Role,
    bool Stable,
    string Holdings,
    IReadOnlyList<LabNodeStatus> Nodes,
    IReadOnlyList<LabGroupStatus> Groups,
    IReadOnlyDictionary<string, long> Refused)
{
    public static LabStatus Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new LabStatus(
            Text(root, "node"),
            Text(root, "role"),
            root.GetProperty("stable").GetBoolean(),
            Text(root, "holdings"),
            [.. root.GetProperty("nodes").EnumerateArray().Select(ReadNode)],
            [.. root.GetProperty("groups").EnumerateArray().Select(ReadGroup)],
            ReadCounters(root));
    }

    public LabNodeStatus? NodeNamed(string name) => Nodes.FirstOrDefault(node => node.Name == name);

    private static LabNodeStatus ReadNode(JsonElement node) => new(
        Text(node, "name"),
        Text(node, "status"),
        new SortedDictionary<string, string>(
            node.GetProperty("links").EnumerateArray().ToDictionary(
                link => Text(link, "name"), link => Text(link, "status")),
            StringComparer.Ordinal));

    private static LabGroupStatus ReadGroup(JsonElement group) => new(
        Text(group, "name"), Text(group, "preferred"), Text(group, "owner"), Text(group, "state"),
        Text(group, "reason"));

    private static SortedDictionary<string, long> ReadCounters(JsonElement root)
    {
        var counters = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (root.TryGetProperty("refusedPackets", out var refused))
        {
            foreach (var counter in refused.EnumerateObject())
            {
                counters[counter.Name] = counter.Value.GetInt64();
            }
        }

        return counters;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}

/// <param name="Links">Status (up, dead) by the link's name.</param>
public sealed record LabNodeStatus(string Name, string Status, IReadOnlyDictionary<string, string> Links);

/// <param name="Owner">Empty when nobody is to hold it.</param>
public sealed record LabGroupStatus(string Name, string Preferred, string Owner, string State, string Reason);
