// A conversation with the kernel's routing tables: one request at a time, each answered before the next.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HaSharp.Daemon.Native;

/// <summary>
/// A NETLINK_ROUTE socket of the network namespace that the opening thread is in. Not for use by two threads at once.
/// </summary>
internal sealed class NetlinkSocket : IDisposable
{
    internal const uint GroupLink = 0x1;
    internal const uint GroupIpv4Address = 0x10;
    internal const uint GroupIpv6Address = 0x100;

    private const int AddressSize = 12;

    /// <summary>A kernel that does not answer so long is stuck; whoever asks must not be stuck with it.</summary>
    private const int PatienceSeconds = 5;

    /// <summary>How often a table that changes while it is read is read again.</summary>
    private const int DumpAttempts = 5;

    // The kernel fills at most 32 KiB at once.
    private readonly byte[] buffer = new byte[32768];
    private uint sequence;

    /// <param name="groups">Changes to be told about; 0: none.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal NetlinkSocket(uint groups = 0)
    {
        Handle = Libc.OpenSocket(Linux.AfNetlink, Linux.SockRaw, 0);
        Span<byte> address = stackalloc byte[AddressSize];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)Linux.AfNetlink);
        MemoryMarshal.Write(address[8..], groups);
        if (Libc.Bind(Handle, in address[0], AddressSize) != 0)
        {
            int errno = Libc.LastErrno;
            Handle.Dispose();
            throw new IOException($"cannot bind a netlink socket: {Libc.Describe(errno)}");
        }

        Span<long> patience = [PatienceSeconds, 0];
        Span<byte> timeval = MemoryMarshal.AsBytes(patience);
        _ = Libc.SetSockOpt(
            Handle, Linux.SolSocket, Linux.SoReceiveTimeout, in timeval[0], timeval.Length);
    }

    internal SafeFileHandle Handle { get; }

    public void Dispose() => Handle.Dispose();

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="request">With FlagAck, FlagDump, or a question that has exactly one answer.</param>
    /// <param name="answers">What came back, copied; empty when the request only asked for a change.</param>
    /// <returns>0, or the errno value of the kernel's refusal.</returns>
    /// <exception cref="IOException">The socket itself failed.</exception>
    internal int Ask(NetlinkRequest request, out List<NetlinkMessage> answers)
    {
        answers = [];
        for (int attempt = 0; attempt < DumpAttempts; attempt++)
        {
            answers.Clear();
            Send(request.Finish(++sequence));
            if (Collect(answers, request.IsDump, out int errno))
            {
                return errno;
            }
        }

        throw new IOException("the kernel's network tables change too fast to be read");
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        Span<byte> kernel = stackalloc byte[AddressSize];
        kernel.Clear();
        MemoryMarshal.Write(kernel, (ushort)Linux.AfNetlink);
        while (Libc.SendTo(Handle, in bytes[0], bytes.Length, 0, in kernel[0], AddressSize) < 0)
        {
            ThrowUnlessInterrupted("send to");
        }
    }

    /// <summary>False: the answer is incomplete because the table changed meanwhile; ask again.</summary>
    private bool Collect(List<NetlinkMessage> answers, bool dump, out int errno)
    {
        bool complete = true;
        while (true)
        {
            ReadOnlyMemory<byte> bytes = Receive();
            while (NetlinkMessage.TryTake(ref bytes, out NetlinkMessage message))
            {
                if (message.Sequence != sequence)
                {
                    continue;
                }

                complete &= (message.Flags & NetlinkMessage.FlagInterrupted) == 0;
                if (message.Type is NetlinkMessage.Error or NetlinkMessage.Done)
                {
                    errno = message.Body.Length < 4 ? 0 : -MemoryMarshal.Read<int>(message.Body.Span);
                    return complete;
                }

                answers.Add(message);
                if (!dump)
                {
                    errno = 0;
                    return true;
                }
            }
        }
    }

    private ReadOnlyMemory<byte> Receive()
    {
        nint count;
        while ((count = Libc.Receive(Handle, ref buffer[0], buffer.Length, 0)) < 0)
        {
            ThrowUnlessInterrupted("receive from");
        }

        return buffer.AsMemory(0, (int)count).ToArray();
    }

    private static void ThrowUnlessInterrupted(string verb)
    {
        switch (Libc.LastErrno)
        {
            case Linux.Eintr:
                return;
            case Linux.Eagain:
                throw new IOException($"the kernel has not answered within {PatienceSeconds} s");
            default:
                throw new IOException($"cannot {verb} the kernel's netlink: {Libc.Describe(Libc.LastErrno)}");
        }
    }
}
