// What a client sees of an address: a numbered datagram every 5 ms, and who answered when. The same measurement as was
// made of heartbeat 3.0.6, so that the figures can be compared.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks;

public sealed class UdpProbe : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);
    private readonly IPEndPoint _address;
    private readonly NetworkThread _thread;

    /// <param name="machine">Where the client sits.</param>
    public UdpProbe(Machine machine, IPAddress address)
    {
        _address = new IPEndPoint(address, UdpEcho.Port);
        _thread = NetworkThread.Start(machine, "udp probe", realtime: true, Ask);
    }

    public AnswerLog Log { get; } = new();

    public void Dispose() => _thread.Dispose();

    private void Ask(NetworkThread thread)
    {
        // Not connected: the answer comes from the node's own address.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        var due = Clock.Now;
        for (var number = 0; !thread.Ending;)
        {
            var now = Clock.Now;
            if (now >= due)
            {
                Send(socket, number++);
                due = due + Step > now ? due + Step : now + Step;
            }

            var wait = (int)Math.Ceiling((due - Clock.Now).TotalMilliseconds);
            if (socket.Poll(Math.Max(0, wait) * 1000, SelectMode.SelectRead))
            {
                Receive(socket);
            }
        }
    }

    private void Send(Socket socket, int number)
    {
        Span<byte> text = stackalloc byte[16];
        number.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        try
        {
            socket.SendTo(text[..length], SocketFlags.None, _address);
        }
        catch (SocketException)
        {
            // Nobody has the address: the neighbour table says so.
        }
    }

    private void Receive(Socket socket)
    {
        Span<byte> buffer = stackalloc byte[256];
        try
        {
            var got = socket.Receive(buffer, SocketFlags.None);
            var blank = buffer[..got].IndexOf((byte)' ');
            if (blank > 0 && long.TryParse(buffer[(blank + 1)..got], CultureInfo.InvariantCulture, out var number))
            {
                Log.Add(number, new Answer(Clock.Now, Encoding.ASCII.GetString(buffer[..blank])));
            }
        }
        catch (SocketException)
        {
            // An ICMP refusal is no answer.
        }
    }
}
