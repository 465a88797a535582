namespace HaSharp.Simulator.Checks;

public enum FailureKind
{
    /// <summary>Something happened that must never happen.</summary>
    Safety,

    /// <summary>Something did not happen that must happen sooner or later.</summary>
    Liveness,
}

/// <summary>A rule that a world broke.</summary>
public sealed record Violation(string Rule, FailureKind Kind, TimeSpan At, string Text)
{
    public override string ToString() =>
        FormattableString.Invariant($"{Rule} ({Kind}) at {At.TotalSeconds:F3}s: {Text}");
}

/// <summary>A witness that judges. It knows nothing of the workload, only of the world.</summary>
public abstract class Checker : Witness
{
    /// <summary>After so many nobody reads on.</summary>
    private const int MostViolations = 20;

    private readonly List<Violation> _violations = [];

    public abstract string Rule { get; }

    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>One of each, in the order of their importance.</summary>
    public static IReadOnlyList<Checker> All() =>
    [
        new SingleOwner(), new ActionOrder(), new SilentMeansDead(), new ReplayedNothing(), new Convergence(),
        new NoQuarrel(),
    ];

    protected void Broken(World world, FailureKind kind, string text)
    {
        if (_violations.Count < MostViolations)
        {
            _violations.Add(new Violation(Rule, kind, world.Now, text));
        }
    }
}
