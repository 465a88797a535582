// One daemon for one run directory: a lock that lasts as long as the process lives, whatever ends it, so a pid file
// that was left behind means nothing. The pid is not in the locked file because .NET opens that for nobody else.

using System.Globalization;
using System.Text;

namespace HaSharp.Cli.Service;

internal sealed class RunDirectory : IDisposable
{
    private const string LockFile = "lock";
    private const string PidFile = "hasharp.pid";

    private const int WouldBlock = 11;

    /// <summary>Of the control socket's path, with the terminating zero (sockaddr_un).</summary>
    private const int LongestPathBytes = 108 - 1 - 8;

    private readonly FileStream _lock;
    private readonly string _pidFile;

    private RunDirectory(FileStream held, string pidFile)
    {
        _lock = held;
        _pidFile = pidFile;
    }

    /// <summary>Null with one sentence and an exit code when another daemon has it, or it cannot be had.</summary>
    public static RunDirectory? Take(string path, out string trouble, out int exitCode)
    {
        trouble = "";
        exitCode = ExitCode.Failed;
        if (Encoding.UTF8.GetByteCount(path) > LongestPathBytes)
        {
            trouble = $"the run directory's name has more than {LongestPathBytes} bytes, too many for a socket in it";
            return null;
        }

        string pidFile = Path.Combine(path, PidFile);
        try
        {
            Directory.CreateDirectory(path);
            var held = new FileStream(
                Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new RunDirectory(held, pidFile);
        }
        catch (IOException busy) when (busy.HResult == WouldBlock)
        {
            trouble = $"another hasharp (pid {ReadPid(pidFile)}) is already running in {path}";
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

    /// <summary>What the last daemon left: null after a clean end, and when there never was one.</summary>
    public static string? LastPid(string path)
    {
        string pidFile = Path.Combine(path, PidFile);
        return File.Exists(pidFile) ? ReadPid(pidFile) : null;
    }

    public void Dispose()
    {
        File.Delete(_pidFile);
        _lock.Dispose();
    }

    private static string ReadPid(string pidFile)
    {
        try
        {
            return File.ReadAllText(pidFile).Trim();
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
