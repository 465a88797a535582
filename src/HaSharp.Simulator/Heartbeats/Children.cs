// The scripts that a heartbeat runs: resource children at once, harc's queue one by one (spec 9.5 no. 6, 10.1).
// The idea: a script is a sequence of waits, written as an iterator: an agent that runs, a time that passes.
// Invariant: the queue goes on only while no resource child runs.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator.Heartbeats;

/// <summary>What a script waits for.</summary>
internal abstract class Wait
{
    private Wait()
    {
    }

    public sealed class ForAgent(GroupConfig group, Resource resource, AgentAction action) : Wait
    {
        public GroupConfig Group => group;

        public Resource Resource => resource;

        public AgentAction Action => action;

        /// <summary>Exit code 0, or for a status: it runs.</summary>
        public bool IsFine { get; set; }
    }

    public sealed class ForTime(TimeSpan time) : Wait
    {
        public TimeSpan Time => time;
    }
}

internal sealed class Children(HeartbeatProcess process)
{
    /// <summary>
    /// The original waits for ever (F7). In a virtual world every script ends by itself at last, or nothing that was
    /// asked of its node afterwards could be judged.
    /// </summary>
    private static readonly TimeSpan _longestScript = TimeSpan.FromSeconds(300);

    /// <summary>To fork a shell takes a while.</summary>
    private static readonly TimeSpan _shortestStart = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan _longestStart = TimeSpan.FromMilliseconds(100);

    private readonly Queue<IEnumerable<Wait>> _queue = new();
    private readonly Dictionary<RunId, (Child Child, Wait.ForAgent Agent)> _agents = [];
    private int _children;
    private bool _queueRuns;
    private long _runs;

    /// <summary>A resource child or harc runs, or something is queued.</summary>
    public bool AreBusy => _children > 0 || _queueRuns || _queue.Count > 0;

    /// <summary>A resource child: beside all others.</summary>
    public void Start(IEnumerable<Wait> script)
    {
        _children++;
        Begin(new Child(script.GetEnumerator(), IsQueued: false));
    }

    /// <summary>A script by harc: after all others.</summary>
    public void Queue(IEnumerable<Wait> script)
    {
        _queue.Enqueue(script);
        TryNext();
    }

    public void AgentFinished(RunId run, AgentOutcome outcome)
    {
        if (_agents.Remove(run, out (Child Child, Wait.ForAgent Agent) waiting))
        {
            waiting.Agent.IsFine = outcome.Verdict == AgentVerdict.Ok;
            GoOn(waiting.Child);
        }
    }

    private void Begin(Child child)
    {
        TimeSpan start = process.Dice.Between(_shortestStart, _longestStart);
        process.Alarms.Set(process.Now + start, () => GoOn(child));
    }

    private void GoOn(Child child)
    {
        if (!child.Script.MoveNext())
        {
            End(child);
            return;
        }

        switch (child.Script.Current)
        {
            case Wait.ForTime wait:
                process.Alarms.Set(process.Now + wait.Time, () => GoOn(child));
                break;
            case Wait.ForAgent agent:
                RunId run = new(++_runs);
                _agents.Add(run, (child, agent));
                process.Run(run, agent.Group, agent.Resource, agent.Action, _longestScript);
                break;
            default:
                break;
        }
    }

    private void End(Child child)
    {
        _queueRuns &= !child.IsQueued;
        _children -= child.IsQueued ? 0 : 1;
        TryNext();
        process.Departure.Retry();
    }

    private void TryNext()
    {
        if (_children == 0 && !_queueRuns && _queue.TryDequeue(out IEnumerable<Wait>? script))
        {
            _queueRuns = true;
            Begin(new Child(script.GetEnumerator(), IsQueued: true));
        }
    }

    private sealed record Child(IEnumerator<Wait> Script, bool IsQueued);
}
