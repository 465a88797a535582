namespace HaSharp.Cli.OldNames;

/// <summary>
/// What heartbeat 3.0.6 says is the value of a directive that ha.cf does not give (heartbeat -D, cl_status
/// hbparameter), in its words. It is not a list of what HaSharp does: see ha.cf(5).
/// </summary>
internal static class HeartbeatDefaults
{
    public static readonly (string Name, string Value, string Meaning)[] All =
    [
        ("cluster", "linux-ha", "the name of cluster"),
        ("hopfudge", "1", "# of hops above cluster size"),
        ("keepalive", "1000ms", "keepalive time"),
        ("deadtime", "30000ms", "node deadtime"),
        ("baud", "19200", "baud rate"),
        ("auto_failback", "legacy", "auto failback"),
        ("hbgenmethod", "file", "protocol generation computation method"),
        ("realtime", "true", "enable realtime behavior?"),
        ("msgfmt", "classic", "message format in the wire"),
        ("conn_logd_time", "60", "the interval to reconnect to logd"),
        ("log_badpack", "true", "warn about bad packets"),
        ("syslogmsgfmt", "true", "log to files in syslog format"),
        ("coredumps", "true", "enable Linux-HA core dumps"),
        ("pacemaker", "false", "enable Pacemaker resource management"),
        ("autojoin", "none", "set automatic join mode/style"),
        ("uuidfrom", "file", "set the source for uuid"),
        ("compression", "zlib", "set compression module"),
        ("compression_threshold", "2", "set compression threshold"),
        ("traditional_compression", "no", "set traditional_compression"),
        ("max_rexmit_delay", "250", "set the maximum rexmit delay time"),
        ("record_config_changes", "on", "record changes to the cib (valid only with: pacemaker on)"),
        ("record_pengine_inputs", "on", "record the input used by the policy engine (valid only with: pacemaker on)"),
        ("enable_config_writes", "on", "write configuration changes to disk (valid only with: pacemaker on)"),
        ("memreserve", "6500", "number of kbytes to preallocate in heartbeat"),
    ];

    /// <summary>Known to cl_status although -D does not print them.</summary>
    private static readonly (string Name, string Value)[] Further = [("debug", "0"), ("udpport", "694")];

    /// <summary>Null when heartbeat has no value for it either.</summary>
    public static string? Of(string name)
    {
        foreach ((string known, string value) in All.Select(one => (one.Name, one.Value)).Concat(Further))
        {
            if (known == name)
            {
                return value;
            }
        }

        return null;
    }
}
