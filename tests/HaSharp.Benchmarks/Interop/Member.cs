// A node of a mixed cluster and what an operator does with it, whichever program it runs.

using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks.Interop;

/// <summary>The program that a node runs.</summary>
public enum Kind
{
    HaSharp,
    Heartbeat,
}

public abstract class Member(LabNode node)
{
    public LabNode Node { get; } = node;

    public string Name => Node.Name;

    public abstract Kind Kind { get; }

    /// <summary>Whether the daemon runs.</summary>
    public abstract bool Runs { get; }

    /// <summary>none, local, foreign or all; transition while something moves; null when there is no answer.</summary>
    public abstract string? Holdings { get; }

    /// <summary>Returns at once.</summary>
    public abstract void Start();

    /// <summary>A clean stop; returns when the daemon has ended.</summary>
    public abstract void Stop();

    /// <param name="word">all, local, foreign or failback.</param>
    public abstract void Standby(string word);

    /// <param name="word">all, local, foreign or failback.</param>
    public abstract void Takeover(string word);

    /// <summary>The daemon is ended without a chance to say or release anything.</summary>
    public abstract void Kill();

    /// <summary>As this node sees another: init, up, active or dead; null when there is no answer.</summary>
    public abstract string? StatusOf(string name);

    /// <summary>up or dead: the link of that interface to another node; null when there is no answer.</summary>
    public abstract string? LinkTo(string name, string interfaceName);

    /// <summary>Every line that the daemon has logged since it was furnished.</summary>
    public abstract IReadOnlyList<string> Log { get; }
}
