// The values of ha.cf: times, numbers, booleans, hosts, interfaces (spec 2.1).
// The idea: each reader says what is wrong and what to write instead, and gives null.
// Invariant: a value that comes out lies within the limits; nobody has to check it again.

using System.Globalization;
using System.Net;
using System.Text;

namespace HaSharp.Core.Config;

internal static class ConfigValues
{
    private const int LongestHost = 253;

    /// <summary>
    /// A time: digits with an optional decimal point, then nothing (seconds), ms or us; rounded to the nearest
    /// millisecond, a half upwards.
    /// </summary>
    public static TimeSpan? Time(Word word, ProblemList problems)
    {
        var text = word.Text;
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        if (!text.AsSpan(0, digits).ContainsAnyInRange('0', '9') || text.AsSpan(0, digits).Count('.') > 1)
        {
            problems.Error(
                word,
                $"{word.Quoted} is not a time; write 1500ms, 500us, or 1.5 for seconds"
                + (char.IsAsciiLetter(text[0]) ? ", the unit without a blank after its number" : ""));
            return null;
        }

        if (MillisecondsPer(text[digits..]) is not { } unit)
        {
            problems.Error(
                word,
                $"{word.Quoted} has an unknown unit; the units are ms and us, and seconds are written without one");
            return null;
        }

        var fits = decimal.TryParse(
            text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number <= int.MaxValue * 1000m;
        var milliseconds = fits ? Math.Floor((number * unit) + 0.5m) : decimal.MaxValue;
        if (milliseconds > int.MaxValue)
        {
            problems.Error(word, $"{word.Quoted} is too long a time; the longest is {int.MaxValue}ms (24 days)");
            return null;
        }

        return TimeSpan.FromMilliseconds((long)milliseconds);
    }

    /// <summary>For messages: 500ms, 1.5s, 30s.</summary>
    public static string Show(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? FormattableString.Invariant($"{time.TotalMilliseconds:0}ms")
        : FormattableString.Invariant($"{time.TotalSeconds:0.###}s");

    /// <summary>true, on, yes, y, 1 and false, off, no, n, 0, in any case.</summary>
    public static bool? Flag(string text) => text.ToLowerInvariant() switch
    {
        "true" or "on" or "yes" or "y" or "1" => true,
        "false" or "off" or "no" or "n" or "0" => false,
        _ => null,
    };

    public static bool? Flag(Word word, ProblemList problems)
    {
        var flag = Flag(word.Text);
        if (flag is null)
        {
            problems.Unknown(word, $"{word.Quoted} is neither on nor off", ["on", "off", "yes", "no"]);
        }

        return flag;
    }

    public static int? Number(Word word, int least, int most, ProblemList problems)
    {
        if (word.IsNumber(out var number) && number >= least && number <= most)
        {
            return number;
        }

        problems.Error(word, $"{word.Quoted} is not a number from {least} to {most}");
        return null;
    }

    /// <summary>The known word that was meant, in the spelling of the list; case does not count.</summary>
    public static string? Choice(Word word, IReadOnlyList<string> known, ProblemList problems)
    {
        foreach (var choice in known)
        {
            if (string.Equals(choice, word.Text, StringComparison.OrdinalIgnoreCase))
            {
                return choice;
            }
        }

        problems.Unknown(word, $"{word.Quoted} is none of {string.Join(", ", known)}", known);
        return null;
    }

    /// <summary>Whether it can be an interface's name; whether there is one is the daemon's question.</summary>
    public static bool IsInterface(Word word, ProblemList problems)
    {
        if (Encoding.UTF8.GetByteCount(word.Text) <= ConfigLimits.InterfaceBytes
            && !word.Text.Contains('/', StringComparison.Ordinal))
        {
            return true;
        }

        problems.Error(
            word,
            $"{word.Quoted} cannot be an interface: at most {ConfigLimits.InterfaceBytes} bytes and no slash");
        return false;
    }

    /// <summary>Whether it is an address of the family, or can be a host's name.</summary>
    public static bool IsHost(Word word, bool ipv6, ProblemList problems)
    {
        var text = word.Text;
        var looksLikeIPv4 = text.All(c => char.IsAsciiDigit(c) || c == '.');
        var looksLikeIPv6 = text.Contains(':', StringComparison.Ordinal);
        var trouble = (looksLikeIPv4, looksLikeIPv6) switch
        {
            (true, _) when ipv6 => "is an IPv4 address where an IPv6 address is due",
            (true, _) => Dotted(text) is null ? "is not an IPv4 address" : null,
            (_, true) when !ipv6 => "is an IPv6 address where an IPv4 address is due",
            (_, true) => IPAddress.TryParse(text, out _) ? null : "is not an IPv6 address",
            _ => IsHostName(text) ? null : "is neither an address nor a host's name",
        };
        if (trouble is not null)
        {
            problems.Error(word, $"{word.Quoted} {trouble}");
        }

        return trouble is null;
    }

    /// <summary>Four decimal numbers, strictly: forms such as 10.1 or 010.0.0.1 mean different things.</summary>
    public static IPAddress? Dotted(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && Array.TrueForAll(parts, IsByte) ? IPAddress.Parse(text) : null;
    }

    private static bool IsByte(string part) => part.Length is 1 or 2 or 3 && (part.Length == 1 || part[0] != '0')
        && part.All(char.IsAsciiDigit)
        && int.Parse(part, CultureInfo.InvariantCulture) <= byte.MaxValue;

    private static bool IsHostName(string text) => text.Length <= LongestHost
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    private static decimal? MillisecondsPer(string unit) => unit switch
    {
        "" => 1000m,
        _ when unit.StartsWith("ms", StringComparison.OrdinalIgnoreCase) => 1m,
        _ when unit.StartsWith("us", StringComparison.OrdinalIgnoreCase) => 0.001m,
        _ => null,
    };
}
