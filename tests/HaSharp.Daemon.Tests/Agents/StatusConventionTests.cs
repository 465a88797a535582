using HaSharp.Core.Resources;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Agents;

/// <summary>Spec 4.6, with F6: whole words.</summary>
[Collection(ProcessTests.Name)]
public sealed class StatusConventionTests
{
    [Theory]
    [InlineData("running", AgentVerdict.Ok)]
    [InlineData("Running", AgentVerdict.Ok)]
    [InlineData("mysqld (pid 1234) is running...", AgentVerdict.Ok)]
    [InlineData("INFO:  Running OK\n", AgentVerdict.Ok)]
    [InlineData("running (Primary)", AgentVerdict.Ok)]
    [InlineData("Status: OK.", AgentVerdict.Ok)]
    [InlineData("OK", AgentVerdict.Ok)]
    [InlineData("line 1\nline 2\nOK\n", AgentVerdict.Ok)]
    [InlineData("unrunning", AgentVerdict.Ok)]
    [InlineData("not running", AgentVerdict.NotRunning)]
    [InlineData("mysqld is Not Running", AgentVerdict.NotRunning)]
    [InlineData("NOT running", AgentVerdict.NotRunning)]
    [InlineData("not really\nrunning", AgentVerdict.NotRunning)]
    [InlineData("not running; the other one is running, OK", AgentVerdict.NotRunning)]
    [InlineData("stopped (Secondary)", AgentVerdict.NotRunning)]
    [InlineData("INFO:  Resource is stopped", AgentVerdict.NotRunning)]
    [InlineData("RUNNING", AgentVerdict.NotRunning)]
    [InlineData("BROKEN", AgentVerdict.NotRunning)]
    [InlineData("TOKEN", AgentVerdict.NotRunning)]
    [InlineData("ok", AgentVerdict.NotRunning)]
    [InlineData("OK2", AgentVerdict.NotRunning)]
    [InlineData("BROKEN but OK", AgentVerdict.Ok)]
    [InlineData("running, not", AgentVerdict.Ok)]
    [InlineData("notrunning", AgentVerdict.Ok)]
    [InlineData("cannot determine status, may be running (Unknown)", AgentVerdict.Ok)]
    [InlineData("cannot say, but it is not running", AgentVerdict.NotRunning)]
    public void Text_decides_whatever_the_exit_code(string output, AgentVerdict verdict)
    {
        Assert.Equal(verdict, StatusConvention.Read(output, 0));
        Assert.Equal(verdict, StatusConvention.Read(output, 3));
        Assert.Equal(verdict, StatusConvention.Read(output, 127));
    }

    [Theory]
    [InlineData(0, AgentVerdict.Ok)]
    [InlineData(1, AgentVerdict.NotRunning)]
    [InlineData(2, AgentVerdict.NotRunning)]
    [InlineData(3, AgentVerdict.NotRunning)]
    [InlineData(7, AgentVerdict.NotRunning)]
    [InlineData(4, null)]
    [InlineData(5, null)]
    [InlineData(127, null)]
    public void Without_text_the_exit_code_decides(int code, AgentVerdict? verdict)
    {
        Assert.Equal(verdict, StatusConvention.Read("", code));
        Assert.Equal(verdict, StatusConvention.Read(" \n\n", code));
    }

    [Theory]
    [InlineData("nginx is running.", 0, AgentVerdict.Ok)]
    [InlineData("nginx is running.", 3, AgentVerdict.Ok)]
    [InlineData("nginx is not running ... failed!", 3, AgentVerdict.NotRunning)]
    [InlineData("nginx is not running", 0, AgentVerdict.NotRunning)]
    [InlineData("stopped", 0, AgentVerdict.NotRunning)]
    [InlineData("dead, but pid file exists", 1, AgentVerdict.NotRunning)]
    [InlineData("", 0, AgentVerdict.Ok)]
    [InlineData("", 3, AgentVerdict.NotRunning)]
    [InlineData("", 4, AgentVerdict.Failed)]
    [InlineData("state unknown", 4, AgentVerdict.Failed)]
    [InlineData("state unknown", 127, AgentVerdict.Failed)]
    [InlineData("", 150, AgentVerdict.Unable)]
    [InlineData("only for root", 151, AgentVerdict.Unable)]
    public void An_init_script_is_read_by_its_words_and_without_clear_ones_by_its_code(
        string output, int code, AgentVerdict verdict) =>
        Assert.Equal(verdict, StatusConvention.ReadInit(output, code));

    [Fact]
    public void What_may_be_running_is_neither_taken_for_running_before_a_start_nor_taken_down_by_a_monitor()
    {
        using var bench = new AgentBench();
        bench.Files.Script(
            "resource.d/doubt", "#!/bin/sh\necho 'cannot determine status, may be running (no lock)'\nexit 1\n");

        Assert.Equal(AgentVerdict.Failed, bench.Run(AgentAction.Status, "doubt").Verdict);
        Assert.Equal(AgentVerdict.Ok, bench.Run(AgentAction.Monitor, "doubt").Verdict);
    }
}
