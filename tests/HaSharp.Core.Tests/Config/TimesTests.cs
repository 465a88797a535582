// Times and how they bound each other: heartbeat-spec 2.1, 2.2 and 2.3.

using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class TimesTests
{
    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    // "Digits with an optional decimal point, then an optional unit. No unit = seconds. A unit beginning with ms (any
    // case) = milliseconds, beginning with us = microseconds. Rounded to the nearest ms (0.0005 rounds up)."
    [Theory]
    [InlineData("2", 2000)]
    [InlineData("1.5", 1500)]
    [InlineData("1.", 1000)]
    [InlineData(".25", 250)]
    [InlineData("007", 7000)]
    [InlineData("1500ms", 1500)]
    [InlineData("1500MS", 1500)]
    [InlineData("1500msec", 1500)]
    [InlineData("1500Milli", 0)]
    [InlineData("2000us", 2)]
    [InlineData("2000uSec", 2)]
    [InlineData("1499us", 1)]
    [InlineData("1500us", 2)]
    [InlineData("500us", 1)]
    [InlineData("0.0005", 1)]
    [InlineData("0.0014", 1)]
    [InlineData("0.0015", 2)]
    [InlineData("1.4ms", 1)]
    [InlineData("1.5ms", 2)]
    [InlineData("0.1234567890123456789012345", 123)]
    public void A_time_is_read_in_its_unit_and_rounded_to_milliseconds(string text, double expected)
    {
        var result = Sources.WithHaCf($"keepalive {text}");
        if (expected == 0)
        {
            Assert.Contains("unknown unit", result.Refused(), StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(Ms(expected), result.Accepted().Keepalive);
        }
    }

    // "Every other suffix (including s) is an error."
    [Theory]
    [InlineData("30s", "has an unknown unit; the units are ms and us, and seconds are written without one")]
    [InlineData("1m", "has an unknown unit")]
    [InlineData("2sec", "has an unknown unit")]
    [InlineData("abc", "is not a time")]
    [InlineData("-1", "is not a time")]
    [InlineData("+1", "is not a time")]
    [InlineData("1.2.3", "is not a time")]
    [InlineData(".", "is not a time")]
    [InlineData("1e3", "has an unknown unit")]
    public void Anything_else_is_no_time(string text, string expected)
    {
        var error = Sources.WithHaCf($"keepalive {text}").Refused();
        Assert.StartsWith($"ha.cf:4:11: error: \"{text}\" {expected}", error, StringComparison.Ordinal);
    }

    // "A blank between number and unit does not work in practice."
    [Fact]
    public void A_blank_before_the_unit_is_refused_and_the_remedy_named()
    {
        var result = Sources.WithHaCf("deadtime 1500 ms");
        Assert.Equal(
            "ha.cf:4:15: error: \"ms\" is not a time; write 1500ms, 500us, or 1.5 for seconds, the unit without a "
            + "blank after its number",
            result.Refused());
    }

    // A deadtime that the other nodes would take for damage would be ours alone.
    [Fact]
    public void A_deadtime_is_at_most_a_day()
    {
        Assert.Equal(ConfigLimits.Deadtime, Sources.WithHaCf("deadtime 86400").Accepted().Deadtime);
        Assert.StartsWith(
            "ha.cf:4:10: error: deadtime 86400.001s is longer than a day",
            Sources.WithHaCf("deadtime 86400001ms").Refused(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2147483647ms", true)]
    [InlineData("2147483648ms", false)]
    [InlineData("2147483.647", true)]
    [InlineData("99999999999999999999999999999999999999999", false)]
    [InlineData("7922816251426433759354395033us", false)]
    public void A_time_has_a_longest_value(string text, bool isAccepted)
    {
        var result = Sources.WithHaCf($"initdead {text}");
        if (isAccepted)
        {
            Assert.Equal(ConfigLimits.Time, result.Accepted().Initdead);
        }
        else
        {
            Assert.Contains("is too long a time", result.Refused(), StringComparison.Ordinal);
        }
    }

    // Defaults of 2.2.
    [Fact]
    public void Without_times_the_defaults_stand()
    {
        var config = Sources.WithHaCf().Accepted();
        Assert.Equal(
            (Ms(1000), Ms(30000), Ms(15000), Ms(30000), Ms(30000)),
            (config.Keepalive, config.Deadtime, config.Warntime, config.Initdead, config.Deadping));
    }

    // keepalive, warntime: "> 0".
    [Theory]
    [InlineData("keepalive 0")]
    [InlineData("keepalive 499us")]
    [InlineData("warntime 0ms")]
    public void A_period_must_be_longer_than_nothing(string line)
        => Assert.Contains("must be longer than nothing", Sources.WithHaCf(line).Refused(), StringComparison.Ordinal);

    // "error unless deadtime > 2 x keepalive"
    [Theory]
    [InlineData("2001ms", "1", true)]
    [InlineData("2", "1", false)]
    [InlineData("1", "1", false)]
    [InlineData("500ms", "1", false)]
    [InlineData("0", "1", false)]
    [InlineData("21ms", "10ms", true)]
    [InlineData("20ms", "10ms", false)]
    public void Deadtime_must_be_longer_than_twice_keepalive(string deadtime, string keepalive, bool isAccepted)
        => Assert.Equal(
            isAccepted,
            Sources.WithHaCf($"deadtime {deadtime}", $"keepalive {keepalive}", "initdead 60").Config is not null);

    [Fact]
    public void A_comparison_names_both_values_and_their_places()
    {
        Assert.Equal(
            "ha.cf:5:10: error: deadtime 5s must be longer than twice keepalive 3s (line 4)",
            Sources.WithHaCf("keepalive 3", "deadtime 5").Refused());
        Assert.Equal(
            "ha.cf:4:11: error: deadtime 30s (default) must be longer than twice keepalive 20s",
            Sources.WithHaCf("keepalive 20").Refused());
    }

    // "deadping: if given: error unless > 2 x keepalive"; its default is deadtime.
    [Fact]
    public void Deadping_follows_deadtime_or_must_be_longer_than_twice_keepalive()
    {
        Assert.Equal(Ms(9000), Sources.WithHaCf("deadtime 9").Accepted().Deadping);
        Assert.Equal(Ms(2001), Sources.WithHaCf("deadping 2001ms").Accepted().Deadping);
        Assert.Equal(
            "ha.cf:4:10: error: deadping 2s must be longer than twice keepalive 1s (default)",
            Sources.WithHaCf("deadping 2").Refused());
    }

    // "warntime default = deadtime/2"
    [Theory]
    [InlineData("10", 5000)]
    [InlineData("2001ms", 1000)]
    public void Warntime_is_half_of_deadtime_unless_it_is_given(string deadtime, double expected)
        => Assert.Equal(Ms(expected), Sources.WithHaCf($"deadtime {deadtime}").Accepted().Warntime);

    // "no relation to other values is checked": accepted, but HaSharp says what it will lead to.
    [Theory]
    [InlineData(
        "deadtime 3",
        "warntime 4",
        "warntime 4s gives no warning: it is not shorter than deadtime 3s (line 4)")]
    [InlineData(
        "deadtime 3",
        "warntime 3",
        "warntime 3s gives no warning: it is not shorter than deadtime 3s (line 4)")]
    [InlineData(
        "keepalive 1",
        "warntime 500ms",
        "warntime 500ms is always exceeded: it is not longer than keepalive 1s")]
    public void A_warntime_that_makes_no_sense_is_accepted_with_a_warning(string first, string second, string expected)
        => Assert.StartsWith(
            "ha.cf:5:10: warning: " + expected, Sources.WithHaCf(first, second).Warned(), StringComparison.Ordinal);

    // "initdead if absent: deadtime > 10000 -> deadtime; deadtime < 6000 -> 12000; otherwise 2 x deadtime."
    [Theory]
    [InlineData("10001ms", 10001)]
    [InlineData("10000ms", 20000)]
    [InlineData("6000ms", 12000)]
    [InlineData("5999ms", 12000)]
    [InlineData("3", 12000)]
    [InlineData("7", 14000)]
    public void Initdead_follows_deadtime_unless_it_is_given(string deadtime, double expected)
        => Assert.Equal(Ms(expected), Sources.WithHaCf($"deadtime {deadtime}").Accepted().Initdead);

    // "initdead >= deadtime; warning if < 10000 ms."
    [Theory]
    [InlineData("deadtime 5", "initdead 3", "error: initdead 3s must not be shorter than deadtime 5s (line 4)")]
    [InlineData("keepalive 1", "initdead 10", "error: initdead 10s must not be shorter than deadtime 30s (default)")]
    public void Initdead_must_not_be_shorter_than_deadtime(string first, string second, string expected)
        => Assert.Equal("ha.cf:5:10: " + expected, Sources.WithHaCf(first, second).Refused());

    [Fact]
    public void An_initdead_below_ten_seconds_is_accepted_with_a_warning()
    {
        Sources.WithHaCf("deadtime 5", "initdead 10").IsClean();
        Assert.StartsWith(
            "ha.cf:5:10: warning: initdead 9.999s is short: it may be too small",
            Sources.WithHaCf("deadtime 5", "initdead 9999ms").Warned(), StringComparison.Ordinal);
        Sources.WithHaCf("deadtime 5", "initdead 5").Warned();
    }

    [Fact]
    public void A_deadtime_that_a_busy_machine_exceeds_is_accepted_with_a_warning()
    {
        Sources.WithHaCf("keepalive 10ms", "deadtime 100ms").IsClean();
        Assert.Contains(
            "deadtime 99ms is short", Sources.WithHaCf("keepalive 10ms", "deadtime 99ms").Warned(),
            StringComparison.Ordinal);
    }

    // One mistake gives one message.
    [Fact]
    public void What_follows_from_a_refused_time_is_not_reported_too()
        => Assert.Contains(
            "\"3x\" has an unknown unit", Sources.WithHaCf("deadtime 3x", "warntime 40", "initdead 12").Refused(),
            StringComparison.Ordinal);
}
