// "Did you mean": the known word next to a mistyped one.
// The idea: one or two slips of the keyboard (a wrong, missing, extra or swapped letter, or the case) are a near miss;
// anything further away is no help and is not offered.

namespace HaSharp.Core.Config;

public static class NearMiss
{
    private const int MostSlips = 2;
    private const int LongestWord = 100;

    /// <summary>"; did you mean "x"?" or nothing.</summary>
    public static string Suggest(string word, IEnumerable<string> known)
        => Find(word, known) is { } near ? $"; did you mean \"{near}\"?" : "";

    /// <summary>The nearest known word, the first of several that are equally near; null when none is near.</summary>
    public static string? Find(string word, IEnumerable<string> known)
    {
        string? best = null;
        var least = Math.Min(MostSlips, word.Length / 2) + 1;
        foreach (var candidate in known)
        {
            var slips = word.Length > LongestWord || Math.Abs(candidate.Length - word.Length) > MostSlips
                ? int.MaxValue
                : Slips(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (slips < least)
            {
                (best, least) = (candidate, slips);
            }
        }

        return best;
    }

    /// <summary>Optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours.</summary>
    private static int Slips(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Step(a, b, rows, i, j);
            }
        }

        return rows[a.Length, b.Length];
    }

    private static int Step(string a, string b, int[,] rows, int i, int j)
    {
        var best = Math.Min(
            Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1,
            rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
        var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return swapped ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
    }
}
