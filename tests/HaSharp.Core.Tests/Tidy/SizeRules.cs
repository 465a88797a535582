using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HaSharp.Core.Tests.Tidy;

/// <summary>How long and how branched a piece of code is.</summary>
public static class SizeRules
{
    /// <summary>A method, constructor, operator, accessor, local function, or a program file's statements.</summary>
    /// <param name="Lines">From its first modifier to its last brace, without comments and attributes above.</param>
    /// <param name="Complexity">1 and one more for each way that can be taken or not.</param>
    public sealed record Method(string Place, int Lines, int Complexity);

    public static IEnumerable<Method> Methods(SourceFile file)
    {
        var bodies = file.Unit.DescendantNodes().Where(node =>
            node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax
            || (node is PropertyDeclarationSyntax property && property.ExpressionBody is not null));
        foreach (var body in bodies)
        {
            yield return Measure(file, [body], Name(body));
        }

        var statements = file.Unit.Members.OfType<GlobalStatementSyntax>().ToList<SyntaxNode>();
        if (statements.Count > 0)
        {
            yield return Measure(file, statements, "the program's statements");
        }
    }

    /// <summary>The smallest value that 95 of 100 values do not exceed (nearest rank); 0 when there is none.</summary>
    public static int Percentile95(IEnumerable<int> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[(int)Math.Ceiling(sorted.Count * 0.95) - 1];
    }

    private static Method Measure(SourceFile file, List<SyntaxNode> nodes, string name)
    {
        var first = nodes[0].ChildNodesAndTokens().First(child => !child.IsKind(SyntaxKind.AttributeList));
        var last = nodes[^1].GetLocation().GetLineSpan().EndLinePosition.Line + 1;
        var complexity = 1 + nodes.Sum(node =>
            node.DescendantNodes(inner => inner == node || inner is not LocalFunctionStatementSyntax).Count(IsBranch));
        return new Method(file.Finding(first, name), last - SourceFile.Line(first) + 1, complexity);
    }

    private static string Name(SyntaxNode body) => body switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } => property.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        _ => body.Kind().ToString(),
    };

    // A switch expression is a table, which is read at a glance: it counts one, and its conditions (when) one each.
    private static bool IsBranch(SyntaxNode node) => node.Kind() switch
    {
        SyntaxKind.IfStatement or SyntaxKind.WhileStatement or SyntaxKind.DoStatement or SyntaxKind.ForStatement
            or SyntaxKind.ForEachStatement or SyntaxKind.ForEachVariableStatement or SyntaxKind.CatchClause
            or SyntaxKind.CaseSwitchLabel or SyntaxKind.CasePatternSwitchLabel or SyntaxKind.WhenClause
            or SyntaxKind.SwitchExpression or SyntaxKind.ConditionalExpression or SyntaxKind.LogicalAndExpression
            or SyntaxKind.LogicalOrExpression or SyntaxKind.CoalesceExpression => true,
        _ => false,
    };
}
