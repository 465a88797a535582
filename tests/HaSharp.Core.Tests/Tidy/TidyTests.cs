namespace HaSharp.Core.Tests.Tidy;

/// <summary>The style in numbers, as an ordinary test: what a review would have to say again and again.</summary>
public sealed class TidyTests(Repository repository) : IClassFixture<Repository>
{
    private static readonly string[] PureTests =
        ["tests/HaSharp.Core.Tests", "tests/HaSharp.Simulator.Tests", "tests/Stateless.Tests"];

    [Fact]
    public void No_method_has_more_than_70_lines() => Findings.None(
        from file in repository.Code
        from method in SizeRules.Methods(file)
        where method.Lines > 70
        select $"{method.Place} has {method.Lines} lines");

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    public void Ninety_five_of_100_methods_have_at_most_30_lines(string folder)
    {
        var methods = Under(folder).SelectMany(SizeRules.Methods).ToList();
        var percentile = SizeRules.Percentile95(methods.Select(method => method.Lines));
        Findings.None(percentile <= 30 ? [] : methods
            .Where(method => method.Lines > 30)
            .OrderByDescending(method => method.Lines)
            .Select(method => $"{method.Place} has {method.Lines} lines (95 of 100 have up to {percentile})"));
    }

    [Fact]
    public void No_method_has_a_complexity_above_15() => Findings.None(
        from file in repository.Code
        from method in SizeRules.Methods(file)
        where method.Complexity > 15
        select $"{method.Place} has complexity {method.Complexity}");

    [Fact]
    public void No_file_has_more_than_500_lines() => Findings.None(repository.Code
        .Where(file => file.Lines.Count > 500)
        .Select(file => file.Finding(file.Lines.Count, "the file's last line")));

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    public void Ninety_five_of_100_files_have_at_most_350_lines(string folder)
    {
        var percentile = SizeRules.Percentile95(Under(folder).Select(file => file.Lines.Count));
        Findings.None(percentile <= 350 ? [] : Under(folder)
            .Where(file => file.Lines.Count > 350)
            .Select(file => file.Finding(
                file.Lines.Count, $"the file's last line (95 of 100 files have up to {percentile})")));
    }

    [Fact]
    public void No_line_is_longer_than_120_columns() => Findings.None(repository.Files
        .Where(file => file.IsCSharp || file.Path == "Makefile" || file.Text.StartsWith("#!", StringComparison.Ordinal))
        .SelectMany(TextRules.LongLines));

    [Fact]
    public void Every_namespace_is_file_scoped_and_named_after_its_folder() =>
        Findings.None(repository.Code.SelectMany(TypeRules.NamespaceIsNotTheFolder));

    [Fact]
    public void Every_class_is_sealed_unless_another_derives_from_it() =>
        Findings.None(TypeRules.OpenClasses(repository.Code));

    [Fact]
    public void No_state_is_static_and_mutable() =>
        Findings.None(repository.Code.SelectMany(TypeRules.StaticMutableState));

    [Fact]
    public void No_type_is_named_with_a_word_that_says_nothing() => Findings.None(repository.Code
        .Where(file => !file.IsUnder("src/Stateless"))
        .SelectMany(TypeRules.ForbiddenNames));

    [Fact]
    public void Every_interface_has_two_implementations_or_one_and_a_double() =>
        Findings.None(TypeRules.LonelyInterfaces(repository.Code));

    [Fact]
    public void At_most_five_warnings_are_switched_off()
    {
        var suppressions = repository.Code.SelectMany(TextRules.Suppressions).ToList();
        Findings.None(suppressions.Count <= 5 ? [] : suppressions.Select(suppression => suppression.Place));
    }

    [Fact]
    public void Every_warning_that_is_switched_off_has_a_reason() => Findings.None(repository.Code
        .SelectMany(TextRules.Suppressions)
        .Where(suppression => !suppression.HasReason)
        .Select(suppression => suppression.Place));

    [Fact]
    public void Nothing_is_promised_in_comments() => Findings.None(repository.Files.SelectMany(TextRules.Promises));

    [Fact]
    public void No_file_is_folded_into_regions() => Findings.None(repository.Code.SelectMany(TextRules.Regions));

    [Fact]
    public void No_file_names_a_path_of_a_developers_machine() =>
        Findings.None(repository.Files.SelectMany(TextRules.DeveloperPaths));

    [Fact]
    public void Every_file_of_the_core_opens_with_what_it_is() =>
        Findings.None(Under("src/HaSharp.Core").SelectMany(TextRules.HeadComment));

    [Fact]
    public void No_pure_test_sleeps() => Findings.None(PureTests.SelectMany(Under).SelectMany(TextRules.Sleeps));

    [Fact]
    public void Every_test_is_named_with_a_sentence() =>
        Findings.None(Under("tests").SelectMany(TextRules.NamesThatAreNoSentence));

    [Fact]
    public void Every_link_in_the_documentation_leads_to_a_file() => Findings.None(
        from file in repository.Files.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal))
        from link in TextRules.Links(file)
        let target = Path.Combine(repository.Root, Path.GetDirectoryName(file.Path)!, link.Target)
        where !Path.Exists(target)
        select file.Finding(link.Line, $"{link.Target} does not exist"));

    private List<SourceFile> Under(string folder) => [.. repository.Code.Where(file => file.IsUnder(folder))];
}
