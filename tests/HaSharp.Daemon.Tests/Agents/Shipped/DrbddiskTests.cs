using System.Diagnostics;
using HaSharp.Cli.Demo;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>resource-agents/drbddisk on two nodes, with tests/stand-ins/drbdadm for DRBD and its replication.</summary>
public sealed class DrbddiskTests : IDisposable
{
    private const string Role = "the local disk is";

    private readonly TemporaryDirectory _directory = new();

    public DrbddiskTests()
    {
        Directory.CreateDirectory(_directory.File("bin"));
        File.CreateSymbolicLink(
            _directory.File("bin/drbdadm"), Path.Combine(ShippedAgent.Repository, "tests", "stand-ins", "drbdadm"));
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("8.4")]
    [InlineData("9")]
    public void The_stand_in_is_promoted_and_demoted_and_each_may_be_repeated(string version)
    {
        Make(version);
        Answer primary = Answer.Running with { Output = "running (Primary)" };
        Answer secondary = Answer.Stopped with { Output = "stopped (Secondary)" };
        Assert.Equal(secondary, Run("alpha", "status"));
        Assert.Equal(Answer.Done, Run("alpha", "start"));
        Assert.Equal(Answer.Done, Run("alpha", "start"));
        Assert.Equal(primary, Run("alpha", "status"));
        Assert.Equal(secondary, Run("beta", "monitor"));
        Assert.Equal(Answer.Done, Run("alpha", "stop"));
        Assert.Equal(Answer.Done, Run("alpha", "stop"));
        Assert.Equal(Answer.Done, Run("alpha", "kill"));
        Assert.Equal(secondary, Run("alpha", "status"));
        Assert.Equal(Answer.Done, Run("beta", "start"));
        Assert.Equal(primary, Run("beta", "status"));
    }

    [Theory]
    [InlineData("8.4")]
    [InlineData("9")]
    public void The_stand_ins_second_primary_waits_until_the_first_is_demoted(string version)
    {
        Make(version);
        Assert.Equal(Answer.Done, Run("alpha", "start"));
        Assert.Equal(Failed("cannot promote r0: another node is still Primary"), Run("beta", "start"));

        ShippedAgent beta = Agent("beta").With("DRBDDISK_PATIENCE", "60");
        Process waiting = beta.Start("r0", "start");
        Assert.False(waiting.WaitForExit(TimeSpan.FromSeconds(1)));
        Assert.Equal(Answer.Done, Run("alpha", "stop"));
        Assert.Equal(Answer.Done, beta.Finish(waiting));
        Assert.Equal("running (Primary)", Run("beta", "status").Output);
    }

    [Theory]
    [InlineData("8.4", "Inconsistent", "WFConnection")]
    [InlineData("8.4", "Outdated", "WFConnection")]
    [InlineData("8.4", "Diskless", "WFConnection")]
    [InlineData("9", "Inconsistent", "Connecting")]
    [InlineData("9", "Outdated", "Connecting")]
    [InlineData("9", "Failed", "Connecting")]
    public void The_stand_ins_disk_that_is_not_up_to_date_is_not_promoted(
        string version, string disk, string connection)
    {
        Make(version);
        Play("set-node", "beta", "disk", disk);
        Play("crash", "alpha");
        Assert.Equal(
            Failed($"cannot promote r0: {Role} {disk}, not UpToDate (connection: {connection})"), Run("beta", "start"));
        Assert.Equal("stopped (Secondary)", Run("beta", "status").Output);
    }

    [Theory]
    [InlineData("8.4")]
    [InlineData("9")]
    public void The_stand_ins_target_of_a_resynchronisation_waits_for_its_end(string version)
    {
        Make(version);
        Assert.Equal(Answer.Done, Run("alpha", "start"));
        Play("crash", "alpha");
        Assert.Equal(Answer.Done, Run("beta", "start"));
        Assert.Equal("stopped (Unconfigured)", Run("alpha", "status").Output);
        Play("set", "seconds", "3600");
        Drbdadm("alpha", "up", "r0");
        Assert.Equal(Answer.Done, Run("beta", "stop"));

        // The kernel would let the target be Primary, over the network. It is the peer who has the data.
        Answer answer = Run("alpha", "start");
        Assert.StartsWith($"cannot promote r0: {Role} Inconsistent", answer.Reason, StringComparison.Ordinal);
        Process waiting = Agent("alpha").With("DRBDDISK_PATIENCE", "60").Start("r0", "start");
        Assert.False(waiting.WaitForExit(TimeSpan.FromSeconds(1)));
        Play("set", "until", "0");
        Assert.Equal(Answer.Done, Agent("alpha").Finish(waiting));
    }

    [Theory]
    [InlineData("8.4")]
    [InlineData("9")]
    public void The_stand_ins_consistent_disk_is_promoted_only_when_the_peer_is_outdated(string version)
    {
        Make(version);
        Play("crash", "beta");
        Play("set-node", "alpha", "disk", "Consistent");
        Answer answer = Run("alpha", "start");
        Assert.EndsWith(
            "and the peer's disk is neither Outdated nor fenced", answer.Reason, StringComparison.Ordinal);

        Play("set-node", "alpha", "peer", "Outdated");
        Assert.Equal(Answer.Done, Run("alpha", "start"));
    }

    [Theory]
    [InlineData("8.4")]
    [InlineData("9")]
    public void The_stand_ins_consistent_disk_is_promoted_when_drbd_itself_can_fence_the_peer(string version)
    {
        Make(version);
        Play("set", "fencing", "resource-only");
        Play("crash", "beta");
        Play("set-node", "alpha", "disk", "Consistent");
        Answer answer = Run("alpha", "start");
        Assert.Equal(1, answer.Code);
        Assert.EndsWith(
            "(-7) Refusing to be Primary while peer is not outdated", answer.Reason, StringComparison.Ordinal);

        Play("set", "reach", "yes");
        Assert.Equal(Answer.Done, Run("alpha", "start"));
    }

    [Theory]
    [InlineData("8.4")]
    [InlineData("9")]
    public void After_a_split_brain_of_the_stand_in_the_side_that_was_given_up_is_told_why(string version)
    {
        Make(version);
        Assert.Equal(Answer.Done, Run("alpha", "start"));
        Play("cut");
        Assert.Equal(Answer.Done, Run("beta", "start"));
        Play("heal");
        Assert.Equal("running (Primary)", Run("alpha", "status").Output);
        Assert.Equal("StandAlone", Drbdadm("beta", "cstate", "r0").Trim());
        Play("set-node", "beta", "role", "Secondary");
        Play("set-node", "beta", "disk", "Outdated");
        Assert.Equal(
            Failed($"cannot promote r0: {Role} Outdated, not UpToDate (connection: StandAlone)"), Run("beta", "start"));
    }

    [Fact]
    public void A_device_of_the_stand_in_that_is_open_is_not_demoted_and_the_reason_names_who_has_it()
    {
        Make("8.4");
        Assert.Equal(Answer.Done, Run("alpha", "start"));
        Play("set-node", "alpha", "open", "yes");
        Assert.Equal(
            Failed("cannot demote r0: drbdadm says: 1: State change failed: (-12) Device is held open by someone"),
            Run("alpha", "stop"));
        Assert.Equal("running (Primary)", Run("alpha", "status").Output);
    }

    [DeviceFact]
    public void Kill_ends_who_has_the_device_of_the_stand_in_open()
    {
        string image = _directory.File("disk");
        File.WriteAllBytes(image, new byte[1 << 20]);
        using var device = Keeper.OfLoopDevice(image);
        Make("8.4");
        Play("set", "device", device.Said);
        Assert.Equal(Answer.Done, Run("alpha", "start"));
        Play("set-node", "alpha", "open", "yes");
        Answer answer = Run("alpha", "stop");
        Assert.Contains($"; it is open in process {device.Id} (sh), ", answer.Reason, StringComparison.Ordinal);

        // As the kernel does when the process ends.
        Process killing = Agent("alpha").Start("r0", "kill");
        Assert.True(device.HasEnded(TimeSpan.FromSeconds(20)));
        Play("set-node", "alpha", "open", "no");
        Assert.Equal(0, Agent("alpha").Finish(killing).Code);
        Assert.Equal("stopped (Secondary)", Run("alpha", "status").Output);
    }

    [DeviceFact]
    public void Kill_demotes_also_when_who_had_the_device_of_the_stand_in_open_ended_by_himself()
    {
        string image = _directory.File("disk");
        File.WriteAllBytes(image, new byte[1 << 20]);
        using var device = Keeper.OfLoopDevice(image);
        Make("8.4");
        Play("set", "device", device.Said);
        Assert.Equal(Answer.Done, Run("alpha", "start"));

        // Gone between the look and the signal.
        _directory.Script("bin/find", "#!/bin/sh\necho /proc/4194305/fd/3\n");
        Assert.Equal(0, Run("alpha", "kill").Code);
        Assert.Equal("stopped (Secondary)", Run("alpha", "status").Output);
    }

    [Theory]
    [InlineData("echo Primary", true)]
    [InlineData("echo Primary/Secondary; echo Primary/Secondary", true)]
    [InlineData("echo Secondary/Primary", false)]
    [InlineData("echo Secondary", false)]
    [InlineData("echo \"r0: No such resource\" >&2; exit 10", false)]
    public void A_resource_that_is_in_no_file_any_more_is_stopped_only_when_the_kernel_does_not_have_it_as_Primary(
        string kernel, bool isPrimary)
    {
        const string Undefined = "'r0' not defined in your config (for this host).";
        _directory.Script("bin2/drbdadm", $"#!/bin/sh\necho \"{Undefined}\" >&2\nexit 10\n");
        _directory.Script("bin2/drbdsetup", $"#!/bin/sh\n{kernel}\n");
        ShippedAgent agent = new ShippedAgent("drbddisk", _directory)
            .With("PATH", $"{_directory.File("bin2")}:/usr/bin:/bin")
            .With("DRBDDISK_MODULE", _directory.Path);
        string why = $"DRBD has it as Primary, but drbdadm says: {Undefined}";
        Assert.Equal(
            isPrimary ? new Answer(4, $"cannot determine status, may be running ({why})", "")
                : Answer.Stopped with { Output = "stopped (Unconfigured)" },
            agent.Run("r0", "status"));
        Answer stop = agent.Run("r0", "stop");
        Assert.Equal(isPrimary ? 1 : 0, stop.Code);
        Assert.StartsWith(isPrimary ? "cannot demote r0: " : "", stop.Reason, StringComparison.Ordinal);

        // Which resources there are is not known, either.
        Assert.Equal((4, 1), (agent.Run("status").Code, agent.Run("stop").Code));
    }

    [Fact]
    public void What_is_not_configured_is_stopped_and_cannot_be_started()
    {
        foreach (string version in (string[])["8.4", "9"])
        {
            Make(version);
            Drbdadm("alpha", "down", "r0");
            Assert.Equal(Answer.Stopped with { Output = "stopped (Unconfigured)" }, Run("alpha", "status"));
            Assert.Equal(Answer.Done, Run("alpha", "stop"));
            Assert.Equal(
                Failed("cannot promote r0: it is not configured; DRBD is started at boot (or: drbdadm up r0)"),
                Run("alpha", "start"));
        }
    }

    [Fact]
    public void A_drbdadm_that_gives_no_answer_may_be_running()
    {
        _directory.Script("bin2/drbdadm", "#!/bin/sh\necho no lock in /var/lock >&2\nexit 20\n");
        ShippedAgent agent = new ShippedAgent("drbddisk", _directory)
            .With("PATH", $"{_directory.File("bin2")}:/usr/bin:/bin")
            .With("DRBDDISK_MODULE", _directory.Path);
        Assert.Equal(
            new Answer(4, "cannot determine status, may be running (no lock in /var/lock)", ""),
            agent.Run("r0", "status"));
        Assert.Equal(1, agent.Run("r0", "stop").Code);

        // Without the module in the kernel there is no Primary, whatever is wrong with drbdadm.
        agent.With("DRBDDISK_MODULE", "/no/such/module");
        Assert.Equal(Answer.Stopped with { Output = "stopped (Unconfigured)" }, agent.Run("r0", "status"));
    }

    [Fact]
    public void Without_a_name_all_resources_are_meant()
    {
        Make("9");
        Assert.Equal(Answer.Done, Agent("alpha").Run("start"));
        Assert.Equal("running (Primary)", Agent("alpha").Run("status").Output);
        Assert.Equal(Answer.Done, Agent("alpha").Run("stop"));
        Assert.Equal("stopped (Secondary)", Run("alpha", "status").Output);
    }

    private static Answer Failed(string reason) => new(1, "", reason);

    private void Make(string version) => Play("make", "alpha", "beta", version);

    private void Play(params string[] words) => Drbdadm("alpha", ["stand-in", .. words]);

    private string Drbdadm(string node, params string[] words) => Tool.Demand(
    [
        "env", $"DRBD_STAND_IN={_directory.File("drbd")}", $"HA_CURHOST={node}", _directory.File("bin/drbdadm"),
        .. words,
    ]);

    private ShippedAgent Agent(string node) => new ShippedAgent("drbddisk", _directory)
        .With("HA_CURHOST", node)
        .With("DRBD_STAND_IN", _directory.File("drbd"))
        .With("DRBDDISK_PATIENCE", "0");

    private Answer Run(string node, string action) => Agent(node).Run("r0", action);
}
