using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Systemd;

/// <summary>hasharp.service and hasharp-release.service as they are installed, under the real systemd.</summary>
[Collection(ProcessTests.Name)]
public sealed class OwnUnitTests : IDisposable
{
    private const string Prefix = "/run/prefix";

    private readonly SystemdLab _lab = new();

    public OwnUnitTests()
    {
        Directory.CreateDirectory(_lab.Seen($"{Prefix}/lib"));
        _lab.Run("ln", "-s", AppContext.BaseDirectory, $"{Prefix}/lib/hasharp");
        foreach (string unit in (string[])["hasharp.service", "hasharp-release.service"])
        {
            File.WriteAllText(
                Path.Combine(_lab.UnitDirectory, unit),
                File.ReadAllText(InRepository($"eng/{unit}")).Replace("@PREFIX@", Prefix, StringComparison.Ordinal));
        }

        _lab.Unit("web", "ExecStart=/bin/sleep 1000");
        Write("ha.cf", $"""
            keepalive 200ms
            deadtime 4
            initdead 4
            udpport 27694
            ucast lab0 192.0.2.2
            auto_failback on
            realtime off
            node {SystemdLab.Machine} lab2

            """);
        Write("haresources", "lab1 192.0.2.100/24/lab0 disk web.service\n");
        Write("authkeys", "auth 1\n1 sha256 secret\n");
        _lab.Run("chmod", "600", "/etc/ha.d/authkeys");
        Write("resource.d/disk", """
            #!/bin/sh
            case $1 in
                start) mkdir -p /run/disk; mountpoint -q /run/disk || mount -t tmpfs disk /run/disk;;
                stop) ! mountpoint -q /run/disk || umount /run/disk;;
                status) mountpoint -q /run/disk && echo running || { echo stopped; exit 3; };;
            esac

            """);
        _lab.Run("chmod", "755", "/etc/ha.d/resource.d/disk");
    }

    public void Dispose() => _lab.Dispose();

    [SystemdFact]
    public void It_is_ready_when_the_start_returns_and_a_crash_moves_nothing_and_a_stop_releases_everything()
    {
        _lab.Run("systemctl", "start", "hasharp");
        _lab.Run($"{Prefix}/lib/hasharp/hasharp", "status");
        SystemdLab.Wait("the resources", () => Held() == 3);
        string web = _lab.Show("web", "MainPID");
        _lab.Run("systemctl", "reload", "hasharp");

        Signal("KILL");
        SystemdLab.Wait("the start after the crash", () =>
            _lab.Show("hasharp", "NRestarts") == "1" && _lab.Show("hasharp", "ActiveState") == "active");

        Assert.Equal(3, Held());
        Assert.Equal(web, _lab.Show("web", "MainPID"));
        _lab.Run("systemctl", "stop", "hasharp");
        Assert.Equal(0, Held());
        Assert.Equal("success", _lab.Show("hasharp", "Result"));
    }

    [SystemdFact]
    public void A_daemon_that_hangs_is_killed_and_what_it_held_is_released_before_it_starts_again()
    {
        _lab.Run("mkdir", "/run/systemd/system/hasharp.service.d");
        File.WriteAllText(
            Path.Combine(_lab.UnitDirectory, "hasharp.service.d/watchdog.conf"), "[Service]\nWatchdogSec=5\n");
        _lab.Run("systemctl", "start", "hasharp");
        SystemdLab.Wait("the resources", () => Held() == 3);
        string web = _lab.Show("web", "MainPID");

        Signal("STOP");

        SystemdLab.Wait("the release", () => _lab.Show("hasharp", "NRestarts") == "1");
        SystemdLab.Wait("the resources once more", () => Held() == 3);
        Assert.NotEqual(web, _lab.Show("web", "MainPID"));
    }

    [SystemdFact]
    public void A_daemon_that_crashes_again_and_again_leaves_nothing_running()
    {
        _lab.Run("systemctl", "start", "hasharp");
        SystemdLab.Wait("the resources", () => Held() == 3);

        SystemdLab.Wait("systemd to give it up", () =>
        {
            bool isUp = _lab.Show("hasharp", "ActiveState") == "active";
            if (isUp)
            {
                Signal("KILL");
            }

            return _lab.Show("hasharp", "ActiveState") == "failed";
        });

        SystemdLab.Wait("the release", () => Held() == 0);
    }

    [SystemdFact]
    public void The_files_are_good()
    {
        string[] units = ["hasharp.service", "hasharp-release.service"];

        Assert.Equal("", _lab.Run([
            "systemd-analyze", "verify", "--man=no", .. units.Select(unit => $"/run/systemd/system/{unit}")]));
    }

    /// <summary>How many of the three resources are there.</summary>
    private int Held() =>
        (_lab.Run("ip", "address", "show", "lab0").Contains("192.0.2.100", StringComparison.Ordinal) ? 1 : 0)
        + (_lab.Look("mountpoint", "-q", "/run/disk").ExitCode == 0 ? 1 : 0)
        + (_lab.Show("web", "ActiveState") == "active" ? 1 : 0);

    /// <summary>To the daemon, if it runs.</summary>
    private void Signal(string signal) => _lab.Look("kill", $"-{signal}", _lab.Show("hasharp", "MainPID"));

    private void Write(string file, string text) => File.WriteAllText(_lab.Seen($"/etc/ha.d/{file}"), text);

    private static string InRepository(string file) => Path.Combine(
        Path.GetDirectoryName(Agents.ServiceScriptTests.Shipped("service"))!, "..", file);
}
