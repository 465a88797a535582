// All that a node can report: the third closed union. Core never logs; it returns Report(ClusterEvent).
// One event, one id, one template, one record; ids are never reused (1000 links and wire, 2000 membership, 3000 role
// and decision, 4000 resources, 5000 fencing, 6000 control, 9000 host). Templates use heartbeat's wording where it
// has one (spec 16), so that existing log watchers keep working.

namespace HaSharp.Core;

public enum Severity
{
    Debug,
    Info,
    Warning,
    Error,

    /// <summary>The service is in danger, or the node cannot go on.</summary>
    Critical,
}

public abstract partial record ClusterEvent(int Id, Severity Severity)
{
    /// <summary>The template with its arguments; Format is the same for every event of one id.</summary>
    public abstract FormattableString Message { get; }

    public sealed override string ToString() => FormattableString.Invariant(Message);
}
