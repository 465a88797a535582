// The command line as glibc's getopt reads it, with its words for what is wrong: options may stand anywhere, several
// in one word, and -- ends them.

namespace HaSharp.Cli.OldNames;

/// <summary>What a command line says.</summary>
/// <param name="Letters">The options in order, without their arguments.</param>
/// <param name="Values">The arguments of those that take one; the last counts.</param>
/// <param name="Words">What is no option.</param>
internal sealed record ShortOptions(
    IReadOnlyList<char> Letters, IReadOnlyDictionary<char, string> Values, IReadOnlyList<string> Words)
{
    /// <summary>Stands for an option that is not known, or lacks its argument.</summary>
    public const char Wrong = '?';

    public bool Has(char letter) => Letters.Contains(letter);

    /// <summary>Says on standard error what is wrong.</summary>
    /// <param name="program">As the complaint shall name it.</param>
    /// <param name="known">The letters; one that is followed by a colon takes an argument.</param>
    /// <param name="goesOn">After what is wrong; cl_status does not, heartbeat does.</param>
    public static ShortOptions Read(string program, string known, IReadOnlyList<string> args, bool goesOn)
    {
        List<char> letters = [];
        Dictionary<char, string> values = [];
        List<string> words = [];
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] == "--")
            {
                words.AddRange(args.Skip(i + 1));
                break;
            }

            if (args[i].Length < 2 || args[i][0] != '-')
            {
                words.Add(args[i]);
                continue;
            }

            for (int at = 1; at < args[i].Length; at++)
            {
                char letter = args[i][at];
                int place = letter == ':' ? -1 : known.IndexOf(letter, StringComparison.Ordinal);
                bool takesValue = place >= 0 && place + 1 < known.Length && known[place + 1] == ':';
                string? rest = !takesValue ? null
                    : at + 1 < args[i].Length ? args[i][(at + 1)..]
                    : i + 1 < args.Count ? args[++i] : null;
                letters.Add(Judge(program, letter, place >= 0, takesValue && rest is null));
                if (letters[^1] == Wrong && !goesOn)
                {
                    return new ShortOptions(letters, values, words);
                }

                if (takesValue)
                {
                    values[letter] = rest ?? "";
                    break;
                }
            }
        }

        return new ShortOptions(letters, values, words);
    }

    private static char Judge(string program, char letter, bool isKnown, bool lacksValue)
    {
        if (isKnown && !lacksValue)
        {
            return letter;
        }

        string trouble = isKnown ? "option requires an argument" : "invalid option";
        Console.Error.WriteLine($"{program}: {trouble} -- '{letter}'");
        return Wrong;
    }
}
