// Cuts ha.cf and haresources into lines and words: ends of line, remarks, the limit of a line, characters that no
// configuration holds (spec 2.1, 4.2 nos. 1 and 3).
// The idea: a remark may hold anything, also bytes of an old encoding; a word may not.

using System.Buffers;
using System.Text;

namespace HaSharp.Core.Config;

/// <param name="Text">Without remark and line end.</param>
/// <param name="Number">From 1.</param>
/// <param name="HasRemark">A remark was cut off.</param>
internal readonly record struct TextLine(string Text, int Number, bool HasRemark);

internal static class TextLines
{
    /// <summary>Separators of a line that is read as a whole.</summary>
    public static readonly SearchValues<char> Blanks = SearchValues.Create(" \t");

    /// <summary>Separators of a list of words (spec 2.1).</summary>
    public static readonly SearchValues<char> BlanksAndCommas = SearchValues.Create(" \t,");

    /// <summary>All lines, blank ones too. A line that cannot be read is reported and comes back empty.</summary>
    public static IEnumerable<TextLine> Of(string text, ProblemList problems)
    {
        var number = 0;
        for (var start = 0; start < text.Length;)
        {
            var newline = text.IndexOf('\n', start);
            var end = newline < 0 ? text.Length : newline;
            yield return Line(text[start..end].TrimEnd('\r'), ++number, problems);
            start = end + 1;
        }
    }

    /// <summary>The words of a line from a character on.</summary>
    public static List<Word> Words(TextLine line, SearchValues<char> separators, int from = 0)
    {
        var words = new List<Word>();
        var text = line.Text.AsSpan();
        for (var at = from; at < text.Length;)
        {
            var length = text[at..].IndexOfAny(separators);
            length = length < 0 ? text.Length - at : length;
            if (length > 0)
            {
                words.Add(new(text.Slice(at, length).ToString(), line.Number, at + 1));
            }

            at += length + 1;
        }

        return words;
    }

    private static TextLine Line(string raw, int number, ProblemList problems)
    {
        if (Encoding.UTF8.GetByteCount(raw) > ConfigLimits.LineBytes)
        {
            problems.Error(
                new(raw, number, ConfigLimits.LineBytes), $"the line is longer than {ConfigLimits.LineBytes} bytes");
            return new("", number, false);
        }

        var remark = raw.IndexOf('#', StringComparison.Ordinal);
        var text = remark < 0 ? raw : raw[..remark];
        for (var i = 0; i < text.Length; i++)
        {
            if ((char.IsControl(text[i]) && text[i] != '\t') || text[i] is '\uFFFD' or '\uFEFF')
            {
                problems.Error(
                    new(text, number, i + 1),
                    text[i] == '\uFFFD'
                        ? "bytes that are not UTF-8 stand outside a remark; save the file as UTF-8"
                        : $"the invisible character U+{(int)text[i]:X4} does not belong here; delete it");
                return new("", number, false);
            }
        }

        return new(text, number, remark >= 0);
    }
}
