using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace HaSharp.Daemon.Notices;

/// <summary>How often and how patiently something is sent over the network.</summary>
internal static class Attempts
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Again after pauses that double, each attempt with a time limit; not after NoticeRefused.</summary>
    /// <param name="retries">After the first attempt.</param>
    internal static ResiliencePipeline Of(TimeSpan timeout, int retries, TimeSpan firstPause) =>
        new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(
                    e => e is not (OperationCanceledException or NoticeRefusedException)),
                MaxRetryAttempts = retries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = firstPause,
                MaxDelay = LongestPause,
            })
            .AddTimeout(timeout)
            .Build();

    /// <returns>Null, or why all attempts failed.</returns>
    internal static async Task<string?> Run(
        this ResiliencePipeline attempts, Func<CancellationToken, Task> attempt, CancellationToken cancellation)
    {
        try
        {
            // What does not listen to a cancellation must not hold up the receiver's next notice.
            await attempts.ExecuteAsync(
                async token => await attempt(token).WaitAsync(token), cancellation);
            return null;
        }
        catch (TimeoutRejectedException late)
        {
            return $"no answer within {late.Timeout.TotalSeconds} s";
        }
        catch (Exception trouble) when (!cancellation.IsCancellationRequested)
        {
            return (trouble.InnerException ?? trouble).Message;
        }
    }
}

/// <summary>The other side has understood and does not want it: to ask again is no use.</summary>
internal sealed class NoticeRefusedException(string message) : Exception(message);
