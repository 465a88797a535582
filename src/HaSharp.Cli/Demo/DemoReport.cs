// The demonstration's result: a table for people, a document for programs.

using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HaSharp.Cli.Demo;

internal static class DemoReport
{
    public static string Table(IReadOnlyList<DemoResult> results)
    {
        var text = new StringBuilder("\n");
        AppendRow(text, "scenario", "what was done", "gap ms", "silence ms", "owner before", "after", "result");
        foreach (var result in results)
        {
            AppendRow(
                text, result.Name, result.What, GapText(result), Text(result.Silence),
                result.OwnerBefore, result.OwnerAfter,
                result.Trouble is null ? "ok" : $"FAILED: {result.Trouble}");
        }

        return text.Append(
            "\nThe client asks every 5 ms. gap: from the last answer of the old owner to the first of the new one, "
            + "or when nothing moved\nthe longest silence; * from the start until the first answer. "
            + "silence: the longest time without an answer at all.\n").ToString();
    }

    public static string Json(IReadOnlyList<DemoResult> results)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("ok", results.All(result => result.Trouble is null));
            json.WriteStartArray("scenarios");
            foreach (var result in results)
            {
                WriteResult(json, result);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteResult(Utf8JsonWriter json, DemoResult result)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Name);
        json.WriteString("what", result.What);
        WriteTime(json, "gapMs", result.Gap);
        WriteTime(json, "longestSilenceMs", result.Silence);
        json.WriteBoolean("fromStart", result.FromNothing);
        json.WriteString("ownerBefore", result.OwnerBefore);
        json.WriteString("ownerAfter", result.OwnerAfter);
        json.WriteBoolean("ok", result.Trouble is null);
        json.WriteString("trouble", result.Trouble);
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } known)
        {
            json.WriteNumber(name, Math.Round(known.TotalMilliseconds, 1));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string GapText(DemoResult result) =>
        result.FromNothing ? Text(result.Gap) + "*" : Text(result.Gap) + " ";

    private static string Text(TimeSpan? time) =>
        time?.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture) ?? "-";

    private static void AppendRow(
        StringBuilder text, string name, string what, string gap, string silence, string before, string after,
        string result) =>
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-12} {what,-44} {gap,10} {silence,11}  {before,-12} {after,-8} {result}"));
}
