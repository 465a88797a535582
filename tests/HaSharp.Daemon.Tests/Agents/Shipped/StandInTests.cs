using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>
/// resource-agents/iscsi, LVSSyncDaemonSwap, ldirectord, LVM and Raid1 with small stand-ins for the programs they call:
/// which calls they make, and what they make of the answers.
/// </summary>
public sealed class StandInTests : IDisposable
{
    private const string Target = "iqn.2016-06.com.example:server.disk";

    private readonly TemporaryDirectory _directory = new();

    public StandInTests() => _directory.Script("bin/udevadm", "#!/bin/sh\n");

    public void Dispose() => _directory.Dispose();

    private string Calls => _directory.File("calls");

    [Fact]
    public void Iscsi_with_a_stand_in_finds_the_target_logs_in_and_logs_out()
    {
        StandIn("iscsiadm", $"""
            case $* in
                "-m session")
                    [ -e session ] || exit 21
                    echo "tcp: [3] 192.0.2.9:3260,1 iqn.2016-06.com.example:other (non-flash)"
                    ! grep -q yes session || echo "tcp: [4] 192.0.2.9:3260,1 {Target} (non-flash)";;
                *discovery*) [ ! -e deaf ] && : > known || exit 4;;
                *--login) echo yes > session;;
                *--logout) echo no > session;;
                *) [ -e known ] || exit 21;;
            esac
            """);
        Assert.Equal(Answer.Stopped, Run("iscsi", "192.0.2.9", Target, "status"));
        Assert.Equal(Answer.Done, Run("iscsi", "192.0.2.9", Target, "start"));
        Assert.Equal(Answer.Done, Run("iscsi", "192.0.2.9:3260", Target, "start"));
        Assert.Equal(Answer.Running, Run("iscsi", "192.0.2.9", Target, "status"));
        Assert.Equal(Answer.Stopped, Run("iscsi", "192.0.2.8", Target, "status"));
        Assert.Equal(Answer.Done, Run("iscsi", "192.0.2.9", Target, "stop"));
        Assert.Equal(Answer.Done, Run("iscsi", "192.0.2.9", Target, "stop"));
        Assert.Equal(Answer.Stopped, Run("iscsi", "192.0.2.9", Target, "monitor"));
        string node = $"-m node -T {Target} -p 192.0.2.9:3260";
        Assert.Equal(
        [
            node, "-m discovery -t sendtargets -p 192.0.2.9:3260", node,
            $"{node} -o update -n node.startup -v manual", $"{node} --login", $"{node} --logout",
        ], File.ReadAllLines(Calls).Where(call => call != "-m session"));
    }

    [Fact]
    public void Iscsi_with_a_stand_in_tells_what_the_server_or_iscsiadm_refuses()
    {
        StandIn("iscsiadm", """
            case $* in
                "-m session") [ ! -e broken ] || { echo "iscsiadm: cannot read sysfs" >&2; exit 6; }; exit 21;;
                *discovery*) [ -e answers ] || { echo "iscsiadm: connection timed out" >&2; exit 4; };;
                *) exit 21;;
            esac
            """);
        Assert.Equal(
            new Answer(1, "", "cannot ask 192.0.2.9:3260 for its targets: connection timed out"),
            Run("iscsi", "192.0.2.9", Target, "start"));
        File.WriteAllText(_directory.File("answers"), "");
        Assert.Equal(
            new Answer(1, "", $"192.0.2.9:3260 has no target {Target}"), Run("iscsi", "192.0.2.9", Target, "start"));
        File.WriteAllText(_directory.File("broken"), "");
        Answer unknown = new(4, "", $"cannot tell whether there is a session with {Target}: cannot read sysfs");
        Assert.Equal(unknown, Run("iscsi", "192.0.2.9", Target, "status"));
        Assert.Equal(unknown with { Code = 1 }, Run("iscsi", "192.0.2.9", Target, "stop"));
    }

    [Fact]
    public void LVSSyncDaemonSwap_with_a_stand_in_for_ipvsadm_swaps_the_roles_there_and_back()
    {
        StandIn("ipvsadm", """
            case $1 in
                --list) cat role;;
                --stop-daemon) : > role;;
                --start-daemon) echo "$2 sync daemon (mcast=$4, syncid=$6)" > role;;
            esac
            """);
        File.WriteAllText(_directory.File("role"), "backup sync daemon (mcast=eth3, syncid=7)\n");
        Assert.Equal(Answer.Stopped, Run("LVSSyncDaemonSwap", "master", "status"));
        Assert.Equal(Answer.Done, Run("LVSSyncDaemonSwap", "master", "start"));
        Assert.Equal(Answer.Done, Run("LVSSyncDaemonSwap", "master", "start"));
        Assert.Equal(Answer.Running, Run("LVSSyncDaemonSwap", "master", "status"));
        Assert.Equal(Answer.Done, Run("LVSSyncDaemonSwap", "master", "stop"));
        Assert.Equal(Answer.Done, Run("LVSSyncDaemonSwap", "master", "stop"));
        Assert.Equal(Answer.Stopped, Run("LVSSyncDaemonSwap", "master", "monitor"));
        Assert.Equal(
        [
            "--stop-daemon backup", "--start-daemon master --mcast-interface eth3 --syncid 7",
            "--stop-daemon master", "--start-daemon backup --mcast-interface eth3 --syncid 7",
        ], File.ReadAllLines(Calls).Where(call => !call.StartsWith("--list", StringComparison.Ordinal)));

        File.WriteAllText(_directory.File("role"), "");
        Assert.Equal(Answer.Done, Run("LVSSyncDaemonSwap", "master", "eth1", "42", "start"));
        Assert.Equal("master sync daemon (mcast=eth1, syncid=42)\n", File.ReadAllText(_directory.File("role")));
        Assert.Equal(2, Run("LVSSyncDaemonSwap", "slave", "start").Code);
    }

    [Fact]
    public void Ldirectord_with_a_stand_in_that_answers_on_standard_error_is_understood()
    {
        StandIn("ldirectord", """
            case $2 in
                start) : > pid;;
                stop) rm -f pid;;
                status)
                    [ -e pid ] && { echo "ldirectord for /etc/ha.d/$1 is running with pid: 42" >&2; exit 0; }
                    echo "ldirectord is stopped for /etc/ha.d/$1" >&2; exit 3;;
            esac
            """);
        Assert.Equal(Answer.Stopped, Run("ldirectord", "web.cf", "status"));
        Assert.Equal(Answer.Done, Run("ldirectord", "web.cf", "start"));
        Assert.Equal(Answer.Done, Run("ldirectord", "web.cf", "start"));
        Assert.Equal(Answer.Running, Run("ldirectord", "web.cf", "status"));
        Assert.Equal(Answer.Running, Run("ldirectord", "monitor"));
        Assert.Equal(Answer.Done, Run("ldirectord", "web.cf", "stop"));
        Assert.Equal(Answer.Stopped, Run("ldirectord", "web.cf", "status"));
        Assert.Equal(
            ["web.cf start", "ldirectord.cf status", "web.cf stop"],
            File.ReadAllLines(Calls).Where(call => call is not "web.cf status"));
    }

    [Fact]
    public void Ldirectord_with_a_stand_in_that_will_not_end_is_not_stopped()
    {
        StandIn("ldirectord", "echo \"ldirectord is running with pid: 42\" >&2; [ $2 != stop ] || exit 9");
        Assert.Equal(
            new Answer(1, "", "ldirectord web.cf still runs after its stop (exit code 9)"),
            Run("ldirectord", "web.cf", "stop"));
        StandIn("ldirectord", "echo \"cannot parse line 3\" >&2; exit 111");
        Assert.Equal(
            new Answer(4, "", "cannot tell whether ldirectord web.cf runs: cannot parse line 3"),
            Run("ldirectord", "web.cf", "status"));
    }

    [Fact]
    public void LVM_with_stand_ins_activates_and_deactivates_and_in_part_active_is_neither()
    {
        StandIn("vgs", "[ $4 = vg0 ] || { echo '  Volume group \"vg1\" not found' >&2; exit 5; }");
        StandIn("pvscan", "exit 0");
        StandIn("vgchange", "echo \"$2\" > state");
        StandIn("lvs", """
            case $(cat state) in
                y) printf '  active\n  active\n';;
                n) printf '  \n  \n';;
                *) printf '  active\n  \n';;
            esac
            """);
        File.WriteAllText(_directory.File("state"), "n");
        Assert.Equal(Answer.Stopped, Run("LVM", "vg0", "status"));
        Assert.Equal(Answer.Done, Run("LVM", "/dev/vg0", "start"));
        Assert.Equal(Answer.Running, Run("LVM", "vg0", "status"));
        Assert.Equal(Answer.Done, Run("LVM", "vg0", "stop"));
        Assert.Equal(Answer.Stopped, Run("LVM", "vg0", "status"));
        File.WriteAllText(_directory.File("state"), "half");
        Assert.Equal(new Answer(4, "", "only 1 of 2 volumes of vg0 are active"), Run("LVM", "vg0", "status"));
        Assert.Equal(
            new Answer(1, "", "cannot use vg1: Volume group \"vg1\" not found"), Run("LVM", "vg1", "start"));
        Assert.Equal(Answer.Done, Run("LVM", "vg1", "stop"));
        Assert.Equal(Answer.Stopped, Run("LVM", "vg1", "status"));
    }

    [Theory]
    [InlineData("vg1", "vg1-data", true)]
    [InlineData("my-vg", "my--vg-root", true)]
    [InlineData("vg1", "vg1--x-data", false)]
    [InlineData("vg1", "vg10-data", false)]
    [InlineData("vg1", "vg1", false)]
    public void LVM_that_does_not_find_a_group_is_not_believed_while_the_kernel_has_volumes_of_it(
        string group, string device, bool isActive)
    {
        StandIn("vgs", "echo '  Failed to find disks' >&2; exit 5");
        StandIn("vgchange", "exit 5");
        Directory.CreateDirectory(_directory.File("block/sda"));
        Directory.CreateDirectory(_directory.File("block/dm-0/dm"));
        Directory.CreateDirectory(_directory.File("block/dm-1/dm"));
        File.WriteAllText(_directory.File("block/dm-0/dm/name"), "swap\n");
        File.WriteAllText(_directory.File("block/dm-1/dm/name"), device + "\n");
        ShippedAgent agent = new ShippedAgent("LVM", _directory).With("LVM_BLOCK", _directory.File("block"));
        string active = $"{group}, whose volumes are active: Failed to find disks";
        Answer status = isActive ? new Answer(4, "", $"cannot use {active}") : Answer.Stopped;
        Answer stop = isActive ? new Answer(1, "", $"cannot deactivate {active}") : Answer.Done;
        Assert.Equal(status, agent.Run(group, "status"));
        Assert.Equal(stop, agent.Run(group, "stop"));
        Assert.Equal(1, agent.Run(group, "start").Code);

        // Without the kernel's list nobody knows.
        agent.With("LVM_BLOCK", _directory.File("nothing"));
        Assert.Equal((4, 1), (agent.Run(group, "status").Code, agent.Run(group, "stop").Code));
    }

    [Fact]
    public void What_is_not_installed_is_stopped_and_cannot_be_started()
    {
        foreach (string tool in (string[])["sh", "sed", "uname", "readlink", "basename", "grep"])
        {
            Directory.CreateDirectory(_directory.File("empty"));
            File.CreateSymbolicLink(_directory.File($"empty/{tool}"), $"/bin/{tool}");
        }

        (string Agent, string[] Arguments, string Program)[] agents =
        [
            ("drbddisk", ["r0"], "drbdadm"), ("LVM", ["vg0"], "LVM"), ("Raid1", ["/c", "/dev/md0"], "mdadm"),
            ("iscsi", ["192.0.2.9", Target], "iscsiadm (open-iscsi)"), ("LVSSyncDaemonSwap", ["master"], "ipvsadm"),
            ("ldirectord", [], "ldirectord"), ("portblock", ["tcp", "80", "block"], "neither nft nor iptables"),
        ];
        foreach ((string name, string[] arguments, string program) in agents)
        {
            ShippedAgent agent = new ShippedAgent(name, _directory).With("PATH", _directory.File("empty"));
            string verb = name == "portblock" ? " is" : " is not";
            Assert.Equal(new Answer(5, "", $"{program}{verb} installed"), agent.Run([.. arguments, "start"]));
            Assert.Equal(Answer.Done, agent.Run([.. arguments, "stop"]));
            Answer status = agent.Run([.. arguments, "status"]);
            Assert.Equal((3, "stopped"), (status.Code, status.Output.Split(' ')[0]));
        }
    }

    /// <summary>A program that writes down how it was called and runs the script, in the test's directory.</summary>
    private void StandIn(string program, string script) =>
        _directory.Script($"bin/{program}", $"#!/bin/sh\ncd {_directory.Path}\necho \"$*\" >> {Calls}\n{script}\n");

    private Answer Run(string agent, params string[] words) => new ShippedAgent(agent, _directory).Run(words);
}
