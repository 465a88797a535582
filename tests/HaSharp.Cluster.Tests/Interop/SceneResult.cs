namespace HaSharp.Cluster.Tests.Interop;

/// <summary>How one scene of a life went.</summary>
/// <param name="Settled">From the deed until each address had its one holder and both nodes said so.</param>
/// <param name="Gap">The longest time that one of the clients was without an answer.</param>
/// <param name="Failure">What was not so, with both logs; null when the cluster is where it shall be.</param>
/// <param name="Complaint">What the real node complained of beyond the usual; null when of nothing.</param>
internal sealed record SceneResult(
    string Name, TimeSpan Settled, TimeSpan Gap, string? Failure, string? Complaint = null)
{
    public bool Passed => Failure is null && Complaint is null;

    /// <summary>One line.</summary>
    public string Line => FormattableString.Invariant(
        $"  {Name,-46} {Settled.TotalSeconds,7:F2} s  gap {Gap.TotalMilliseconds,7:F0} ms  ")
        + (Passed ? "\n" : $"FAILED: {Verdict}\n");

    private string Verdict => string.Join(
        "; ", new[] { Failure?.Split('\n')[0], Complaint?.Split('\n')[0] }.Where(trouble => trouble is not null));
}

/// <summary>How a life went; a scene that failed is followed by the others, after a restart of both nodes.</summary>
internal sealed record LifeResult(LifeCase Life, TimeSpan Took, IReadOnlyList<SceneResult> Scenes)
{
    public bool Passed => Scenes.All(scene => scene.Passed);

    /// <summary>One line a scene.</summary>
    public string Table() => FormattableString.Invariant(
        $"{Life.Name}: {(Passed ? "passed" : "FAILED")} in {Took.TotalSeconds:F0} s\n")
        + string.Concat(Scenes.Select(scene => scene.Line));

    public string Failures() => string.Join("\n\n",
        from scene in Scenes
        where !scene.Passed
        select $"{Life.Name}: {scene.Name}: {scene.Complaint}\n{scene.Failure}");
}
