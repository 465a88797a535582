using HaSharp.Daemon.Tests.Control;
using HaSharp.Daemon.Tests.Links;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Agents;

/// <summary>
/// Agents of Debian's resource-agents, on the real thing, in namespaces of their own: started, watched, stopped, and
/// killed while they run.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed class RealOcfTests
{
    private const string Prepare = """
        mount -t tmpfs -o mode=755 run /run && cd /run && ip link set lo up || exit 1
        hasharp=$1
        word=
        run() { printf '%s: ' "$1"; $hasharp agent run "$word" "$1" 2>&1 | tail -1; }

        """;

    private const string Twice = """

        for action in status start start monitor stop stop monitor start kill status; do run $action; done
        """;

    [RealAgentFact("IPaddr2", "ip")]
    public async Task Debians_IPaddr2_runs() => AssertGood("IPaddr2", await Run("""
        ip link add br0 type bridge && ip link set br0 up && ip address add 10.9.0.1/24 dev br0 || exit 1
        word=ocf:heartbeat:IPaddr2::ip=10.9.0.100::cidr_netmask=24::nic=br0
        """));

    [RealAgentFact("Filesystem", "mkfs.ext4")]
    public async Task Debians_Filesystem_runs() => AssertGood("Filesystem", await Run("""
        truncate -s 32M image && mkfs.ext4 -q image && device=$(losetup --find --show image) && mkdir mnt || exit 1
        trap 'losetup --detach $device' EXIT
        word=ocf:heartbeat:Filesystem::device=$device::directory=/run/mnt::fstype=ext4
        """));

    [RealAgentFact("nginx", "nginx")]
    public async Task Debians_nginx_runs() => AssertGood("nginx", await Run("""
        cat > nginx.conf <<END
        pid /run/nginx.pid; error_log /run/error.log; events {}
        http { access_log off; server { listen 127.0.0.1:8099; location / { return 200 hello; } } }
        END
        word=ocf:heartbeat:nginx::configfile=/run/nginx.conf::status10url=http://127.0.0.1:8099/
        word=$word::status10regex=hello::OCF_CHECK_LEVEL=10
        """));

    [RealAgentFact("mysql", "mariadbd")]
    public async Task Debians_mysql_runs() => AssertGood("mysql", await Run("""
        mkdir data socket && chown mysql: data socket || exit 1
        mariadb-install-db --no-defaults --user=mysql --datadir=/run/data --skip-test-db > install.log 2>&1 || exit 1
        word=ocf:heartbeat:mysql::binary=/usr/sbin/mariadbd::client_binary=/usr/bin/mariadb::datadir=/run/data
        word=$word::pid=/run/socket/pid::socket=/run/socket/socket::log=/run/socket/log
        word=$word::additional_parameters=--skip-networking
        """));

    private static async Task<string> Run(string script)
    {
        Hasharp.Result result = await Hasharp.Finish(Hasharp.Start(
            "unshare",
            [
                "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                "sh", "-c", Prepare + script + Twice, "sh", Hasharp.Path,
            ]));
        return result.Output + result.Errors;
    }

    private static void AssertGood(string agent, string said) => Assert.Equal(
        $"""
        status: ocf:heartbeat:{agent}: not running
        start: ocf:heartbeat:{agent}: done
        start: ocf:heartbeat:{agent}: done
        monitor: ocf:heartbeat:{agent}: running
        stop: ocf:heartbeat:{agent}: done
        stop: ocf:heartbeat:{agent}: done
        monitor: ocf:heartbeat:{agent}: not running
        start: ocf:heartbeat:{agent}: done
        kill: ocf:heartbeat:{agent}: done
        status: ocf:heartbeat:{agent}: not running

        """,
        said);
}

/// <summary>A test of a packaged OCF agent; skipped, with the reason, where it cannot be run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealAgentFactAttribute : FactAttribute
{
    private static readonly string[] Programs = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <param name="agent">In Debian's resource-agents.</param>
    /// <param name="program">What the agent is about.</param>
    public RealAgentFactAttribute(string agent, string program) =>
        Skip = !File.Exists($"/usr/lib/ocf/resource.d/heartbeat/{agent}") ? "the package resource-agents is missing"
            : !Array.Exists(Programs, directory => File.Exists(Path.Combine(directory, program)))
                ? $"{program} is not installed"
            : NetworkNamespace.WhyImpossible;
}
