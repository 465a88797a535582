// One link's life: try to open it until that succeeds, then wait until it is lost, then begin anew.

using System.Net;
using HaSharp.Core;
using HaSharp.Core.Config;
using Polly;
using Polly.Retry;

namespace HaSharp.Daemon.Links;

/// <summary>Has its own thread: resolving a host name may take long and must not hold up other links.</summary>
internal sealed class KeptLink : IDisposable
{
    private const int StackBytes = 256 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>A thread that still waits for a name server after this time ends later, without a word.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1);

    private readonly LinkConfig config;
    private readonly UcastPeers peers;
    private readonly Action<LinkConfig, OpenLink> opened;
    private readonly Action<LinkName, string> trouble;
    private readonly ResiliencePipeline<OpenLink> attempts;
    private readonly Thread thread;

    private readonly Lock gate = new();
    private readonly AutoResetEvent wake = new(initialState: false);
    private CancellationTokenSource pause = new();
    private string? lostReason;
    private string? reported;
    private volatile bool stopping;

    internal KeptLink(
        LinkConfig config, UcastPeers peers, Action<LinkConfig, OpenLink> opened, Action<LinkName, string> trouble)
    {
        this.config = config;
        this.peers = peers;
        this.opened = opened;
        this.trouble = trouble;
        attempts = new ResiliencePipelineBuilder<OpenLink>()
            .AddRetry(new RetryStrategyOptions<OpenLink>
            {
                ShouldHandle = new PredicateBuilder<OpenLink>().Handle<LinkException>(),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstPause,
                MaxDelay = LongestPause,
                OnRetry = attempt =>
                {
                    Report(attempt.Outcome.Exception?.Message ?? "");
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        thread = new Thread(Run, StackBytes) { IsBackground = true, Name = $"link {config.Name}" };
    }

    internal LinkConfig Config => config;

    internal void Start() => thread.Start();

    /// <summary>The owner found that the link does not work.</summary>
    internal void Lost(string reason)
    {
        lock (gate)
        {
            if (!stopping)
            {
                lostReason = reason;
                wake.Set();
            }
        }
    }

    /// <summary>Something changed in the network: try at once, or check that the open link still fits.</summary>
    internal void LookAgain()
    {
        lock (gate)
        {
            if (!stopping)
            {
                pause.Cancel();
                wake.Set();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (stopping)
            {
                return;
            }

            stopping = true;
            pause.Cancel();
            wake.Set();
        }

        if (!thread.IsAlive || thread.Join(LongestEnd))
        {
            pause.Dispose();
            wake.Dispose();
        }
    }

    private void Run()
    {
        while (Open() is { } link)
        {
            if (stopping)
            {
                link.Dispose();
                return;
            }

            LinkTarget target = link.Target;
            reported = null;
            opened(config, link);
            WaitUntilLost(target);
        }
    }

    /// <summary>Null: we are stopping.</summary>
    private OpenLink? Open()
    {
        while (!stopping)
        {
            try
            {
                return attempts.Execute(_ => LinkOpener.Open(config, peers), FreshPause());
            }
            catch (OperationCanceledException)
            {
                // A change in the network cut the pause short: begin again with the shortest.
            }
        }

        return null;
    }

    private CancellationToken FreshPause()
    {
        lock (gate)
        {
            if (pause.IsCancellationRequested && !stopping)
            {
                pause.Dispose();
                pause = new CancellationTokenSource();
            }

            lostReason = null;
            return pause.Token;
        }
    }

    private void WaitUntilLost(LinkTarget target)
    {
        while (!stopping)
        {
            if (WhyLost(target) is { } reason)
            {
                Report(reason);
                return;
            }

            wake.WaitOne();
        }
    }

    private string? WhyLost(LinkTarget target)
    {
        lock (gate)
        {
            if (lostReason is not null)
            {
                return lostReason;
            }
        }

        try
        {
            IPAddress? peer = config is LinkConfig.Bcast ? null : target.Destination.Address;
            return LinkTarget.Find(config, peer) == target ? null : $"interface {config.Interface} has changed";
        }
        catch (LinkException e)
        {
            return e.Message;
        }
    }

    private void Report(string text)
    {
        if (text != reported && !stopping)
        {
            reported = text;
            trouble(config.Name, text);
        }
    }
}
