using HaSharp.Benchmarks;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

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

internal static class Permission
{
    public static readonly string? WhyNot = LiveCluster.WhyNot();
}
