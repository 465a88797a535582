using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HaSharp.Core.Tests.Tidy;

/// <summary>A text file of the repository; C# is parsed when it is first asked for.</summary>
public sealed partial class SourceFile(string path, string text)
{
    private readonly Lazy<CompilationUnitSyntax> _unit = new(() => CSharpSyntaxTree.ParseText(
        text, new CSharpParseOptions(LanguageVersion.Latest)).GetCompilationUnitRoot());

    /// <summary>Relative to the repository's root, with slashes.</summary>
    public string Path { get; } = path;

    public string Text { get; } = text;

    public IReadOnlyList<string> Lines { get; } = SplitLines(text);

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public CompilationUnitSyntax Unit => _unit.Value;

    public IEnumerable<T> All<T>()
        where T : SyntaxNode => Unit.DescendantNodes().OfType<T>();

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>The node's line, attributes and comments above it left out; the first line is 1.</summary>
    public static int Line(SyntaxNodeOrToken node) => node.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1;

    public string Finding(SyntaxNodeOrToken node, string what) => Finding(Line(node), what);

    public string Finding(int line, string what) => $"{Path}:{line}: {what}";

    /// <summary>One finding for each line that the pattern matches.</summary>
    public IEnumerable<string> Matches(Regex pattern, string what) =>
        Lines.Index().Where(line => pattern.IsMatch(line.Item)).Select(line => Finding(line.Index + 1, what));

    private static string[] SplitLines(string text)
    {
        var lines = LineBreak().Split(text);
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    [GeneratedRegex("\r?\n")]
    private static partial Regex LineBreak();
}
