// The files that both nodes of a mixed pair have, the same for both: heartbeat's and HaSharp's directives alike.

using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks.Interop;

/// <summary>What differs from one mixed pair to another.</summary>
/// <param name="Medium">bcast, ucast or mcast.</param>
/// <param name="Auth">crc, md5 or sha1.</param>
/// <param name="MessageFormat">classic or netstring.</param>
/// <param name="AutoFailback">on or off.</param>
public sealed record MixedFiles(string Medium, string Auth, string MessageFormat, string AutoFailback)
{
    public const string First = "IPaddr2::10.77.0.100/24/eth0";
    public const string Second = "IPaddr2::10.77.0.101/24/eth0";

    /// <summary>The switch itself, which answers pings.</summary>
    public const string PingNode = "10.77.0.254";

    public string Timing { get; init; } = "keepalive 200ms\ndeadtime 3\nwarntime 500ms\ninitdead 6\n";

    /// <summary>Also a group that prefers node2.</summary>
    public bool TwoGroups { get; init; } = true;

    /// <summary>A ping node, and ipfail.</summary>
    public bool WithPing { get; init; }

    public LabFiles Files => new()
    {
        HaCf = $"logfile /var/log/ha-log\nuse_logd off\nmsgfmt {MessageFormat}\n"
            + LabFiles.HaCfFor(nodes: 2, MediaLines, Timing, AutoFailback)
            + (WithPing
                ? $"ping {PingNode}\nrespawn hacluster {HeartbeatPackage.Program("ipfail")}\n"
                : ""),
        Haresources = $"node1 {First}\n" + (TwoGroups ? $"node2 {Second}\n" : ""),
        Authkeys = Auth == "crc" ? "auth 1\n1 crc\n" : $"auth 1\n1 {Auth} MixedPairOfTheLaboratory\n",
    };

    public override string ToString() => $"{Medium} {Auth} {MessageFormat} failback {AutoFailback}";

    private IReadOnlyList<string> MediaLines => Medium switch
    {
        "bcast" => ["bcast eth0"],
        "ucast" => ["ucast eth0 10.77.0.11", "ucast eth0 10.77.0.12"],
        "mcast" => ["mcast eth0 239.192.0.42 694 1 0"],
        _ => throw new LabException($"no such medium: {Medium}"),
    };
}
