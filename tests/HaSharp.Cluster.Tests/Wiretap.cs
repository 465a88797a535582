// Somebody on the heartbeat network who is no node: hears every broadcast and can send what he likes.

using System.Net;
using System.Net.Sockets;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests;

internal static class Wiretap
{
    private const int Port = 694;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Heartbeats as they pass on the service network.</summary>
    public static IReadOnlyList<byte[]> Record(Lab lab, int count)
    {
        var packets = new List<byte[]>();
        Within(lab, socket =>
        {
            var buffer = new byte[65536];
            var end = Clock.Now + Limit;
            while (packets.Count < count && Clock.Now < end)
            {
                if (socket.Poll(100_000, SelectMode.SelectRead))
                {
                    packets.Add(buffer[..socket.Receive(buffer)]);
                }
            }
        });
        return packets.Count == count ? packets : throw new LabException("there are no heartbeats on the network");
    }

    /// <summary>Sends each packet to every node.</summary>
    public static void Send(Lab lab, IEnumerable<byte[]> packets) => Within(lab, socket =>
    {
        foreach (var packet in packets)
        {
            foreach (var node in lab.Nodes)
            {
                socket.SendTo(packet, new IPEndPoint(IPAddress.Parse($"10.77.0.1{node.Number}"), Port));
            }
        }
    });

    /// <summary>Does something with a socket on the service network that hears every broadcast.</summary>
    public static void Within(Lab lab, Action<Socket> body)
    {
        Exception? trouble = null;
        using (NetworkThread.Start(lab.Switch, "wiretap", realtime: false, _ =>
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(new IPEndPoint(IPAddress.Any, Port));
                body(socket);
            }
            catch (SocketException e)
            {
                trouble = e;
            }
        }))
        {
        }

        if (trouble is not null)
        {
            throw new LabException("the wiretap does not work", trouble);
        }
    }
}
