using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HaSharp.Daemon.Native;

/// <summary>Signals for processes that are not our children, never for the next bearer of a number.</summary>
internal static partial class ProcessSignal
{
    public const int Kill = 9;
    public const int Terminate = 15;

    // The same on every architecture: newer than the common numbering of Linux 5.1.
    private const long SendNumber = 424;
    private const long OpenNumber = 434;

    /// <summary>Invalid when there is no such process.</summary>
    public static SafeFileHandle Hold(int pid) => new((nint)Open(OpenNumber, pid, 0), ownsHandle: true);

    public static void Send(SafeFileHandle process, int signal) =>
        _ = Send(SendNumber, process.DangerousGetHandle(), signal, 0, 0);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long Open(long number, long pid, long flags);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long Send(long number, long process, long signal, nint details, long flags);
}
