namespace HaSharp.Daemon.Agents;

/// <summary>What a program printed, fit for a log.</summary>
internal static class OutputLines
{
    /// <summary>The lines that are not empty, with blanks for control characters, which could fake log lines.</summary>
    public static IEnumerable<string> Of(string text) => text
        .Split('\n')
        .Select(line => string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c)).Trim())
        .Where(line => line.Length > 0);
}
