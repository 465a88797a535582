// One row of the directive table: how a directive is written, what it defaults to, what it does, how it is read.
// The idea: the reader, the command line's help and the manual page come from one list.
// Invariant: Read leaves what it refuses as a problem in the draft, and changes nothing else then.

namespace HaSharp.Core.Config;

public enum DirectiveKind
{
    /// <summary>One value; a later one replaces it.</summary>
    Single,

    /// <summary>Any number of values, separated by blanks, tabs or commas; several lines add up.</summary>
    List,

    /// <summary>The whole line belongs together; its words are separated by blanks or tabs.</summary>
    Line,
}

/// <summary>A directive of ha.cf (spec 2.2).</summary>
public sealed record Directive
{
    /// <summary>As written in the file; case counts.</summary>
    public required string Name { get; init; }

    public required DirectiveKind Kind { get; init; }

    /// <summary>What follows the name, for people: time, interface..., interface host.</summary>
    public required string Arguments { get; init; }

    /// <summary>As one would write it; null: there is none.</summary>
    public string? Default { get; init; }

    /// <summary>One sentence: what it means.</summary>
    public required string Explanation { get; init; }

    /// <summary>Null: it works. Otherwise it is checked but changes nothing, and this clause says why.</summary>
    public string? WithoutEffect { get; init; }

    /// <summary>Directives with the same word here may be used once in a file, in all (spec 2.1).</summary>
    internal string? OnceAs { get; init; }

    /// <summary>Reads one use: the directive's own word, then at least one word.</summary>
    internal Action<HaCfDraft, Word, IReadOnlyList<Word>> Read { get; init; } = (_, _, _) => { };

    public override string ToString() => $"{Name} {Arguments}";

    internal static Directive Time(
        string name,
        string? standard,
        string explanation,
        Func<ClusterConfig, TimeSpan, ClusterConfig> set,
        bool positive)
        => Value(name, "time", standard, explanation, set, (word, problems) =>
        {
            var time = ConfigValues.Time(word, problems);
            if (positive && time == TimeSpan.Zero)
            {
                problems.Error(word, $"{name} {word.Quoted} must be longer than nothing; the shortest time is 1ms");
                return null;
            }

            return time;
        });

    internal static Directive Flag(
        string name, string? standard, string explanation, Func<ClusterConfig, bool, ClusterConfig> set)
        => Value(name, "on|off", standard, explanation, set, ConfigValues.Flag);

    internal static Directive Number(
        string name,
        string arguments,
        string? standard,
        string explanation,
        int least,
        int most,
        Func<ClusterConfig, int, ClusterConfig> set)
        => Value(name, arguments, standard, explanation, set, (word, problems) =>
            ConfigValues.Number(word, least, most, problems));

    internal static Directive Text(
        string name,
        string arguments,
        string? standard,
        string explanation,
        Func<ClusterConfig, string, ClusterConfig> set)
        => Custom(name, DirectiveKind.Single, arguments, standard, explanation, (draft, word) =>
            draft.Config = set(draft.Config, word.Text));

    internal static Directive Choice(
        string name,
        string? standard,
        string explanation,
        string[] known,
        Func<ClusterConfig, string, ClusterConfig> set)
        => Custom(name, DirectiveKind.Single, string.Join('|', known), standard, explanation, (draft, word) =>
            Set(draft, name, ConfigValues.Choice(word, known, draft.Problems), set));

    /// <summary>Single or List: read word by word.</summary>
    internal static Directive Custom(
        string name,
        DirectiveKind kind,
        string arguments,
        string? standard,
        string explanation,
        Action<HaCfDraft, Word> read)
        => Line(name, arguments, explanation, (draft, _, words) =>
        {
            foreach (var word in words)
            {
                read(draft, word);
            }
        }) with { Kind = kind, Default = standard };

    internal static Directive Line(
        string name, string arguments, string explanation, Action<HaCfDraft, Word, IReadOnlyList<Word>> read)
        => new()
        {
            Name = name,
            Kind = DirectiveKind.Line,
            Arguments = arguments,
            Explanation = explanation,
            Read = read,
        };

    private static Directive Value<T>(
        string name,
        string arguments,
        string? standard,
        string explanation,
        Func<ClusterConfig, T, ClusterConfig> set,
        Func<Word, ProblemList, T?> read)
        where T : struct
        => Custom(name, DirectiveKind.Single, arguments, standard, explanation, (draft, word) =>
        {
            if (read(word, draft.Problems) is { } value)
            {
                draft.Config = set(draft.Config, value);
            }
            else
            {
                draft.Broken.Add(name);
            }
        });

    private static void Set(HaCfDraft draft, string name, string? value, Func<ClusterConfig, string, ClusterConfig> set)
    {
        if (value is null)
        {
            draft.Broken.Add(name);
        }
        else
        {
            draft.Config = set(draft.Config, value);
        }
    }
}
