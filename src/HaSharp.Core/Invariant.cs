// What must hold whatever the world does.
// The idea: a broken invariant is a programmer's error, not an operating error: the process ends at once, in release
// builds too, and the watchdog and the peer take it from there.
// Invariant: nobody catches InvariantBrokenException.

using System.Diagnostics.CodeAnalysis;

namespace HaSharp.Core;

public static class Invariant
{
    /// <summary>Ends the process (by an exception that nobody catches) when the condition is false.</summary>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string sentence)
    {
        if (!condition)
        {
            throw new InvariantBrokenException(sentence);
        }
    }
}

/// <summary>Thrown by <see cref="Invariant.Holds"/> alone; no code catches it.</summary>
public sealed class InvariantBrokenException : Exception
{
    public InvariantBrokenException()
    {
    }

    public InvariantBrokenException(string sentence)
        : base(sentence)
    {
    }

    public InvariantBrokenException(string sentence, Exception inner)
        : base(sentence, inner)
    {
    }
}
