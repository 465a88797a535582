// The system calls that .NET's Socket cannot do, or cannot do without allocating.
// Every buffer is passed by reference, so that it is pinned for the call only and nothing is copied.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HaSharp.Daemon.Native;

internal static partial class Libc
{
    private const string Library = "libc";

    /// <summary>What went wrong in the last call of this thread, as an errno value.</summary>
    internal static int LastErrno => Marshal.GetLastPInvokeError();

    /// <summary>The C library's sentence for an errno value, with a small first letter.</summary>
    internal static string Describe(int errno)
    {
        string text = Marshal.GetPInvokeErrorMessage(errno);
        return char.ToLowerInvariant(text[0]) + text[1..];
    }

    /// <summary>A new socket that is closed in children, as a handle that closes itself.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal static SafeFileHandle OpenSocket(int family, int type, int protocol)
    {
        int descriptor = Socket(family, type | Linux.SockCloexec, protocol);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open a socket: {Describe(LastErrno)}");
        }

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Waits until the names in a directory are on the disk.</summary>
    /// <exception cref="IOException">They are not.</exception>
    internal static void FlushDirectory(string path)
    {
        using var directory = new SafeFileHandle(Open(path, Linux.OpenCloexec), ownsHandle: true);
        if (directory.IsInvalid || Flush(directory) != 0)
        {
            throw new IOException($"cannot write {path} to the disk: {Describe(LastErrno)}");
        }
    }

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int descriptor, in byte address, int length);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(SafeFileHandle socket, in byte address, int length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSockOpt(int descriptor, int level, int name, in byte value, int length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSockOpt(SafeFileHandle socket, int level, int name, in byte value, int length);

    [LibraryImport(Library, EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(
        int descriptor, in byte bytes, nint count, int flags, in byte address, int addressLength);

    [LibraryImport(Library, EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(
        SafeFileHandle socket, in byte bytes, nint count, int flags, in byte address, int addressLength);

    [LibraryImport(Library, EntryPoint = "recvfrom", SetLastError = true)]
    internal static partial nint ReceiveFrom(
        int descriptor, ref byte bytes, nint count, int flags, ref byte address, ref int addressLength);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(SafeFileHandle socket, ref byte bytes, nint count, int flags);
}
