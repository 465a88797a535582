// A word of a configuration file and where it stands.
// The idea: values carry their place as long as something can be wrong with them, so that every finding names it.
// Invariant: the text is never empty, and holds no blank and no invisible character.

using System.Globalization;

namespace HaSharp.Core.Config;

/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
internal readonly record struct Word(string Text, int Line, int Column)
{
    private const int LongestQuote = 60;

    /// <summary>The word for a message: in quotes, cut when long.</summary>
    public string Quoted => Quote(Text);

    /// <summary>Text from anywhere, also with invisible characters, for a message.</summary>
    public static string Quote(string text)
    {
        var visible = string.Concat(text.Take(LongestQuote).Select(c => char.IsControl(c) ? '?' : c));
        return text.Length <= LongestQuote ? $"\"{visible}\"" : $"\"{visible}...\"";
    }

    /// <summary>A number without sign, blanks or separators; false also when it does not fit.</summary>
    public bool IsNumber(out int number)
        => int.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
