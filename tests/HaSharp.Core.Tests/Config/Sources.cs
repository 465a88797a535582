// Small valid files to which a test adds its own lines.

using System.Text;
using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

internal static class Sources
{
    public const string HaCf = "node alpha bravo\nbcast eth0\nauto_failback on\n";
    public const string AuthKeys = "auth 1\n1 sha1 geheim\n";

    public static ConfigSources Valid { get; } = new()
    {
        HaCf = HaCf,
        Haresources = "",
        AuthKeys = Encoding.Latin1.GetBytes(AuthKeys),
        AuthKeysMode = Convert.ToInt32("600", 8),
    };

    /// <summary>The small ha.cf and further lines after it.</summary>
    public static ConfigResult WithHaCf(params string[] lines)
        => ConfigReader.Read(Valid with { HaCf = HaCf + string.Join('\n', lines) });

    /// <summary>Nothing but these lines.</summary>
    public static ConfigResult OnlyHaCf(params string[] lines)
        => ConfigReader.Read(Valid with { HaCf = string.Join('\n', lines) });

    public static ConfigResult WithHaresources(string text) => ConfigReader.Read(Valid with { Haresources = text });

    /// <summary>Characters of the text are bytes.</summary>
    public static ConfigResult WithAuthKeys(string text, string mode = "600") => ConfigReader.Read(Valid with
    {
        AuthKeys = Encoding.Latin1.GetBytes(text),
        AuthKeysMode = Convert.ToInt32(mode, 8),
    });

    /// <summary>The configuration; fails with all problems when there is none.</summary>
    public static ClusterConfig Accepted(this ConfigResult result)
        => result.Config ?? throw new InvalidOperationException(string.Join('\n', result.Problems));

    /// <summary>The one error, as printed.</summary>
    public static string Refused(this ConfigResult result)
    {
        Assert.Null(result.Config);
        return Assert.Single(result.Problems, p => p.Severity == ProblemSeverity.Error).ToString();
    }

    /// <summary>The one warning of an accepted configuration, as printed.</summary>
    public static string Warned(this ConfigResult result)
    {
        result.Accepted();
        return Assert.Single(result.Problems, p => p.Severity == ProblemSeverity.Warning).ToString();
    }

    /// <summary>The notes of an accepted configuration, as printed.</summary>
    public static IReadOnlyList<string> Noted(this ConfigResult result)
    {
        result.Accepted();
        return [.. result.Problems.Where(p => p.Severity == ProblemSeverity.Note).Select(p => p.ToString())];
    }

    public static void IsClean(this ConfigResult result)
    {
        result.Accepted();
        Assert.Empty(result.Problems);
    }
}
