// Runs a program of the machine to its end. A tool that hangs is ended at its deadline and says so.

using System.ComponentModel;
using System.Diagnostics;

namespace HaSharp.Cli.Demo;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code; -1 when it did not end in time or could not be started.</param>
public sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    /// <summary>What it said, on one line, for error messages.</summary>
    public string Said => (Errors + " " + Output).ReplaceLineEndings(" ").Trim();
}

/// <summary>Something in the laboratory itself does not work: no verdict about HaSharp.</summary>
public sealed class LabException : Exception
{
    public LabException()
    {
    }

    public LabException(string sentence)
        : base(sentence)
    {
    }

    public LabException(string sentence, Exception inner)
        : base(sentence, inner)
    {
    }
}

public static class Tool
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Runs the words as a program with arguments and waits for its end.</summary>
    /// <param name="words">The program, looked up in PATH, and its arguments.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="deadline">30 s when null; the program is killed then.</param>
    public static ToolResult Run(IReadOnlyList<string> words, string input = "", TimeSpan? deadline = null)
    {
        using var process = Start(words);
        if (process is null)
        {
            return new ToolResult(-1, "", $"{words[0]} is not installed");
        }

        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        Feed(process, input);
        var limit = deadline ?? DefaultDeadline;
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            return new ToolResult(-1, "", $"{string.Join(' ', words)}: no end within {limit.TotalSeconds} s");
        }

        // A grandchild may have inherited the pipes: what was said until now is enough.
        Task.WaitAll([output, errors], TimeSpan.FromSeconds(1));
        return new ToolResult(process.ExitCode, TextOf(output), TextOf(errors));
    }

    /// <summary>As Run, but an exit code other than 0 is an exception that quotes the program.</summary>
    public static string Demand(IReadOnlyList<string> words, string input = "")
    {
        var result = Run(words, input);
        return result.ExitCode == 0
            ? result.Output
            : throw new LabException(FormattableString.Invariant(
                $"{string.Join(' ', words)} ended with {result.ExitCode}: {result.Said}"));
    }

    /// <summary>Starts a program with its three streams redirected; null when it is not installed.</summary>
    public static Process? Start(IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static void Feed(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input; its exit code says why.
        }
    }

    private static string TextOf(Task<string> reading) => reading.IsCompletedSuccessfully ? reading.Result : "";
}
