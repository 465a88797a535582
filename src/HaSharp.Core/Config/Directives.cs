// The directive table of ha.cf: every directive of spec 2.2, in the order in which the manual lists them.
// The idea: what a directive means stands beside how it is read. A row with WithoutEffect is checked like any other,
// so that a file that heartbeat refused is refused here too, and is named in a note at the start.

using System.Collections.Frozen;

namespace HaSharp.Core.Config;

/// <summary>The table, for the reader, for help and for the manual.</summary>
public static class Directives
{
    private const string NoLogd = "the log goes to its targets directly";
    private const string NoCrm = "it belongs to the cluster resource manager";
    private const string NoCompression = "messages are small and never compressed";

    private static readonly string[] Facilities =
    [
        "none", "auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail", "news", "security", "syslog",
        "user", "uucp", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    private static readonly string[] BaudRates =
        ["9600", "19200", "38400", "57600", "115200", "230400", "460800"];

    /// <summary>All directives.</summary>
    public static IReadOnlyList<Directive> All { get; } =
    [
        .. Cluster(), .. Timing(), .. Media(), .. Resources(), .. Conflicts(), .. Log(), .. Notices(), .. Process(),
        .. Inert(), .. InertLines(),
    ];

    private static readonly FrozenDictionary<string, Directive> ByName =
        All.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>The directive of that exact name, or null.</summary>
    public static Directive? Find(string name) => ByName.GetValueOrDefault(name);

    private static IEnumerable<Directive> Cluster() =>
    [
        Directive.Custom(
            "node", DirectiveKind.List, "name...", null,
            "The machines of the cluster as uname -n names them; the order decides who takes over next.",
            (draft, word) => draft.AddNode(word)),
        Directive.Text(
            "cluster", "name", "linux-ha", "A name for people; it has no other meaning.",
            (config, name) => config with { ClusterName = name }),
        Directive.Custom(
            "auto_failback", DirectiveKind.Single, "on|off|legacy", "legacy",
            "Whether a group goes back to its preferred node when that returns.", PolicyLines.AutoFailback),
        Directive.Custom(
            "nice_failback", DirectiveKind.Single, "on|off", null, "Old opposite of auto_failback.",
            PolicyLines.NiceFailback),
        Directive.Choice(
            "msgfmt", "classic", "Whether packets carry the inner digest too, which only classic has.",
            ["classic", "netstring"],
            (config, word) => config with
            {
                MessageFormat = word == "classic" ? MessageFormat.Classic : MessageFormat.Netstring,
            }),
        Directive.Number(
            "hopfudge", "0..255", "1", "Added to the number of nodes for the field ttl of each packet.", 0, 255,
            (config, hops) => config with { Hopfudge = hops }),
        Directive.Custom(
            "crm", DirectiveKind.Single, "off", "off", "Must be off: HaSharp reads haresources itself.",
            PolicyLines.Crm) with { OnceAs = "crm" },
        Directive.Custom(
            "pacemaker", DirectiveKind.Single, "off", "off", "The same as crm.",
            PolicyLines.Crm) with { OnceAs = "crm" },
        Directive.Custom(
            "autojoin", DirectiveKind.Single, "none", "none", "Must be none: nodes join by being named in ha.cf.",
            PolicyLines.Autojoin),
    ];

    private static IEnumerable<Directive> Timing() =>
    [
        Directive.Time(
            "keepalive", "1000ms", "How often a node says that it is alive.",
            (config, time) => config with { Keepalive = time }, positive: true),
        Directive.Time(
            "warntime", "half of deadtime", "Silence after which a late heartbeat is reported.",
            (config, time) => config with { Warntime = time }, positive: true),
        Directive.Time(
            "deadtime", "30000ms", "Silence after which a node counts as dead; more than twice keepalive.",
            (config, time) => config with { Deadtime = time }, positive: false),
        Directive.Time(
            "initdead", "deadtime, but at least 12000ms", "Deadtime for nodes not heard since our own start.",
            (config, time) => config with { Initdead = time }, positive: false),
        Directive.Time(
            "deadping", "deadtime", "Silence after which a ping node counts as dead; more than twice keepalive.",
            (config, time) => config with { Deadping = time }, positive: false),
    ];

    private static IEnumerable<Directive> Media() =>
    [
        Directive.Custom(
            "udpport", DirectiveKind.Single, "1..65535", "694", "UDP port of bcast, ucast and ucast6.",
            PolicyLines.UdpPort),
        Directive.Custom(
            "bcast", DirectiveKind.List, "interface...", null, "Heartbeats as UDP broadcasts on each interface.",
            MediaLines.Bcast),
        Directive.Custom(
            "udp", DirectiveKind.List, "interface...", null, "Old name of bcast.", MediaLines.Udp),
        Directive.Line(
            "ucast", "interface host", "Heartbeats as UDP to one host; our own address is harmless.",
            MediaLines.Ucast),
        Directive.Line(
            "ucast6", "interface host", "Heartbeats as UDP over IPv6 to one host.", MediaLines.Ucast6),
        Directive.Line(
            "mcast", "interface group port ttl loop", "Heartbeats as UDP to an IPv4 multicast group.",
            MediaLines.Mcast),
        Directive.Line(
            "mcast6", "interface group port hops loop", "Heartbeats as UDP to an IPv6 multicast group.",
            MediaLines.Mcast6),
        Directive.Custom(
            "ping", DirectiveKind.List, "host...", null, "Hosts whose answers show that our own network works.",
            MediaLines.Ping),
        Directive.Custom(
            "ping6", DirectiveKind.List, "host...", null, "The same over IPv6.", MediaLines.Ping6),
        Directive.Line(
            "ping_group", "name host...", "Several hosts that count as one: any answer will do.",
            MediaLines.PingGroup),
    ];

    private static IEnumerable<Directive> Resources() =>
    [
        Directive.Time(
            "monitor_interval", "the agent's own, else 10",
            "Between two monitors of a resource; 0 switches monitoring off.",
            (config, time) => config with { Recovery = config.Recovery with { MonitorInterval = time } },
            positive: false),
        Directive.Time(
            "monitor_timeout", "the agent's own, else 30", "A monitor that takes longer has failed.",
            (config, time) => config with { Recovery = config.Recovery with { MonitorTimeout = time } },
            positive: true),
        Directive.Time(
            "start_timeout", "the agent's own, else 300", "A start that takes longer has failed.",
            (config, time) => config with { Recovery = config.Recovery with { StartTimeout = time } }, positive: true),
        Directive.Time(
            "stop_timeout", "the agent's own, else 300",
            "A stop that takes longer is followed by the killing of what is left.",
            (config, time) => config with { Recovery = config.Recovery with { StopTimeout = time } }, positive: true),
        Directive.Number(
            "max_restarts", "0..1000", "3",
            "Failures of a resource within failure_window that are repaired in place; one more moves its group.",
            0, 1000, (config, most) => config with { Recovery = config.Recovery with { MaxRestarts = most } }),
        Directive.Time(
            "failure_window", "600", "How long a failure counts.",
            (config, time) => config with { Recovery = config.Recovery with { FailureWindow = time } },
            positive: true),
        Directive.Number(
            "max_moves", "0..1000", "twice the nodes",
            "Moves of a group within an hour that failures may cause; then it stays where it is.",
            0, 1000, (config, most) => config with { Recovery = config.Recovery with { MaxMoves = most } }),
        Directive.Line(
            "resource", "word name=value...",
            "What differs for one resource: interval, timeout, start_timeout, stop_timeout, max_restarts.",
            RecoveryLines.Resource),
        Directive.Line(
            "check", "name command interval timeout rise fall [group...]",
            "A command whose failures make a node unfit for the groups (none named: all); its arguments follow ::.",
            RecoveryLines.Check),
    ];

    private static IEnumerable<Directive> Conflicts() =>
    [
        Directive.Choice(
            "failed_stop", "auto",
            "What follows when nothing stops a resource: fence keeps its group from everybody else, release gives the "
            + "group away; auto means fence where the group has a disk.",
            ["auto", "fence", "release"],
            (config, word) => config with
            {
                Recovery = config.Recovery with
                {
                    FailedStop = word switch
                    {
                        "fence" => FailedStop.Fence,
                        "release" => FailedStop.Release,
                        _ => FailedStop.Auto,
                    },
                },
            }),
        Directive.Choice(
            "address_conflict", "auto",
            "What follows when the owner of a group is silent but another machine still answers for an address of the "
            + "group: wait does not start the group here, take does; auto means wait where the group has a disk.",
            ["auto", "wait", "take"],
            (config, word) => config with
            {
                Recovery = config.Recovery with
                {
                    AddressConflict = word switch
                    {
                        "wait" => AddressConflict.Wait,
                        "take" => AddressConflict.Take,
                        _ => AddressConflict.Auto,
                    },
                },
            }),
    ];

    private static IEnumerable<Directive> Log() =>
    [
        Directive.Choice(
            "logfacility", "none", "The syslog facility of the log.", Facilities,
            (config, word) => config with { Log = config.Log with { Facility = word == "none" ? null : word } }),
        Directive.Text(
            "logfile", "path", null, "A file for the log; /dev/null is none.",
            (config, path) => config with { Log = config.Log with { LogFile = PolicyLines.File(path) } }),
        Directive.Text(
            "debugfile", "path", null, "A file for debug lines; /dev/null is none.",
            (config, path) => config with { Log = config.Log with { DebugFile = PolicyLines.File(path) } }),
        Directive.Number(
            "debug", "0..255", "0", "Above 0 debug lines are written.", 0, 255,
            (config, level) => config with { Log = config.Log with { DebugLevel = level } }),
        Directive.Flag(
            "syslogmsgfmt", "on", "Lines of a log file look like those of syslog.",
            (config, on) => config with { Log = config.Log with { SyslogFormat = on } }),
        Directive.Flag(
            "log_badpack", "on", "Off silences reports of packets that were refused.",
            (config, on) => config with { Log = config.Log with { LogBadPackets = on } }),
    ];

    private static IEnumerable<Directive> Process() =>
    [
        Directive.Flag(
            "realtime", "on", "Real-time scheduling and locked memory where permitted.",
            (config, on) => config with { Realtime = on }),
        Directive.Number(
            "rtprio", "1..99", "50", "Real-time priority, 1 is the lowest.", 1, 99, (config, _) => config)
        with { WithoutEffect = "all threads of the daemon share the runtime's own real-time priority, 50" },
        Directive.Custom(
            "env", DirectiveKind.List, "NAME=VALUE...", null, "Variables for the agents, exported as HA_NAME.",
            PolicyLines.Env),
    ];

    private static IEnumerable<Directive> Notices() =>
    [
        Directive.Line(
            "notify", "program [argument...]", "A program that is run for every event, one at a time and in order.",
            NoticeLines.Notify),
        Directive.Custom(
            "mailto", DirectiveKind.List, "name@host...", null, "Who gets a mail for every event.", NoticeLines.MailTo),
        Directive.Line(
            "smtp", "host[:port] [sender]", "The mail server, localhost if not given, and the sender of the mails.",
            NoticeLines.Smtp),
        Directive.Custom(
            "webhook", DirectiveKind.List, "url...", null, "Where every event is posted to, as JSON.",
            NoticeLines.Webhook),
    ];

    private static IEnumerable<Directive> Inert() =>
    [
        Path("watchdog", "device", null, "A device that resets a machine that hangs.", "it is not yet used") with
        { OnceAs = "watchdog" },
        Words("baud", "19200", BaudRates, "Rate of serial lines.", "serial lines are not supported") with
        { OnceAs = "baud" },
        Flag("use_logd", "off", "Log through the logging daemon.", NoLogd),
        Period("conn_logd_time", "60", "How often to try to reach the logging daemon.", NoLogd),
        Words(
            "hbgenmethod", "file", ["file", "time"], "Where the number of the start comes from.",
            "it always comes from the state file, and never goes back"),
        Words(
            "uuidfrom", "file", ["file", "nodename"], "Where the identity of the node comes from.",
            "it always comes from the state file"),
        Count("memreserve", "KB", "6500", "Memory reserved at the start.", "the runtime reserves its own"),
        Flag("coredumps", "on", "Leave a core file after a crash.", "the service manager decides"),
        Path("coreroot", "directory", null, "Where core files go.", "the service manager decides"),
        Words("compression", "zlib", ["zlib", "bz2"], "How large messages are compressed.", NoCompression),
        Count("compression_threshold", "KB", "2", "From which size on to compress.", NoCompression),
        Flag("traditional_compression", "off", "Compress whole messages.", NoCompression),
        Count(
            "max_rexmit_delay", "ms", "250", "Longest delay of a request for retransmission.",
            "every heartbeat carries the whole state"),
        Flag("use_apphbd", "off", "Register with the application heartbeat daemon.", "there is none"),
        Path("crm_daemon_dir", "directory", null, "Where the resource manager's daemons are.", NoCrm),
        Flag("crmd_spawns_pengine", "on", "Who starts the policy engine.", NoCrm),
        Flag("record_config_changes", "on", "Log changes of its configuration.", NoCrm),
        Flag("record_pengine_inputs", "on", "Keep inputs of the policy engine.", NoCrm),
        Flag("enable_config_writes", "on", "Keep its configuration on disk.", NoCrm),
        Path("quorum_server", "host", null, "Host that decides who has the quorum.", NoCrm),
        Flag("normalpoll", null, "Use poll of the system.", "there is nothing else"),
        Path("hbversion", "version", null, "heartbeat's version.", "it only stands in old notes"),
    ];

    private static IEnumerable<Directive> InertLines() =>
    [
        List("serial", "device...", "Heartbeats over null-modem lines.", "serial lines are not supported"),
        List("hbaping", "name...", "Ping over Fibre Channel.", "it is not supported"),
        List("tipc", "arguments...", "Heartbeats over TIPC.", "it is not supported"),
        List("rds", "arguments...", "Heartbeats over RDS.", "it is not supported"),
        Directive.Line(
            "apiauth", "client [uid=list] [gid=list]", "Which users may speak to the daemon as that client.",
            PolicyLines.ApiAuth) with { WithoutEffect = "the control socket belongs to root and the group haclient" },
        Directive.Line(
            "respawn", "user command...", "ipfail: compare ping nodes with the peer. Other programs are not started.",
            PolicyLines.Respawn),
        Directive.Line("failfast", "user command...", "Programs whose crash reboots.", PolicyLines.Program) with
        { WithoutEffect = "programs are for systemd to start" },
        Directive.Line("stonith", "type file", "How to power a dead node off.", PolicyLines.Stonith) with
        { WithoutEffect = "fencing is not yet used, so no node is ever powered off" },
        Directive.Line("stonith_host", "host|* type parameters...", "The same, for one host.", PolicyLines.Stonith) with
        { WithoutEffect = "fencing is not yet used, so no node is ever powered off" },
    ];

    private static Directive Path(string name, string arguments, string? standard, string explanation, string why)
        => Directive.Text(name, arguments, standard, explanation, Keep) with { WithoutEffect = why };

    private static Directive Words(string name, string? standard, string[] known, string explanation, string why)
        => Directive.Choice(name, standard, explanation, known, Keep) with { WithoutEffect = why };

    private static Directive Flag(string name, string? standard, string explanation, string why)
        => Directive.Flag(name, standard, explanation, Keep) with { WithoutEffect = why };

    private static Directive Period(string name, string? standard, string explanation, string why)
        => Directive.Time(name, standard, explanation, Keep, positive: true) with { WithoutEffect = why };

    private static Directive Count(string name, string arguments, string? standard, string explanation, string why)
        => Directive.Number(name, arguments, standard, explanation, 1, int.MaxValue, Keep) with { WithoutEffect = why };

    private static Directive List(string name, string arguments, string explanation, string why)
        => Directive.Custom(name, DirectiveKind.List, arguments, null, explanation, (_, _) => { }) with
        { WithoutEffect = why };

    private static ClusterConfig Keep<T>(ClusterConfig config, T value) => config;
}
