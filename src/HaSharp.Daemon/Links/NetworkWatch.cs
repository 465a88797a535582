// Tells when the kernel's interfaces or addresses change, so that nobody has to look again and again.

using HaSharp.Daemon.Native;
using Microsoft.Win32.SafeHandles;

namespace HaSharp.Daemon.Links;

/// <summary>A thread that waits for changes in the network namespace of its creator.</summary>
internal sealed class NetworkWatch : IDisposable
{
    private const int StackBytes = 256 * 1024;

    private readonly Action changed;
    private readonly NetlinkSocket changes = new(
        NetlinkSocket.GroupLink | NetlinkSocket.GroupIpv4Address | NetlinkSocket.GroupIpv6Address);

    private readonly SafeFileHandle stop;
    private readonly Thread thread;

    /// <param name="changed">Called on this watch's thread; must not block.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal NetworkWatch(Action changed)
    {
        this.changed = changed;
        stop = new SafeFileHandle(Libc.EventFd(0, Linux.SockCloexec), ownsHandle: true);
        if (stop.IsInvalid)
        {
            changes.Dispose();
            throw new IOException($"cannot watch the network: {Libc.Describe(Libc.LastErrno)}");
        }

        thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "network watch" };
        thread.Start();
    }

    public void Dispose()
    {
        if (stop.IsClosed)
        {
            return;
        }

        _ = Libc.Write(stop, 1UL, sizeof(ulong));
        thread.Join();
        changes.Dispose();
        stop.Dispose();
    }

    private void Run()
    {
        Span<Libc.PollEntry> entries =
        [
            new() { Descriptor = (int)changes.Handle.DangerousGetHandle(), Wanted = Linux.PollIn },
            new() { Descriptor = (int)stop.DangerousGetHandle(), Wanted = Linux.PollIn },
        ];
        Span<byte> ignored = stackalloc byte[8192];
        while (true)
        {
            _ = Libc.Poll(ref entries[0], 2, -1);
            if (entries[1].Found != 0)
            {
                return;
            }

            // What changed does not matter, nor that messages were lost (ENOBUFS): whoever is told looks for himself.
            while (Libc.Receive(changes.Handle, ref ignored[0], ignored.Length, Linux.MsgDontWait) > 0)
            {
            }

            changed();
        }
    }
}
