// The command line as glibc's getopt reads it, with its words for what is wrong: options may stand anywhere, several
// in one word, and -- ends them.

namespace HaSharp.Cli.OldNames;

/// <summary>What a command line says.</summary>
/// <param name="program">As a complaint shall name it.</param>
/// <param name="known">The letters; one that is followed by a colon takes an argument.</param>
internal sealed class ShortOptions(string program, string known)
{
    /// <summary>Stands for an option that is not known, or lacks its argument.</summary>
    public const char Wrong = '?';

    private readonly List<char> _letters = [];
    private readonly Dictionary<char, string> _values = [];
    private readonly List<string> _words = [];

    /// <summary>The options in order, without their arguments.</summary>
    public IReadOnlyList<char> Letters => _letters;

    /// <summary>The arguments of the options that take one; the last counts.</summary>
    public IReadOnlyDictionary<char, string> Values => _values;

    /// <summary>What is no option.</summary>
    public IReadOnlyList<string> Words => _words;

    public bool Has(char letter) => _letters.Contains(letter);

    /// <summary>Says on standard error what is wrong.</summary>
    /// <param name="goesOn">After what is wrong; cl_status does not, heartbeat does.</param>
    public static ShortOptions Read(string program, string known, IReadOnlyList<string> args, bool goesOn)
    {
        var read = new ShortOptions(program, known);
        var left = new Queue<string>(args);
        while (left.TryDequeue(out string? word) && (goesOn || !read.Has(Wrong)))
        {
            if (word == "--")
            {
                read._words.AddRange(left);
                break;
            }

            if (word.Length < 2 || word[0] != '-')
            {
                read._words.Add(word);
            }
            else
            {
                read.TakeLetters(word[1..], left, goesOn);
            }
        }

        return read;
    }

    private void TakeLetters(string letters, Queue<string> left, bool goesOn)
    {
        for (int at = 0; at < letters.Length && (goesOn || !Has(Wrong)); at++)
        {
            char letter = letters[at];
            if (letter == ':' || !known.Contains(letter, StringComparison.Ordinal))
            {
                Complain("invalid option", letter);
            }
            else if (!known.Contains($"{letter}:", StringComparison.Ordinal))
            {
                _letters.Add(letter);
            }
            else
            {
                TakeValue(letter, letters[(at + 1)..], left);
                break;
            }
        }
    }

    private void TakeValue(char letter, string rest, Queue<string> left)
    {
        if (rest.Length > 0 || left.TryDequeue(out rest!))
        {
            _letters.Add(letter);
            _values[letter] = rest;
        }
        else
        {
            Complain("option requires an argument", letter);
        }
    }

    private void Complain(string trouble, char letter)
    {
        Console.Error.WriteLine($"{program}: {trouble} -- '{letter}'");
        _letters.Add(Wrong);
    }
}
