using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HaSharp.Core.Tests.Tidy;

/// <summary>What the repository's text may look like. Each rule returns its findings, one line each.</summary>
public static partial class TextRules
{
    public const int LongestLine = 120;

    public static IEnumerable<string> LongLines(SourceFile file) => file.Lines.Index()
        .Where(line => line.Item.Length > LongestLine)
        .Select(line => file.Finding(line.Index + 1, $"{line.Item.Length} columns"));

    /// <summary>A promise in a comment is forgotten; an issue is not.</summary>
    public static IEnumerable<string> Promises(SourceFile file) =>
        file.Matches(Promise(), "write an issue instead of a promise in the text");

    public static IEnumerable<string> DeveloperPaths(SourceFile file) =>
        file.Matches(DeveloperPath(), "a path that exists on a developer's machine only");

    public static IEnumerable<string> Regions(SourceFile file) =>
        file.Matches(Region(), "a file that needs regions is too long");

    public static IEnumerable<string> HeadComment(SourceFile file)
    {
        var lines = file.Lines.TakeWhile(line => line.StartsWith("//", StringComparison.Ordinal)).Count();
        if (lines is < 3 or > 10)
        {
            yield return file.Finding(1, $"opens with {lines} comment lines instead of 3 to 10: what, idea, invariant");
        }
    }

    public static IEnumerable<string> Sleeps(SourceFile file) => file.All<MemberAccessExpressionSyntax>()
        .Where(access => access.ToString()
            is "Thread.Sleep" or "Task.Delay" or "Thread.SpinWait" or "SpinWait.SpinUntil")
        .Select(access => file.Finding(access, $"{access}: a pure test gives the time, it does not wait for it"));

    public static IEnumerable<string> NamesThatAreNoSentence(SourceFile file) => file.All<MethodDeclarationSyntax>()
        .Where(method => method.AttributeLists.SelectMany(list => list.Attributes)
            .Any(attribute => attribute.Name.ToString() is var name && (name.EndsWith("Fact", StringComparison.Ordinal)
                || name.EndsWith("Theory", StringComparison.Ordinal))))
        .Where(method => !Sentence().IsMatch(method.Identifier.Text))
        .Select(method => file.Finding(method.Identifier, $"{method.Identifier.Text} must be a sentence_like_this"));

    /// <summary>Every place that switches a warning off, with whether it gives a reason.</summary>
    public static IEnumerable<(string Place, bool HasReason)> Suppressions(SourceFile file)
    {
        foreach (var (index, line) in file.Lines.Index().Where(line => Pragma().IsMatch(line.Item)))
        {
            var above = index > 0 ? file.Lines[index - 1].TrimStart() : "";
            yield return (file.Finding(index + 1, line.Trim()),
                line.Contains("//", StringComparison.Ordinal) || above.StartsWith("//", StringComparison.Ordinal));
        }

        foreach (var attribute in file.All<AttributeSyntax>()
            .Where(attribute => attribute.Name.ToString().Contains("SuppressMessage", StringComparison.Ordinal)))
        {
            var arguments = attribute.ArgumentList?.Arguments.ToString() ?? "";
            yield return (file.Finding(attribute, attribute.ToString()), Justification().IsMatch(arguments));
        }
    }

    /// <summary>Links of a Markdown file to files of the repository, code left out.</summary>
    public static IEnumerable<(int Line, string Target)> Links(SourceFile file)
    {
        var inCode = false;
        foreach (var (index, line) in file.Lines.Index())
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inCode = !inCode;
            }

            if (inCode)
            {
                continue;
            }

            foreach (Match match in Link().Matches(InlineCode().Replace(line, "")))
            {
                var target = match.Groups["target"].Value.Split('#')[0];
                if (target.Length > 0 && !target.Contains(':', StringComparison.Ordinal))
                {
                    yield return (index + 1, target);
                }
            }
        }
    }

    // The words are put together so that this file does not find itself.
    [GeneratedRegex("\\b(TO" + "DO|FIX" + "ME)\\b")]
    private static partial Regex Promise();

    [GeneratedRegex("(?<![A-Za-z0-9_.-])/" + "work/")]
    private static partial Regex DeveloperPath();

    [GeneratedRegex("^\\s*#" + "region")]
    private static partial Regex Region();

    [GeneratedRegex("^\\s*#" + "pragma warning disable")]
    private static partial Regex Pragma();

    [GeneratedRegex("Justification\\s*=\\s*\"[^\"]{10,}\"")]
    private static partial Regex Justification();

    [GeneratedRegex("^[A-Z][^_]*(_[^_]+){2,}$")]
    private static partial Regex Sentence();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)[^)]*\)|^\[[^\]]+\]:\s*(?<target>\S+)")]
    private static partial Regex Link();
}
