// One thing that an administrator does to the cluster, and how it must end.

namespace HaSharp.Cli.Demo;

/// <summary>What is done and what must come of it.</summary>
internal sealed record DemoScenario
{
    /// <summary>Short, for the table.</summary>
    public required string Name { get; init; }

    /// <summary>What is done, for people.</summary>
    public required string What { get; init; }

    /// <summary>Does it; what it returns is what went wrong, null when nothing did.</summary>
    public required Func<Lab, string?> Act { get; init; }

    /// <summary>Who must hold the address and answer in the end.</summary>
    public required string Owner { get; init; }

    /// <summary>Before it nobody answers: what counts is the time from the action to the first answer.</summary>
    public bool FromNothing { get; init; }

    /// <summary>Asked of every node that runs, when the rest is as it should be; null: nothing more.</summary>
    public Func<LabStatus, bool>? Also { get; init; }

    /// <summary>How long it is watched after it has ended well, to see that it stays so.</summary>
    public TimeSpan Calm { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>When it has not ended well by then, it has failed.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>How a scenario ended.</summary>
/// <param name="Gap">
/// From the last answer of the old owner to the first one of the new; with FromNothing until the first answer; when
/// nothing moved, the longest silence.
/// </param>
/// <param name="Silence">The longest time in which the client had no answer, for whatever reason.</param>
/// <param name="Trouble">Why it failed; null when it did not.</param>
internal sealed record DemoResult(
    string Name,
    string What,
    TimeSpan? Gap,
    TimeSpan? Silence,
    bool FromNothing,
    string OwnerBefore,
    string OwnerAfter,
    string? Trouble);
