// The matrix: HaSharp on either node beside a real heartbeat 3.0.6, over every medium, digest and message format.

using Xunit.Abstractions;

namespace HaSharp.Cluster.Tests.Interop;

[Trait("tier", "interop")]
public sealed class MatrixTests(Lives lives, ITestOutputHelper output) : IClassFixture<Lives>
{
    public static TheoryData<string> Cases => [.. Lives.All.Select(life => life.Name)];

    [InteropTheory]
    [MemberData(nameof(Cases))]
    public void A_mixed_pair_lives(string life)
    {
        var result = lives.ResultOf(life);
        output.WriteLine(result.Table());
        Assert.True(result.Passed, result.Failures());
    }
}
