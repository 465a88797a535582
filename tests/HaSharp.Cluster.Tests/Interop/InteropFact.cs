using HaSharp.Benchmarks.Interop;

namespace HaSharp.Cluster.Tests.Interop;

/// <summary>A test that needs the real heartbeat; where it is not installed it is skipped and says why.</summary>
public sealed class InteropFactAttribute : FactAttribute
{
    public InteropFactAttribute() => Skip = Original.WhyNot;
}

/// <summary>The same for a test with several cases.</summary>
public sealed class InteropTheoryAttribute : TheoryAttribute
{
    public InteropTheoryAttribute() => Skip = Original.WhyNot;
}

internal static class Original
{
    public static readonly string? WhyNot = HeartbeatPackage.WhyNot();
}
