// The names and numbers that identify things.
// The idea: distinct types for distinct ideas, so that a node's name is never taken for a group's.
// Invariant: a node's name is lower case wherever it comes from.

namespace HaSharp.Core;

/// <summary>A cluster node, lower case, 1 to 99 bytes (heartbeat compares in lower case: K16).</summary>
public readonly record struct NodeName
{
    public NodeName(string text) => Text = text.ToLowerInvariant();

    public string Text { get; }

    public override string ToString() => Text ?? "";
}

/// <summary>
/// A resource group: the first resource of its haresources line, literally as written (spec 4.2 no. 4).
/// </summary>
public readonly record struct GroupName(string Text)
{
    public override string ToString() => Text ?? "";
}

/// <summary>
/// A heartbeat link: the interface's name as heartbeat shows it (spec 8.1), made unique by a suffix where two
/// media share an interface (F14).
/// </summary>
public readonly record struct LinkName(string Text)
{
    public override string ToString() => Text ?? "";
}

/// <summary>One start of a node's daemon: larger than that of every earlier start (spec 7.1).</summary>
public readonly record struct Generation(long Number) : IComparable<Generation>
{
    public int CompareTo(Generation other) => Number.CompareTo(other.Number);

    public static bool operator <(Generation a, Generation b) => a.Number < b.Number;
    public static bool operator >(Generation a, Generation b) => a.Number > b.Number;
    public static bool operator <=(Generation a, Generation b) => a.Number <= b.Number;
    public static bool operator >=(Generation a, Generation b) => a.Number >= b.Number;

    public override string ToString() => FormattableString.Invariant($"{Number:x}");
}

/// <summary>One run of one agent, unique within a start of the daemon.</summary>
public readonly record struct RunId(long Number);

/// <summary>One connection to the control socket, unique within a start of the daemon.</summary>
public readonly record struct ClientId(long Number);
