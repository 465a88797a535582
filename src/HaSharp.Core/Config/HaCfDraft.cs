// What has been read of ha.cf so far. Directives write into it; HaCfReader completes it when the file has ended, so
// that the order of the lines does not matter (F13).
// Invariant: whatever is refused leaves a problem in the list and nothing else in the draft.

using System.Globalization;

namespace HaSharp.Core.Config;

internal sealed class HaCfDraft(ProblemList problems)
{
    public const int DefaultPort = 694;

    private readonly HashSet<string> media = new(StringComparer.Ordinal);
    private readonly HashSet<string> linkNames = new(StringComparer.Ordinal);

    public ProblemList Problems { get; } = problems;

    /// <summary>The scalars; lists, keys and groups follow when everything is read.</summary>
    public ClusterConfig Config { get; set; } = new()
    {
        Nodes = [],
        Links = [],
        Groups = [],
        Keys = new AuthKeys(0, []),
        Digest = 0,
    };

    /// <summary>The last value of every directive that has one value, as written.</summary>
    public Dictionary<string, Word> Given { get; } = new(StringComparer.Ordinal);

    /// <summary>Where each directive was used first; those that exclude each other (OnceAs) are one.</summary>
    public Dictionary<string, Word> FirstUse { get; } = new(StringComparer.Ordinal);

    /// <summary>Directives of which a value was refused: what follows from them is not checked.</summary>
    public HashSet<string> Broken { get; } = new(StringComparer.Ordinal);

    /// <summary>Cluster nodes with their places.</summary>
    public List<Word> Nodes { get; } = [];

    /// <summary>Ports of bcast, ucast and ucast6 are 0 until the end of the file.</summary>
    public List<LinkConfig> Links { get; } = [];

    /// <summary>Names of ping nodes with their places, parallel to PingNodes.</summary>
    public List<Word> PingNames { get; } = [];

    public List<PingNodeConfig> PingNodes { get; } = [];

    public List<KeyValuePair<string, string>> Variables { get; } = [];

    /// <summary>What resource lines say, by the word of haresources.</summary>
    public SortedDictionary<string, ResourceOptions> ResourceOptions { get; } = new(StringComparer.Ordinal);

    /// <summary>The words of resource lines with their places.</summary>
    public List<Word> ResourceWords { get; } = [];

    public List<CheckConfig> Checks { get; } = [];

    /// <summary>The groups that checks name, with their places.</summary>
    public List<Word> CheckGroups { get; } = [];

    /// <summary>The programs that check and notify name, and the interfaces of the links.</summary>
    public List<Mention> Mentions { get; } = [];

    public HashSet<string> Clients { get; } = new(StringComparer.Ordinal);

    public int Port { get; set; } = DefaultPort;

    /// <summary>The node after the last possible one is reported; what follows is passed over.</summary>
    public void AddNode(Word word)
    {
        if (Nodes.Count > ConfigLimits.Nodes)
        {
            return;
        }

        var name = word with { Text = word.Text.ToLowerInvariant() };
        var first = Nodes.Find(n => n.Text == name.Text);
        if (name.Text.Length > ConfigLimits.NodeNameBytes || name.Text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            Problems.Error(
                word, $"the name {word.Quoted} is not plain ASCII of at most {ConfigLimits.NodeNameBytes} characters");
        }
        else if (first.Text is not null)
        {
            Problems.Error(word, $"node {word.Quoted} is named twice, first in line {first.Line}; delete one");
        }
        else
        {
            Nodes.Add(name);
            if (Nodes.Count == ConfigLimits.Nodes + 1)
            {
                Problems.Error(word, $"a cluster has at most {ConfigLimits.Nodes} nodes; this is one more");
            }
        }
    }

    /// <summary>The sum with the cluster nodes is checked at the end of the file.</summary>
    public void AddPingNode(Word word, PingKind kind, IReadOnlyList<string> hosts)
    {
        if (PingNodes.Count > ConfigLimits.NodesAndPingNodes)
        {
            return;
        }

        var name = word with { Text = word.Text.ToLowerInvariant() };
        var first = PingNames.Find(n => n.Text == name.Text);
        if (name.Text.Length > ConfigLimits.NodeNameBytes || name.Text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            Problems.Error(
                word, $"the name {word.Quoted} is not plain ASCII of at most {ConfigLimits.NodeNameBytes} characters");
        }
        else if (first.Text is not null)
        {
            Problems.Warning(
                word, $"ping node {word.Quoted} is named twice, first in line {first.Line}; once is enough");
        }
        else
        {
            PingNames.Add(name);
            PingNodes.Add(new(new NodeName(name.Text), hosts) { Kind = kind });
        }
    }

    /// <summary>
    /// Adds a medium. The first medium of an interface gives its link the interface's name; a further one adds
    /// what distinguishes it, as in eth0:192.0.2.12 (F14).
    /// </summary>
    public void AddLink(Word at, string directive, string nic, string detail, Func<LinkName, LinkConfig> make)
    {
        if (Links.Count > ConfigLimits.Links)
        {
            return;
        }

        if (!media.Add($"{directive} {nic} {detail}"))
        {
            Problems.Warning(at, $"this medium is declared twice ({directive} {nic} {detail}); once is enough");
            return;
        }

        var name = nic;
        for (var attempt = 1; !linkNames.Add(name); attempt++)
        {
            name = attempt == 1
                ? $"{nic}:{detail}"
                : string.Create(CultureInfo.InvariantCulture, $"{nic}:{detail}#{attempt}");
        }

        Links.Add(make(new LinkName(name)));
        Mentions.Add(new Mention.OfInterface(at.Line, at.Column, nic));
        if (Links.Count == ConfigLimits.Links + 1)
        {
            Problems.Error(at, $"there are at most {ConfigLimits.Links} media; this is one more");
        }
    }
}
