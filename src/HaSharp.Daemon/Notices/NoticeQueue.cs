// One receiver's way: what happened is delivered to it in order, one at a time, on nobody else's time.
// The idea: a bounded queue that forgets the oldest and says how many, because a receiver that was away for long wants
// to know how things are now, and that something is missing.
// Invariant: Add returns at once; a receiver that hangs or fails costs itself alone.

using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace HaSharp.Daemon.Notices;

/// <summary>A program, a mail server, a web server.</summary>
internal interface INoticeReceiver
{
    /// <summary>For the log: without anything secret.</summary>
    string Name { get; }

    /// <summary>Does all it can, repeated attempts included; ends soon after it is cancelled.</summary>
    /// <param name="missed">So many before this one were dropped, because this receiver was too slow.</param>
    /// <returns>Null, or one sentence: why it could not be delivered.</returns>
    Task<string?> Deliver(Notice notice, long missed, CancellationToken cancellation);
}

internal sealed partial class NoticeQueue : IDisposable
{
    /// <summary>Notices that may wait for the one before them.</summary>
    internal const int Capacity = 64;

    private readonly INoticeReceiver _receiver;
    private readonly ILogger _log;
    private readonly Channel<Notice> _waiting;
    private readonly CancellationTokenSource _cancel = new();
    private long _dropped;
    private int _disposed;

    internal NoticeQueue(INoticeReceiver receiver, ILogger log)
    {
        _receiver = receiver;
        _log = log;
        _waiting = Channel.CreateBounded<Notice>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
        Ended = Task.Run(Deliver);
    }

    /// <summary>When all is delivered after Close, or soon after Dispose.</summary>
    internal Task Ended { get; }

    /// <summary>From any thread; never waits.</summary>
    internal void Add(Notice notice) => _waiting.Writer.TryWrite(notice);

    /// <summary>Nothing more comes; what waits is still delivered.</summary>
    internal void Close() => _waiting.Writer.TryComplete();

    /// <summary>What waits is forgotten, what is under way given up. Does not wait.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _cancel.Cancel();
        Ended.ContinueWith(_ => _cancel.Dispose(), TaskScheduler.Default);
    }

    private async Task Deliver()
    {
        try
        {
            long told = 0;
            await foreach (Notice notice in _waiting.Reader.ReadAllAsync(_cancel.Token))
            {
                long dropped = Interlocked.Read(ref _dropped);
                if (dropped != told)
                {
                    LogDropped(dropped - told, _receiver.Name);
                }

                string? trouble = await Deliver(notice, dropped - told);
                told = dropped;
                if (trouble is not null)
                {
                    LogTrouble(_receiver.Name, notice.Event, trouble);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon ends, or a reload took this receiver away.
        }
    }

    private async Task<string?> Deliver(Notice notice, long missed)
    {
        try
        {
            return await _receiver.Deliver(notice, missed, _cancel.Token);
        }
        catch (Exception unexpected) when (unexpected is not OperationCanceledException)
        {
            // Whatever it is, the next notice may fare better, and the daemon has other things to do.
            return unexpected.Message;
        }
    }

    [LoggerMessage(9401, LogLevel.Warning, "{Count} notices dropped: {Receiver} is too slow")]
    private partial void LogDropped(long count, string receiver);

    [LoggerMessage(9402, LogLevel.Warning, "{Receiver}: {Event} could not be told: {Trouble}")]
    private partial void LogTrouble(string receiver, string @event, string trouble);
}
