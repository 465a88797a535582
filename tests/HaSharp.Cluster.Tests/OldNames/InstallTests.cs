// eng/install.sh with heartbeat's names, in a copy of the parts of the repository that it installs.

using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.OldNames;

[Collection(AloneCollection.Name)]
public sealed class InstallTests : IDisposable
{
    private static readonly string[] Links =
    [
        "usr/bin/cl_status", "usr/bin/hb_standby", "usr/bin/hb_takeover", "usr/lib/heartbeat/hb_standby",
        "usr/lib/heartbeat/hb_takeover", "usr/lib/heartbeat/heartbeat", "usr/libexec/heartbeat/heartbeat",
        "usr/sbin/heartbeat", "usr/share/heartbeat/hb_standby", "usr/share/heartbeat/hb_takeover",
    ];

    private readonly string _home = Directory.CreateTempSubdirectory("hasharp-install-").FullName;

    public InstallTests()
    {
        string repository = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(repository, "HaSharp.sln")))
        {
            repository = Path.GetDirectoryName(repository) ?? throw new DirectoryNotFoundException("no repository");
        }

        Tool.Demand(["cp", "-r", Path.Combine(repository, "eng"), Path.Combine(repository, "docs"), _home]);
        Directory.CreateDirectory(Path.Combine(_home, "out", "resource-agents"));
        File.WriteAllText(Path.Combine(_home, "out", "hasharp"), "#!/bin/sh\n");
        File.SetUnixFileMode(Path.Combine(_home, "out", "hasharp"), (UnixFileMode)Convert.ToInt32("755", 8));
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void Every_place_of_heartbeats_commands_leads_to_hasharp_and_uninstall_leaves_none()
    {
        Install("install");
        string hasharp = In("usr/lib/hasharp/hasharp");
        Assert.All(Links, link => Assert.Equal(
            hasharp, File.ResolveLinkTarget(In(link), returnFinalTarget: true)?.FullName));
        Assert.True(File.Exists(In("usr/share/man/man1/cl_status.1")));
        Assert.True(File.Exists(In("usr/share/man/man8/heartbeat.8")));

        Install("uninstall");
        Assert.All(Links, link => Assert.False(Path.Exists(In(link)) || IsLink(In(link)), link));
        Assert.False(Directory.Exists(In("usr/share/heartbeat")));
        Assert.False(File.Exists(In("usr/share/man/man1/cl_status.1")));
    }

    [Fact]
    public void A_file_of_heartbeat_stays_and_its_command_gets_no_link_anywhere()
    {
        string real = Write("usr/share/heartbeat/hb_standby", "heartbeat's own");
        string page = Write("usr/share/man/man1/hb_standby.1.gz", "heartbeat's own");

        string said = Install("install");
        Assert.Contains($"kept {real}, which is not ours", said, StringComparison.Ordinal);
        Assert.Contains($"kept {page}, which is not ours", said, StringComparison.Ordinal);
        Assert.False(IsLink(In("usr/bin/hb_standby")));
        Assert.False(File.Exists(In("usr/share/man/man1/hb_standby.1")));
        Assert.True(IsLink(In("usr/bin/hb_takeover")));

        Install("uninstall");
        Assert.Equal("heartbeat's own", File.ReadAllText(real));
        Assert.Equal("heartbeat's own", File.ReadAllText(page));
        Assert.False(IsLink(In("usr/bin/hb_takeover")));
    }

    [Fact]
    public void Installing_again_after_heartbeat_is_removed_makes_the_missing_links()
    {
        string real = Write("usr/bin/cl_status", "heartbeat's own");
        Install("install");
        File.Delete(real);

        Assert.DoesNotContain("cl_status", Install("install"), StringComparison.Ordinal);
        Assert.True(IsLink(real));
    }

    [Fact]
    public void Agents_are_installed_renewed_and_removed_but_those_of_others_stay()
    {
        string ours = Built("Delay", "#!/bin/sh\n# one\n");
        Built("Filesystem", "#!/bin/sh\n");
        File.WriteAllText(Path.Combine(_home, "out", "resource-agents", "README.md"), "# Agents\n");
        string foreign = Write("etc/ha.d/resource.d/Filesystem", "heartbeat's own");
        Assert.Contains($"kept {foreign}, which is not ours", Install("install"), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(ours), File.ReadAllText(In("etc/ha.d/resource.d/Delay")));
        Assert.False(File.Exists(In("etc/ha.d/resource.d/README.md")));

        Built("Delay", "#!/bin/sh\n# two\n");
        Assert.DoesNotContain("Delay", Install("install"), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(ours), File.ReadAllText(In("etc/ha.d/resource.d/Delay")));
        Assert.True(File.GetUnixFileMode(In("etc/ha.d/resource.d/Delay")).HasFlag(UnixFileMode.OtherExecute));

        Install("uninstall");
        Assert.False(File.Exists(In("etc/ha.d/resource.d/Delay")));
        Assert.Equal("heartbeat's own", File.ReadAllText(foreign));
    }

    [Fact]
    public void An_agent_that_was_changed_by_hand_is_neither_replaced_nor_removed()
    {
        Built("Delay", "#!/bin/sh\n# one\n");
        Install("install");
        string changed = Write("etc/ha.d/resource.d/Delay", "changed by hand");
        Built("Delay", "#!/bin/sh\n# two\n");
        Assert.Contains($"kept {changed}, which is not ours", Install("install"), StringComparison.Ordinal);
        Install("uninstall");
        Assert.Equal("changed by hand", File.ReadAllText(changed));
    }

    private string Built(string agent, string text)
    {
        string path = Path.Combine(_home, "out", "resource-agents", agent);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("755", 8));
        return path;
    }

    private string Install(string verb) =>
        Tool.Demand(["sh", Path.Combine(_home, "eng", "install.sh"), verb, Path.Combine(_home, "root"), "/usr"]);

    private string In(string path) => Path.Combine(_home, "root", path);

    private string Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), text);
        return In(path);
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;
}
