// Something that the files name and that only the machine can answer for: an agent, a program,
// an interface.
// The idea: reading is pure and whoever looks at the disk comes after it, so each mention carries its place, and what
// is found there can be said as a problem of the file.
// Invariant: mentions come from files with errors, too; whatever the reader could make out is worth a look.

namespace HaSharp.Core.Config;

/// <param name="File">ha.cf or haresources.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
public abstract record Mention(string File, int Line, int Column)
{
    /// <summary>A resource word, whose agent should be here.</summary>
    public sealed record OfResource(int Line, int Column, Resource Resource) : Mention("haresources", Line, Column);

    /// <summary>A program that the daemon is to run.</summary>
    /// <param name="Path">Absolute.</param>
    public sealed record OfProgram(int Line, int Column, string Path) : Mention("ha.cf", Line, Column);

    /// <summary>An interface that a link uses.</summary>
    public sealed record OfInterface(int Line, int Column, string Name) : Mention("ha.cf", Line, Column);

    /// <summary>A finding at its place.</summary>
    public ConfigProblem Warn(string text) => new(File, Line, Column, ProblemSeverity.Warning, text);
}
