using HaSharp.Core;
using HaSharp.Core.Config;

namespace HaSharp.Simulator;

/// <summary>A resource's place in the cluster: the same index on every machine.</summary>
/// <param name="Index">Over all groups.</param>
/// <param name="Group">Index of its group.</param>
/// <param name="Position">In its group, from the left.</param>
public sealed record Slot(int Index, int Group, int Position, GroupName GroupName, Resource Resource);

/// <summary>All resources of haresources in order.</summary>
public sealed class Slots
{
    private readonly Dictionary<(GroupName Group, string Word), Slot> _byName = [];
    private readonly List<Slot> _all = [];
    private readonly List<IReadOnlyList<Slot>> _groups = [];

    public Slots(ClusterConfig config)
    {
        for (int g = 0; g < config.Groups.Count; g++)
        {
            GroupConfig group = config.Groups[g];
            List<Slot> slots = [];
            for (int p = 0; p < group.Resources.Count; p++)
            {
                Slot slot = new(_all.Count, g, p, group.Name, group.Resources[p]);
                _all.Add(slot);
                slots.Add(slot);
                _byName.TryAdd((group.Name, slot.Resource.Text), slot);
            }

            _groups.Add(slots);
        }
    }

    public IReadOnlyList<Slot> All => _all;

    /// <summary>By group in the order of the file, then left to right.</summary>
    public IReadOnlyList<IReadOnlyList<Slot>> Groups => _groups;

    public Slot Find(GroupName group, Resource resource) => _byName[(group, resource.Text)];
}
