using System.Globalization;
using System.Text.RegularExpressions;

namespace HaSharp.Cluster.Tests.OldNames;

/// <summary>One command of recorded.txt.</summary>
/// <param name="After">What was changed before it, or the last change before; empty: nothing yet.</param>
/// <param name="IsChanged">It is the first one after that change.</param>
internal sealed partial record RecordedBlock(
    string After, bool IsChanged, int Line, string Node, IReadOnlyList<string> Words, string Said)
{
    public static IEnumerable<RecordedBlock> Read(string path)
    {
        string after = "", command = "";
        List<string> said = [];
        bool changed = false;
        int line = 0;
        foreach (string text in File.ReadLines(path))
        {
            line++;
            if (text.StartsWith("== ", StringComparison.Ordinal))
            {
                (after, changed) = (text[3..], true);
            }
            else if (text.StartsWith("node", StringComparison.Ordinal))
            {
                (command, said) = (text, []);
            }
            else if (text.StartsWith("exit: ", StringComparison.Ordinal))
            {
                string[] words = command.Split(' ');
                said.Add(text);
                yield return new RecordedBlock(
                    after, changed, line, words[0].TrimEnd('#'), words[1..], string.Join('\n', said));
                changed = false;
            }
            else if (text.Length > 0 && text[0] != '#')
            {
                said.Add(text);
            }
        }
    }

    /// <summary>The recording without what differs from run to run: times, process ids, versions.</summary>
    public static string Normal(string text) => Version().Replace(
        Pid().Replace(Head().Replace(text, "TIME node1 $1: [PID]: "), "[pid PID et al]"), "3.0.6 (WHO)");

    public static string Normal(int exitCode, string output, string errors) => Normal(string.Join('\n',
    [
        .. Lines("out:", output), .. Lines("err:", errors),
        string.Create(CultureInfo.InvariantCulture, $"exit: {exitCode}"),
    ]));

    private static IEnumerable<string> Lines(string mark, string text) =>
        text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n').Select(line => $"{mark} {line}".TrimEnd());

    [GeneratedRegex(@"[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d (?:node1 (\w+): \[\d+\]: )?")]
    private static partial Regex Head();

    [GeneratedRegex(@"\[pid \d+ et al\]")]
    private static partial Regex Pid();

    [GeneratedRegex(@"3\.0\.6 \([^)]*\)")]
    private static partial Regex Version();
}
