// Frames of one protocol on one interface, without their link header, as many as a filter in the kernel lets through.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HaSharp.Daemon.Native;

/// <summary>One instruction of the kernel's classic packet filter: struct sock_filter.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FilterStep(ushort Code, byte IfTrue, byte IfFalse, uint Value)
{
    private const ushort LoadWord = 0x20;
    private const ushort LoadHalf = 0x28;
    private const ushort LoadByte = 0x30;
    private const ushort JumpIfEqual = 0x15;
    private const ushort ReturnConstant = 0x06;

    public static FilterStep Word(uint offset) => new(LoadWord, 0, 0, offset);

    public static FilterStep Half(uint offset) => new(LoadHalf, 0, 0, offset);

    public static FilterStep Byte(uint offset) => new(LoadByte, 0, 0, offset);

    /// <summary>What was loaded is the value: skip the next step.</summary>
    public static FilterStep SkipIf(uint value) => new(JumpIfEqual, 1, 0, value);

    /// <summary>What was loaded is not the value: skip the next step.</summary>
    public static FilterStep SkipUnless(uint value) => new(JumpIfEqual, 0, 1, value);

    public static FilterStep Take => new(ReturnConstant, 0, 0, ushort.MaxValue);

    public static FilterStep Drop => new(ReturnConstant, 0, 0, 0);
}

/// <summary>Not for use by two threads at once.</summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    /// <summary>The kernel's limit of a filter.</summary>
    public const int LongestFilter = 4096;

    private const int AttachFilter = 26;

    /// <summary>struct sockaddr_ll: family, protocol, index, hardware type, packet type, length, address.</summary>
    private const int LinkAddressSize = 20;
    private const int HardwareAddressSize = 6;
    private const byte Outgoing = 4;

    /// <summary>Some dozens of packets: a flood is lost in the kernel, where it costs least.</summary>
    private const int ReceiveBuffer = 32 * 1024;

    private readonly SafeFileHandle socket = Libc.OpenSocket(
        Linux.AfPacket, Linux.SockDgram | Linux.SockNonblock, 0);

    private readonly int interfaceIndex;
    private readonly ushort etherType;

    /// <summary>Sees nothing that the filter does not take, from the first moment on.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public PacketSocket(int interfaceIndex, ushort etherType, ReadOnlySpan<FilterStep> filter)
    {
        this.interfaceIndex = interfaceIndex;
        this.etherType = etherType;
        int size = ReceiveBuffer;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<int>(ref size));
        _ = Libc.SetSockOpt(socket, Linux.SolSocket, Linux.SoReceiveBuffer, in bytes[0], bytes.Length);
        try
        {
            Filter(filter);
            Span<byte> address = stackalloc byte[LinkAddressSize];
            Address(address, default);
            Check(Libc.Bind(socket, in address[0], LinkAddressSize));
        }
        catch (IOException)
        {
            socket.Dispose();
            throw;
        }
    }

    public int Descriptor => (int)socket.DangerousGetHandle();

    public void Dispose() => socket.Dispose();

    /// <summary>Takes the place of the filter before; nothing is seen unfiltered in between.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void Filter(ReadOnlySpan<FilterStep> filter)
    {
        fixed (FilterStep* first = filter)
        {
            // struct sock_fprog: the number of steps, and a pointer at the next multiple of its size.
            Span<nint> program = [0, (nint)first];
            Span<byte> bytes = MemoryMarshal.AsBytes(program);
            MemoryMarshal.Write(bytes, (ushort)filter.Length);
            Check(Libc.SetSockOpt(socket, Linux.SolSocket, AttachFilter, in bytes[0], bytes.Length));
        }
    }

    /// <summary>To one hardware address.</summary>
    /// <returns>0 or an errno value.</returns>
    public int Send(ReadOnlySpan<byte> to, ReadOnlySpan<byte> packet)
    {
        Span<byte> address = stackalloc byte[LinkAddressSize];
        Address(address, to);
        nint sent = Libc.SendTo(
            socket, in packet[0], packet.Length, Linux.MsgDontWait, in address[0], LinkAddressSize);
        return sent < 0 ? Libc.LastErrno : 0;
    }

    /// <summary>The next packet and the hardware address in its link header; -1: none waits.</summary>
    /// <param name="sender">6 bytes; all zero where the link has none.</param>
    public int Receive(Span<byte> packet, Span<byte> sender)
    {
        Span<byte> address = stackalloc byte[LinkAddressSize];
        while (true)
        {
            address.Clear();
            int length = LinkAddressSize;
            nint count = Libc.ReceiveFrom(
                Descriptor, ref packet[0], packet.Length, Linux.MsgDontWait, ref address[0], ref length);
            if (count < 0)
            {
                return -1;
            }

            if (address[10] != Outgoing)
            {
                address.Slice(12, HardwareAddressSize).CopyTo(sender);
                return (int)count;
            }
        }
    }

    private void Address(Span<byte> address, ReadOnlySpan<byte> to)
    {
        address.Clear();
        MemoryMarshal.Write(address, (ushort)Linux.AfPacket);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], etherType);
        MemoryMarshal.Write(address[4..], interfaceIndex);
        address[11] = (byte)to.Length;
        to.CopyTo(address[12..]);
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new IOException($"cannot listen for neighbours: {Libc.Describe(Libc.LastErrno)}");
        }
    }
}
