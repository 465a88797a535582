using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HaSharp.Core.Tests.Tidy;

/// <summary>The events that the core can report, read from the sources.</summary>
public static class EventRules
{
    /// <param name="Id">Null when it is not written as a number in the record's declaration.</param>
    public sealed record Event(string Place, string Name, int? Id);

    public static IEnumerable<Event> Events(SourceFile file) =>
        from record in file.All<RecordDeclarationSyntax>()
        from parent in record.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>() ?? []
        where parent.Type.ToString().Split('.')[^1] == "ClusterEvent"
        let id = parent.ArgumentList.Arguments.FirstOrDefault()?.Expression
        select new Event(
            file.Finding(record.Identifier, record.Identifier.Text),
            record.Identifier.Text,
            id is LiteralExpressionSyntax literal && literal.IsKind(SyntaxKind.NumericLiteralExpression)
                ? literal.Token.Value as int?
                : null);
}
