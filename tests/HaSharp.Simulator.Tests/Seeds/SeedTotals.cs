using System.Diagnostics;
using HaSharp.Simulator.Scenarios;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace HaSharp.Simulator.Tests.Seeds;

/// <summary>Adds up all random runs, and says at the end how much was simulated and how fast.</summary>
public sealed class SeedTotals(IMessageSink sink) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _runs;
    private TimeSpan _played;
    private TimeSpan _nodeTime;

    public void Add(Outcome outcome)
    {
        lock (_gate)
        {
            _runs++;
            _played += outcome.Played;
            _nodeTime += outcome.NodeTime;
        }
    }

    public void Dispose()
    {
        double seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        string runs = FormattableString.Invariant($"{_runs} random runs of {_played.TotalHours:F0} cluster-hours");
        string speed = FormattableString.Invariant($"{_nodeTime.TotalSeconds / seconds:F0} node-seconds per second");
        sink.OnMessage(new DiagnosticMessage(
            FormattableString.Invariant($"simulator: {runs} in {seconds:F0} s, {speed}")));
    }
}
