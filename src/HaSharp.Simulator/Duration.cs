using System.Globalization;

namespace HaSharp.Simulator;

/// <summary>Spans of time in scenario files: 5s, 300ms, 2m, 1h, also with a fraction (1.5s).</summary>
public static class Duration
{
    /// <summary>The shortest exact form of a span in whole milliseconds.</summary>
    public static string Text(TimeSpan span)
    {
        double seconds = span.TotalSeconds;
        return span.Ticks % TimeSpan.TicksPerSecond != 0 && span < TimeSpan.FromSeconds(1)
            ? span.TotalMilliseconds.ToString("0.####", CultureInfo.InvariantCulture) + "ms"
            : seconds.ToString("0.#######", CultureInfo.InvariantCulture) + "s";
    }

    /// <summary>False when the text is no span of time, or a negative one.</summary>
    public static bool TryParse(string text, out TimeSpan span)
    {
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
        {
            digits++;
        }

        double scale = text[digits..] switch
        {
            "ms" => 1e-3,
            "s" or "" => 1,
            "m" => 60,
            "h" => 3600,
            _ => 0,
        };
        bool valid = double.TryParse(
            text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        valid &= scale > 0 && number < 1e7;
        span = valid ? TimeSpan.FromTicks((long)Math.Round(number * scale * TimeSpan.TicksPerSecond)) : default;
        return valid;
    }
}
