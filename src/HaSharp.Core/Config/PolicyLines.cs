// The directives of ha.cf that are more than one value in one range (spec 2.2).
// The idea: what leaves haresources mode is refused in words that name the way back; old spellings are mapped to
// today's and say so.

namespace HaSharp.Core.Config;

internal static class PolicyLines
{
    private static readonly string[] CrmModes = ["respawn", "manual", "minimal", "valgrind", "ccm-only"];

    public static void UdpPort(HaCfDraft draft, Word word)
        => draft.Port = ConfigValues.Number(word, 1, 65535, draft.Problems) ?? draft.Port;

    /// <summary>on, off or legacy; the other spellings of a boolean count too.</summary>
    public static void AutoFailback(HaCfDraft draft, Word word)
    {
        var text = ConfigValues.Flag(word.Text) switch { true => "on", false => "off", _ => word.Text };
        var mode = ConfigValues.Choice(word with { Text = text }, ["on", "off", "legacy"], draft.Problems);
        if (mode == "legacy")
        {
            WarnOfLegacy(draft.Problems, word);
        }

        if (mode is not null)
        {
            SetAutoFailback(draft, mode);
        }
    }

    /// <summary>on means auto_failback off; off means legacy (F30).</summary>
    public static void NiceFailback(HaCfDraft draft, Word word)
    {
        if (ConfigValues.Flag(word, draft.Problems) is { } on)
        {
            var meaning = on ? "off" : "legacy";
            draft.Problems.Warning(
                word, $"nice_failback is obsolete; \"{word.Text}\" is read as auto_failback {meaning}, write that");
            SetAutoFailback(draft, meaning);
        }
    }

    public static void WarnOfLegacy(ProblemList problems, Word? at)
    {
        const string Remedy = "; write \"auto_failback on\", the same among HaSharp nodes, or \"auto_failback off\"";
        if (at is { } word)
        {
            problems.Warning(word, "auto_failback legacy is deprecated" + Remedy);
        }
        else
        {
            problems.Warning("auto_failback is not given, so it is legacy, which is deprecated" + Remedy);
        }
    }

    public static void Crm(HaCfDraft draft, Word word)
    {
        if (ConfigValues.Flag(word.Text) == false)
        {
            return;
        }

        draft.Problems.Error(
            word,
            ConfigValues.Flag(word.Text) == true || CrmModes.Contains(word.Text.ToLowerInvariant())
                ? "a cluster resource manager is not supported: HaSharp reads haresources itself; write off"
                : $"{word.Quoted} is not off, the only value that HaSharp supports here");
    }

    public static void Autojoin(HaCfDraft draft, Word word)
    {
        switch (ConfigValues.Choice(word, ["none", "other", "any"], draft.Problems))
        {
            case "other" or "any":
                draft.Problems.Error(
                    word,
                    $"autojoin {word.Text} does not go with haresources; name every node here and write autojoin none");
                break;
        }
    }

    public static void Env(HaCfDraft draft, Word word)
    {
        var variable = word.Text.Split('=', 2);
        if (variable.Length != 2 || !IsVariableName(variable[0]))
        {
            draft.Problems.Error(word, "env needs NAME=VALUE, the name of letters, digits and underscores");
            return;
        }

        var name = "HA_" + variable[0];
        draft.Variables.RemoveAll(v => v.Key == name);
        if (draft.Variables.Count <= ConfigLimits.Variables)
        {
            draft.Variables.Add(new(name, variable[1]));
            if (draft.Variables.Count == ConfigLimits.Variables + 1)
            {
                draft.Problems.Error(word, $"env sets at most {ConfigLimits.Variables} variables; this is one more");
            }
        }
    }

    /// <summary>A second entry of one client is an error (spec 2.1).</summary>
    public static void ApiAuth(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
    {
        var client = words[0];
        var lists = words.Skip(1).ToList();
        var bad = lists.Find(list => !IsApiAuthList(list));
        if (lists.Count == 0 || bad.Text is not null)
        {
            draft.Problems.Error(
                lists.Count == 0 ? client : bad,
                "apiauth needs a client, then uid=LIST, gid=LIST or both; a list has commas and no blanks");
        }
        else if (!draft.Clients.Add(client.Text))
        {
            draft.Problems.Error(client, $"apiauth for client {client.Quoted} is given twice; delete one");
        }
    }

    /// <summary>ipfail is built in: its line switches it on. What else heartbeat would start is named.</summary>
    public static void Respawn(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
    {
        Program(draft, name, words);
        if (words.Count > 1 && words[1].Text.EndsWith("/ipfail", StringComparison.Ordinal))
        {
            draft.Config = draft.Config with { Ipfail = true };
        }
        else if (words.Count > 1)
        {
            draft.Problems.Note(words[1], $"{words[1].Quoted} is not started: programs are for systemd to start");
        }
    }

    public static void Program(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
    {
        if (words.Count < 2 || words[1].Text[0] != '/')
        {
            draft.Problems.Error(
                words.Count < 2 ? name : words[1], $"{name.Text} needs a user and the absolute path of a program");
        }
    }

    /// <summary>Parameters may hold passwords: they are neither kept nor quoted.</summary>
    public static void Stonith(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
    {
        if (words.Count < 2)
        {
            draft.Problems.Error(
                name, $"{name.Text} needs {(name.Text == "stonith" ? "a type and a file" : "a host and a type")}");
        }
    }

    /// <summary>/dev/null switches a log file off (spec 2.2).</summary>
    public static string? File(string path) => path == "/dev/null" ? null : path;

    private static void SetAutoFailback(HaCfDraft draft, string mode) => draft.Config = draft.Config with
    {
        AutoFailback = mode switch
        {
            "on" => Config.AutoFailback.On,
            "off" => Config.AutoFailback.Off,
            _ => Config.AutoFailback.Legacy,
        },
    };

    private static bool IsVariableName(string text) => text.Length > 0 && !char.IsAsciiDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool IsApiAuthList(Word word)
        => word.Text.Length > "uid=".Length && word.Text[.."uid=".Length] is "uid=" or "gid=";
}
