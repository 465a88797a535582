// Reads ha.cf (spec 2): lines to directives, then what follows from the whole file.
// The idea: every line is read whatever the lines before it held, so all mistakes are found at once, and everything
// that compares lines with each other happens after the last one, so their order does not matter (F13).

namespace HaSharp.Core.Config;

internal static class HaCfReader
{
    private static readonly string[] UsableMediaNames = ["bcast", "udp", "ucast", "ucast6", "mcast", "mcast6"];
    private static readonly string[] MediaNames = [.. UsableMediaNames, "serial", "tipc", "rds"];
    private static readonly string[] PingNames = ["ping", "ping6", "ping_group"];
    private static readonly TimeSpan ShortestSensibleDeadtime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestSensibleInitdead = TimeSpan.FromMilliseconds(10000);

    /// <summary>The nodes and scalars of the file; only to be used when the list holds no error.</summary>
    public static HaCfDraft Read(string text, ProblemList problems)
    {
        var draft = new HaCfDraft(problems);
        foreach (var line in TextLines.Of(text, problems))
        {
            if (TextLines.Words(line, TextLines.Blanks) is [var name, ..] words)
            {
                ReadDirective(draft, line, name, words[1..]);
            }
        }

        draft.Config = WithDerivedValues(draft);
        CheckMembers(draft);
        CheckTimes(draft);
        if (!draft.Given.ContainsKey("auto_failback") && !draft.Given.ContainsKey("nice_failback"))
        {
            PolicyLines.WarnOfLegacy(problems, null);
        }

        return draft;
    }

    private static void ReadDirective(HaCfDraft draft, TextLine line, Word name, IReadOnlyList<Word> words)
    {
        if (Directives.Find(name.Text) is not { } directive)
        {
            draft.Problems.Unknown(name, $"unknown directive {name.Quoted}", Directives.All.Select(d => d.Name));
            return;
        }

        if (directive.Kind != DirectiveKind.Line)
        {
            words = TextLines.Words(line, TextLines.BlanksAndCommas, name.Column - 1 + name.Text.Length);
        }

        if (!MayBeUsed(draft, directive, name, words))
        {
            return;
        }

        if (draft.FirstUse.TryAdd(directive.OnceAs ?? name.Text, name) && directive.WithoutEffect is { } why)
        {
            draft.Problems.Note(name, $"{name.Text} is accepted without effect: {why}");
        }

        directive.Read(draft, name, words);
        if (directive.Kind == DirectiveKind.Single)
        {
            draft.Given[name.Text] = words[^1];
        }
    }

    private static bool MayBeUsed(HaCfDraft draft, Directive directive, Word name, IReadOnlyList<Word> words)
    {
        if (words.Count == 0 && directive.Kind == DirectiveKind.Line)
        {
            draft.Problems.Error(name, $"{name.Text} needs {directive.Arguments}");
            return false;
        }

        if (words.Count == 0)
        {
            draft.Problems.Warning(name, $"{name.Text} has no value and is ignored; it takes {directive.Arguments}");
            return false;
        }

        if (directive.OnceAs is { } once && draft.FirstUse.TryGetValue(once, out var first))
        {
            draft.Problems.Error(name, $"{name.Text} is given twice, first in line {first.Line}; delete one");
            return false;
        }

        if (directive.Kind == DirectiveKind.Single && words.Count > 1)
        {
            draft.Problems.Warning(
                words[1], $"{name.Text} takes one value; of several the last one counts, here {words[^1].Quoted}");
        }

        return true;
    }

    private static ClusterConfig WithDerivedValues(HaCfDraft draft)
    {
        var config = draft.Config;
        var deadtime = config.Deadtime;
        return config with
        {
            Nodes = [.. draft.Nodes.Select(node => new NodeName(node.Text))],
            Links = [.. draft.Links.Select(link => MediaLines.WithPort(link, draft.Port))],
            PingNodes = draft.PingNodes,
            Environment = draft.Variables,
            Recovery = config.Recovery with { Resources = draft.ResourceOptions },
            Checks = draft.Checks,
            Parameters = [.. Directives.All
                .Where(directive => draft.Given.ContainsKey(directive.Name))
                .Select(directive => KeyValuePair.Create(directive.Name, draft.Given[directive.Name].Text))],
            Warntime = draft.Given.ContainsKey("warntime")
                ? config.Warntime
                : TimeSpan.FromMilliseconds((long)deadtime.TotalMilliseconds / 2),
            Initdead = draft.Given.ContainsKey("initdead") ? config.Initdead : DefaultInitdead(deadtime),
            Deadping = draft.Given.ContainsKey("deadping") ? config.Deadping : deadtime,
        };
    }

    /// <summary>Spec 2.3 no. 7.</summary>
    private static TimeSpan DefaultInitdead(TimeSpan deadtime) => deadtime.TotalMilliseconds switch
    {
        > 10000 => deadtime,
        < 6000 => TimeSpan.FromMilliseconds(12000),
        _ => 2 * deadtime,
    };

    private static void CheckMembers(HaCfDraft draft)
    {
        var problems = draft.Problems;
        if (draft.Links.Count == 0 && !Uses(draft, MediaNames))
        {
            problems.Error("no medium is declared; add a line such as \"bcast eth0\" or \"ucast eth0 192.0.2.12\"");
        }
        else if (draft.Links.Count == 0 && !Uses(draft, UsableMediaNames))
        {
            problems.Error("no medium that HaSharp supports is declared; add bcast, ucast or mcast");
        }

        if (draft.Nodes.Count == 0 && !Uses(draft, ["node"]))
        {
            problems.Error("no node is declared; add \"node NAME\" for each machine, as uname -n prints it there");
        }

        foreach (var ping in draft.PingNames.Where(ping => draft.Nodes.Exists(node => node.Text == ping.Text)))
        {
            problems.Error(ping, $"{ping.Quoted} is a cluster node and cannot be a ping node too");
        }

        if (draft.Config.Ipfail && !Uses(draft, PingNames))
        {
            draft.Problems.Warning(
                draft.FirstUse["respawn"], "ipfail has nothing to compare: no ping, ping6 or ping_group names a host");
        }

        if (draft.Nodes.Count + draft.PingNames.Count > ConfigLimits.NodesAndPingNodes)
        {
            problems.Error(
                draft.PingNames[^1],
                $"there are at most {ConfigLimits.NodesAndPingNodes} nodes, ping nodes included; this is one more");
        }
    }

    private static bool Uses(HaCfDraft draft, string[] directives) => directives.Any(draft.FirstUse.ContainsKey);

    private static void CheckTimes(HaCfDraft draft)
    {
        var config = draft.Config;
        if (config.Deadtime > ConfigLimits.Deadtime)
        {
            draft.Problems.Error(
                draft.Given["deadtime"],
                $"deadtime {ConfigValues.Show(config.Deadtime)} is longer than a day, the most that other nodes take");
        }

        Compare(draft, ("deadtime", config.Deadtime), ("keepalive", config.Keepalive), (deadtime, keepalive) =>
            deadtime > 2 * keepalive ? null : (ProblemSeverity.Error, "must be longer than twice"));
        Compare(draft, ("warntime", config.Warntime), ("deadtime", config.Deadtime), (warntime, deadtime) =>
            warntime < deadtime ? null : (ProblemSeverity.Warning, "gives no warning: it is not shorter than"));
        Compare(draft, ("warntime", config.Warntime), ("keepalive", config.Keepalive), (warntime, keepalive) =>
            warntime > keepalive ? null : (ProblemSeverity.Warning, "is always exceeded: it is not longer than"));
        Compare(draft, ("initdead", config.Initdead), ("deadtime", config.Deadtime), (initdead, deadtime) =>
            initdead >= deadtime ? null : (ProblemSeverity.Error, "must not be shorter than"));
        Compare(draft, ("deadping", config.Deadping), ("keepalive", config.Keepalive), (deadping, keepalive) =>
            deadping > 2 * keepalive ? null : (ProblemSeverity.Error, "must be longer than twice"));
        WarnBelow(
            draft, "deadtime", config.Deadtime, ShortestSensibleDeadtime,
            "a busy machine is silent for longer than that");
        WarnBelow(
            draft, "initdead", config.Initdead, ShortestSensibleInitdead,
            "it may be too small for a network that comes up after the daemon");
    }

    /// <summary>
    /// One comparison of two times. Left out when the first is not given (its default follows from the others; only
    /// deadtime has one of its own), and when one was refused: otherwise one mistake would be reported twice.
    /// </summary>
    private static void Compare(
        HaCfDraft draft,
        (string Name, TimeSpan Time) one,
        (string Name, TimeSpan Time) other,
        Func<TimeSpan, TimeSpan, (ProblemSeverity Severity, string Verb)?> verdict)
    {
        var isGiven = draft.Given.TryGetValue(one.Name, out var at)
            || (one.Name == "deadtime" && draft.Given.TryGetValue(other.Name, out at));
        if (!isGiven || draft.Broken.Contains(one.Name) || draft.Broken.Contains(other.Name)
            || verdict(one.Time, other.Time) is not { } found)
        {
            return;
        }

        var text = $"{Show(draft, at, one)} {found.Verb} {Show(draft, at, other)}";
        if (found.Severity == ProblemSeverity.Error)
        {
            draft.Problems.Error(at, text);
        }
        else
        {
            draft.Problems.Warning(at, text);
        }
    }

    private static void WarnBelow(HaCfDraft draft, string name, TimeSpan time, TimeSpan least, string reason)
    {
        if (time < least && draft.Given.TryGetValue(name, out var at) && !draft.Broken.Contains(name))
        {
            draft.Problems.Warning(at, $"{name} {ConfigValues.Show(time)} is short: {reason}");
        }
    }

    /// <summary>deadtime 5s in its own line, keepalive 3s (line 11) from another, deadtime 30s (default).</summary>
    private static string Show(HaCfDraft draft, Word at, (string Name, TimeSpan Time) value)
    {
        var place = !draft.Given.TryGetValue(value.Name, out var word) ? " (default)"
            : word.Line == at.Line ? "" : $" (line {word.Line})";
        return $"{value.Name} {ConfigValues.Show(value.Time)}{place}";
    }
}
