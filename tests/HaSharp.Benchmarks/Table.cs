// The benchmark's table: one line per figure, printed as soon as it is known.

using System.Globalization;

namespace HaSharp.Benchmarks;

internal static class Table
{
    public static string Head { get; } = Line("what", "unit", "runs", "min", "median", "max", "to reach");

    /// <summary>Prints one line.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="goal">What the project promises; empty when nothing.</param>
    public static void Row(string what, string unit, IReadOnlyList<double> values, string goal, string format = "F1")
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        var median = sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        Console.WriteLine(Line(
            what, unit, Text(sorted.Count, "F0"), Text(sorted[0], format), Text(median, format),
            Text(sorted[^1], format), goal));
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Line(
        string what, string unit, string runs, string min, string median, string max, string goal) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{what,-52} {unit,-8} {runs,4} {min,10} {median,10} {max,10}  {goal}");
}
