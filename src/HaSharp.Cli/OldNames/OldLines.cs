using System.Globalization;
using HaSharp.Cli.Service;

namespace HaSharp.Cli.OldNames;

/// <summary>Lines on standard error as heartbeat's own log functions write them there.</summary>
internal static class OldLines
{
    /// <summary>Of a program: <c>Nov 20 04:31:46 node1 cl_status: [27]: ERROR: text</c>.</summary>
    public static void Say(string program, string level, string text) => Console.Error.WriteLine(
        $"{Time()} {Startup.MachineName()} {program}: [{Environment.ProcessId}]: {level}: {text}");

    /// <summary>Of a script: <c>Nov 20 04:31:46 text</c>.</summary>
    public static void Say(string text) => Console.Error.WriteLine($"{Time()} {text}");

    private static string Time() => DateTime.Now.ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);
}
