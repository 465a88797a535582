using System.Diagnostics;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>resource-agents/Delay and MailTo.</summary>
public sealed class SmallAgentTests : IDisposable
{
    /// <summary>Too long for the name of a file.</summary>
    private static readonly string Long = string.Concat(Enumerable.Repeat("group/", 50));

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Delay_waits_once_for_start_once_for_stop_and_never_for_status()
    {
        string sleeps = _directory.File("sleeps");
        _directory.Script("bin/sleep", $"#!/bin/sh\necho \"$1\" >> {sleeps}\n");
        var agent = new ShippedAgent("Delay", _directory);
        Assert.Equal(Answer.Stopped, agent.Run("5", "7.5", "status"));
        Assert.Equal(Answer.Done, agent.Run("5", "7.5", "stop"));
        Assert.Equal(Answer.Done, agent.Run("5", "7.5", "start"));
        Assert.Equal(Answer.Done, agent.Run("5", "7.5", "start"));
        Assert.Equal(Answer.Running, agent.Run("5", "7.5", "status"));
        Assert.Equal(Answer.Stopped, agent.Run("5", "status"));
        Assert.Equal(Answer.Done, agent.Run("5", "7.5", "stop"));
        Assert.Equal(Answer.Stopped, agent.Run("5", "7.5", "monitor"));
        Assert.Equal(Answer.Done, agent.Run("start"));
        Assert.Equal(["5", "7.5", "10"], File.ReadAllLines(sleeps));
        Assert.Equal(2, agent.Run("soon", "start").Code);
    }

    [Theory]
    [InlineData("Delay", "0")]
    [InlineData("MailTo", "ops@example.com")]
    public void The_same_word_in_two_groups_is_two_resources(string name, string argument)
    {
        _directory.Script("bin/sendmail", "#!/bin/sh\n");
        string[] marks = [$"web/{name}::{argument}", $"10.0.0.1/24/eth0/{name}::{argument}", $"web%2F{name}", Long];
        ShippedAgent[] agents =
            [.. marks.Select(mark => new ShippedAgent(name, _directory).With("HASHARP_MARK", mark))];
        foreach (ShippedAgent agent in agents)
        {
            Assert.Equal(Answer.Stopped, agent.Run(argument, "status"));
            Assert.Equal(Answer.Done, agent.Run(argument, "start"));
        }

        for (int stopped = 0; stopped < agents.Length; stopped++)
        {
            Assert.Equal(Answer.Done, agents[stopped].Run(argument, "stop"));
            Answer[] expected = [.. agents.Select((_, at) => at <= stopped ? Answer.Stopped : Answer.Running)];
            Assert.Equal(expected, agents.Select(agent => agent.Run(argument, "monitor")));
        }
    }

    [Fact]
    public void MailTo_sends_one_mail_when_the_group_comes_and_one_when_it_leaves_with_a_stand_in_for_sendmail()
    {
        string mails = _directory.File("mails");
        _directory.Script(
            "bin/sendmail", $"#!/bin/sh\n{{ echo \"$*\"; cat; }} > {mails}.$$ && mv {mails}.$$ {mails}\n");
        var agent = new ShippedAgent("MailTo", _directory);
        Assert.Equal(Answer.Stopped, agent.Run("ops@example.com,boss@example.com", "Web", "status"));
        Assert.Equal(Answer.Done, agent.Run("ops@example.com,boss@example.com", "Web", "start"));
        string[] lines = Mail(mails).Split('\n');
        Assert.Equal("-i -t", lines[0]);
        Assert.Equal("To: ops@example.com,boss@example.com", lines[1]);
        Assert.Matches("^Subject: Web Takeover in progress at [-0-9]+ [:0-9]+ on alpha$", lines[2]);
        Assert.Equal(Answer.Running, agent.Run("ops@example.com,boss@example.com", "Web", "monitor"));

        Assert.Equal(Answer.Done, agent.Run("ops@example.com,boss@example.com", "Web", "stop"));
        Assert.Contains("Subject: Web Migrating resource away at ", Mail(mails), StringComparison.Ordinal);
        Assert.Equal(Answer.Done, agent.Run("ops@example.com,boss@example.com", "Web", "stop"));
        Assert.Equal(Answer.Stopped, agent.Run("ops@example.com,boss@example.com", "Web", "status"));
    }

    [Fact]
    public void MailTo_holds_nobody_up_when_the_mail_program_hangs_fails_or_is_missing()
    {
        ShippedAgent agent = new ShippedAgent("MailTo", _directory)
            .With("PATH", $"{_directory.File("bin")}:/usr/bin:/bin");
        Answer answer = agent.Run("ops@example.com", "start");
        Assert.Equal((0, ""), (answer.Code, answer.Output));
        Assert.Equal("no mail to ops@example.com: neither sendmail nor mail is installed", answer.Reason);
        Assert.Equal(Answer.Running, agent.Run("ops@example.com", "status"));

        // It hangs until the test lets it go on; after a minute it would be ended.
        string begun = _directory.File("begun");
        _directory.Script(
            "bin/sendmail", $"#!/bin/sh\n: > {begun}\nwhile [ -e {begun} ]; do sleep 0.1; done\nexit 1\n");
        long started = Stopwatch.GetTimestamp();
        Assert.Equal(Answer.Done, agent.Run("ops@example.com", "stop"));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Patience);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(begun), Patience), "no mail was tried");
        File.Delete(begun);
    }

    private static string Mail(string file)
    {
        Assert.True(SpinWait.SpinUntil(() => File.Exists(file), Patience), "no mail came");
        string text = File.ReadAllText(file);
        File.Delete(file);
        return text;
    }
}
