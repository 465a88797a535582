// Debian's package heartbeat, version 3.0.6, as it is installed on this machine; nothing of it runs outside of a lab.

using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks.Interop;

public static class HeartbeatPackage
{
    /// <summary>Its configuration directory, of which every node gets a copy.</summary>
    public const string ConfigDirectory = "/etc/ha.d";

    /// <summary>Its state, of which every node gets the directories with their owners.</summary>
    public const string StateDirectory = "/var/lib/heartbeat";

    public const string Standby = "/usr/share/heartbeat/hb_standby";
    public const string Takeover = "/usr/share/heartbeat/hb_takeover";

    private const string AddressAgent = "/usr/lib/ocf/resource.d/heartbeat/IPaddr2";

    private static readonly string[] Directories = ["/usr/libexec/heartbeat", "/usr/lib/heartbeat"];

    /// <summary>Where its programs are: the daemon `heartbeat` and clients such as `ipfail`.</summary>
    public static string? Programs =>
        Directories.FirstOrDefault(directory => File.Exists(Path.Combine(directory, "heartbeat")));

    /// <summary>One sentence: why no heartbeat node can run on this machine; null when one can.</summary>
    public static string? WhyNot()
    {
        if (Programs is null || !File.Exists(Standby))
        {
            return "needs Debian's package heartbeat, which eng/setup.sh --with-tests installs where apt has it";
        }

        return !File.Exists(AddressAgent)
            ? "needs Debian's package resource-agents, whose IPaddr2 heartbeat uses"
            : LiveCluster.WhyNot();
    }

    /// <summary>A program of the package by name.</summary>
    public static string Program(string name) =>
        Path.Combine(Programs ?? throw new LabException("the package heartbeat is not installed"), name);
}
