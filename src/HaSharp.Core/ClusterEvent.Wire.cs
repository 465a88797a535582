// 1000 to 1999: links and packets.
// The idea: what strangers can cause is counted and reported at most once a minute per kind.
// Invariant: no event contains bytes of a packet that was not authenticated.

namespace HaSharp.Core;

public abstract partial record ClusterEvent
{
    /// <summary>At most once a minute per kind; Count is since the last report of this kind.</summary>
    public sealed record PacketRefused(string Kind, LinkName Link, long Count) : ClusterEvent(1001, Severity.Warning)
    {
        public override FormattableString Message => $"Dropped {Count} packet(s), last on link {Link}: {Kind}";
    }

    public sealed record LinkOpened(LinkName Link) : ClusterEvent(1002, Severity.Info)
    {
        public override FormattableString Message => $"Link {Link}: open";
    }

    public sealed record LinkLost(LinkName Link, string Trouble) : ClusterEvent(1003, Severity.Warning)
    {
        public override FormattableString Message => $"Link {Link}: closed, will be reopened: {Trouble}";
    }

    public sealed record UnknownNode(string Node, LinkName Link, long Count) : ClusterEvent(1004, Severity.Error)
    {
        public override FormattableString Message =>
            $"process_status_message: bad node [{Node}] in message ({Count} packet(s), link {Link}): not in ha.cf";
    }

    public sealed record TwoNodesOneName(NodeName Node, LinkName Link) : ClusterEvent(1005, Severity.Critical)
    {
        public override FormattableString Message =>
            $"Two machines call themselves {Node} (link {Link}): one of them has the wrong node name; stop it";
    }

    public sealed record TwoNodesOneUuid(NodeName Node, NodeName Other) : ClusterEvent(1006, Severity.Critical)
    {
        public override FormattableString Message =>
            $"Nodes {Node} and {Other} have the same UUID: remove the file hb_uuid of the copied one and restart it";
    }

    /// <summary>At most once a minute; Count is since the last report.</summary>
    public sealed record PacketsLost(NodeName Node, long Count) : ClusterEvent(1007, Severity.Info)
    {
        public override FormattableString Message => $"{Count} lost packet(s) for [{Node}], asked for again";
    }

    /// <summary>At most once a minute; Count is since the last report.</summary>
    public sealed record RequestRefused(NodeName Node, string Kind, long Count) : ClusterEvent(1008, Severity.Warning)
    {
        public override FormattableString Message => $"{Count} request(s) of {Node} not followed: {Kind}";
    }
}
