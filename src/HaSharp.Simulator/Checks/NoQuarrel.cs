// A group does not change its owner without an end.
//
// The rule, exactly: no more than 30 changes of the owner of one group are reported within any 10 seconds (a group that
// cannot be started anywhere is offered to every node once). Nodes that send a claim to and fro leave the group down
// and flood the links, though every single step of theirs is allowed.

using HaSharp.Core;

namespace HaSharp.Simulator.Checks;

public sealed class NoQuarrel : Checker
{
    private const int MostChanges = 30;

    private static readonly TimeSpan _span = TimeSpan.FromSeconds(10);

    private readonly Dictionary<GroupName, Queue<TimeSpan>> _changes = [];

    public override string Rule => "NoQuarrel";

    public override void See(World world, Happening happening)
    {
        if (happening is not Happening.Reported { Event: ClusterEvent.OwnerChanged change })
        {
            return;
        }

        if (!_changes.TryGetValue(change.Group, out Queue<TimeSpan>? changes))
        {
            changes = [];
            _changes.Add(change.Group, changes);
        }

        changes.Enqueue(world.Now);
        while (world.Now - changes.Peek() > _span)
        {
            changes.Dequeue();
        }

        if (changes.Count > MostChanges)
        {
            Broken(world, FailureKind.Liveness, FormattableString.Invariant(
                $"{change.Group} changed its owner {changes.Count} times within {_span.TotalSeconds:0} s: {change}"));
        }
    }
}
