// What a client got: who answered when. The gap is the time between the last good answer before and the first good
// answer after, both by the client's own clock, as in the measurements of heartbeat 3.0.6.

namespace HaSharp.Cli.Demo;

/// <summary>One good answer.</summary>
/// <param name="At">When it was complete, by Clock.</param>
/// <param name="Who">The node's name that stood in it.</param>
public readonly record struct Answer(TimeSpan At, string Who);

/// <summary>A change of the node that answers.</summary>
public readonly record struct Change(Answer Last, Answer First)
{
    public TimeSpan Gap => First.At - Last.At;
}

/// <summary>Written by the client's thread, read by others.</summary>
public sealed class AnswerLog
{
    private readonly Lock _lock = new();
    private readonly List<Answer> _answers = [];
    private long _lastQuestion = -1;

    /// <summary>The newest answer; null when there was none yet.</summary>
    public Answer? Latest
    {
        get
        {
            lock (_lock)
            {
                return _answers.Count == 0 ? null : _answers[^1];
            }
        }
    }

    /// <summary>
    /// Notes an answer. One that comes after the answer to a later question is ignored: it tells of an earlier time,
    /// and would look as if the service had moved back.
    /// </summary>
    /// <param name="question">Numbered in the order of asking.</param>
    public void Add(long question, Answer answer)
    {
        lock (_lock)
        {
            if (question > _lastQuestion)
            {
                _lastQuestion = question;
                _answers.Add(answer);
            }
        }
    }

    /// <summary>The answers since a moment and the last one before it: a gap across it is seen whole.</summary>
    public IReadOnlyList<Answer> Since(TimeSpan moment)
    {
        lock (_lock)
        {
            var first = _answers.FindLastIndex(answer => answer.At <= moment);
            return _answers[Math.Max(first, 0)..];
        }
    }

    /// <summary>Each change of the answering node.</summary>
    public static IReadOnlyList<Change> Changes(IReadOnlyList<Answer> answers) =>
        [.. from pair in answers.Zip(answers.Skip(1))
            where pair.First.Who != pair.Second.Who
            select new Change(pair.First, pair.Second)];

    /// <summary>The longest time without an answer between two answers; zero when there are fewer than two.</summary>
    public static TimeSpan LongestSilence(IReadOnlyList<Answer> answers) =>
        answers.Zip(answers.Skip(1), (last, first) => first.At - last.At).DefaultIfEmpty().Max();
}
