// The file that keeps what the replay guard has seen over our own restarts: one line per node, then a digest.
//   node generation sequence
//   sum 16-hex-digits
// Its loss is harmless (the guard then learns anew), so a bad file is no marks and one message, and writing never waits
// for the disk. A torn or edited file must not pass as true: a mark that is too high would lock a live peer out.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HaSharp.Core;
using HaSharp.Core.Wire;

namespace HaSharp.Daemon.Host;

public static class PeerMarks
{
    public const int MarkLimit = 128;
    private const int ByteLimit = 65536;
    private const string SumWord = "sum ";

    public static IReadOnlyList<ReplayMark> Read(string file, List<string> messages)
    {
        try
        {
            if (!File.Exists(file))
            {
                return [];
            }

            if (new FileInfo(file).Length <= ByteLimit && Parse(File.ReadAllText(file)) is { } marks)
            {
                return marks;
            }

            messages.Add($"{file} is broken and ignored: what peers said before our start is not remembered");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            messages.Add($"cannot read {file}: {e.Message}");
        }

        return [];
    }

    /// <summary>At most <see cref="MarkLimit"/> marks, the first ones.</summary>
    public static string Format(IReadOnlyList<ReplayMark> marks)
    {
        StringBuilder body = new();
        foreach (ReplayMark mark in marks.Take(MarkLimit))
        {
            body.Append(CultureInfo.InvariantCulture, $"{mark.Node} {mark.Generation.Number} {mark.Sequence}\n");
        }

        return $"{body}{SumWord}{Sum(body.ToString())}\n";
    }

    /// <summary>Null when anything about it is wrong.</summary>
    public static IReadOnlyList<ReplayMark>? Parse(string text)
    {
        int sumAt = text.LastIndexOf(SumWord, StringComparison.Ordinal);
        if (sumAt < 0 || text[sumAt..] != $"{SumWord}{Sum(text[..sumAt])}\n")
        {
            return null;
        }

        List<ReplayMark> marks = [];
        foreach (string line in text[..sumAt].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            if (words.Length != 3
                || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long generation)
                || !long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out long sequence))
            {
                return null;
            }

            marks.Add(new ReplayMark(new NodeName(words[0]), new Generation(generation), sequence));
        }

        return marks;
    }

    private static string Sum(string body) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)).AsSpan(0, 8));
}
