// All that can be done to a virtual world: faults, repairs and operators' commands.
// The idea: a random run is a list of deeds as well, so that it can be printed as a scenario, cut down and kept.
// Invariant: ToString gives the words that DeedReader reads back to an equal deed.

using System.Globalization;
using HaSharp.Core;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator;

public abstract record Deed
{
    private Deed()
    {
    }

    public sealed override string ToString() => Words;

    protected abstract string Words { get; }

    /// <summary>The machine boots, and its daemon starts.</summary>
    public sealed record PowerOn(NodeName Node) : Deed
    {
        protected override string Words => $"power-on {Node}";
    }

    /// <summary>The machine and everything that runs on it is gone at once.</summary>
    public sealed record PowerCut(NodeName Node) : Deed
    {
        protected override string Words => $"power-cut {Node}";
    }

    /// <summary>The daemon starts on a machine that has power.</summary>
    public sealed record Start(NodeName Node) : Deed
    {
        protected override string Words => $"start {Node}";
    }

    /// <summary>The daemon dies without a word, and agents that it runs with it; resources keep running.</summary>
    public sealed record Kill(NodeName Node) : Deed
    {
        protected override string Words => $"kill {Node}";
    }

    /// <summary>The machine stands still (a suspended VM): daemon, agents, everything but its clock.</summary>
    public sealed record Pause(NodeName Node) : Deed
    {
        protected override string Words => $"pause {Node}";
    }

    public sealed record Resume(NodeName Node) : Deed
    {
        protected override string Words => $"resume {Node}";
    }

    /// <summary>Nothing goes from one machine to the other. Null: on all links.</summary>
    public sealed record CutOneWay(LinkName? Link, NodeName From, NodeName To) : Deed
    {
        protected override string Words => $"cut-one-way {On(Link)}{From} {To}";
    }

    /// <summary>Nothing goes between the two in either direction. Null: on all links.</summary>
    public sealed record Cut(LinkName? Link, NodeName A, NodeName B) : Deed
    {
        protected override string Words => $"cut {On(Link)}{A} {B}";
    }

    /// <summary>The contrary of Cut and CutOneWay.</summary>
    public sealed record Join(LinkName? Link, NodeName A, NodeName B) : Deed
    {
        protected override string Words => $"join {On(Link)}{A} {B}";
    }

    /// <summary>Nothing goes between nodes of different parts, on any link; inside a part everything goes.</summary>
    public sealed record Partition(IReadOnlyList<IReadOnlyList<NodeName>> Parts) : Deed
    {
        protected override string Words =>
            "partition " + string.Join(" | ", Parts.Select(static part => string.Join(' ', part)));

        public bool Equals(Partition? other) => other is not null && Words == other.Words;

        public override int GetHashCode() => string.GetHashCode(Words, StringComparison.Ordinal);
    }

    /// <summary>Cuts and partitions are gone, interfaces are back, nothing is lost, doubled or damaged.</summary>
    public sealed record Heal : Deed
    {
        protected override string Words => "heal";
    }

    /// <summary>The interface of one machine is gone, and its daemon notices.</summary>
    public sealed record Unplug(NodeName Node, LinkName Link) : Deed
    {
        protected override string Words => $"unplug {Node} {Link}";
    }

    public sealed record Plug(NodeName Node, LinkName Link) : Deed
    {
        protected override string Words => $"plug {Node} {Link}";
    }

    /// <summary>Probability that a datagram is lost, per receiver; 0 to 1.</summary>
    public sealed record Loss(LinkName? Link, double Probability) : Deed
    {
        protected override string Words => $"loss {On(Link)}{Percent(Probability)}";
    }

    /// <summary>Probability that a datagram arrives twice, per receiver; 0 to 1.</summary>
    public sealed record Duplicates(LinkName? Link, double Probability) : Deed
    {
        protected override string Words => $"duplicates {On(Link)}{Percent(Probability)}";
    }

    /// <summary>Probability that one byte of a datagram is another on arrival, per receiver; 0 to 1.</summary>
    public sealed record Damage(LinkName? Link, double Probability) : Deed
    {
        protected override string Words => $"damage {On(Link)}{Percent(Probability)}";
    }

    /// <summary>Every datagram takes Shortest to Longest; later ones may overtake earlier ones.</summary>
    public sealed record Delay(LinkName? Link, TimeSpan Shortest, TimeSpan Longest) : Deed
    {
        protected override string Words => $"delay {On(Link)}{Duration.Text(Shortest)} {Duration.Text(Longest)}";
    }

    /// <summary>Somebody sends old datagrams once more to this node: up to Count that were recorded earlier.</summary>
    public sealed record Replay(NodeName Node, int Count) : Deed
    {
        protected override string Words => FormattableString.Invariant($"replay {Node} {Count}");
    }

    /// <summary>An operator gives a command. Scope in the words of the command line.</summary>
    public sealed record Ask(NodeName Node, Order Order, string Scope) : Deed
    {
        protected override string Words => Order switch
        {
            Order.Stop => $"stop {Node}",
            Order.Keep => $"keep {Node}",
            Order.Standby => $"standby {Node} {Scope}",
            Order.Takeover => $"takeover {Node} {Scope}",
            Order.Maintain => $"maintain {Node} {Scope}",
            Order.Manage => $"manage {Node} {Scope}",
            Order.SwitchOff => $"switch-off {Node} {Scope}",
            Order.SwitchOn => $"switch-on {Node} {Scope}",
            _ => $"switch-over {Node} {Scope}",
        };
    }

    /// <summary>
    /// The daemon reads its files anew; a heartbeat is replaced by a new process that keeps the resources.
    /// </summary>
    public sealed record Reload(NodeName Node) : Deed
    {
        protected override string Words => $"reload {Node}";
    }

    /// <summary>From now on the agents of this resource behave so.</summary>
    /// <param name="Resource">The word of haresources, or * for all.</param>
    /// <param name="Node">Null: on every machine.</param>
    public sealed record Teach(string Resource, NodeName? Node, AgentAction Action, Manner Manner) : Deed
    {
        protected override string Words => $"agent {Resource} {(Node is null ? "" : $"on {Node} ")}"
            + $"{Action.ToString().ToLowerInvariant()} {Manner}";
    }

    /// <summary>A resource ends on this machine without anybody having stopped it.</summary>
    /// <param name="Resource">The word of haresources.</param>
    public sealed record Crash(NodeName Node, string Resource) : Deed
    {
        protected override string Words => $"crash {Node} {Resource}";
    }

    /// <summary>By now everything shall be settled, without any start or stop in the last Quiet.</summary>
    public sealed record Settled(TimeSpan Quiet) : Deed
    {
        protected override string Words => $"settled {Duration.Text(Quiet)}";
    }

    private static string On(LinkName? link) => link is null ? "" : $"{link} ";

    private static string Percent(double probability) =>
        (probability * 100).ToString("0.###", CultureInfo.InvariantCulture) + "%";
}

/// <summary>The operators' commands that change something.</summary>
public enum Order
{
    Standby,
    Takeover,
    Stop,

    /// <summary>Ends the daemon, and what runs is left running.</summary>
    Keep,

    /// <summary>Begins maintenance, of ten minutes at most.</summary>
    Maintain,

    /// <summary>Ends maintenance.</summary>
    Manage,

    /// <summary>Stops a resource; Scope is its word, or the group's name for all of it.</summary>
    SwitchOff,
    SwitchOn,

    /// <summary>Restarts a resource.</summary>
    SwitchOver,
}

/// <summary>How an agent behaves.</summary>
public abstract record Manner
{
    private Manner()
    {
    }

    public sealed override string ToString() => Words;

    protected abstract string Words { get; }

    /// <summary>Ends with success after its usual duration.</summary>
    public sealed record Works : Manner
    {
        protected override string Words => "works";
    }

    /// <summary>Ends with an error.</summary>
    public sealed record Fails : Manner
    {
        protected override string Words => "fails";
    }

    /// <summary>Does not end before its deadline.</summary>
    public sealed record Hangs : Manner
    {
        protected override string Words => "hangs";
    }

    /// <summary>Takes this long.</summary>
    public sealed record Takes(TimeSpan Time) : Manner
    {
        protected override string Words => $"takes {Duration.Text(Time)}";
    }
}
