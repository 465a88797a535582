// The directives one by one: heartbeat-spec 2.2, 2.3, 2.5.

using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class DirectivesTests
{
    // Every directive of the table in 2.2, with a valid value.
    public static readonly TheoryData<string> AllOf22 =
    [
        "cluster web", "node charlie", "hopfudge 2", "keepalive 2", "deadtime 10", "deadping 10", "warntime 5",
        "initdead 40", "watchdog /dev/watchdog", "baud 19200", "udpport 738", "logfacility local0",
        "logfile /var/log/ha-log", "debugfile /var/log/ha-debug", "use_logd off", "conn_logd_time 60", "debug 1",
        "syslogmsgfmt off", "log_badpack no", "auto_failback off", "nice_failback on", "hbgenmethod time",
        "realtime off",
        "rtprio 5", "memreserve 6500", "coredumps true", "coreroot /var/lib/heartbeat/cores", "msgfmt netstring",
        "compression bz2", "compression_threshold 2", "traditional_compression off", "max_rexmit_delay 250",
        "autojoin none", "uuidfrom nodename", "env A=b", "apiauth ipfail gid=haclient uid=hacluster",
        "respawn hacluster /usr/lib64/heartbeat/ipfail", "failfast root /usr/bin/thing with arguments",
        "stonith baytech /etc/ha.d/conf/stonith.baytech", "stonith_host * baytech 10.0.0.3 mylogin mysecretpassword",
        "use_apphbd off", "crm off", "pacemaker no", "crm_daemon_dir /usr/lib", "crmd_spawns_pengine on",
        "record_config_changes on", "record_pengine_inputs on", "enable_config_writes on", "quorum_server witness",
        "normalpoll on", "bcast eth1", "ucast eth1 192.0.2.1", "ucast6 eth1 2001:db8::1", "mcast6 eth1 ff12::1 694 1 0",
        "mcast eth1 239.0.0.1 694 1 0", "serial /dev/ttyS0", "ping 192.0.2.254", "ping6 2001:db8::fe",
        "ping_group routers 192.0.2.253 192.0.2.254", "hbaping fc-card", "tipc 1.1.1 5000", "rds 192.0.2.1",
    ];

    [Theory]
    [MemberData(nameof(AllOf22))]
    public void Every_directive_of_heartbeat_is_accepted(string line) => Sources.WithHaCf(line).Accepted();

    // Each works, or is named in a note.
    [Theory]
    [MemberData(nameof(AllOf22))]
    public void A_directive_without_effect_is_named_once_in_a_note(string line)
    {
        var name = line.Split(' ')[0];
        var directive = Directives.Find(name)!;
        var repeat = name is "watchdog" or "baud" or "apiauth" or "crm" or "pacemaker" ? "" : line;
        var notes = Sources.WithHaCf(line, repeat).Config is null
            ? Sources.WithHaCf(line).Noted()
            : Sources.WithHaCf(line, repeat).Noted();
        Assert.Equal(
            directive.WithoutEffect is null
                ? []
                : [$"ha.cf:4:1: note: {name} is accepted without effect: {directive.WithoutEffect}"],
            notes);
    }

    [Fact]
    public void The_table_lists_every_directive_with_what_help_needs()
    {
        Assert.Equal(Directives.All.Count, Directives.All.Select(d => d.Name).Distinct().Count());
        Assert.All(Directives.All, directive =>
        {
            Assert.EndsWith(".", directive.Explanation, StringComparison.Ordinal);
            Assert.NotEmpty(directive.Arguments);
            Assert.Same(directive, Directives.Find(directive.Name));
        });
        Assert.Null(Directives.Find("nosuchdirective"));
    }

    // The Default column is the truth: written out, it changes nothing.
    [Fact]
    public void A_default_that_is_written_out_changes_nothing()
    {
        var without = Sources.OnlyHaCf("node alpha", "bcast eth0").Accepted();
        foreach (var directive in Directives.All.Where(d => d.Default is not null && !IsDescribed(d.Default)))
        {
            var line = $"{directive.Name} {directive.Default}";
            Assert.Equal(
                Comparable(without), Comparable(Sources.OnlyHaCf("node alpha", "bcast eth0", line).Accepted()));
        }
    }

    // "node: lower-cased ASCII; name limit 99"
    [Fact]
    public void Node_names_are_lower_case_whatever_the_file_says()
        => Assert.Equal(
            ["alpha", "bravo", "web1.example.com"],
            Sources.WithHaCf("node WEB1.Example.COM").Accepted().Nodes.Select(n => n.Text));

    [Theory]
    [InlineData("nöde")]
    public void A_node_name_must_be_ASCII(string name)
        => Assert.Contains("is not plain ASCII", Sources.WithHaCf($"node {name}").Refused(), StringComparison.Ordinal);

    // 2.3 no. 4: "At least one node." "A node count of one is accepted."
    [Fact]
    public void There_must_be_a_node_and_one_is_enough()
    {
        Assert.Contains(
            "no node is declared", Sources.OnlyHaCf("bcast eth0", "auto_failback on").Refused(),
                StringComparison.Ordinal);
        Assert.Single(Sources.OnlyHaCf("bcast eth0", "auto_failback on", "node solo").Accepted().Nodes);
    }

    // 2.3 no. 5: "Local node in the table, else Current node [x] not in configuration!"
    [Theory]
    [InlineData("ALPHA", null)]
    [InlineData("charlie", "ha.cf: error: this machine is called \"charlie\", but no node line names it")]
    [InlineData("alpah", "did you mean \"alpha\"?")]
    public void The_own_node_must_be_in_the_list(string self, string? expected)
    {
        var result = ConfigReader.Read(Sources.Valid with { Self = new NodeName(self) });
        if (expected is null)
        {
            result.IsClean();
        }
        else
        {
            Assert.Contains(expected, result.Refused(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("cluster web", "web")]
    [InlineData("cluster my web", "web")]
    public void The_cluster_has_a_name(string line, string expected)
        => Assert.Equal(expected, Sources.WithHaCf(line).Accepted().ClusterName);

    // "hopfudge: 0..255"
    [Theory]
    [InlineData("0", true)]
    [InlineData("255", true)]
    [InlineData("256", false)]
    [InlineData("-1", false)]
    public void Hopfudge_reaches_from_0_to_255(string value, bool isAccepted)
        => Assert.Equal(isAccepted, Sources.WithHaCf($"hopfudge {value}").Config?.Hopfudge.ToString() == value);

    // "auto_failback on/off/legacy; default legacy; legacy prints ... deprecation warnings"
    [Theory]
    [InlineData("auto_failback on", AutoFailback.On, null)]
    [InlineData("auto_failback off", AutoFailback.Off, null)]
    [InlineData("auto_failback TRUE", AutoFailback.On, null)]
    [InlineData("auto_failback legacy", AutoFailback.Legacy, "ha.cf:3:15: warning: auto_failback legacy is deprecated")]
    [InlineData("", AutoFailback.Legacy, "ha.cf: warning: auto_failback is not given")]
    // F30: "map on -> off, off -> legacy with a warning"
    [InlineData("nice_failback on", AutoFailback.Off, "ha.cf:3:15: warning: nice_failback is obsolete")]
    [InlineData("nice_failback off", AutoFailback.Legacy, "ha.cf:3:15: warning: nice_failback is obsolete")]
    public void Auto_failback_has_three_modes_and_an_old_spelling(string line, AutoFailback expected, string? warning)
    {
        var result = Sources.OnlyHaCf("node alpha", "bcast eth0", line);
        Assert.Equal(expected, result.Accepted().AutoFailback);
        if (warning is null)
        {
            result.IsClean();
        }
        else
        {
            Assert.StartsWith(warning, result.Warned(), StringComparison.Ordinal);
        }
    }

    // A wrong word is refused, a near one named.
    [Theory]
    [InlineData("auto_failback maybe", "\"maybe\" is none of on, off, legacy")]
    [InlineData("auto_failback legcay", "did you mean \"legacy\"?")]
    [InlineData("nice_failback sometimes", "is neither on nor off")]
    [InlineData("msgfmt xml", "\"xml\" is none of classic, netstring")]
    [InlineData("msgfmt netsring", "did you mean \"netstring\"?")]
    [InlineData("hbgenmethod random", "is none of file, time")]
    [InlineData("compression nosuch", "is none of zlib, bz2")]
    [InlineData("baud 300", "is none of 9600, 19200")]
    [InlineData("logfacility lokal0", "did you mean \"local0\"?")]
    [InlineData("debug 256", "is not a number from 0 to 255")]
    [InlineData("rtprio 100", "is not a number from 1 to 99")]
    [InlineData("rtprio 0", "is not a number from 1 to 99")]
    [InlineData("memreserve 0", "is not a number from 1")]
    [InlineData("max_rexmit_delay 250ms", "is not a number from 1")]
    [InlineData("conn_logd_time 0", "must be longer than nothing")]
    [InlineData("env A", "env needs NAME=VALUE")]
    [InlineData("env 1A=x", "env needs NAME=VALUE")]
    [InlineData("env =x", "env needs NAME=VALUE")]
    [InlineData("apiauth ipfail", "apiauth needs a client, then uid=LIST")]
    [InlineData("apiauth ipfail uid=", "apiauth needs a client, then uid=LIST")]
    [InlineData("apiauth ipfail pid=3", "apiauth needs a client, then uid=LIST")]
    [InlineData("respawn hacluster", "respawn needs a user and the absolute path")]
    [InlineData("respawn hacluster ipfail", "respawn needs a user and the absolute path")]
    [InlineData("stonith baytech", "stonith needs a type and a file")]
    [InlineData("stonith_host alpha", "stonith_host needs a host and a type")]
    [InlineData("ping_group routers", "ping_group needs a name and at least one host")]
    [InlineData("ping 192.0.2.999", "is not an IPv4 address")]
    public void A_wrong_value_is_refused(string line, string expected)
        => Assert.Contains(expected, Sources.WithHaCf(line).Refused(), StringComparison.Ordinal);

    // "crm: anything but false leaves haresources mode: HaSharp: reject with a clear text unless off"
    [Theory]
    [InlineData("crm on")]
    [InlineData("crm yes")]
    [InlineData("crm respawn")]
    [InlineData("pacemaker manual")]
    [InlineData("pacemaker ccm-only")]
    public void A_cluster_resource_manager_is_refused(string line)
        => Assert.Contains(
            "a cluster resource manager is not supported: HaSharp reads haresources itself; write off",
            Sources.WithHaCf(line).Refused(), StringComparison.Ordinal);

    [Fact]
    public void A_wrong_word_for_crm_is_refused()
        => Assert.Contains("\"of\" is not off", Sources.WithHaCf("crm of").Refused(), StringComparison.Ordinal);

    // "autojoin: any value but none is an error in haresources mode"
    [Theory]
    [InlineData("other", "does not go with haresources")]
    [InlineData("any", "does not go with haresources")]
    [InlineData("nome", "did you mean \"none\"?")]
    public void Autojoin_must_be_none(string value, string expected)
        => Assert.Contains(expected, Sources.WithHaCf($"autojoin {value}").Refused(), StringComparison.Ordinal);

    // 2.2 and 2.5: the log's targets. "/dev/null = off", "none = 0 = off".
    [Fact]
    public void The_log_goes_where_the_file_says()
    {
        Assert.Equal(
            new LogConfig
            {
                Facility = "local7",
                LogFile = "/var/log/ha-log",
                DebugFile = "/var/log/ha-debug",
                DebugLevel = 255,
                SyslogFormat = false,
                LogBadPackets = false,
            },
            Sources.WithHaCf(
                "logfacility LOCAL7", "logfile /var/log/ha-log", "debugfile /var/log/ha-debug", "debug 255",
                "syslogmsgfmt off", "log_badpack false").Accepted().Log);
        Assert.Equal(
            new LogConfig(),
            Sources.WithHaCf("logfacility none", "logfile /dev/null", "debugfile /dev/null").Accepted().Log);
    }

    [Fact]
    public void Real_time_settings_are_read()
    {
        Assert.False(Sources.WithHaCf("realtime off").Accepted().Realtime);
        Assert.True(Sources.WithHaCf().Accepted().Realtime);
        Assert.Equal(MessageFormat.Netstring, Sources.WithHaCf("msgfmt netstring").Accepted().MessageFormat);
    }

    // "env: exports HA_NAME=VALUE to children; no blanks or commas possible in the value"
    [Fact]
    public void Env_sets_variables_for_the_agents()
        => Assert.Equal(
            [new("HA_A", "2=b"), new("HA_EMPTY", "")],
            Sources.WithHaCf("env A=1", "env A=2=b EMPTY=").Accepted().Environment);

    // 10.1: "each recorded ha.cf parameter", as written; never a line that may hold a password.
    [Fact]
    public void Single_values_are_kept_as_written_for_the_agents()
    {
        var parameters = Sources.WithHaCf(
            "keepalive 500ms", "keepalive 1500msec", "stonith_host * apc 192.0.2.9 admin topsecret", "udpport 738",
            "env SECRET=x").Accepted().Parameters;
        Assert.Equal(
            [new("auto_failback", "on"), new("keepalive", "1500msec"), new("udpport", "738")], parameters);
    }

    [Fact]
    public void A_fencing_password_is_never_quoted()
    {
        var result = Sources.WithHaCf("stonith_host * apc 192.0.2.9 admin topsecret", "stonith topsecret", "nonsense");
        Assert.DoesNotContain(
            result.Problems, p => p.Text.Contains("topsecret", StringComparison.Ordinal));
    }

    // 13: "one ping node per host"; ping_group: "Node name = group name".
    [Fact]
    public void Ping_nodes_are_read()
    {
        var nodes = Sources.WithHaCf(
            "ping 192.0.2.1 Router.example.com", "ping6 2001:db8::1",
            "ping_group Uplinks 192.0.2.2 192.0.2.3").Accepted().PingNodes;
        Assert.Equal(
            [
                "192.0.2.1: 192.0.2.1", "router.example.com: Router.example.com", "2001:db8::1: 2001:db8::1",
                "uplinks: 192.0.2.2 192.0.2.3",
            ],
            nodes.Select(node => $"{node.Name}: {string.Join(' ', node.Hosts)}"));
        Assert.Equal(
            [PingKind.Ping, PingKind.Ping, PingKind.Ping6, PingKind.PingGroup], nodes.Select(node => node.Kind));
    }

    // 13.3: "run by respawn hacluster <daemon dir>/ipfail"
    [Theory]
    [InlineData("/usr/lib/heartbeat/ipfail", true)]
    [InlineData("/usr/lib64/heartbeat/ipfail", true)]
    [InlineData("/usr/libexec/heartbeat/ipfail -d", true)]
    [InlineData("/usr/local/bin/notipfail", false)]
    [InlineData("/usr/lib/heartbeat/ipfail.old", false)]
    public void Respawn_of_ipfail_switches_the_built_in_one_on(string command, bool expected)
    {
        var result = Sources.WithHaCf("ping 192.0.2.1", $"respawn hacluster {command}");
        Assert.Equal(expected, result.Accepted().Ipfail);
        Assert.Equal(
            expected
                ? []
                : [$"ha.cf:5:19: note: \"{command}\" is not started: programs are for systemd to start"],
            result.Noted());
    }

    [Fact]
    public void Ipfail_without_a_ping_node_is_warned_of()
        => Assert.Equal(
            "ha.cf:4:1: warning: ipfail has nothing to compare: no ping, ping6 or ping_group names a host",
            Sources.WithHaCf("respawn hacluster /usr/lib/heartbeat/ipfail").Warned());

    [Fact]
    public void A_ping_node_that_is_named_twice_is_one_with_a_warning()
    {
        var result = Sources.WithHaCf("ping 192.0.2.1", "ping 192.0.2.1");
        Assert.Contains("is named twice, first in line 4", result.Warned(), StringComparison.Ordinal);
        Assert.Single(result.Accepted().PingNodes);
    }

    [Theory]
    [InlineData("ping alpha", 6)]
    [InlineData("ping_group BRAVO 192.0.2.1", 12)]
    public void A_cluster_node_is_no_ping_node(string line, int column)
        => Assert.StartsWith(
            $"ha.cf:4:{column}: error: ", Sources.WithHaCf(line).Refused(), StringComparison.Ordinal);

    /// <summary>Everything that has a value of its own, as text.</summary>
    private static string Comparable(ClusterConfig config) => string.Join(
        '\n',
        [
            (config with { Nodes = [], Links = [], Groups = [], PingNodes = [], Environment = [], Parameters = [] })
                .ToString(),
            .. config.Links.Select(link => link.ToString()),
        ]);

    private static bool IsDescribed(string standard)
        => standard.Contains(' ', StringComparison.Ordinal) || standard == "deadtime";
}
