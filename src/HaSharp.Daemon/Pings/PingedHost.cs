// One host of a ping node and its address, which may have to be looked up first.
// Looking up waits for name servers, so it happens in the background, and again and again until it succeeds. An
// address that is known stays as it is until the next reload: a name server that fails must not look like a dead host.

using System.Net;
using System.Net.Sockets;
using HaSharp.Daemon.Links;
using Polly;
using Polly.Retry;

namespace HaSharp.Daemon.Pings;

public sealed class PingedHost : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _closing = new();
    private volatile Known? _known;
    private volatile string? _trouble;

    /// <summary>Begins to look the name up, if it is one.</summary>
    /// <param name="before">What is known of the name from before a reload.</param>
    public PingedHost(string name, AddressFamily family, PingedHost? before)
    {
        Name = name;
        if (IPAddress.TryParse(name, out IPAddress? literal))
        {
            _known = new Known(literal);
            return;
        }

        _known = before?._known;
        _ = LookUp(family);
    }

    public string Name { get; }

    /// <summary>Null while it is not known.</summary>
    public Known? Address => _known;

    /// <summary>Why the address is not known, after the first attempt.</summary>
    public string? Trouble => _known is null ? _trouble : null;

    public void Dispose() => _closing.Cancel();

    private async Task LookUp(AddressFamily family)
    {
        ResiliencePipeline<IPAddress> attempts = new ResiliencePipelineBuilder<IPAddress>()
            .AddRetry(new RetryStrategyOptions<IPAddress>
            {
                ShouldHandle = new PredicateBuilder<IPAddress>().Handle<LinkException>(),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstPause,
                MaxDelay = LongestPause,
                OnRetry = attempt =>
                {
                    _trouble = attempt.Outcome.Exception?.Message;
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        try
        {
            _known = new Known(await attempts
                .ExecuteAsync(stop => new ValueTask<IPAddress>(LookUpOnce(family, stop)), _closing.Token)
                .ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // A reload, or the end.
        }
    }

    private async Task<IPAddress> LookUpOnce(AddressFamily family, CancellationToken stop)
    {
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(Name, family, stop).ConfigureAwait(false);
            return found.FirstOrDefault(address => address.AddressFamily == family)
                ?? throw new LinkException($"the host name {Name} has no address of the right kind");
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new LinkException($"the host name {Name} cannot be resolved: {e.Message}", e);
        }
    }

    /// <summary>An address as the kernel's calls and replies have it.</summary>
    public sealed class Known
    {
        public Known(IPAddress address)
        {
            Family = address.AddressFamily;
            Bytes = address.GetAddressBytes();
            SocketAddress destination = new IPEndPoint(address, 0).Serialize();
            Destination = destination.Buffer[..destination.Size].ToArray();
        }

        public AddressFamily Family { get; }

        public byte[] Bytes { get; }

        public byte[] Destination { get; }
    }
}
