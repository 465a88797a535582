// What the real node may write as ERROR or CRIT: only what it writes in the same scene beside its own kind, too. The
// list was made by running heartbeat with heartbeat through the same lives (choice "reference").

using System.Text.RegularExpressions;

namespace HaSharp.Cluster.Tests.Interop;

internal static partial class KnownLines
{
    private static readonly string[] Anywhere =
    [
        // At every start in a container that may not lock memory.
        "Cannot lock ourselves into memory",

        // Of its address agent, which announces in the background, when the power cut pulls the cable meanwhile.
        "libnet_write failed",

        // Of its FIFO reader, when the pieces of a script's message do not come at once on a busy machine: an empty
        // message, as `printf '>>>\n<<<\n'` into the FIFO gives, too. What was lost is asked for again.
        "msg2string: Message with zero fields",
        "Invalid message in send_cluster_msg",
    ];

    /// <summary>Lines that nobody who reads logs at night should find there.</summary>
    public static IEnumerable<string> Complaints(IEnumerable<string> log, IReadOnlyList<string> allowed) =>
        from line in log
        where Bad().IsMatch(line)
            && !Anywhere.Concat(allowed).Any(known => line.Contains(known, StringComparison.Ordinal))
        select line;

    /// <summary>The marks of a node whose messages nobody acknowledges: its clients stand still.</summary>
    public static IEnumerable<string> Freezes(IEnumerable<string> log) => log.Where(line => Frozen().IsMatch(line));

    [GeneratedRegex(" (ERROR|CRIT): ")]
    private static partial Regex Bad();

    [GeneratedRegex("hist queue is filling up|flow control disabled|[Pp]aus(e|ed|ing) client|client.*paused")]
    private static partial Regex Frozen();
}
