// A word of a configuration file and where it stands, so that every finding can name its place.

using System.Globalization;

namespace HaSharp.Core.Config;

/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
internal readonly record struct Word(string Text, int Line, int Column)
{
    private const int LongestQuote = 60;

    /// <summary>The word for a message: in quotes, cut when long.</summary>
    public string Quoted => Quote(Text);

    public static string Quote(string text)
        => text.Length <= LongestQuote ? $"\"{text}\"" : $"\"{text[..LongestQuote]}...\"";

    /// <summary>A number without sign, blanks or separators; false also when it does not fit.</summary>
    public bool IsNumber(out int number)
        => int.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
