// The directives about watching and repairing resources that are more than one value: resource and check.
// The idea: words in a fixed order as everywhere in ha.cf; what may be left out is written name=value.
// Invariant: whether a named resource or group exists is said when haresources is read, not here.

namespace HaSharp.Core.Config;

internal static class RecoveryLines
{
    private const int MostChecks = 64;
    private const int MostInARow = 1000;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Options = ["interval", "timeout", "start_timeout", "stop_timeout", "max_restarts"];

    /// <summary>resource WORD name=value...</summary>
    public static void Resource(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
    {
        if (words.Count < 2)
        {
            draft.Problems.Error(
                words[0], $"resource {words[0].Text} says nothing; write for example interval=5 timeout=10");
            return;
        }

        var options = new ResourceOptions();
        foreach (var word in words.Skip(1))
        {
            options = Option(draft.Problems, word, options);
        }

        if (!draft.ResourceOptions.TryAdd(words[0].Text, options))
        {
            draft.Problems.Error(words[0], $"resource {words[0].Quoted} has a line already; join the two");
        }
        else
        {
            draft.ResourceWords.Add(words[0]);
        }
    }

    /// <summary>check NAME command interval timeout rise fall [group...]</summary>
    public static void Check(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
    {
        var problems = draft.Problems;
        if (words.Count < 6)
        {
            problems.Error(
                name, "check needs a name, a command, an interval, a timeout, rise and fall; "
                + "for example: check web /etc/ha.d/check_web 2 1500ms 2 3");
            return;
        }

        var command = words[1].Text.Split("::");
        if (!command[0].StartsWith('/'))
        {
            problems.Error(words[1], $"{words[1].Quoted} is not the absolute path of a command (arguments follow ::)");
        }
        else
        {
            draft.Mentions.Add(new Mention.OfProgram(words[1].Line, words[1].Column, command[0]));
        }

        if (draft.Checks.Exists(check => check.Name == words[0].Text))
        {
            problems.Error(words[0], $"check {words[0].Quoted} is declared twice; rename or delete one");
        }
        else if (draft.Checks.Count == MostChecks)
        {
            problems.Error(words[0], FormattableString.Invariant($"there are at most {MostChecks} checks"));
        }

        if (Period(words[2], problems) is { } interval && Period(words[3], problems) is { } timeout
            && ConfigValues.Number(words[4], 1, MostInARow, problems) is { } rise
            && ConfigValues.Number(words[5], 1, MostInARow, problems) is { } fall)
        {
            draft.CheckGroups.AddRange(words.Skip(6));
            draft.Checks.Add(new CheckConfig(
                words[0].Text, command, interval, timeout, rise, fall,
                [.. words.Skip(6).Select(static word => new GroupName(word.Text))]));
        }
    }

    /// <summary>What the lines name must be in haresources.</summary>
    public static void CheckNames(HaCfDraft draft, IReadOnlyList<GroupConfig> groups)
    {
        foreach (var word in draft.ResourceWords)
        {
            if (!groups.Any(group => group.Resources.Any(resource => resource.Text == word.Text)))
            {
                draft.Problems.Unknown(
                    word,
                    $"resource {word.Quoted} is not in haresources",
                    [.. groups.SelectMany(static group => group.Resources).Select(static one => one.Text)]);
            }
        }

        foreach (var word in draft.CheckGroups)
        {
            if (!groups.Any(group => group.Name.Text == word.Text))
            {
                draft.Problems.Unknown(
                    word,
                    $"no group of haresources begins with {word.Quoted}",
                    [.. groups.Select(static group => group.Name.Text)]);
            }
        }
    }

    private static TimeSpan? Period(Word word, ProblemList problems)
    {
        var time = ConfigValues.Time(word, problems);
        if (time < ShortestInterval)
        {
            problems.Error(word, $"{word.Quoted} is too short; the shortest time here is 100ms");
            return null;
        }

        return time;
    }

    private static ResourceOptions Option(ProblemList problems, Word word, ResourceOptions options)
    {
        var equals = word.Text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word.Text : word.Text[..equals];
        if (equals <= 0 || equals == word.Text.Length - 1 || !Options.Contains(name))
        {
            problems.Unknown(word, $"{word.Quoted} is not an option with its value", [.. Options.Select(o => o + "=")]);
            return options;
        }

        var value = word with { Text = word.Text[(equals + 1)..], Column = word.Column + equals + 1 };
        return name switch
        {
            "max_restarts" => options with { MaxRestarts = ConfigValues.Number(value, 0, 1000, problems) },
            "interval" => options with { Interval = Interval(value, problems) },
            "timeout" => options with { MonitorTimeout = Period(value, problems) },
            "start_timeout" => options with { StartTimeout = Period(value, problems) },
            _ => options with { StopTimeout = Period(value, problems) },
        };
    }

    /// <summary>Zero switches monitoring off.</summary>
    private static TimeSpan? Interval(Word word, ProblemList problems) =>
        word.Text == "0" ? TimeSpan.Zero : Period(word, problems);
}
