// Runs programs: one thread, one poll over wake-up, exits (pidfd) and output pipes. No task and no thread per program.
// The thread starts the programs itself, so a slow exec delays neither the caller nor a heartbeat.
// Invariants: every run is answered exactly once, shortly after its deadline at the latest; every program is reaped.

using System.Collections.Concurrent;
using System.Diagnostics;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Processes;

/// <summary>Starts programs, watches their deadlines, collects them. Thread-safe.</summary>
public sealed class ProcessWatcher : IDisposable
{
    /// <summary>Programs that usually run at the same time; further ones wait, at most until their deadline.</summary>
    public const int RunningLimit = 64;

    /// <summary>Pipes that are read on for services that outlive the program that started them.</summary>
    public const int OrphanLimit = 64;

    private const int EntriesPerRun = 3;
    private const int ThreadStackBytes = 256 * 1024;

    private readonly int _runningLimit;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly LinkedList<ProcessRun> _waiting = new();
    private readonly List<ProcessRun> _running = [];
    private readonly List<OutputPipe> _orphans = [];
    private readonly WakeUp _wakeUp = new();
    private readonly Thread _thread;
    private bool _ending;

    /// <param name="runningLimit">Programs that run at the same time.</param>
    public ProcessWatcher(int runningLimit = RunningLimit)
    {
        _runningLimit = runningLimit;
        _thread = new Thread(Watch, ThreadStackBytes) { IsBackground = true, Name = "processes" };
        _thread.Start();
    }

    /// <summary>
    /// Runs a program; done is called once, on the watcher's thread, and must be quick. A program whose children go on
    /// running (a service) is finished when it has ended itself.
    /// </summary>
    public void Run(ProcessRequest request, Action<ProcessResult> done)
    {
        ProcessRun run = new(request, _clock.Elapsed + request.Deadline, done);
        Post(() => Admit(run));
    }

    /// <summary>The same for those who await it; they go on elsewhere than on the watcher's thread.</summary>
    public Task<ProcessResult> RunAsync(ProcessRequest request)
    {
        TaskCompletionSource<ProcessResult> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Run(request, ended.SetResult);
        return ended.Task;
    }

    /// <summary>Does something on the watcher's thread, which may wait for a disk but not for a network.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        _wakeUp.Raise();
    }

    /// <summary>
    /// Kills what still runs: a program that nobody watches has no deadline. What is asked for later is never answered.
    /// </summary>
    public void Dispose()
    {
        Post(End);
        _thread.Join();
        _wakeUp.Dispose();
    }

    private void Admit(ProcessRun run)
    {
        if (_ending)
        {
            run.Refuse("the daemon is ending");
            return;
        }

        _waiting.AddLast(run);
    }

    private void End()
    {
        _ending = true;
        foreach (ProcessRun run in _waiting)
        {
            run.Refuse("the daemon is ending");
        }

        _waiting.Clear();
        _running.ForEach(run => run.Kill(_clock.Elapsed));
    }

    private void Watch()
    {
        // Programs inherit the nice value of the thread that starts them; the daemon's own may be raised.
        SpawnCalls.setpriority(0, 0, 0);
        while (!_ending || _running.Exists(run => !run.Answered))
        {
            Poll();
            DoPosted();
            Expire();
            Launch();
        }

        _orphans.ForEach(pipe => pipe.Dispose());
        _running.ForEach(Close);
    }

    private void DoPosted()
    {
        while (_posted.TryDequeue(out Action? action))
        {
            action();
        }
    }

    private void Launch()
    {
        while (_waiting.First is { } first && _running.Count(run => !run.Answered) < _runningLimit)
        {
            _waiting.RemoveFirst();
            if (first.Value.Launch())
            {
                _running.Add(first.Value);
            }
        }
    }

    private void Expire()
    {
        TimeSpan now = _clock.Elapsed;
        foreach (ProcessRun run in _running.Where(run => run.NextDeadline <= now))
        {
            run.Expire(now);
        }

        for (LinkedListNode<ProcessRun>? node = _waiting.First; node is not null;)
        {
            LinkedListNode<ProcessRun>? next = node.Next;
            if (node.Value.NextDeadline <= now)
            {
                _waiting.Remove(node);
                node.Value.Expire(now);
            }

            node = next;
        }
    }

    private void Poll()
    {
        int count = 1 + (_running.Count * EntriesPerRun) + _orphans.Count;
        Span<PollEntry> entries = new PollEntry[count];
        entries[0] = Entry(_wakeUp.Descriptor);
        for (int i = 0; i < _running.Count; i++)
        {
            ChildProcess child = _running[i].Child!;
            Span<PollEntry> own = entries.Slice(1 + (i * EntriesPerRun), EntriesPerRun);
            own[0] = Entry(child.PidFd);
            own[1] = Entry(child.Output.Fd);
            own[2] = Entry(child.Errors.Fd);
        }

        Span<PollEntry> orphans = entries[(1 + (_running.Count * EntriesPerRun))..];
        for (int i = 0; i < orphans.Length; i++)
        {
            orphans[i] = Entry(_orphans[i].Fd);
        }

        if (!Kernel.Wait(entries, TimeoutMs()))
        {
            return;
        }

        if (entries[0].Readable)
        {
            _wakeUp.Clear();
        }

        ReadOrphans(orphans);
        ReadRuns(entries[1..]);
    }

    private static PollEntry Entry(int fd) => new(fd, Kernel.PollIn);

    private int TimeoutMs()
    {
        TimeSpan next = _running.Concat(_waiting).Select(run => run.NextDeadline)
            .DefaultIfEmpty(TimeSpan.MaxValue).Min();
        return next == TimeSpan.MaxValue
            ? -1
            : (int)Math.Clamp(Math.Ceiling((next - _clock.Elapsed).TotalMilliseconds), 0, int.MaxValue);
    }

    /// <summary>
    /// The output of a service that outlives its start script goes nowhere. Were the pipe closed, the service would be
    /// ended by SIGPIPE at its next word.
    /// </summary>
    private void ReadOrphans(ReadOnlySpan<PollEntry> entries)
    {
        for (int i = entries.Length - 1; i >= 0; i--)
        {
            if (entries[i].Readable)
            {
                _orphans[i].Read();
                if (_orphans[i].Fd < 0)
                {
                    _orphans.RemoveAt(i);
                }
            }
        }
    }

    private void ReadRuns(ReadOnlySpan<PollEntry> entries)
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            ReadOnlySpan<PollEntry> own = entries.Slice(i * EntriesPerRun, EntriesPerRun);
            ProcessRun run = _running[i];
            if (own[1].Readable)
            {
                run.Child!.Output.Read();
            }

            if (own[2].Readable)
            {
                run.Child!.Errors.Read();
            }

            if (own[0].Readable)
            {
                _running.RemoveAt(i);
                run.Finish();
                Adopt(run.Child!.Output);
                Adopt(run.Child.Errors);
            }
        }
    }

    private void Adopt(OutputPipe pipe)
    {
        if (pipe.Fd < 0)
        {
            return;
        }

        if (_orphans.Count == OrphanLimit)
        {
            _orphans[0].Dispose();
            _orphans.RemoveAt(0);
        }

        _orphans.Add(pipe);
    }

    private static void Close(ProcessRun run)
    {
        run.Child!.Output.Dispose();
        run.Child.Errors.Dispose();
        SpawnCalls.close(run.Child.PidFd);
    }
}
