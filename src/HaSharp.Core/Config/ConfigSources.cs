// What ConfigReader reads, and what it gives back.
// The idea: the contents are arguments, so that the same reader serves the daemon, an offline check of files of
// another machine, the simulator and the tests.
// Invariant: a result has a configuration exactly when none of its problems is an error.

namespace HaSharp.Core.Config;

/// <summary>The contents of the three files; null: not there, or not readable (see Problems).</summary>
public sealed record ConfigSources
{
    /// <summary>ha.cf, decoded as UTF-8; undecodable bytes, as U+FFFD, are accepted in remarks only.</summary>
    public string? HaCf { get; init; }

    /// <summary>haresources, decoded like ha.cf.</summary>
    public string? Haresources { get; init; }

    /// <summary>authkeys as it is: a secret may hold any byte (spec 3.1).</summary>
    public ReadOnlyMemory<byte>? AuthKeys { get; init; }

    /// <summary>The permission bits of authkeys; null: not known, then they are not checked.</summary>
    public int? AuthKeysMode { get; init; }

    /// <summary>The node that will run, which must be in the node list; null: files of any machine.</summary>
    public NodeName? Self { get; init; }

    /// <summary>What went wrong while the files were read; an error stands in for the missing file's own.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; init; } = [];
}

/// <summary>What the three files say, together.</summary>
/// <param name="Config">Null exactly when a problem is an error.</param>
/// <param name="Problems">Sorted: ha.cf, haresources, authkeys; then line, then column.</param>
public sealed record ConfigResult(ClusterConfig? Config, IReadOnlyList<ConfigProblem> Problems)
{
    /// <summary>
    /// What the files name of the machine, in their order; of files with errors, too, as far as they can be read.
    /// </summary>
    public IReadOnlyList<Mention> Mentions { get; init; } = [];
}
