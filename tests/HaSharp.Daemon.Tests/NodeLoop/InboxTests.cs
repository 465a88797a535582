using HaSharp.Core;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;
using HaSharp.Daemon.NodeLoop;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.NodeLoop;

public sealed class InboxTests
{
    private static readonly Input Question = new Input.CommandReceived(new ClientId(1), new Command.Status());

    [Fact]
    public void A_full_inbox_refuses_commands_and_takes_results()
    {
        using var inbox = new Inbox();
        for (int i = 0; i < Inbox.Capacity; i++)
        {
            Assert.True(inbox.TryPost(Question));
        }

        Assert.False(inbox.TryPost(Question));
        inbox.Post(new Input.AgentFinished(new RunId(7), AgentOutcome.Ok));
        Assert.False(inbox.TryPost(Question));
    }

    [Fact]
    public void Many_threads_that_post_at_once_get_no_more_than_a_few_places_too_many()
    {
        using var inbox = new Inbox();
        int taken = 0;
        Parallel.For(0, 20_000, _ =>
        {
            if (inbox.TryPost(Question))
            {
                Interlocked.Increment(ref taken);
            }
        });

        Assert.InRange(taken, Inbox.Capacity, Inbox.Capacity + 256);
    }

    [Fact]
    public void A_letter_that_comes_after_the_end_is_not_written_into_somebody_elses_file()
    {
        using var directory = new TemporaryDirectory();
        var inbox = new Inbox();
        inbox.Dispose();

        // One of them gets the number that has just become free.
        FileStream[] others = [.. Enumerable.Range(0, 64).Select(i => File.Create(directory.File($"{i}")))];
        inbox.Post(new Input.AgentFinished(new RunId(7), AgentOutcome.Ok));
        long[] lengths = [.. others.Select(file => RandomAccess.GetLength(file.SafeFileHandle))];
        Array.ForEach(others, file => file.Dispose());

        Assert.All(lengths, length => Assert.Equal(0, length));
    }
}
