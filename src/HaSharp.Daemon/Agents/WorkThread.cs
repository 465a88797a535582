using System.Collections.Concurrent;

namespace HaSharp.Daemon.Agents;

/// <summary>Does one thing after the other, on a thread of its own.</summary>
internal sealed class WorkThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public WorkThread(string name)
    {
        _thread = new Thread(Work) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Never waits. After Dispose nothing is done any more.</summary>
    public void Post(Action action)
    {
        lock (_work)
        {
            if (!_work.IsAddingCompleted)
            {
                _work.Add(action);
            }
        }
    }

    /// <summary>Waits for what was posted.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            _work.CompleteAdding();
        }

        _thread.Join();
    }

    private void Work()
    {
        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
