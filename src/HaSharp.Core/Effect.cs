// All that a node can want from the world: the second closed union.
// The idea: the core asks, the world does; what comes of it arrives as an input like everything else.
// Invariant: an effect carries all that is needed to carry it out.

using HaSharp.Core.Config;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core;

public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Send these bytes on every open link (heartbeat sends everything on every medium: spec 12).</summary>
    public sealed record SendDatagram(ReadOnlyMemory<byte> Bytes) : Effect;

    /// <summary>
    /// Send an ICMP echo request with this payload to every host of the ping node. PingReplied follows when one of them
    /// answers, at most once; nothing follows when none does.
    /// </summary>
    public sealed record SendPing(PingNodeConfig Node, ReadOnlyMemory<byte> Payload) : Effect;

    /// <summary>
    /// Run one action of one resource's agent; exactly one AgentFinished with this Run follows, at the latest
    /// shortly after the deadline (the runner ends the agent then).
    /// </summary>
    public sealed record RunAgent(
        RunId Run, GroupName Group, Resource Resource, AgentAction Action, TimeSpan Deadline) : Effect
    {
        /// <summary>From one monitor to the next; zero: it is none, or a single one.</summary>
        public TimeSpan Interval { get; init; }
    }

    /// <summary>
    /// Run a check's command; exactly one CheckFinished with this Run follows, at the latest shortly after the check's
    /// timeout. It passed when it ended with 0 in time.
    /// </summary>
    public sealed record RunCheck(RunId Run, CheckConfig Check) : Effect;

    /// <summary>
    /// Keep this text for our next start (NodeIdentity.Kept), durable soon; it replaces the last one.
    /// </summary>
    public sealed record Keep(string Text) : Effect;

    /// <summary>
    /// Announce the addresses of a group that runs here once more (gratuitous ARP, unsolicited NA); no answer.
    /// </summary>
    public sealed record Announce(GroupName Group, IReadOnlyList<Resource> Resources) : Effect;

    /// <summary>
    /// Ask the neighbours whether one of them has an address of this group, which does not run here;
    /// NeighboursAsked follows when the question is sent, and AddressContested for each that has one.
    /// </summary>
    public sealed record AskNeighbours(GroupName Group, IReadOnlyList<Resource> Addresses) : Effect;

    /// <summary>Answer an operator. A command may be answered twice: accepted, then its end.</summary>
    public sealed record Reply(ClientId Client, CommandResult Result) : Effect;

    /// <summary>Tell the log. Core never logs itself.</summary>
    public sealed record Report(ClusterEvent Event) : Effect;

    /// <summary>
    /// Keep for our next start what the replay guard has seen; written in the background, its loss is harmless.
    /// </summary>
    public sealed record Remember(IReadOnlyList<ReplayMark> Marks) : Effect;

    /// <summary>
    /// Tell the site's own script in rc.d of this name, if there is one, what has happened in the cluster (spec 6.4,
    /// 10.1). Nothing comes back, and nothing waits for it.
    /// </summary>
    /// <param name="Type">The field t of the message.</param>
    /// <param name="Fields">The message's text fields, t among them; the script gets each as HA_name.</param>
    public sealed record RunEventScript(string Type, IReadOnlyList<(string Name, string Value)> Fields) : Effect
    {
        /// <summary>A node's status is another one: what heartbeat tells the script status.</summary>
        /// <param name="status">init, up, active, ping or dead.</param>
        /// <param name="ping">A ping node; heartbeat marks those in the field info.</param>
        public static RunEventScript OfStatus(NodeName node, string status, bool ping = false)
        {
            (string, string)[] fields = [("t", "status"), ("st", status), ("src", node.Text)];
            return new RunEventScript("status", ping ? [.. fields, ("info", "ping")] : fields);
        }
    }

    /// <summary>Everything is released and goodbye is said: end the process. Not clean: a stop failed.</summary>
    public sealed record Leave(bool Clean) : Effect;
}
