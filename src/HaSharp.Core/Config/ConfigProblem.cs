// One thing that is wrong, or worth knowing, in one of the three files.
// The idea: all are collected and none stops the reading, so that a file is mended in one round.
// Invariant: the text never contains a secret.

namespace HaSharp.Core.Config;

public enum ProblemSeverity
{
    /// <summary>Said once at start: for example a directive that is accepted without effect.</summary>
    Note,

    /// <summary>Starts, but somebody should look.</summary>
    Warning,

    /// <summary>Refuses the start, or the reload.</summary>
    Error,
}

/// <summary>A finding with its place. Text names what is wrong and the remedy, and never a secret.</summary>
/// <param name="File">ha.cf, haresources or authkeys (the name, not the path).</param>
/// <param name="Line">From 1; 0 when it concerns the whole file.</param>
/// <param name="Column">From 1; 0 when it concerns the whole line.</param>
public sealed record ConfigProblem(string File, int Line, int Column, ProblemSeverity Severity, string Text)
{
    public override string ToString() => Line == 0
        ? FormattableString.Invariant($"{File}: {Word}{Text}")
        : FormattableString.Invariant($"{File}:{Line}:{Column}: {Word}{Text}");

    private string Word => Severity switch
    {
        ProblemSeverity.Note => "note: ",
        ProblemSeverity.Warning => "warning: ",
        _ => "error: ",
    };
}
