// What an operator has to know of groups that another node's daemon left running when it ended (stop --keep).
// The idea: whoever takes such a group would start it a second time if it still runs there, and nobody can ask a node
// without a daemon; so every answer that touches one says so.
// Invariant: the text is empty when there is none.

using HaSharp.Core.Resources;

namespace HaSharp.Core.Control;

internal static class KeptGroups
{
    /// <summary>A clause to be put behind an answer.</summary>
    /// <param name="self">What this node kept itself is managed again as soon as it is back.</param>
    /// <param name="advice">What to do about it.</param>
    public static string Remark(IEnumerable<ResourceGroup> groups, NodeName self, string advice)
    {
        var kept = groups.Where(group => group.Orders.KeptBy is { } keeper && keeper != self)
            .Select(static group => $"{group.Config.Name} was left running on {group.Orders.KeptBy} (stop --keep)")
            .ToList();
        return kept.Count == 0 ? "" : $"; {string.Join(", ", kept)}: {advice}";
    }
}
