namespace HaSharp.Daemon.Tests.Processes;

/// <summary>Tests that start programs run one after the other: some of them count descriptors.</summary>
[CollectionDefinition(Name)]
public sealed class ProcessTests
{
    public const string Name = "programs";
}
