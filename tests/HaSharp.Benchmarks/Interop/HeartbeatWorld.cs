// What a machine of the lab needs so that heartbeat can live on it: the package's directories, private to the node.
// HaSharp nodes get them too: the same ha.cf names the same log file, and a node may change from one to the other.

using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks.Interop;

internal static class HeartbeatWorld
{
    // What survives a power cut: configuration, state with the package's owners, logs.
    private const string Furnish = """
        config=$1 state=$2 home=$3 ha=$4
        mkdir -p "$home/lib" "$home/log" "$ha/resource.d"
        for part in harc shellfuncs rc.d resource.d; do cp -a "$config/$part" "$ha/" || exit 1; done
        cp -a "$state/." "$home/lib/" && find "$home/lib" -type f -delete
        chmod 755 "$home" "$home/log"
        """;

    // What a boot makes anew. Switches of the whole kernel stay out of the node's reach.
    private const string Boot = """
        home=$1 ha=$2
        mount --bind "$ha" /etc/ha.d && mount --bind "$home/lib" /var/lib/heartbeat &&
            mount --bind "$home/log" /var/log || exit 1
        for part in heartbeat heartbeat/ccm heartbeat/dopd; do
            install -d -m 0750 -o hacluster -g haclient /run/$part || exit 1
        done
        mkdir -p /run/lock /run/resource-agents
        [ ! -e /proc/sysrq-trigger ] || mount --bind /dev/null /proc/sysrq-trigger
        mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys
        """;

    /// <summary>Where this node's log files are, as seen from outside.</summary>
    public static string LogDirectory(LabNode node) => Path.Combine(Home(node), "log");

    /// <summary>Once for each node, before its first Prepare.</summary>
    public static void FurnishDirectories(LabNode node) => Tool.Demand([
        "sh", "-c", Furnish, "sh", HeartbeatPackage.ConfigDirectory, HeartbeatPackage.StateDirectory, Home(node),
        node.HaDirectory]);

    /// <summary>After every boot.</summary>
    public static void Prepare(LabNode node) =>
        On(node).Demand(["sh", "-c", Boot, "sh", Home(node), node.HaDirectory]);

    public static Machine On(LabNode node) => node.Machine ?? throw new LabException($"{node.Name} has no power");

    private static string Home(LabNode node) => Path.Combine(node.Home, "heartbeat");
}
