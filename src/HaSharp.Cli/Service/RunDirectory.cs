// One daemon for one run directory: the pid file is locked as long as the process lives, whatever ends it, so a pid
// file that was left behind means nothing.

using System.Globalization;

namespace HaSharp.Cli.Service;

internal sealed class RunDirectory : IDisposable
{
    public const string PidFile = "hasharp.pid";

    private const int WouldBlock = 11;

    /// <summary>Of the control socket's path, with the terminating zero (sockaddr_un).</summary>
    private const int LongestPathBytes = 108 - 1 - 8;

    private readonly FileStream _pid;

    private RunDirectory(FileStream pid) => _pid = pid;

    /// <summary>Null with one sentence and an exit code when another daemon has it, or it cannot be had.</summary>
    public static RunDirectory? Take(string path, out string trouble, out int exitCode)
    {
        trouble = "";
        exitCode = ExitCode.Failed;
        if (System.Text.Encoding.UTF8.GetByteCount(path) > LongestPathBytes)
        {
            trouble = $"the run directory's name is longer than the {LongestPathBytes} bytes that a socket's name allows";
            return null;
        }

        string file = Path.Combine(path, PidFile);
        try
        {
            Directory.CreateDirectory(path);
            var pid = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            pid.SetLength(0);
            pid.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            pid.Flush();
            return new RunDirectory(pid);
        }
        catch (IOException busy) when (busy.HResult == WouldBlock)
        {
            trouble = $"another hasharp (pid {ReadPid(file)}) is already running in {path}";
        }
        catch (UnauthorizedAccessException)
        {
            trouble = $"not permitted: this user may not write to {path}; run as root";
            exitCode = ExitCode.NotPermitted;
        }
        catch (IOException other)
        {
            trouble = $"cannot use {path}: {other.Message}";
        }

        return null;
    }

    public void Dispose() => _pid.Dispose();

    private static string ReadPid(string file)
    {
        try
        {
            // FileShare.ReadWrite asks for no lock.
            using var pid = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(pid);
            return reader.ReadLine() ?? "unknown";
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
