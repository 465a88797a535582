using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HaSharp.Daemon.Tests.Notices;

/// <summary>A server on loopback that treats one connection after the other as it is told.</summary>
internal sealed class StandIn : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _received = [];
    private int _connections;

    /// <param name="serve">Gets the number of the connection, from 1, and gives back what it received.</param>
    public StandIn(Func<int, StreamReader, StreamWriter, string?> serve)
    {
        _listener.Start();
        new Thread(() => Run(serve)) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    public string[] Received
    {
        get
        {
            lock (_received)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>Takes every mail.</summary>
    public static string? Mail(int connection, StreamReader reader, StreamWriter writer) =>
        Mail(reader, writer, _ => "250 ok");

    /// <summary>SMTP, as much of it as a client needs; what it answers to each line but DATA is given.</summary>
    public static string? Mail(StreamReader reader, StreamWriter writer, Func<string, string> answer)
    {
        var mail = new StringBuilder();
        writer.Write("220 stand-in\r\n");
        while (reader.ReadLine() is { } line && !line.StartsWith("QUIT", StringComparison.Ordinal))
        {
            mail.Append(line).Append('\n');
            if (line != "DATA")
            {
                writer.Write($"{answer(line)}\r\n");
                continue;
            }

            writer.Write("354 go\r\n");
            while (reader.ReadLine() is { } text && text != ".")
            {
                mail.Append(text).Append('\n');
            }

            writer.Write("250 taken\r\n");
            return mail.ToString();
        }

        return null;
    }

    /// <summary>One HTTP request, answered with this status.</summary>
    public static string Web(StreamReader reader, StreamWriter writer, string status)
    {
        var request = new StringBuilder();
        int length = 0;
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            request.Append(line).Append('\n');
            string[] header = line.Split(": ", 2);
            length = header[0] == "Content-Length" ? int.Parse(header[1]) : length;
        }

        char[] body = new char[length];
        reader.ReadBlock(body);
        writer.Write($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return request.Append(body).ToString();
    }

    public void Dispose() => _listener.Stop();

    private void Run(Func<int, StreamReader, StreamWriter, string?> serve)
    {
        try
        {
            while (true)
            {
                using TcpClient client = _listener.AcceptTcpClient();
                using var reader = new StreamReader(client.GetStream(), new UTF8Encoding(false));
                using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { AutoFlush = true };
                Serve(() => serve(Interlocked.Increment(ref _connections), reader, writer));
            }
        }
        catch (Exception stopped) when (stopped is SocketException or InvalidOperationException)
        {
            // Disposed.
        }
    }

    private void Serve(Func<string?> serve)
    {
        try
        {
            if (serve() is { } what)
            {
                lock (_received)
                {
                    _received.Add(what);
                }
            }
        }
        catch (IOException)
        {
            // The client has gone.
        }
    }
}
