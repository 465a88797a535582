// A point on the node's own time line.
// The idea: nothing in the core reads a clock; whoever calls Step says what time it is, so a simulated hour
// costs no real second. In the daemon the line is CLOCK_BOOTTIME, which goes on while a machine is suspended.
// Invariant: two instants of different machines are never compared.

namespace HaSharp.Core;

/// <summary>Nanoseconds since an arbitrary origin of this machine (the boot). Never compared across machines.</summary>
/// <param name="Nanoseconds">0 or more.</param>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    public static readonly Instant Zero;
    public static readonly Instant Never = new(long.MaxValue);

    public static Instant FromSeconds(double seconds) => new((long)(seconds * 1e9));

    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public static bool operator <(Instant a, Instant b) => a.Nanoseconds < b.Nanoseconds;
    public static bool operator >(Instant a, Instant b) => a.Nanoseconds > b.Nanoseconds;
    public static bool operator <=(Instant a, Instant b) => a.Nanoseconds <= b.Nanoseconds;
    public static bool operator >=(Instant a, Instant b) => a.Nanoseconds >= b.Nanoseconds;

    public static Instant operator +(Instant a, TimeSpan b) => new(a.Nanoseconds + (b.Ticks * 100));
    public static Instant operator -(Instant a, TimeSpan b) => new(a.Nanoseconds - (b.Ticks * 100));

    /// <summary>The time from b to a, in steps of 100 ns.</summary>
    public static TimeSpan operator -(Instant a, Instant b) => new((a.Nanoseconds - b.Nanoseconds) / 100);

    public Instant Add(TimeSpan span) => this + span;
    public Instant Subtract(TimeSpan span) => this - span;
    public TimeSpan Subtract(Instant other) => this - other;

    public static Instant Earlier(Instant a, Instant b) => a < b ? a : b;
    public static Instant Later(Instant a, Instant b) => a > b ? a : b;

    public override string ToString() => FormattableString.Invariant($"{Nanoseconds / 1e9:F6}");
}
