// The only source of chance in the simulator: xoshiro256** seeded by splitmix64.
// The idea: a generator of our own, so that a seed gives the same run on every runtime for ever.
// Invariant: two dice of the same seed and stream give the same throws; different streams do not influence each other,
// so that one more lost datagram does not change when an agent fails.

namespace HaSharp.Simulator;

/// <summary>A seeded stream of chance.</summary>
public sealed class Dice
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <param name="stream">Which of the independent streams of one seed.</param>
    public Dice(long seed, int stream)
    {
        ulong state = ((ulong)seed * 0x9E3779B97F4A7C15) ^ ((ulong)stream << 56) ^ (ulong)stream;
        _a = Splitmix(ref state);
        _b = Splitmix(ref state);
        _c = Splitmix(ref state);
        _d = Splitmix(ref state);
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        ulong result = ulong.RotateLeft(_b * 5, 7) * 9;
        ulong t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>0 to bound - 1; bound is 1 or more.</summary>
    public int Below(int bound) => (int)(((UInt128)Next() * (ulong)bound) >> 64);

    /// <summary>From low to high, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>From low to high in steps of 100 ns.</summary>
    public TimeSpan Between(TimeSpan low, TimeSpan high) => high <= low
        ? low
        : new TimeSpan(low.Ticks + (long)(((UInt128)Next() * (ulong)(high.Ticks - low.Ticks + 1)) >> 64));

    /// <summary>True with this probability; 0 and 1 are exact, and throw nothing.</summary>
    public bool Chance(double probability) =>
        probability > 0 && (probability >= 1 || (Next() >> 11) * (1.0 / (1UL << 53)) < probability);

    public T Pick<T>(IReadOnlyList<T> list) => list[Below(list.Count)];

    private static ulong Splitmix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
