// Stands in for the clustered service: answers each datagram with the node's name before its payload. It runs on every
// node all the time, so the gap that a client sees is that of the address alone.

using System.Net;
using System.Net.Sockets;
using System.Text;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks;

public sealed class UdpEcho : IDisposable
{
    public const int Port = 7777;
    private const int PollMicroseconds = 50_000;
    private readonly NetworkThread _thread;
    private readonly byte[] _name;

    public UdpEcho(LabNode node)
    {
        _name = Encoding.ASCII.GetBytes(node.Name + " ");
        var machine = node.Machine ?? throw new LabException($"{node.Name} has no power");
        _thread = NetworkThread.Start(machine, $"echo {node.Name}", realtime: true, Answer);
    }

    public void Dispose() => _thread.Dispose();

    private void Answer(NetworkThread thread)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, Port));
        var buffer = new byte[256];
        _name.CopyTo(buffer, 0);
        EndPoint client = new IPEndPoint(IPAddress.Any, 0);
        while (!thread.Ending)
        {
            if (!socket.Poll(PollMicroseconds, SelectMode.SelectRead))
            {
                continue;
            }

            try
            {
                var got = socket.ReceiveFrom(buffer.AsSpan(_name.Length), SocketFlags.None, ref client);
                socket.SendTo(buffer.AsSpan(0, _name.Length + got), SocketFlags.None, client);
            }
            catch (SocketException)
            {
                // The address has just left this node, or its cable has: no answer then.
            }
        }
    }
}
