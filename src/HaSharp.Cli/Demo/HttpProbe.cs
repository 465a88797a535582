// A client that asks a web server every 5 ms, each time over a connection of its own.
// Many questions are under way at once: a lost SYN costs its own question 200 ms and no other one anything.
// A question counts as answered when the server has sent its whole page and closed.

using System.Net;
using System.Text;

namespace HaSharp.Cli.Demo;

public sealed unsafe class HttpProbe : IDisposable
{
    private const int MostAtOnce = 64;
    private const int MostBytes = 1024;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly byte[] _address = new byte[16];
    private readonly byte[] _request;
    private readonly Question[] _questions = new Question[MostAtOnce];
    private readonly NetworkThread _thread;
    private int _open;

    /// <param name="machine">Where the client sits.</param>
    /// <param name="address">IPv4; port 80 is asked.</param>
    public HttpProbe(Machine machine, IPAddress address)
    {
        _request = Encoding.ASCII.GetBytes($"GET / HTTP/1.0\r\nHost: {address}\r\n\r\n");
        BitConverter.TryWriteBytes(_address, (ushort)Native.AddressFamilyIPv4);
        _address[3] = 80;
        address.TryWriteBytes(_address.AsSpan(4), out _);
        _thread = NetworkThread.Start(machine, "http probe", realtime: true, Ask);
    }

    public AnswerLog Log { get; } = new();

    /// <summary>How many questions were asked.</summary>
    public long Asked { get; private set; }

    public void Dispose() => _thread.Dispose();

    private void Ask(NetworkThread thread)
    {
        var due = Clock.Now;
        var entries = stackalloc Native.PollEntry[MostAtOnce];
        while (!thread.Ending)
        {
            var now = Clock.Now;
            if (now >= due)
            {
                Begin(now);
                // After a stall of our own machine the missed questions are not asked late.
                due = due + Step > now ? due + Step : now + Step;
            }

            Wait(entries, due - Clock.Now);
            Forget(Clock.Now - Patience);
        }

        Forget(TimeSpan.MaxValue);
    }

    private void Begin(TimeSpan now)
    {
        var socket = _open < MostAtOnce ? Native.OpenSocket(Native.AddressFamilyIPv4, Native.StreamNonBlocking, 0) : -1;
        if (socket < 0)
        {
            return;
        }

        Asked++;
        fixed (byte* address = _address)
        {
            // In progress is the normal answer; a refusal shows up in poll as well.
            _ = Native.Connect(socket, address, (uint)_address.Length);
        }

        _questions[_open++] = new Question(Asked, socket, now, new byte[MostBytes]);
    }

    private void Wait(Native.PollEntry* entries, TimeSpan limit)
    {
        for (var i = 0; i < _open; i++)
        {
            entries[i] = new Native.PollEntry
            {
                Descriptor = _questions[i].Socket,
                Wanted = _questions[i].Sent ? Native.PollIn : Native.PollOut,
            };
        }

        var count = _open;
        var milliseconds = (int)Math.Ceiling(Math.Max(0, limit.TotalMilliseconds));
        if (Native.Poll(entries, (nuint)count, milliseconds) <= 0)
        {
            return;
        }

        for (var i = count - 1; i >= 0; i--)
        {
            if (entries[i].Happened != 0 && !Advance(_questions[i]))
            {
                Remove(i);
            }
        }
    }

    /// <summary>False when the question is over, answered or not.</summary>
    private bool Advance(Question question)
    {
        if (!question.Sent)
        {
            question.Sent = true;
            fixed (byte* bytes = _request)
            {
                return Native.Send(question.Socket, bytes, (nuint)_request.Length, Native.NoSignal) == _request.Length;
            }
        }

        fixed (byte* bytes = question.Page)
        {
            var room = MostBytes - question.Length;
            var got = Native.Receive(question.Socket, bytes + question.Length, (nuint)room, 0);
            if (got > 0)
            {
                question.Length += (int)got;
                return question.Length < MostBytes;
            }

            if (got == 0 && AnswererIn(question.Page.AsSpan(0, question.Length)) is { } who)
            {
                Log.Add(question.Number, new Answer(Clock.Now, who));
            }

            return false;
        }
    }

    /// <summary>The last word of a good page; null when the page is not good.</summary>
    private static string? AnswererIn(ReadOnlySpan<byte> page)
    {
        var text = Encoding.ASCII.GetString(page).TrimEnd();
        return text.StartsWith("HTTP/1.", StringComparison.Ordinal) && text.Contains(" 200 ", StringComparison.Ordinal)
            ? text[(text.LastIndexOf(' ') + 1)..]
            : null;
    }

    private void Forget(TimeSpan askedBefore)
    {
        for (var i = _open - 1; i >= 0; i--)
        {
            if (_questions[i].AskedAt < askedBefore)
            {
                Remove(i);
            }
        }
    }

    private void Remove(int index)
    {
        _ = Native.Close(_questions[index].Socket);
        _questions[index] = _questions[--_open];
    }

    private sealed class Question(long number, int socket, TimeSpan askedAt, byte[] page)
    {
        public long Number { get; } = number;

        public int Socket { get; } = socket;

        public TimeSpan AskedAt { get; } = askedAt;

        public byte[] Page { get; } = page;

        public bool Sent { get; set; }

        public int Length { get; set; }
    }
}
