using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HaSharp.Core.Tests.Tidy;

/// <summary>What the types of the repository may look like. Each rule returns its findings, one line each.</summary>
public static partial class TypeRules
{
    private static readonly string[] ForbiddenWords =
    [
        "manager", "helper", "util", "utils", "utility", "handler", "processor", "engine", "context", "info", "data",
        "master", "slave",
    ];

    private static readonly string[] MutableTypes =
    [
        "List", "Dictionary", "HashSet", "SortedDictionary", "SortedSet", "Queue", "Stack", "StringBuilder",
        "ConcurrentDictionary", "ConcurrentQueue", "ConcurrentBag",
    ];

    public static IEnumerable<string> NamespaceIsNotTheFolder(SourceFile file)
    {
        var folders = file.Path.Split('/')[1..^1];
        var expected = string.Join('.', folders);
        foreach (var found in file.All<BaseNamespaceDeclarationSyntax>())
        {
            if (found.Name.ToString() != expected)
            {
                yield return file.Finding(found, $"namespace {found.Name} must be {expected}, after its folder");
            }

            if (found is not FileScopedNamespaceDeclarationSyntax)
            {
                yield return file.Finding(found, "the namespace must be file-scoped");
            }
        }

        foreach (var outside in file.Unit.Members.OfType<BaseTypeDeclarationSyntax>())
        {
            yield return file.Finding(outside, $"{outside.Identifier.Text} must be in namespace {expected}");
        }
    }

    /// <summary>A class must say that nobody derives from it, or somebody must.</summary>
    public static IEnumerable<string> OpenClasses(IReadOnlyList<SourceFile> files)
    {
        var bases = files
            .SelectMany(file => file.All<BaseTypeSyntax>())
            .Select(type => LastName(type.Type))
            .ToHashSet();
        var classes =
            from file in files
            from type in file.All<TypeDeclarationSyntax>()
            where type.Kind() is SyntaxKind.ClassDeclaration or SyntaxKind.RecordDeclaration
            select (File: file, Type: type);

        // The parts of a partial class speak for each other.
        return classes
            .GroupBy(part => (Project: string.Join('/', part.File.Path.Split('/')[..2]), FullName(part.Type)))
            .Where(parts => !parts.Any(part => bases.Contains(part.Type.Identifier.Text) || IsClosed(part.Type)))
            .Select(parts => parts.First())
            .Select(part => part.File.Finding(part.Type.Identifier, $"{part.Type.Identifier.Text} must be sealed"));
    }

    public static IEnumerable<string> StaticMutableState(SourceFile file)
    {
        var fields = file.All<BaseFieldDeclarationSyntax>()
            .Where(field => field.Modifiers.Any(SyntaxKind.StaticKeyword))
            .Where(field => field is EventFieldDeclarationSyntax
                || !field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword)
                || MutableTypes.Contains(LastName(field.Declaration.Type)))
            .Select(field => file.Finding(field, $"static mutable state: {field.Declaration.Variables}"));
        var properties = file.All<PropertyDeclarationSyntax>()
            .Where(property => property.Modifiers.Any(SyntaxKind.StaticKeyword))
            .Where(property => property.AccessorList?.Accessors.Any(SyntaxKind.SetAccessorDeclaration) == true)
            .Select(property => file.Finding(property, $"static mutable state: {property.Identifier.Text}"));
        return fields.Concat(properties);
    }

    public static IEnumerable<string> ForbiddenNames(SourceFile file)
    {
        var types = file.All<BaseTypeDeclarationSyntax>().Select(type => type.Identifier)
            .Concat(file.All<DelegateDeclarationSyntax>().Select(type => type.Identifier));
        return from identifier in types
               from word in Word().Matches(identifier.Text).Select(match => match.Value.ToLowerInvariant())
               where ForbiddenWords.Contains(word)
               select file.Finding(identifier, $"{identifier.Text}: the word {word} names nothing");
    }

    /// <summary>An interface needs two types behind it, of which one may be a test's double or mock.</summary>
    public static IEnumerable<string> LonelyInterfaces(IReadOnlyList<SourceFile> files)
    {
        var used = files
            .SelectMany(file => file.All<BaseTypeSyntax>().Select(type => LastName(type.Type))
                .Concat(file.All<GenericNameSyntax>()
                    .Where(name => name.Identifier.Text == "Mock")
                    .Select(name => LastName(name.TypeArgumentList.Arguments[0]))))
            .ToList();
        return from file in files
               from type in file.All<InterfaceDeclarationSyntax>()
               where used.Count(name => name == type.Identifier.Text) < 2
               select file.Finding(type.Identifier, $"{type.Identifier.Text} has less than two implementations");
    }

    private static string FullName(TypeDeclarationSyntax type) => string.Join(
        '.',
        type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Select(part => $"{part.Identifier.Text}`{part.Arity}"));

    private static bool IsClosed(TypeDeclarationSyntax type) =>
        type.Modifiers.Any(SyntaxKind.SealedKeyword) || type.Modifiers.Any(SyntaxKind.StaticKeyword)
        || type.Modifiers.Any(SyntaxKind.AbstractKeyword);

    private static string LastName(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
        SimpleNameSyntax simple => simple.Identifier.Text,
        NullableTypeSyntax nullable => LastName(nullable.ElementType),
        _ => type.ToString(),
    };

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")]
    private static partial Regex Word();
}
