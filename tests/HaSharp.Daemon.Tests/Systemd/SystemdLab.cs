using System.Diagnostics;
using HaSharp.Cli.Demo;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Systemd;

/// <summary>
/// The real systemd as process 1 of namespaces of its own: processes, mounts, network, name of the machine, control
/// groups. It knows only the units that a test gives it; what is written to /etc, /run and /var/lib there, is gone
/// afterwards.
/// </summary>
public sealed class SystemdLab : IDisposable
{
    /// <summary>What the machine is called in there.</summary>
    public const string Machine = "lab1";

    private const string Systemd = "/lib/systemd/systemd";
    private const string Units = "/run/systemd/system";

    /// <summary>In the group of its own, so that systemd sees nothing of this machine's, nor changes it.</summary>
    private const string Outside = """
        set -e
        mkdir -p "$1"
        mount -t cgroup2 cgroup2 "$1"
        mkdir -p "$1/$2"
        echo $$ > "$1/$2/cgroup.procs"
        exec unshare -fpmCnu --kill-child --mount-proc sh -c "$3"
        """;

    private const string Inside = """
        set -e
        mount -t tmpfs -o mode=755 lab /run
        for directory in etc var/lib; do
            mkdir -p /run/lab/$directory /run/lab/work/$directory
            mount -t overlay -o lowerdir=/$directory,upperdir=/run/lab/$directory,workdir=/run/lab/work/$directory \
                lab /$directory
        done
        mount -t tmpfs -o mode=755 lab /etc/systemd/system
        mkdir -p /run/systemd/system /etc/ha.d
        rm -rf /etc/ha.d /var/lib/hasharp
        mkdir -p /etc/ha.d/resource.d
        umount -l /sys/fs/cgroup 2> /dev/null || true
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        hostname lab1
        echo lab1 > /etc/hostname
        ip link set lo up
        ip link add lab0 type veth peer name lab9
        ip address add 192.0.2.1/24 dev lab0
        ip link set lab0 up
        ip link set lab9 up
        for target in lab sysinit basic shutdown; do
            printf '[Unit]\nDefaultDependencies=no\n' > /run/systemd/system/$target.target
        done
        """;

    private const string Boot = """

        export container=lab SYSTEMD_UNIT_PATH=/etc/systemd/system:/run/systemd/system
        exec /lib/systemd/systemd --system --unit=lab.target --log-target=null
        """;

    private readonly TemporaryDirectory _files = new();
    private readonly string _group = $"hasharp-test-{Guid.NewGuid():N}";
    private readonly Process _outside;

    public SystemdLab()
    {
        _outside = Start(_files.File("cgroup"), _group, Inside + Boot);
        try
        {
            Wait("systemd to start", () => ChildOf(_outside.Id) is { } child && IsSystemd(child));
            Process1 = ChildOf(_outside.Id)!;
            Wait("systemd to answer", () =>
                Look("systemctl", "is-system-running").Output.Trim() is "running" or "degraded");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Null: it can be done here.</summary>
    public static Lazy<string?> WhyImpossible { get; } = new(() =>
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "needs root, for a systemd in namespaces of its own";
        }

        if (!File.Exists(Systemd) || !File.Exists("/usr/bin/systemctl"))
        {
            return "needs systemd (apt-get install systemd; it need not run)";
        }

        using TemporaryDirectory files = new();
        string group = $"hasharp-test-{Guid.NewGuid():N}";
        using Process trial = Start(files.File("cgroup"), group, Inside);
        trial.WaitForExit();
        Remove(files.File("cgroup"), group);
        return trial.ExitCode == 0 ? null
            : $"needs namespaces in which systemd can start: {trial.StandardError.ReadToEnd().Trim()}";
    });

    /// <summary>The number of its process 1 out here.</summary>
    public string Process1 { get; }

    /// <summary>Its directory of units, as it is seen out here.</summary>
    public string UnitDirectory => Seen(Units);

    /// <summary>The words that run a program in there.</summary>
    public string[] Words => ["nsenter", "-t", Process1, "-p", "-m", "-C", "-n", "-u"];

    /// <summary>A path in there, as it is seen out here.</summary>
    public string Seen(string path) => $"/proc/{Process1}/root{path}";

    /// <summary>Writes a service's file; systemd reads it when it is first asked for it.</summary>
    public void Unit(string name, string service, string more = "") => File.WriteAllText(
        Path.Combine(UnitDirectory, $"{name}.service"),
        $"[Unit]\nDefaultDependencies=no\n{more}\n[Service]\n{service}\n[Install]\nWantedBy=lab.target\n");

    /// <summary>Runs a program in there, whatever comes of it.</summary>
    public ToolResult Look(params string[] words) => Tool.Run([.. Words, .. words]);

    /// <summary>Runs a program in there, which must succeed; what it printed.</summary>
    public string Run(params string[] words)
    {
        ToolResult result = Look(words);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', words)}: {result.Said}");
        return result.Output.Trim();
    }

    /// <summary>One property of a unit.</summary>
    public string Show(string unit, string property) =>
        Run("systemctl", "show", $"--property={property}", "--value", "--", unit);

    public static void Wait(string what, Func<bool> isSo)
    {
        var waited = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(60), $"in vain for {what}");
            Thread.Sleep(100);
        }
    }

    public void Dispose()
    {
        _outside.Kill();
        _outside.WaitForExit();
        _outside.Dispose();
        Remove(_files.File("cgroup"), _group);
        _files.Dispose();
    }

    /// <summary>Before it is systemd it is what prepares the place.</summary>
    private static bool IsSystemd(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").Trim() == "systemd";
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string? ChildOf(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ')[0] is { Length: > 0 } child
            ? child
            : null;

    private static Process Start(string mount, string group, string script) => Process.Start(
        new ProcessStartInfo("unshare", ["-m", "sh", "-c", Outside, "sh", mount, group, script])
        {
            RedirectStandardError = true,
        })!;

    /// <summary>The groups go once the last of their processes is gone.</summary>
    private static void Remove(string mount, string group) => Wait("the control groups to go", () => Tool.Run(
        [
            "unshare", "-m", "sh", "-c",
            """
            mkdir -p "$1" && mount -t cgroup2 cgroup2 "$1"
            [ ! -d "$1/$2" ] || find "$1/$2" -depth -type d -exec rmdir {} +
            """,
            "sh", mount, group,
        ]).ExitCode == 0);
}

/// <summary>A test with the real systemd.</summary>
public sealed class SystemdFactAttribute : FactAttribute
{
    public SystemdFactAttribute() => Skip = SystemdLab.WhyImpossible.Value;
}

/// <summary>A test with the real systemd, with cases.</summary>
public sealed class SystemdTheoryAttribute : TheoryAttribute
{
    public SystemdTheoryAttribute() => Skip = SystemdLab.WhyImpossible.Value;
}
