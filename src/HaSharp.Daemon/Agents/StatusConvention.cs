using HaSharp.Core.Resources;

namespace HaSharp.Daemon.Agents;

/// <summary>
/// How heartbeat reads the answer of an agent to status (spec 4.6): by the text on standard output, whatever the exit
/// code. Only where there is no text does the code count, as LSB and OCF define it.
/// </summary>
public static class StatusConvention
{
    private static readonly int[] StoppedCodes = [1, 2, 3, 7];

    /// <summary>Null: neither text nor code say anything; not knowing is not the same as stopped.</summary>
    public static AgentVerdict? Read(string output, int exitCode)
    {
        if (string.IsNullOrWhiteSpace(output))
        {
            return exitCode == 0 ? AgentVerdict.Ok
                : StoppedCodes.Contains(exitCode) ? AgentVerdict.NotRunning
                : null;
        }

        return !SaysNotRunning(output) && (SaysRunning(output) || HasWord(output, "OK"))
            ? AgentVerdict.Ok
            : AgentVerdict.NotRunning;
    }

    /// <summary>
    /// Init scripts have heartbeat's words and LSB's codes: the words decide, and where they say neither running nor
    /// not running, the code does (4: not known; 150 not installed, 151 no privilege: private, but common).
    /// </summary>
    public static AgentVerdict ReadInit(string output, int exitCode)
    {
        bool isKnownCode = exitCode == 0 || StoppedCodes.Contains(exitCode);
        bool isClear = isKnownCode || SaysNotRunning(output) || SaysRunning(output) || HasWord(output, "OK");
        return isClear && Read(output, exitCode) is { } verdict ? verdict
            : exitCode is 150 or 151 ? AgentVerdict.Unable
            : AgentVerdict.Failed;
    }

    /// <summary>
    /// The word not, a blank, anything, running. heartbeat also took the end of cannot for it, so that drbddisk's
    /// "cannot determine status, may be running" counted as stopped, against what its author meant.
    /// </summary>
    private static bool SaysNotRunning(string output)
    {
        const string Not = "not ";
        for (int at = output.IndexOf(Not, StringComparison.OrdinalIgnoreCase); at >= 0;
            at = output.IndexOf(Not, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if (at == 0 || !char.IsAsciiLetter(output[at - 1]))
            {
                return SaysRunning(output.AsSpan(at + Not.Length));
            }
        }

        return false;
    }

    private static bool SaysRunning(ReadOnlySpan<char> output) =>
        output.Contains("running", StringComparison.Ordinal) || output.Contains("Running", StringComparison.Ordinal);

    private static bool HasWord(string output, string word)
    {
        for (int at = output.IndexOf(word, StringComparison.Ordinal); at >= 0;
            at = output.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            int end = at + word.Length;
            if ((at == 0 || !IsPartOfWord(output[at - 1]))
                && (end == output.Length || !IsPartOfWord(output[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPartOfWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
