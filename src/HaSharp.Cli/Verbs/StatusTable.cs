// The status of a node as text for a terminal: small tables of padded columns, no colours, stable order.

using System.Globalization;
using System.Text;
using HaSharp.Core.Control;

namespace HaSharp.Cli.Verbs;

internal static class StatusTable
{
    public static string Of(StatusReport status)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{status.Node}: {status.Role}, holds {status.Holdings}, ");
        text.Append(status.Stable ? "stable" : "in transition");
        text.Append(CultureInfo.InvariantCulture, $", up {Age(status.UptimeMs)} (hasharp {status.Version})\n");
        if (status.Reason.Length > 0)
        {
            text.Append(status.Reason).Append('\n');
        }

        AppendTable(text, Nodes(status));
        AppendTable(text, Links(status));
        AppendTable(text, PingNodes(status));
        AppendTable(text, Groups(status.Groups));
        AppendTable(text, Troubles(status));
        AppendTable(text, Checks(status));
        AppendRemarks(text, status);
        return text.ToString();
    }

    /// <summary>Groups with all their resources.</summary>
    public static string Of(IReadOnlyList<GroupReport> groups)
    {
        var text = new StringBuilder();
        AppendTable(text, Groups(groups));
        AppendTable(text, Resources(groups, static (_, _) => true));
        return text.ToString().TrimStart('\n');
    }

    /// <summary>An age as people say it: 85 ms, 3.2 s, 4 min, 7 h, 12 d.</summary>
    internal static string Age(long milliseconds) => milliseconds switch
    {
        < 1000 => $"{milliseconds} ms",
        < 60_000 => (milliseconds / 1000.0).ToString("0.0", CultureInfo.InvariantCulture) + " s",
        < 3_600_000 => $"{milliseconds / 60_000} min",
        < 172_800_000 => $"{milliseconds / 3_600_000} h",
        _ => $"{milliseconds / 86_400_000} d",
    };

    private static List<string[]> Nodes(StatusReport status) =>
    [
        ["NODE", "STATUS", "RUNS", "LAST HEARD"],
        .. status.Nodes.Select(node => new[]
        {
            node.Name, node.Status, node.Software ?? "-", node.Self ? "this node" : Heard(node.LastHeardMs),
        }),
    ];

    private static List<string[]> Links(StatusReport status) =>
    [
        ["LINK", "NODE", "STATUS", "LAST HEARD"],
        .. status.Nodes.SelectMany(node => node.Links.Select(link => new[]
        {
            link.Name,
            node.Name,
            link.Status,
            link.Trouble ?? (node.Self ? "this node" : Heard(link.LastHeardMs)),
        })),
    ];

    private static List<string[]> PingNodes(StatusReport status) =>
    [
        ["PING NODE", "STATUS", "LAST HEARD"],
        .. status.PingNodes.Select(node => new[] { node.Name, node.Status, node.Trouble ?? Heard(node.LastHeardMs) }),
    ];

    private static List<string[]> Groups(IReadOnlyList<GroupReport> groups) =>
    [
        ["GROUP", "PREFERRED", "OWNER", "STATE", "REASON"],
        .. groups.Select(group => new[]
        {
            group.Name, group.Preferred, group.Owner ?? "-", group.State,
            Reason(group),
        }),
    ];

    private static string Reason(GroupReport group) => group.Reason
        + (group.MaintenanceMs is { } left ? $", for {Age(left)}" : "")
        + (group.Unfit is { } why ? $"; on this node {why}" : "");

    private static List<string[]> Checks(StatusReport status) =>
    [
        ["CHECK", "NODE", "STATE", "REASON"],
        .. status.Checks.Select(check => new[] { check.Name, status.Node, check.State, check.Reason }),
        .. status.Nodes.Where(node => !node.Self).SelectMany(node => node.FailingChecks.Select(
            check => new[] { check, node.Name, "fails", "" })),
    ];

    /// <summary>The resources that are not in their group's state, or have something to say.</summary>
    private static List<string[]> Troubles(StatusReport status) => Resources(
        status.Groups,
        static (group, resource) => (resource.State, resource.Reason, resource.Failures) != (group.State, "", 0));

    private static List<string[]> Resources(
        IReadOnlyList<GroupReport> groups, Func<GroupReport, ResourceReport, bool> shown) =>
    [
        ["RESOURCE", "GROUP", "STATE", "FAILURES", "REASON"],
        .. groups.SelectMany(group => group.Resources
            .Where(resource => shown(group, resource))
            .Select(resource => new[]
            {
                resource.Name, group.Name, resource.State,
                resource.Failures.ToString(CultureInfo.InvariantCulture), resource.Reason,
            })),
    ];

    private static void AppendRemarks(StringBuilder text, StatusReport status)
    {
        foreach (NodeReport node in status.Nodes.Where(
            node => !node.Self && node.ConfigDigest is { } digest && digest != status.ConfigDigest))
        {
            text.Append(CultureInfo.InvariantCulture, $"\nThe configuration of {node.Name} differs from ours.\n");
        }

        foreach (NodeReport node in status.Nodes.Where(node => node.Limits is not null))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{node.Name} runs {node.Software ?? "?"}: {node.Limits}.\n");
        }

        var kinds = new List<string>();
        foreach ((string kind, long count) in status.RefusedPackets)
        {
            if (count > 0)
            {
                kinds.Add($"{count} {kind}");
            }
        }

        kinds.Sort(StringComparer.Ordinal);
        if (kinds.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nRefused packets: {string.Join(", ", kinds)}\n");
        }
    }

    private static string Heard(long? milliseconds) => milliseconds is { } age ? Age(age) + " ago" : "never";

    /// <summary>Nothing at all when there are no rows under the heading.</summary>
    internal static void AppendTable(StringBuilder text, List<string[]> rows)
    {
        if (rows.Count == 1)
        {
            return;
        }

        text.Append('\n');
        foreach (string[] row in rows)
        {
            string line = string.Concat(row.Select(
                (cell, column) => cell.PadRight(rows.Max(other => other[column].Length) + 2)));
            text.Append(line.TrimEnd()).Append('\n');
        }
    }
}
