namespace HaSharp.Daemon.Tests.Processes;

/// <summary>Tests that start programs run alone: some of them count the descriptors of this process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessTests
{
    public const string Name = "programs";
}
