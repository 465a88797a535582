namespace HaSharp.Daemon.Agents;

/// <summary>Where agents are looked for.</summary>
/// <param name="Resources">resource.d.</param>
/// <param name="Init">The directory of init scripts.</param>
/// <param name="Units">systemd's directories of units; empty where systemd does not run.</param>
/// <param name="Systemctl">Absolute path.</param>
public sealed record AgentDirectories(
    string Resources, string Init, IReadOnlyList<string> Units, string Systemctl)
{
    /// <summary>Its resource.d holds OCF agents, in a directory for each provider.</summary>
    public string OcfRoot { get; init; } = "/usr/lib/ocf";

    /// <summary>Exists exactly while systemd is process 1 (sd_booted).</summary>
    private const string SystemdRuns = "/run/systemd/system";

    /// <summary>Those of systemd.unit(5) that hold system units.</summary>
    private static readonly string[] UnitDirectories =
    [
        "/etc/systemd/system", "/run/systemd/system", "/run/systemd/generator.early", "/usr/local/lib/systemd/system",
        "/usr/lib/systemd/system", "/lib/systemd/system", "/run/systemd/generator", "/run/systemd/generator.late",
    ];

    /// <summary>Those of this machine.</summary>
    /// <param name="haDirectory">The directory of ha.cf.</param>
    public static AgentDirectories OfMachine(string haDirectory) => new(
        Path.Combine(haDirectory, "resource.d"),
        "/etc/init.d",
        Directory.Exists(SystemdRuns) ? UnitDirectories : [],
        File.Exists("/usr/bin/systemctl") ? "/usr/bin/systemctl" : "/bin/systemctl");
}
