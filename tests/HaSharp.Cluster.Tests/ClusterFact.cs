using HaSharp.Benchmarks;

// Two at a time, of those that wait for a heartbeat most of their time; the others run alone, because they measure.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace HaSharp.Cluster.Tests;

/// <summary>A test that needs namespaces; where they cannot be made it is skipped and says why.</summary>
public sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = Permission.WhyNot;
}

/// <summary>The same for a test with several cases.</summary>
public sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute() => Skip = Permission.WhyNot;
}

/// <summary>Clusters that measure time, or whose deadtime is short: each runs beside no other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}

internal static class Permission
{
    public static readonly string? WhyNot = LiveCluster.WhyNot();
}
