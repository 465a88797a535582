// A daemon that its caller does not wait for: heartbeat without options (spec 15.1).
// The idea: the caller reads the daemon's standard error until the daemon lets go of it, which it does when it is a
// member of its run directory and listens, or by ending. So the caller knows how the start went, and nothing of the
// daemon holds the caller's terminal or pipe. A forked copy, as C programs make it, is not to be had in .NET.

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using HaSharp.Core.Config;
using HaSharp.Daemon.Control;

namespace HaSharp.Cli.Service;

internal static partial class Background
{
    private const string Descriptors = "/proc/self/fd";
    private const int ReadAndWrite = 2;

    /// <summary>Starts a daemon of our kind. Returns when it has started, or with its exit code.</summary>
    public static int Start(ServiceOptions options)
    {
        string[] words =
        [
            "run", "--background", "--ha-dir", options.HaDirectory, "--run-dir", options.RunDirectory,
            "--state-dir", options.StateDirectory,
        ];
        using Process? daemon = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath ?? "hasharp", words) { RedirectStandardError = true });
        if (daemon is null)
        {
            return ExitCode.Failed;
        }

        while (daemon.StandardError.ReadLine() is { } line)
        {
            Console.Error.WriteLine(line);
        }

        using ControlClient? client = ControlClient.Connect(options.RunDirectory, out _);
        if (client is not null)
        {
            return ExitCode.Done;
        }

        daemon.WaitForExit();
        return daemon.ExitCode == ExitCode.Done ? ExitCode.Failed : daemon.ExitCode;
    }

    /// <summary>In the daemon: what ends the caller's session does not end us.</summary>
    public static void LeaveSession()
    {
        _ = StartSession();
        Environment.CurrentDirectory = "/";
    }

    /// <summary>In the daemon: nobody waits at its standard streams from now on.</summary>
    public static void LetGo()
    {
        // .NET keeps copies of those streams of the console that were ever used.
        List<string> callers = [.. Enumerable.Range(0, 3).Select(Target).Where(IsNoFile)];
        int nowhere = Open("/dev/null", ReadAndWrite);
        foreach (string path in Directory.GetFiles(Descriptors))
        {
            int descriptor = int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture);
            if (descriptor <= 2 || callers.Contains(Target(descriptor)))
            {
                _ = Duplicate(nowhere, descriptor);
            }
        }

        _ = Close(nowhere);
    }

    /// <summary>heartbeat's logging daemon writes there when ha.cf names no target (spec 2.5).</summary>
    public static LogConfig Targets(ClusterConfig config)
    {
        bool none = config.Log is { Facility: null, LogFile: null, DebugFile: null };
        bool wanted = config.Parameters.Any(one => one.Key is "logfacility" or "logfile" or "debugfile");
        return none && !wanted ? config.Log with { Facility = "daemon" } : config.Log;
    }

    private static string Target(int descriptor) =>
        new FileInfo(Path.Combine(Descriptors, descriptor.ToString(CultureInfo.InvariantCulture))).LinkTarget ?? "";

    /// <summary>A log file may be the caller's output as well, and has to stay.</summary>
    private static bool IsNoFile(string target) =>
        target.StartsWith("pipe:", StringComparison.Ordinal) || target.StartsWith("socket:", StringComparison.Ordinal)
        || target.StartsWith("/dev/", StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int StartSession();

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
