// The directives notify, mailto, smtp and webhook.
// The idea: what is wrong on every machine is refused; whether a server answers is seen when something is sent.
// Invariant: a refused webhook is not quoted, because a secret may stand in it.

namespace HaSharp.Core.Config;

internal static class NoticeLines
{
    private const int MostPort = 65535;
    private const int LongestMailAddress = 254;
    private const int LongestLocalPart = 64;

    public static void Notify(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
    {
        if (words[0].Text[0] != '/')
        {
            draft.Problems.Error(
                words[0], $"notify needs the absolute path of a program, which {words[0].Quoted} is not");
            return;
        }

        draft.Mentions.Add(new Mention.OfProgram(words[0].Line, words[0].Column, words[0].Text));
        var notices = draft.Config.Notices;
        Set(draft, name, notices.Commands.Count, notices with
        {
            Commands =
            [
                .. notices.Commands,
                new NoticeCommand(words[0].Text, [.. words.Skip(1).Select(word => word.Text)]),
            ],
        });
    }

    public static void MailTo(HaCfDraft draft, Word address)
    {
        var notices = draft.Config.Notices;
        if (IsMailAddress(address, draft.Problems) && !notices.MailTo.Contains(address.Text))
        {
            Set(draft, address, notices.MailTo.Count, notices with { MailTo = [.. notices.MailTo, address.Text] });
        }
    }

    public static void Smtp(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
    {
        if (words.Count > 2)
        {
            draft.Problems.Error(words[2], "smtp takes a host, with or without :PORT, and one sender's address");
            return;
        }

        var (host, port) = HostAndPort(words[0]);
        var ipv6 = host.Text.Contains(':', StringComparison.Ordinal);
        var number = port is { } given ? ConfigValues.Number(given, 1, MostPort, draft.Problems) : 25;
        if (ConfigValues.IsHost(host, ipv6, draft.Problems) && number is { } usable
            && (words.Count == 1 || IsMailAddress(words[1], draft.Problems)))
        {
            draft.Config = draft.Config with
            {
                Notices = draft.Config.Notices with
                {
                    SmtpHost = host.Text,
                    SmtpPort = usable,
                    MailFrom = words.Count == 1 ? null : words[1].Text,
                },
            };
        }
    }

    public static void Webhook(HaCfDraft draft, Word url)
    {
        var notices = draft.Config.Notices;
        if (!Uri.TryCreate(url.Text, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https")
            || parsed.Host.Length == 0)
        {
            draft.Problems.Error(url, "webhook needs an address that begins with https:// or http:// and names a host");
        }
        else
        {
            Set(draft, url, notices.Webhooks.Count, notices with
            {
                Webhooks = [.. notices.Webhooks, new NoticeUrl(parsed)],
            });
        }
    }

    private static void Set(HaCfDraft draft, Word at, int before, NoticeConfig after)
    {
        if (before < ConfigLimits.Receivers)
        {
            draft.Config = draft.Config with { Notices = after };
        }
        else
        {
            draft.Problems.Error(at, $"there are at most {ConfigLimits.Receivers} of one kind; this is one more");
        }
    }

    /// <summary>host, host:25, an IPv6 address, or one in brackets with :25 behind.</summary>
    private static (Word Host, Word? Port) HostAndPort(Word word)
    {
        var text = word.Text;
        var closing = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        if (closing > 1)
        {
            var host = word with { Text = text[1..closing] };
            return text.Length > closing + 1 && text[closing + 1] == ':'
                ? (host, new Word(text[(closing + 2)..], word.Line, word.Column + closing + 2))
                : (closing == text.Length - 1 ? host : word, null);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon == text.LastIndexOf(':')
            ? (word with { Text = text[..colon] }, new Word(text[(colon + 1)..], word.Line, word.Column + colon + 1))
            : (word, null);
    }

    /// <summary>What every mail server takes, and nothing that could be more than an address in a header.</summary>
    private static bool IsMailAddress(Word word, ProblemList problems)
    {
        var at = word.Text.LastIndexOf('@');
        if (at >= 1 && at <= LongestLocalPart && at < word.Text.Length - 1 && word.Text.Length <= LongestMailAddress
            && IsDotted(word.Text[..at], "-_+=.!#$%&'*/?^`{|}~")
            && IsDotted(word.Text[(at + 1)..], "-."))
        {
            return true;
        }

        problems.Error(word, $"{word.Quoted} is not a mail address; write name@host, for example root@localhost");
        return false;
    }

    private static bool IsDotted(string text, string besides) => text[0] != '.' && text[^1] != '.'
        && !text.Contains("..", StringComparison.Ordinal)
        && text.All(c => char.IsAsciiLetterOrDigit(c) || besides.Contains(c, StringComparison.Ordinal));
}
