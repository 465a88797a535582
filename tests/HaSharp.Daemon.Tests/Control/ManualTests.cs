using HaSharp.Core.Config;

namespace HaSharp.Daemon.Tests.Control;

/// <summary>The manual knows what the program knows.</summary>
public sealed class ManualTests
{
    [Fact]
    public void Every_directive_is_in_the_manual()
    {
        string[] words = Words("ha.cf.5");

        Assert.Empty(Directives.All.Select(directive => directive.Name).Except(words));
    }

    [Fact]
    public async Task Every_verb_and_its_options_are_in_the_manual()
    {
        string[] words = Words("hasharp.8");
        Hasharp.Result help = await Hasharp.Run("--help");
        string[] verbs =
        [
            .. help.Output[help.Output.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1)
                .Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ')
                .Select(line => line.Trim().Split(' ')[0]),
        ];

        Assert.Equal(16, verbs.Length);
        Assert.Empty(verbs.Except(words));
        foreach (string verb in verbs)
        {
            string text = (await Hasharp.Run(verb, "--help")).Output;
            string[] options = [.. text.Split(' ', '\n', ',').Where(
                word => word.StartsWith("--", StringComparison.Ordinal) && word != "--help")];
            Assert.Empty(options.Select(option => option[1..].TrimEnd('.', ')')).Except(words));
        }
    }

    /// <summary>mdoc writes --json as Fl -json.</summary>
    private static string[] Words(string page)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "HaSharp.sln")))
        {
            directory = directory.Parent!;
        }

        return File.ReadAllText(Path.Combine(directory.FullName, "docs", "man", page))
            .Split([' ', '\n', ',', '.'], StringSplitOptions.RemoveEmptyEntries);
    }
}
