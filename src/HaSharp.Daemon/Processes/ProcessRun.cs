namespace HaSharp.Daemon.Processes;

/// <summary>
/// One run from request to answer: waiting, running, asked to end (TERM), killed, and given up when even KILL does not
/// end it (a process in uninterruptible sleep on dead storage). Answered exactly once. Watcher's thread only.
/// </summary>
internal sealed class ProcessRun(ProcessRequest request, TimeSpan deadline, Action<ProcessResult> done)
{
    /// <summary>Between TERM and KILL; half the deadline where that is shorter.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Between KILL and the answer that does not wait for the end any longer.</summary>
    private static readonly TimeSpan KillTakes = TimeSpan.FromSeconds(1);

    private Phase _phase = Phase.Waiting;

    private enum Phase
    {
        Waiting,
        Running,
        Terminating,
        Killed,
        Answered,
    }

    /// <summary>Null until it is launched.</summary>
    public ChildProcess? Child { get; private set; }

    /// <summary>When <see cref="Expire"/> wants to be called, on the watcher's clock.</summary>
    public TimeSpan NextDeadline { get; private set; } = deadline;

    public bool Answered => _phase == Phase.Answered;

    /// <summary>False: it could not be started and is answered.</summary>
    public bool Launch()
    {
        Child = ProcessLauncher.Start(request, out string trouble);
        if (Child is null)
        {
            Answer(new ProcessEnd.NotStarted(trouble));
            return false;
        }

        _phase = Phase.Running;
        return true;
    }

    /// <summary>Answers a run that was never launched.</summary>
    public void Refuse(string trouble) => Answer(new ProcessEnd.NotStarted(trouble));

    /// <summary>The deadline has come: the next harsher step.</summary>
    public void Expire(TimeSpan now)
    {
        switch (_phase)
        {
            case Phase.Running:
                Child!.SignalGroup(SpawnCalls.SignalTerminate);
                _phase = Phase.Terminating;
                NextDeadline = now + (request.Deadline / 2 < Grace ? request.Deadline / 2 : Grace);
                break;
            case Phase.Terminating:
                Kill(now);
                break;
            default:
                Answer(new ProcessEnd.TimedOut());
                break;
        }
    }

    public void Kill(TimeSpan now)
    {
        if (Child is not null && _phase != Phase.Answered)
        {
            Child.SignalGroup(SpawnCalls.SignalKill);
            _phase = Phase.Killed;
            NextDeadline = now + KillTakes;
        }
    }

    /// <summary>
    /// The program has ended: what it left in the pipes is taken, the run answered. A pipe that is still open then
    /// belongs to somebody who outlives the program, such as the service that it started.
    /// </summary>
    public void Finish()
    {
        bool late = _phase is Phase.Terminating or Phase.Killed;
        if (late)
        {
            // What TERM did not reach, while the group's number is still ours.
            Child!.SignalGroup(SpawnCalls.SignalKill);
        }

        Child!.Output.Read();
        Child.Errors.Read();
        ProcessEnd end = Child.Reap();
        Answer(late ? new ProcessEnd.TimedOut() : end);
    }

    private void Answer(ProcessEnd end)
    {
        if (_phase != Phase.Answered)
        {
            _phase = Phase.Answered;
            NextDeadline = TimeSpan.MaxValue;
            done(new ProcessResult(end, Child?.Output.Output.ToString() ?? "", Child?.Errors.Output.ToString() ?? ""));
        }
    }
}
