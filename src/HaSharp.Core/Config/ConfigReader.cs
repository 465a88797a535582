// From the contents of ha.cf, haresources and authkeys to a ClusterConfig: the one entry point.
// The idea: pure, and complete. All three files are read whatever the others hold, all problems are collected, and
// only then it is decided whether there is a configuration.
// Invariant: no text makes it throw, and its work is bounded by the length of its input.

using HaSharp.Core.Wire;

namespace HaSharp.Core.Config;

public static class ConfigReader
{
    private const string HaCf = "ha.cf";
    private const string Haresources = "haresources";
    private const string AuthKeys = "authkeys";

    /// <summary>Reads, checks and completes a configuration (spec 2.3).</summary>
    public static ConfigResult Read(ConfigSources sources)
    {
        var haCfProblems = new ProblemList(HaCf);
        var haresourcesProblems = new ProblemList(Haresources);
        var authKeysProblems = new ProblemList(AuthKeys);
        var draft = ReadHaCf(sources, haCfProblems);
        var (groups, resources) = ReadHaresources(sources, draft, haresourcesProblems);
        Mention[] mentions = [.. draft?.Mentions ?? [], .. resources];
        var keys = ReadAuthKeys(sources, authKeysProblems);
        CheckRoom(draft, groups, haresourcesProblems);
        if (draft is not null && groups is not null)
        {
            RecoveryLines.CheckNames(draft, groups);
        }

        ConfigProblem[] problems =
        [
            .. Of(sources, HaCf), .. haCfProblems.Sorted(),
            .. Of(sources, Haresources), .. haresourcesProblems.Sorted(),
            .. Of(sources, AuthKeys), .. authKeysProblems.Sorted(),
            .. sources.Problems.Where(p => p.File is not (HaCf or Haresources or AuthKeys)),
        ];
        if (draft is null || groups is null || keys is null
            || Array.Exists(problems, p => p.Severity == ProblemSeverity.Error))
        {
            return new(null, problems) { Mentions = mentions };
        }

        var config = draft.Config with { Groups = groups, Keys = keys };
        var digest = ConfigDigest.Of(config.Nodes, config.AutoFailback, config.Groups);
        return new(config with { Digest = digest }, problems) { Mentions = mentions };
    }

    /// <summary>Reads authkeys alone, whatever its mode; null when a problem is an error.</summary>
    public static AuthKeys? ReadKeys(ReadOnlySpan<byte> bytes, out IReadOnlyList<ConfigProblem> problems)
    {
        var list = new ProblemList(AuthKeys);
        var keys = AuthKeysReader.Read(bytes, null, list);
        problems = [.. list.Sorted()];
        return problems.Any(p => p.Severity == ProblemSeverity.Error) ? null : keys;
    }

    private static HaCfDraft? ReadHaCf(ConfigSources sources, ProblemList problems)
    {
        if (sources.HaCf is null)
        {
            Missing(sources, HaCf, "make it from the sample in ha.d", problems);
            return null;
        }

        var draft = HaCfReader.Read(sources.HaCf, problems);
        if (sources.Self is { } self && draft.Nodes.Count > 0 && !draft.Nodes.Exists(n => n.Text == self.Text))
        {
            problems.Error(
                $"this machine is called {Word.Quote(self.Text)}, but no node line names it; add it, or rename it"
                + NearMiss.Suggest(self.Text, draft.Nodes.Select(n => n.Text)));
        }

        return draft;
    }

    private static (List<GroupConfig>? Groups, List<Mention> Mentions) ReadHaresources(
        ConfigSources sources, HaCfDraft? draft, ProblemList problems)
    {
        if (sources.Haresources is null)
        {
            Missing(sources, Haresources, "an empty one is valid and means that nothing is kept alive", problems);
            return (null, []);
        }

        var nodes = draft?.Nodes.Select(node => new NodeName(node.Text)).ToList();
        return HaresourcesReader.Read(sources.Haresources, nodes is { Count: > 0 } ? nodes : null, problems);
    }

    /// <summary>A node says all names in each heartbeat, and a heartbeat is one datagram.</summary>
    private static void CheckRoom(HaCfDraft? draft, List<GroupConfig>? groups, ProblemList problems)
    {
        if (draft is null || groups is null)
        {
            return;
        }

        var bytes = PublicStateCodec.MostBytes(
            draft.Nodes.Select(node => node.Text), groups.Select(group => group.Name.Text));
        if (bytes > ConfigLimits.StateBytes)
        {
            problems.Error(
                $"the names of all groups and nodes may take {bytes} bytes of a heartbeat, which has room for "
                + $"{ConfigLimits.StateBytes}; a group is named by its first resource, so begin lines with short ones");
        }
    }

    private static AuthKeys? ReadAuthKeys(ConfigSources sources, ProblemList problems)
    {
        if (sources.AuthKeys is not { } bytes)
        {
            Missing(
                sources, AuthKeys, "make it with mode 600 and two lines, \"auth 1\" and \"1 sha256 SECRET\"", problems);
            return null;
        }

        return AuthKeysReader.Read(bytes.Span, sources.AuthKeysMode, problems);
    }

    private static void Missing(ConfigSources sources, string file, string remedy, ProblemList problems)
    {
        if (!Of(sources, file).Any(p => p.Severity == ProblemSeverity.Error))
        {
            problems.Error($"the file is missing; {remedy}");
        }
    }

    private static IEnumerable<ConfigProblem> Of(ConfigSources sources, string file)
        => sources.Problems.Where(p => p.File == file);
}
