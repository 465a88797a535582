using HaSharp.Core.Config;
using HaSharp.Daemon.NodeLoop;

namespace HaSharp.Daemon.Tests.NodeLoop;

public sealed class WarmUpTests
{
    [Fact]
    public async Task A_daemon_that_ends_does_not_wait_until_its_compiler_is_at_rest() =>
        await Task.Run(() => WarmUp.AwaitRest(TimeSpan.MaxValue, Task.CompletedTask))
            .WaitAsync(TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData(AuthMethod.Crc)]
    [InlineData(AuthMethod.Sha256)]
    public void Two_nodes_live_through_all_that_will_matter(AuthMethod method)
    {
        var keys = new AuthKeys(1, [new AuthKey(1, method, method == AuthMethod.Crc ? default : "secret"u8.ToArray())]);

        IReadOnlyList<string> events = WarmUp.Run(keys);

        Assert.Contains(events, text => text.Contains("second: is dead", StringComparison.Ordinal)
            || text.Contains("first: is dead", StringComparison.Ordinal));
        Assert.EndsWith("Heartbeat shutdown complete.", events[^1], StringComparison.Ordinal);
    }
}
