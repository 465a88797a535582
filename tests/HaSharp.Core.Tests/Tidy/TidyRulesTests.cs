namespace HaSharp.Core.Tests.Tidy;

/// <summary>Each rule finds what it forbids, and leaves alone what it allows.</summary>
public sealed class TidyRulesTests
{
    [Fact]
    public void A_method_is_as_long_as_its_lines_without_comments_and_attributes_above()
    {
        var method = Assert.Single(SizeRules.Methods(Code(
            """
            class A
            {
                /// <summary>Not counted.</summary>
                [Obsolete]
                void M()
                {
                    N();
                }
            }
            """)));

        Assert.Equal("src/A/B/F.cs:5: M", method.Place);
        Assert.Equal(4, method.Lines);
        Assert.Equal(1, method.Complexity);
    }

    [Fact]
    public void Every_way_that_can_be_taken_or_not_counts_as_complexity()
    {
        var method = Assert.Single(SizeRules.Methods(Code(
            """
            class A
            {
                int M(int? a) => a switch
                {
                    1 when a > 0 || a < 5 => 2,
                    2 => a ?? 1,
                    _ => a is null ? 3 : 4,
                };
            }
            """)));

        Assert.Equal(6, method.Complexity);
    }

    [Fact]
    public void A_table_counts_once()
    {
        var method = Assert.Single(SizeRules.Methods(Code(
            "class A { string M(int a) => a switch { 1 => \"1\", 2 => \"2\", 3 => \"3\", _ => \"?\" }; }")));

        Assert.Equal(2, method.Complexity);
    }

    [Fact]
    public void A_local_function_and_a_program_are_measured_too()
    {
        var methods = SizeRules.Methods(Code("M();\nM();\nvoid M() { if (true) { } }")).ToList();

        Assert.Equal([("F.cs:3: M", 2), ("F.cs:1: the program's statements", 1)],
            methods.Select(method => (method.Place[8..], method.Complexity)));
        Assert.Equal([1, 3], methods.Select(method => method.Lines));
    }

    [Theory]
    [InlineData(new int[0], 0)]
    [InlineData(new[] { 7 }, 7)]
    [InlineData(new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 99 }, 19)]
    public void The_percentile_is_a_value_that_95_of_100_do_not_exceed(int[] values, int expected) =>
        Assert.Equal(expected, SizeRules.Percentile95(values));

    [Theory]
    [InlineData("namespace A.B;", 0)]
    [InlineData("namespace A.C;", 1)]
    [InlineData("namespace A.B { }", 1)]
    [InlineData("class C;", 1)]
    [InlineData("M();", 0)]
    public void A_namespace_follows_its_folder(string text, int findings) =>
        Assert.Equal(findings, TypeRules.NamespaceIsNotTheFolder(Code(text)).Count());

    [Theory]
    [InlineData("sealed class C;", 0)]
    [InlineData("static class C;", 0)]
    [InlineData("abstract record C;", 0)]
    [InlineData("record struct C;", 0)]
    [InlineData("class C; sealed class D : C;", 0)]
    [InlineData("partial class C; sealed partial class C;", 0)]
    [InlineData("class C;", 1)]
    [InlineData("class A<T>; sealed class A;", 1)]
    [InlineData("static class A { sealed class C; } static class B { class C; }", 1)]
    [InlineData("record C(int A);", 1)]
    [InlineData("abstract record U { record C : U; }", 1)]
    public void A_class_is_sealed_or_derived_from(string text, int findings) =>
        Assert.Equal(findings, TypeRules.OpenClasses([Code(text)]).Count());

    [Theory]
    [InlineData("static readonly int A = 1;", 0)]
    [InlineData("const int A = 1;", 0)]
    [InlineData("static int A => 1;", 0)]
    [InlineData("static int A { get; } = 1;", 0)]
    [InlineData("static int A;", 1)]
    [InlineData("static event Action A;", 1)]
    [InlineData("static int A { get; set; }", 1)]
    [InlineData("static readonly Dictionary<int, int> A = [];", 1)]
    public void Static_state_does_not_change(string member, int findings) =>
        Assert.Equal(findings, TypeRules.StaticMutableState(Code($"class C {{ {member} }}")).Count());

    [Theory]
    [InlineData("class Database;", 0)]
    [InlineData("class LinkManager;", 1)]
    [InlineData("enum DataKind { }", 1)]
    [InlineData("interface IHAInfo;", 1)]
    [InlineData("delegate void EventHandler();", 1)]
    public void A_type_is_not_named_with_a_word_that_says_nothing(string text, int findings) =>
        Assert.Equal(findings, TypeRules.ForbiddenNames(Code(text)).Count());

    [Theory]
    [InlineData("interface I; class A : I; class B : X.I;", 0)]
    [InlineData("interface I; class A : I; class T { Mock<I> mock; }", 0)]
    [InlineData("interface I; class A : I;", 1)]
    public void An_interface_is_not_lonely(string text, int findings) =>
        Assert.Equal(findings, TypeRules.LonelyInterfaces([Code(text)]).Count());

    [Fact]
    public void A_line_is_too_long_from_121_columns_on()
    {
        var file = new SourceFile("f", $"{new string('a', 120)}\n{new string('b', 121)}\n");

        Assert.Equal(["f:2: 121 columns"], TextRules.LongLines(file));
    }

    [Theory]
    [InlineData("// TO" + "DO: later", 1)]
    [InlineData("// FIX" + "ME", 1)]
    [InlineData("// todo", 0)]
    [InlineData("MASTO" + "DON", 0)]
    public void A_promise_is_found_in_any_text(string text, int findings) =>
        Assert.Equal(findings, TextRules.Promises(new SourceFile("f", text)).Count());

    [Theory]
    [InlineData("see /" + "work/x", 1)]
    [InlineData("\"/" + "work/x\"", 1)]
    [InlineData("home/" + "work/x", 0)]
    public void A_developers_path_is_found_in_any_text(string text, int findings) =>
        Assert.Equal(findings, TextRules.DeveloperPaths(new SourceFile("f", text)).Count());

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 0)]
    [InlineData(10, 0)]
    [InlineData(11, 1)]
    public void A_file_of_the_core_opens_with_3_to_10_comment_lines(int lines, int findings) =>
        Assert.Equal(findings, TextRules.HeadComment(
            Code($"{string.Concat(Enumerable.Repeat("// a\n", lines))}\nnamespace A.B;")).Count());

    [Theory]
    [InlineData("Thread.Sleep(1);", 1)]
    [InlineData("await Task.Delay(1);", 1)]
    [InlineData("Sleep.Well();", 0)]
    public void A_sleep_is_found(string text, int findings) =>
        Assert.Equal(findings, TextRules.Sleeps(Code(text)).Count());

    [Theory]
    [InlineData("[Fact] void A_node_is_dead() { }", 0)]
    [InlineData("[RootFact(\"x\")] void TestNode() { }", 1)]
    [InlineData("[Theory] void Node_dead() { }", 1)]
    [InlineData("void Other() { }", 0)]
    public void A_test_is_named_with_a_sentence(string text, int findings) =>
        Assert.Equal(findings, TextRules.NamesThatAreNoSentence(Code($"class T {{ {text} }}")).Count());

    [Theory]
    [InlineData("#pragma " + "warning disable X\nclass C;", false)]
    [InlineData("#pragma " + "warning disable X // because\nclass C;", true)]
    [InlineData("// because\n#pragma " + "warning disable X\nclass C;", true)]
    [InlineData("[SuppressMessage(\"a\", \"b\")] class C;", false)]
    [InlineData("[UnconditionalSuppressMessage(\"a\", \"b\", Justification = \"because it is so\")] class C;", true)]
    public void A_warning_that_is_switched_off_needs_a_reason(string text, bool hasReason) =>
        Assert.Equal(hasReason, Assert.Single(TextRules.Suppressions(Code(text))).HasReason);

    [Fact]
    public void Links_to_files_are_found_outside_code()
    {
        var file = new SourceFile(
            "a.md",
            """
            [one](docs/a.md#part), [two](https://example.org/a.md), [three](#here), `[four](b.md)`, ![five](c.png "C")
            ```
            [six](d.md)
            ```
            [seven]: e.md
            """);

        Assert.Equal([(1, "docs/a.md"), (1, "c.png"), (5, "e.md")], TextRules.Links(file));
    }

    [Fact]
    public void Events_are_found_with_their_ids() => Assert.Equal(
        [("A", (int?)1001), ("B", null)],
        EventRules.Events(Code(
            """
            record A(string N) : ClusterEvent(1001, Severity.Info);
            record B() : Core.ClusterEvent(First + 1, Severity.Info);
            record C : Other;
            """)).Select(@event => (@event.Name, @event.Id)));

    private static SourceFile Code(string text) => new("src/A/B/F.cs", text);
}
