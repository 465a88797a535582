// Reads haresources (spec 4.1, 4.2): one logical line is one resource group.
// The idea: remarks are cut from every physical line before lines are joined (F4), and each word remembers the
// physical line where it stands, so that a finding in a continued line names the right place.
// Invariant: the groups that come out have distinct names (F5).

using System.Text;

namespace HaSharp.Core.Config;

internal sealed class HaresourcesReader(IReadOnlyList<NodeName>? nodes, ProblemList problems)
{
    private const string Separator = Resource.Separator;

    private readonly List<GroupConfig> groups = [];
    private readonly ResourceChecks checks = new(problems);
    private readonly List<Mention> mentions = [];
    private readonly Dictionary<string, Word> names = new(StringComparer.Ordinal);

    /// <summary>The groups, only to be used when the list holds no error; and the resources, always.</summary>
    /// <param name="text">The file.</param>
    /// <param name="nodes">The nodes of ha.cf; null: not known, then names are not checked.</param>
    /// <param name="problems">Where findings go.</param>
    public static (List<GroupConfig> Groups, List<Mention> Mentions) Read(
        string text, IReadOnlyList<NodeName>? nodes, ProblemList problems)
    {
        var reader = new HaresourcesReader(nodes, problems);
        foreach (var words in reader.LogicalLines(text))
        {
            reader.ReadGroup(words);
        }

        return (reader.groups, reader.mentions);
    }

    /// <summary>
    /// The words of each logical line. A backslash at the very end of a physical line joins the next one without
    /// a blank, so that a word may go on there (spec 4.2 no. 2).
    /// </summary>
    private IEnumerable<List<Word>> LogicalLines(string text)
    {
        var words = new List<Word>();
        var isContinued = false;
        var wordGoesOn = false;
        foreach (var line in TextLines.Of(text, problems))
        {
            isContinued = IsContinued(line);
            var content = isContinued ? line.Text.TrimEnd(' ', '\t')[..^1] : line.Text;
            var found = TextLines.Words(line with { Text = content }, TextLines.Blanks);
            if (wordGoesOn && found.Count > 0 && found[0].Column == 1 && words.Count > 0)
            {
                // A word that is too long already grows no further, or a file of such lines would take hours.
                words[^1] = words[^1].Text.Length > ConfigLimits.WordBytes
                    ? words[^1]
                    : words[^1] with { Text = words[^1].Text + found[0].Text };
                found.RemoveAt(0);
            }

            words.AddRange(found);
            wordGoesOn = content.Length == 0 ? wordGoesOn : content[^1] is not (' ' or '\t');
            if (!isContinued)
            {
                yield return words;
                words = [];
                wordGoesOn = false;
            }
        }

        if (isContinued)
        {
            yield return words;
        }
    }

    private bool IsContinued(TextLine line)
    {
        var trimmed = line.Text.TrimEnd(' ', '\t');
        if (!trimmed.EndsWith('\\'))
        {
            return false;
        }

        if (line.HasRemark || trimmed.Length < line.Text.Length)
        {
            problems.Error(
                new("", line.Number, trimmed.Length),
                "the backslash continues the line only as its very last character; delete the "
                + (line.HasRemark ? "remark" : "blanks") + " after it");
        }

        return true;
    }

    private void ReadGroup(List<Word> words)
    {
        if (words.Count == 0)
        {
            return;
        }

        CheckNode(words[0]);
        var resources = words.Skip(1).Select(word => ReadResource(word, words[1])).OfType<Resource>().ToList();
        if (words.Count == 1)
        {
            problems.Note(words[0], $"node {words[0].Quoted} has no resources in this line, so the line is no group");
            return;
        }

        if (words.Count - 1 > ConfigLimits.ResourcesPerGroup)
        {
            problems.Error(
                words[ConfigLimits.ResourcesPerGroup + 1],
                $"a line has at most {ConfigLimits.ResourcesPerGroup} resources; this is one more");
        }

        if (!names.TryAdd(words[1].Text, words[1]))
        {
            problems.Error(
                words[1],
                $"the group {words[1].Quoted} is there already, in line {names[words[1].Text].Line}; "
                + "a group is named by its first resource, so begin this line with another one");
            return;
        }

        if (groups.Count == ConfigLimits.Groups)
        {
            problems.Error(words[0], $"there are at most {ConfigLimits.Groups} groups; this is one more");
        }

        if (groups.Count <= ConfigLimits.Groups)
        {
            groups.Add(new(new GroupName(words[1].Text), new NodeName(words[0].Text), resources));
        }
    }

    /// <summary>The first word names a node of ha.cf, in any case (spec 4.1).</summary>
    private void CheckNode(Word word)
    {
        if (nodes is null || nodes.Contains(new NodeName(word.Text)))
        {
            return;
        }

        var isResource = word.Column > 1 || Resource.IsBareAddress(word.Text)
            || word.Text.Contains(Separator, StringComparison.Ordinal);
        problems.Error(
            word,
            $"{word.Quoted} is no node of ha.cf" + (NodeLike(word.Text) is { } near
                ? $"; did you mean \"{near}\"?"
                : isResource
                    ? "; if this line continues the one before, that one must end in a backslash"
                    : "; a line begins with the node that the group prefers"));
    }

    /// <summary>A near miss, or the same host with or without its domain.</summary>
    private string? NodeLike(string word)
    {
        var host = word.ToLowerInvariant().Split('.')[0];
        return NearMiss.Find(word, nodes!.Select(node => node.Text))
            ?? nodes!.FirstOrDefault(node => node.Text.Split('.')[0] == host).Text;
    }

    private Resource? ReadResource(Word word, Word groupWord)
    {
        if (Encoding.UTF8.GetByteCount(word.Text) > ConfigLimits.WordBytes)
        {
            problems.Error(word, $"{word.Quoted} is longer than {ConfigLimits.WordBytes} bytes");
            return null;
        }

        var resource = Resource.Parse(word.Text);
        if (resource.Type.Length == 0)
        {
            problems.Error(word, $"{word.Quoted} has no agent before the first {Separator}");
            return null;
        }

        mentions.Add(new Mention.OfResource(word.Line, word.Column, resource));
        checks.Check(word, resource, groupWord);
        return resource;
    }
}
