using System.Diagnostics;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Tests.Links;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Agents;

/// <summary>What others can write is not run.</summary>
[Collection(ProcessTests.Name)]
public sealed class AgentTrustTests : IDisposable
{
    private readonly AgentBench _bench = new();
    private readonly string _script;

    public AgentTrustTests() => _script = _bench.Files.Script("resource.d/site/disk", "#!/bin/sh\necho running\n");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void What_root_alone_can_write_is_run() => Assert.Null(AgentTrust.Objection(_script));

    [Theory]
    [InlineData("resource.d/site/disk", "777")]
    [InlineData("resource.d/site/disk", "757")]
    [InlineData("resource.d/site", "777")]
    [InlineData("resource.d", "1777")]
    [InlineData(".", "777")]
    public void What_everybody_can_write_is_refused_with_path_and_mode(string path, string mode)
    {
        string file = Path.GetFullPath(_bench.Files.File(path));
        File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32(mode, 8));

        AgentOutcome outcome = _bench.Run(AgentAction.Status, "site/disk");

        Assert.Equal(AgentVerdict.Missing, outcome.Verdict);
        Assert.Equal(
            $"refused: {file} has mode {mode.PadLeft(4, '0')}, so that everybody could change what is run as root "
                + "(remedy: chmod o-w)",
            outcome.Reason);
    }

    [Fact]
    public void A_disk_whose_agent_is_refused_may_be_there_and_does_not_count_as_stopped()
    {
        string agent = _bench.Files.Script("resource.d/LVM", "#!/bin/sh\n");
        File.SetUnixFileMode(agent, (UnixFileMode)0b111_111_111);

        Assert.Equal(AgentVerdict.Failed, _bench.Run(AgentAction.Status, "LVM").Verdict);
        Assert.Equal(AgentVerdict.Missing, _bench.Run(AgentAction.Monitor, "LVM").Verdict);
    }

    [Fact]
    public void What_lies_below_tmp_is_refused_though_tmp_is_sticky()
    {
        using var below = new Host.TemporaryDirectory();

        Assert.Contains(
            "everybody could change what is run",
            AgentTrust.Objection(below.Script("disk", "#!/bin/sh\n")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_link_leads_counts_as_well()
    {
        string elsewhere = _bench.Files.Script("elsewhere/disk", "#!/bin/sh\n");
        string link = _bench.Files.File("resource.d/linked");
        File.CreateSymbolicLink(link, "../elsewhere/disk");
        Assert.Null(AgentTrust.Objection(link));

        File.SetUnixFileMode(Path.GetDirectoryName(elsewhere)!, (UnixFileMode)Convert.ToInt32("777", 8));
        Assert.Contains("elsewhere has mode 0777", AgentTrust.Objection(link), StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_links_is_no_agent()
    {
        string link = _bench.Files.File("resource.d/circle");
        File.CreateSymbolicLink(link, link);

        Assert.Contains("cannot be examined", AgentTrust.Objection(link), StringComparison.Ordinal);
    }

    [RootFact]
    public void A_group_that_may_write_counts_unless_it_is_roots()
    {
        File.SetUnixFileMode(_script, (UnixFileMode)Convert.ToInt32("775", 8));
        Assert.Null(AgentTrust.Objection(_script));

        ChangeOwner("0:4");
        Assert.Contains("group 4 could change what is run", AgentTrust.Objection(_script), StringComparison.Ordinal);
    }

    [RootFact]
    public void A_file_of_another_user_is_refused()
    {
        ChangeOwner("4:4");

        Assert.Contains("belongs to user 4 (mode 0755)", AgentTrust.Objection(_script), StringComparison.Ordinal);
    }

    [Fact]
    public void An_OCF_agent_and_an_init_script_are_looked_at_likewise()
    {
        foreach (string file in (string[])["init.d/web", "ocf/resource.d/test/web"])
        {
            File.SetUnixFileMode(_bench.Files.Script(file, "#!/bin/sh\n"), (UnixFileMode)Convert.ToInt32("777", 8));
        }

        Assert.Equal(AgentVerdict.Missing, _bench.Run(AgentAction.Start, "web").Verdict);
        Assert.Equal(AgentVerdict.Missing, _bench.Run(AgentAction.Start, "ocf:test:web").Verdict);
    }

    private void ChangeOwner(string owner)
    {
        using var chown = Process.Start("chown", [owner, _script]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }
}
