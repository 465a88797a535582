// Starts a program so that nothing of the daemon sticks to it: its own session, default signals, empty signal mask,
// normal scheduling, working directory /, stdin from /dev/null, pipes for output, every other descriptor closed.
// System.Diagnostics.Process can do neither sessions nor scheduling: children of a real-time thread would be real-time.

using System.Runtime.InteropServices;

namespace HaSharp.Daemon.Processes;

internal static unsafe class ProcessLauncher
{
    private const string Shell = "/bin/sh";

    /// <summary>Null when it cannot be started; trouble says why in one sentence.</summary>
    public static ChildProcess? Start(ProcessRequest request, out string trouble)
    {
        OutputPipe? errors = null;
        int errorsEnd = -1;
        OutputPipe? output = OutputPipe.Open(request.HeadBytes, out int outputEnd);
        if (output is not null)
        {
            errors = OutputPipe.Open(request.HeadBytes, out errorsEnd);
        }

        int error = output is null || errors is null ? Marshal.GetLastPInvokeError() : 0;
        int pid = 0;
        if (error == 0)
        {
            error = Spawn(request, outputEnd, errorsEnd, out pid);
        }

        Close(outputEnd);
        Close(errorsEnd);
        int pidFd = error == 0 ? OpenPidFd(pid, out error) : -1;
        if (error == 0)
        {
            trouble = "";
            return new ChildProcess(pid, pidFd, output!, errors!);
        }

        output?.Dispose();
        errors?.Dispose();
        trouble = $"cannot run {request.Path}: {Marshal.GetPInvokeErrorMessage(error)}";
        return null;
    }

    private static int Spawn(ProcessRequest request, int outputEnd, int errorsEnd, out int pid)
    {
        SpawnBlock actions = default;
        SpawnBlock attributes = default;
        SpawnCalls.posix_spawn_file_actions_init(ref actions);
        SpawnCalls.posix_spawnattr_init(ref attributes);
        try
        {
            Describe(ref actions, outputEnd, errorsEnd);
            Describe(ref attributes);
            using Utf8Vector environment = new(request.Environment);
            int error = Spawn([request.Path, .. request.Arguments], environment, actions, attributes, out pid);
            return error == SpawnCalls.NotExecutableFormat
                ? Spawn([Shell, request.Path, .. request.Arguments], environment, actions, attributes, out pid)
                : error;
        }
        finally
        {
            SpawnCalls.posix_spawnattr_destroy(ref attributes);
            SpawnCalls.posix_spawn_file_actions_destroy(ref actions);
        }
    }

    private static int Spawn(
        string[] words, Utf8Vector environment, in SpawnBlock actions, in SpawnBlock attributes, out int pid)
    {
        using Utf8Vector arguments = new(words);
        return SpawnCalls.posix_spawn(
            out pid, arguments.First, actions, attributes, arguments.Pointer, environment.Pointer);
    }

    private static void Describe(ref SpawnBlock actions, int outputEnd, int errorsEnd)
    {
        SpawnCalls.posix_spawn_file_actions_addopen(ref actions, 0, "/dev/null", SpawnCalls.ReadOnly, 0);
        SpawnCalls.posix_spawn_file_actions_adddup2(ref actions, outputEnd, 1);
        SpawnCalls.posix_spawn_file_actions_adddup2(ref actions, errorsEnd, 2);
        SpawnCalls.posix_spawn_file_actions_addclosefrom_np(ref actions, 3);
        SpawnCalls.posix_spawn_file_actions_addchdir_np(ref actions, "/");
    }

    private static void Describe(ref SpawnBlock attributes)
    {
        SpawnCalls.sigfillset(out SignalSet all);
        SpawnCalls.sigemptyset(out SignalSet none);
        SpawnCalls.posix_spawnattr_setsigdefault(ref attributes, all);
        SpawnCalls.posix_spawnattr_setsigmask(ref attributes, none);
        SpawnCalls.posix_spawnattr_setschedpolicy(ref attributes, SpawnCalls.PolicyOther);
        SpawnCalls.posix_spawnattr_setschedparam(ref attributes, 0);
        SpawnCalls.posix_spawnattr_setflags(ref attributes, SpawnCalls.SpawnFlags);
    }

    private static int OpenPidFd(int pid, out int error)
    {
        int pidFd = SpawnCalls.OpenPidFd(pid);
        error = pidFd < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (error != 0)
        {
            // A program that cannot be watched has no deadline: better none at all.
            SpawnCalls.kill(-pid, SpawnCalls.SignalKill);
            SpawnCalls.waitpid(pid, out _, 0);
        }

        return pidFd;
    }

    private static void Close(int fd)
    {
        if (fd >= 0)
        {
            SpawnCalls.close(fd);
        }
    }
}
