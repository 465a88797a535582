// The files of existing clusters load byte for byte, and each broken variant is refused by file and line.

using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class AcceptanceTests
{
    public static readonly TheoryData<string, string, string> Clusters = new()
    {
        {
            "heartbeat-pair", "haresources",
            "IPaddr::172.25.44.144/24/eth0@server2.example.com: IPaddr(172.25.44.144/24/eth0) mysqld()"
        },
        {
            "heartbeat-pair", "haresources.shared-disk",
            "IPaddr::172.25.44.144/24/eth0@server2.example.com: IPaddr(172.25.44.144/24/eth0) "
            + "Filesystem(/dev/sda1,/var/lib/mysql,ext4) mysqld()"
        },
        {
            "heartbeat-drbd-pair", "haresources",
            "IPaddr::172.25.44.144/24/eth0@server2.example.com: IPaddr(172.25.44.144/24/eth0) drbddisk(sqldata) "
            + "Filesystem(/dev/drbd1,/var/lib/mysql,ext4) mysqld()"
        },
        {
            "heartbeat-director", "haresources",
            "IPaddr::172.25.44.144/24/eth0@server2.example.com: IPaddr(172.25.44.144/24/eth0) httpd() ldirectord()"
        },
    };

    // S000-4 to S000-6, S000-12, S000-17, S000-23.
    [Theory]
    [MemberData(nameof(Clusters))]
    public void The_files_of_a_real_cluster_load_unchanged(string cluster, string haresources, string expected)
    {
        var config = Read(cluster, haresources).Accepted();
        Assert.Equal(["server2.example.com", "server3.example.com"], config.Nodes.Select(n => n.Text));
        Assert.Equal(
            (2, 30, 10, 60),
            (config.Keepalive.TotalSeconds, config.Deadtime.TotalSeconds, config.Warntime.TotalSeconds,
                config.Initdead.TotalSeconds));
        Assert.Equal([new LinkConfig.Bcast(new LinkName("eth0"), "eth0", 738)], config.Links);
        Assert.Equal(AutoFailback.On, config.AutoFailback);
        Assert.Equal("172.25.44.251", Assert.Single(config.PingNodes).Name.Text);
        Assert.True(config.Ipfail);
        Assert.Equal((1, AuthMethod.Crc), (config.Keys.Active, Assert.Single(config.Keys.Keys).Method));
        var group = Assert.Single(config.Groups);
        Assert.Equal(
            expected,
            $"{group.Name}@{group.Preferred}: "
            + string.Join(' ', group.Resources.Select(r => $"{r.Type}({string.Join(',', r.Arguments)})")));
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public void What_has_no_effect_in_them_is_named_and_crc_is_warned_of(string cluster, string haresources, string _)
        => Assert.Equal(
            [
                "ha.cf:12:1: note: apiauth is accepted without effect: the control socket belongs to root and the "
                    + "group haclient",
                "authkeys:2:1: warning: key 1 is crc: no authentication, so whoever sends packets can command us; "
                    + "use sha256",
            ],
            Read(cluster, haresources).Problems.Select(p => p.ToString()));

    [Theory]
    [InlineData(
        "keepalive 2 ",
        "keepalive 20 ",
        "ha.cf:2:10: error: deadtime 30s must be longer than twice keepalive 20s (line 1)")]
    [InlineData(
        "keepalive 2 ",
        "keepalvie 2 ",
        "ha.cf:1:1: error: unknown directive \"keepalvie\"; did you mean \"keepalive\"?")]
    [InlineData("deadtime 30 ", "deadtime 30s ", "ha.cf:2:10: error: \"30s\" has an unknown unit")]
    [InlineData("deadtime 30 ", "deadtime 30 s ", "ha.cf:2:13: error: \"s\" is not a time")]
    [InlineData("initdead 60 ", "initdead 6 ", "ha.cf:4:10: error: initdead 6s must not be shorter than deadtime 30s")]
    [InlineData("udpport 738 ", "udpport 73800 ", "ha.cf:5:9: error: \"73800\" is not a number from 1 to 65535")]
    [InlineData("bcast   eth0", "ucast   eth0", "ha.cf:6:1: error: ucast needs interface host")]
    [InlineData(
        "bcast   eth0",
        "mcast eth0 244.0.0.18 694 1 0",
        "ha.cf:6:12: error: \"244.0.0.18\" is not a multicast group")]
    [InlineData(
        "auto_failback on",
        "auto_failback onn",
        "ha.cf:7:15: error: \"onn\" is none of on, off, legacy; did you mean")]
    [InlineData(
        "server3.example.com",
        "server2.example.com",
        "ha.cf:9:9: error: node \"server2.example.com\" is named twice")]
    [InlineData(
        "ping 172.25.44.251",
        "ping 172.25.44.2511",
        "ha.cf:10:6: error: \"172.25.44.2511\" is not an IPv4 address")]
    [InlineData(
        "/usr/lib64/heartbeat/ipfail",
        "ipfail",
        "ha.cf:11:19: error: respawn needs a user and the absolute path")]
    [InlineData(
        "apiauth ipfail gid=haclient uid=hacluster",
        "apiauth ipfail",
        "ha.cf:12:9: error: apiauth needs a client")]
    public void A_broken_ha_cf_is_refused_at_its_place(string right, string wrong, string expected)
    {
        var text = File("heartbeat-pair", "ha.cf");
        Assert.Contains(right, text, StringComparison.Ordinal);
        var result = ConfigReader.Read(Files("heartbeat-pair", "haresources") with
        {
            HaCf = text.Replace(right, wrong, StringComparison.Ordinal),
            Self = null,
        });
        Assert.StartsWith(expected, result.Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "haresources",
        "server2.example.com",
        "server4.example.com",
        "haresources:1:1: error: \"server4.example.com\" is no node")]
    [InlineData(
        "haresources.shared-disk",
        " \\\n",
        "\n",
        "haresources:2:3: error: \"Filesystem::/dev/sda1::/var/lib/mysql::ext4\" is no node")]
    [InlineData(
        "haresources.shared-disk",
        " \\\n",
        " \\ \n",
        "haresources:1:52: error: the backslash continues the line only")]
    [InlineData("haresources", "IPaddr::", "::", "haresources:1:21: error: \"::172.25.44.144/24/eth0\" has no agent")]
    public void A_broken_haresources_is_refused_at_its_place(string file, string right, string wrong, string expected)
    {
        var text = File("heartbeat-pair", file);
        Assert.Contains(right, text, StringComparison.Ordinal);
        var result = ConfigReader.Read(Files("heartbeat-pair", file) with
        {
            Haresources = text.Replace(right, wrong, StringComparison.Ordinal),
        });
        Assert.StartsWith(expected, result.Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auth 1", "auth 2", "authkeys:1:1: error: there is no key 2")]
    [InlineData("auth 1", "#auth 1", "authkeys: error: no line \"auth NUMBER\"")]
    [InlineData("1 crc", "1 sha1", "authkeys:2:3: error: key 1: sha1 needs a secret")]
    [InlineData("1 crc  ##", "1 crc no", "authkeys:2:3: error: key 1: crc has no secret")]
    [InlineData("1 crc", "1 crc32", "authkeys:2:3: error: key 1 needs a method after its number")]
    public void A_broken_authkeys_is_refused_at_its_place(string right, string wrong, string expected)
    {
        var text = File("heartbeat-pair", "authkeys").Replace(right, wrong, StringComparison.Ordinal);
        var result = ConfigReader.Read(Files("heartbeat-pair", "haresources") with
        {
            AuthKeys = System.Text.Encoding.Latin1.GetBytes(text),
        });
        Assert.StartsWith(expected, result.Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_in_all_three_files_are_reported_together_and_in_order()
    {
        var result = ConfigReader.Read(Sources.Valid with
        {
            HaCf = "node alpha\nbcast eth0\nkeepalive x\nnonsense\n",
            Haresources = "bravo a\nalpha ::b\n",
            AuthKeys = "1 md5\n"u8.ToArray(),
            AuthKeysMode = Convert.ToInt32("644", 8),
        });
        Assert.Equal(
            [
                "ha.cf:0:0", "ha.cf:3:11", "ha.cf:4:1", "haresources:1:1", "haresources:2:7", "authkeys:0:0",
                "authkeys:0:0", "authkeys:1:3",
            ],
            result.Problems.Select(p => $"{p.File}:{p.Line}:{p.Column}"));
    }

    [Fact]
    public void A_missing_file_does_not_hide_the_others()
    {
        var result = ConfigReader.Read(new ConfigSources
        {
            Haresources = "alpha ::b",
            AuthKeys = "auth 1\n"u8.ToArray(),
        });
        Assert.Equal(
            ["ha.cf", "haresources", "authkeys"],
            result.Problems.Where(p => p.Severity == ProblemSeverity.Error).Select(p => p.File));
    }

    [Fact]
    public void A_file_that_could_not_be_read_is_not_called_missing_too()
    {
        var trouble = new ConfigProblem("ha.cf", 0, 0, ProblemSeverity.Error, "cannot be read");
        var result = ConfigReader.Read(Sources.Valid with { HaCf = null, Problems = [trouble] });
        Assert.Equal("ha.cf: error: cannot be read", result.Refused());
    }

    private static ConfigResult Read(string cluster, string haresources)
        => ConfigReader.Read(Files(cluster, haresources));

    private static ConfigSources Files(string cluster, string haresources) => new()
    {
        HaCf = File(cluster, "ha.cf"),
        Haresources = File(cluster, haresources),
        AuthKeys = System.Text.Encoding.Latin1.GetBytes(File(cluster, "authkeys")),
        AuthKeysMode = Convert.ToInt32("600", 8),
        Self = new NodeName("server3.example.com"),
    };

    private static string File(string cluster, string name)
        => RepositoryFiles.Text("tests", "HaSharp.Core.Tests", "Data", "acceptance", cluster, name);
}
