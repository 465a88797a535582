namespace HaSharp.Daemon.Tests.Links;

/// <summary>A test that makes network namespaces of its own.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = NetworkNamespace.WhyImpossible;
}

/// <summary>A test with cases that makes network namespaces of its own.</summary>
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() => Skip = NetworkNamespace.WhyImpossible;
}
