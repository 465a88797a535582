// How a gap is computed from answers: the yardstick of every other test here.

using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests;

public sealed class AnswerLogTests
{
    [Fact]
    public void The_gap_of_a_move_is_from_the_last_old_answer_to_the_first_new_one()
    {
        var log = Log((0, 0, "a"), (1, 5, "a"), (5, 25, "b"), (6, 30, "b"));
        var change = Assert.Single(AnswerLog.Changes(log.Since(default)));
        Assert.Equal(20, change.Gap.TotalMilliseconds);
        Assert.Equal(20, AnswerLog.LongestSilence(log.Since(default)).TotalMilliseconds);
    }

    [Fact]
    public void An_answer_that_was_overtaken_by_one_to_a_later_question_does_not_count()
    {
        var log = Log((0, 0, "a"), (2, 10, "b"), (1, 11, "a"), (3, 15, "b"));
        Assert.Single(AnswerLog.Changes(log.Since(default)));
    }

    [Fact]
    public void A_silence_that_began_before_the_moment_is_seen_whole()
    {
        var log = Log((0, 0, "a"), (1, 5, "a"), (9, 105, "a"));
        Assert.Equal(100, AnswerLog.LongestSilence(log.Since(TimeSpan.FromMilliseconds(50))).TotalMilliseconds);
    }

    [Fact]
    public void Without_answers_there_is_neither_a_change_nor_a_silence()
    {
        Assert.Empty(AnswerLog.Changes(new AnswerLog().Since(default)));
        Assert.Equal(TimeSpan.Zero, AnswerLog.LongestSilence(new AnswerLog().Since(default)));
    }

    private static AnswerLog Log(params (long Question, int Ms, string Who)[] answers)
    {
        var log = new AnswerLog();
        foreach (var (question, ms, who) in answers)
        {
            log.Add(question, new Answer(TimeSpan.FromMilliseconds(ms), who));
        }

        return log;
    }
}
