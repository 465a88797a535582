using HaSharp.Core;

namespace HaSharp.Simulator;

/// <summary>
/// A machine's CLOCK_BOOTTIME: an origin of its own, goes on while the machine is paused, and is a little fast or slow.
/// </summary>
/// <param name="Origin">What it shows at BootedAt.</param>
/// <param name="BootedAt">World time.</param>
/// <param name="DriftPpm">Microseconds gained per second; -500 to 500.</param>
public readonly record struct Clock(Instant Origin, TimeSpan BootedAt, int DriftPpm)
{
    public Instant At(TimeSpan world)
    {
        long passed = (world - BootedAt).Ticks * 100;
        return new Instant(Origin.Nanoseconds + passed + (passed / 1000 * DriftPpm / 1000));
    }

    /// <summary>The first moment of the world at which this clock shows local or more.</summary>
    public TimeSpan WorldAt(Instant local)
    {
        double passed = (local.Nanoseconds - Origin.Nanoseconds) / (1 + (DriftPpm * 1e-6));
        TimeSpan guess = BootedAt + new TimeSpan((long)(passed / 100));
        while (At(guess) < local)
        {
            guess += new TimeSpan(1);
        }

        return guess;
    }
}
