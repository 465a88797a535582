// What can be said of a resource word without the machine that it is for: addresses, OCF agents, words in two groups.
// The idea: refused is what cannot work on any machine, and what works until the day of the first failover.
// Invariant: every finding names the place of the word, and of the other one where there are two.

namespace HaSharp.Core.Config;

internal sealed class ResourceChecks(ProblemList problems)
{
    private const string Separator = Resource.Separator;
    private const string OcfPrefix = "ocf:";
    private const string InFull = "write an IPv6 address in full, fd00:0:0:0:0:0:0:1";

    /// <summary>They have nothing that a second group could take away.</summary>
    private static readonly string[] Harmless = ["MailTo", "Delay", "WinPopup", "AudibleAlarm"];

    private readonly Dictionary<string, (Word Word, Word Group)> owners = new(StringComparer.Ordinal);

    /// <param name="group">The first word of its group.</param>
    public void Check(Word word, Resource resource, Word group)
    {
        var key = word.Text;
        if (resource.Type.StartsWith(OcfPrefix, StringComparison.Ordinal))
        {
            CheckOcf(word, resource);
        }
        else if (resource.IsAddress)
        {
            key = CheckAddress(word, resource) ?? key;
        }
        else if (resource.Type == "SendArp" && IsShortened(word))
        {
            problems.Warning(word, $"{word.Quoted}: {Separator} separates arguments; {InFull}");
        }

        CheckOwner(word, resource, group, key);
    }

    private static bool IsShortened(Word word) =>
        word.Text.Split(Separator) is [_, { } first, _, ..] && LooksLikeIPv6(first);

    private static bool LooksLikeIPv6(string argument)
        => argument.Length > 0 && argument.All(c => char.IsAsciiHexDigit(c) || c == ':');

    /// <summary>The address in the one way that all its spellings share; null: it is none.</summary>
    private string? CheckAddress(Word word, Resource resource)
    {
        if (IsShortened(word))
        {
            problems.Error(word, $"{word.Quoted}: {Separator} separates arguments; {InFull}");
        }
        else if (VirtualAddress.TryParse(resource.Arguments, out var address, out var problem))
        {
            return address.Address.ToString();
        }
        else
        {
            problems.Error(word, $"{word.Quoted}: {problem}");
        }

        return null;
    }

    /// <summary>An OCF agent gets its arguments as variables, so each of them has a name.</summary>
    private void CheckOcf(Word word, Resource resource)
    {
        if (resource.Type.Split(':') is not [_, { Length: > 0 }, { Length: > 0 }])
        {
            problems.Error(word, $"{word.Quoted}: an OCF agent is named ocf:PROVIDER:TYPE, as in ocf:heartbeat:nginx");
        }

        if (resource.Arguments.FirstOrDefault(argument => !IsAssignment(argument)) is { } nameless)
        {
            problems.Error(
                word,
                $"{word.Quoted}: an OCF agent's arguments are name=value, and \"{nameless}\" is none"
                + (LooksLikeIPv6(nameless) ? $"; {InFull}" : ""));
        }
    }

    private static bool IsAssignment(string argument)
    {
        var name = argument.Split('=')[0];
        return name.Length > 0 && name.Length < argument.Length && !char.IsAsciiDigit(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
    }

    /// <summary>
    /// Groups move independently: an address or a disk of two of them would be on two machines at once. A service that
    /// two groups share on one machine is stopped for both by the stop of one; and where one of them runs, the probe of
    /// the other finds it and takes that group for running there, too.
    /// </summary>
    private void CheckOwner(Word word, Resource resource, Word group, string key)
    {
        if (Harmless.Contains(resource.Type) || owners.TryAdd(key, (word, group))
            || owners[key] is var (first, other) && other.Text == group.Text)
        {
            return;
        }

        var place = FormattableString.Invariant($"haresources:{first.Line}:{first.Column}");
        problems.Error(
            word,
            $"{word.Quoted} is in the group {other.Quoted} already ({place}), and groups move independently; "
            + (resource.IsAddress || resource.IsDisk
                ? "put it into one of them"
                : "put it into one of them, or let every node start it at boot"));
    }
}
