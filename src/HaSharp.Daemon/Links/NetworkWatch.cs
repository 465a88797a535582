// Tells when the kernel's interfaces or addresses change, so that nobody has to look again and again.

using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Links;

/// <summary>A thread that waits for changes in the network namespace of its creator.</summary>
internal sealed class NetworkWatch : IDisposable
{
    private const int StackBytes = 256 * 1024;

    private readonly Action changed;
    private readonly NetlinkSocket changes = new(
        NetlinkSocket.GroupLink | NetlinkSocket.GroupIpv4Address | NetlinkSocket.GroupIpv6Address);

    private readonly WakeUp stop = new();
    private readonly Thread thread;
    private bool ended;

    /// <param name="changed">Called on this watch's thread; must not block.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal NetworkWatch(Action changed)
    {
        this.changed = changed;
        thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "network watch" };
        thread.Start();
    }

    public void Dispose()
    {
        if (ended)
        {
            return;
        }

        ended = true;
        stop.Raise();
        thread.Join();
        changes.Dispose();
        stop.Dispose();
    }

    private void Run()
    {
        Span<PollEntry> entries =
        [
            new((int)changes.Handle.DangerousGetHandle(), Kernel.PollIn),
            new(stop.Descriptor, Kernel.PollIn),
        ];
        Span<byte> ignored = stackalloc byte[8192];
        while (true)
        {
            Kernel.Wait(entries, -1);
            if (entries[1].Readable)
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
