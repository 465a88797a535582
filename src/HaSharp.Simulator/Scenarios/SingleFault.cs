// Every single thing that can go wrong in a cluster, one at a time: what a pair is bought for.
// Invariant: the list depends on the files alone.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator.Scenarios;

/// <param name="Name">For people, unique in its list.</param>
public sealed record SingleFault(string Name, IReadOnlyList<PlannedDeed> Deeds)
{
    public static IReadOnlyList<SingleFault> All(ClusterConfig config) =>
    [
        .. config.Nodes.SelectMany(node => OfNode(config, node)),
        .. config.Links.SelectMany(link => OfLink(config, link.Name)),
        .. config.Groups.SelectMany(group => OfGroup(config, group)),
    ];

    /// <summary>No datagram of any node gets through on this link; null: on all.</summary>
    public static IEnumerable<PlannedDeed> Cut(ClusterConfig config, LinkName? link) =>
        config.Nodes.SelectMany((a, i) => config.Nodes.Skip(i + 1).Select(b => Now(new Deed.Cut(link, a, b))));

    /// <summary>It ends by itself, and cannot be started again on this node.</summary>
    public static IEnumerable<PlannedDeed> Breaks(NodeName node, string resource) =>
    [
        Now(new Deed.Teach(resource, node, AgentAction.Start, new Manner.Fails())),
        Now(new Deed.Crash(node, resource)),
    ];

    public static PlannedDeed Now(Deed deed) => new(TimeSpan.Zero, deed);

    private static IEnumerable<SingleFault> OfNode(ClusterConfig config, NodeName node)
    {
        yield return new SingleFault($"{node} loses its power", [Now(new Deed.PowerCut(node))]);
        yield return new SingleFault($"the daemon of {node} is killed", [Now(new Deed.Kill(node))]);
        yield return new SingleFault(
            $"the daemon of {node} is killed and comes back at once",
            [Now(new Deed.Kill(node)), new PlannedDeed(config.Deadtime / 4, new Deed.Start(node))]);
        yield return new SingleFault(
            $"{node} stands still for three deadtimes",
            [Now(new Deed.Pause(node)), new PlannedDeed(3 * config.Deadtime, new Deed.Resume(node))]);
        foreach (LinkConfig link in config.Links)
        {
            yield return new SingleFault($"{node} loses {link.Name}", [Now(new Deed.Unplug(node, link.Name))]);
        }
    }

    private static IEnumerable<SingleFault> OfLink(ClusterConfig config, LinkName link)
    {
        yield return new SingleFault($"{link} carries nothing any more", [.. Cut(config, link)]);
    }

    /// <summary>On the preferred node, where it usually runs.</summary>
    private static IEnumerable<SingleFault> OfGroup(ClusterConfig config, GroupConfig group)
    {
        foreach (Resource resource in group.Resources)
        {
            string word = resource.Text;
            yield return new SingleFault($"{word} ends", [Now(new Deed.Crash(group.Preferred, word))]);
            yield return new SingleFault(
                $"{word} ends and cannot be started on {group.Preferred}", [.. Breaks(group.Preferred, word)]);
            yield return new SingleFault(
                $"{word} cannot be stopped on {group.Preferred}, which is asked to stand by",
                [
                    Now(new Deed.Teach(word, group.Preferred, AgentAction.Stop, new Manner.Fails())),
                    Now(new Deed.Ask(group.Preferred, Order.Standby, "all")),
                ]);
        }
    }
}
