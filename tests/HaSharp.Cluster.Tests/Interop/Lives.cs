// Plays the chosen lives, several at a time: each in namespaces of its own, and none of them needs much of a processor.

using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Interop;

public sealed class Lives : IDisposable
{
    /// <summary>The environment variable that chooses lives, see LifeCase.Chosen; without it: ordinary.</summary>
    public const string Choice = "HASHARP_INTEROP";

    /// <summary>The environment variable with the number of lives at a time.</summary>
    private const string AtATime = "HASHARP_INTEROP_JOBS";

    private const int DefaultAtATime = 6;

    private readonly Dictionary<string, TaskCompletionSource<LifeResult>> _results = new(StringComparer.Ordinal);
    private readonly Queue<LifeCase> _waiting = new();
    private readonly List<Thread> _players = [];
    private readonly Lock _lock = new();

    public Lives()
    {
        foreach (var life in Original.WhyNot is null ? All : [])
        {
            _results[life.Name] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(life);
        }

        var jobs = int.TryParse(Environment.GetEnvironmentVariable(AtATime), out var given) ? given : DefaultAtATime;
        var players = Math.Min(jobs, _waiting.Count);
        for (var player = 0; player < players; player++)
        {
            var thread = new Thread(Play) { IsBackground = true, Name = $"life {player}" };
            _players.Add(thread);
            thread.Start();
        }
    }

    internal static IReadOnlyList<LifeCase> All =>
        LifeCase.Chosen(Environment.GetEnvironmentVariable(Choice) is { Length: > 0 } choice ? choice : "ordinary");

    internal LifeResult ResultOf(string name) => _results[name].Task.GetAwaiter().GetResult();

    public void Dispose() => _players.ForEach(player => player.Join());

    private void Play()
    {
        while (Next() is { } life)
        {
            try
            {
                var result = Life.Run(life, scene => Note(".progress", life.Name + scene.Line));
                Note("", result.Table() + result.Failures());
                _results[life.Name].SetResult(result);
            }
            catch (Exception e) when (e is ClusterException or LabException or IOException)
            {
                Note(".progress", life.Name + ": " + e + "\n");
                _results[life.Name].SetException(e);
            }
        }
    }

    private LifeCase? Next()
    {
        lock (_lock)
        {
            return _waiting.TryDequeue(out var life) ? life : null;
        }
    }

    private void Note(string ending, string text)
    {
        lock (_lock)
        {
            InteropReport.Add(text, ending);
        }
    }
}
