using HaSharp.Daemon.Host;

namespace HaSharp.Daemon.Tests.Host;

public sealed class RealTimeTests
{
    [Fact]
    public void Switched_off_it_changes_nothing_and_says_so()
    {
        RealTimeOutcome outcome = RealTime.Apply(wanted: false);

        Assert.Equal(new RealTimeOutcome(false, false, "real-time scheduling is off (ha.cf: realtime off)"), outcome);
    }

    [Fact]
    public void A_priority_that_does_not_exist_is_refused_and_nothing_worse() =>
        Assert.False(RealTime.RaiseThisThread(1000));
}
