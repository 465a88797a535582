// glibc's calls for starting, watching and ending processes, and nothing else.
// Sizes and numbers are those of Linux on x86-64 and arm64. Needs glibc 2.34 (closefrom) and Linux 5.3 (pidfd).

using System.Runtime.InteropServices;

namespace HaSharp.Daemon.Processes;

/// <summary>Opaque to us; glibc and musl need 336 bytes for the attributes and 80 for the file actions.</summary>
[StructLayout(LayoutKind.Sequential, Size = 512)]
internal struct SpawnBlock;

[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct SignalSet;

internal static unsafe partial class SpawnCalls
{
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int ReadOnly = 0;
    public const int WaitNoHang = 1;

    public const int SignalKill = 9;
    public const int SignalTerminate = 15;

    public const int Interrupted = 4;
    public const int NotExecutableFormat = 8;

    public const int PolicyOther = 0;

    // POSIX_SPAWN_SETSIGDEF, SETSIGMASK, SETSCHEDULER, SETSID.
    public const short SpawnFlags = 0x04 | 0x08 | 0x20 | 0x80;

    // The same on every architecture: newer than the common numbering of Linux 5.1.
    private const long PidFdOpenNumber = 434;

    private const int SetFlags = 4;

    [LibraryImport("libc")]
    public static partial int posix_spawn(
        out int pid, byte* path, in SpawnBlock actions, in SpawnBlock attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_init(ref SpawnBlock attributes);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_destroy(ref SpawnBlock attributes);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setflags(ref SpawnBlock attributes, short flags);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setsigdefault(ref SpawnBlock attributes, in SignalSet signals);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setsigmask(ref SpawnBlock attributes, in SignalSet signals);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setschedpolicy(ref SpawnBlock attributes, int policy);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setschedparam(ref SpawnBlock attributes, in int priority);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_init(ref SpawnBlock actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_destroy(ref SpawnBlock actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn_file_actions_addopen(
        ref SpawnBlock actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(ref SpawnBlock actions, int fd, int newFd);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_addclosefrom_np(ref SpawnBlock actions, int from);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn_file_actions_addchdir_np(ref SpawnBlock actions, string path);

    [LibraryImport("libc")]
    public static partial int sigemptyset(out SignalSet signals);

    [LibraryImport("libc")]
    public static partial int sigfillset(out SignalSet signals);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitpid(int pid, out int status, int options);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setpriority(int which, uint who, int nice);

    /// <summary>A descriptor that becomes readable when the process has ended; negative: errno is set.</summary>
    public static int OpenPidFd(int pid) => (int)syscall(PidFdOpenNumber, pid, 0);

    public static void SetNonBlocking(int fd) => fcntl(fd, SetFlags, NonBlocking);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long first, long second);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, int argument);
}
