using System.Globalization;
using HaSharp.Core;
using HaSharp.Daemon.Host;

namespace HaSharp.Daemon.Tests.Host;

public sealed class BootClockTests
{
    [Fact]
    public void It_agrees_with_the_kernels_uptime_which_counts_suspended_time()
    {
        string uptime = File.ReadAllText("/proc/uptime").Split(' ')[0];
        double seconds = double.Parse(uptime, CultureInfo.InvariantCulture);

        Assert.InRange(BootClock.Now.Nanoseconds / 1e9, seconds - 0.1, seconds + 60);
    }

    [Fact]
    public void It_never_goes_back_and_allocates_nothing()
    {
        Instant last = BootClock.Now;
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool forward = true;
        for (int i = 0; i < 10_000; i++)
        {
            Instant now = BootClock.Now;
            forward &= now >= last;
            last = now;
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(forward);
    }
}
