using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Agents;

namespace HaSharp.Daemon.Tests.Agents;

public sealed class AgentEnvironmentTests
{
    private static readonly ClusterConfig Config = new()
    {
        Nodes = [new NodeName("alpha")],
        Links = [],
        Groups = [],
        Keys = new AuthKeys(1, [new AuthKey(1, AuthMethod.Sha1, "topsecret"u8.ToArray())]),
        Digest = 0,
        AutoFailback = AutoFailback.On,
        Log = new LogConfig { Facility = "local0", LogFile = "/var/log/ha-log", DebugLevel = 1 },
        Parameters =
        [
            new("keepalive", "200ms"),
            new("stonith_host", "* external/ipmi bravo 10.0.0.9 root topsecret"),
            new("stonith", "external/ipmi /etc/topsecret"),
            new("deadtime", "5"),
        ],
        Environment = [new("HA_STOPRETRYMAX", "3"), new("COLOUR", "a b=c"), new("HA_deadtime", "7")],
    };

    private static readonly IReadOnlyList<string> Lines =
        AgentEnvironment.Of(Config, new NodeName("alpha"), "/etc/ha.d");

    [Theory]
    [InlineData("HA_CURHOST=alpha")]
    [InlineData("HA_DIR=/etc/ha.d")]
    [InlineData("HA_FUNCS=/etc/ha.d/shellfuncs")]
    [InlineData("HA_RESOURCEDIR=/etc/ha.d/resource.d")]
    [InlineData("OCF_ROOT=/usr/lib/ocf")]
    [InlineData("HA_NICEFAILBACK=yes")]
    [InlineData("HA_LOGFACILITY=local0")]
    [InlineData("HA_LOGFILE=/var/log/ha-log")]
    [InlineData("HA_debug=1")]
    [InlineData("HA_keepalive=200ms")]
    [InlineData("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")]
    public void Agents_find_what_heartbeat_gave_them(string line) => Assert.Contains(line, Lines);

    [Fact]
    public void Variables_of_env_go_before_parameters_and_carry_the_prefix_once()
    {
        Assert.Contains("HA_STOPRETRYMAX=3", Lines);
        Assert.Contains("HA_COLOUR=a b=c", Lines);
        Assert.Contains("HA_deadtime=7", Lines);
        Assert.DoesNotContain("HA_deadtime=5", Lines);
    }

    [Fact]
    public void No_locale_of_the_daemon_and_no_secret_is_passed_on()
    {
        Assert.DoesNotContain(Lines, line => line.StartsWith("LC_ALL", StringComparison.Ordinal));
        Assert.DoesNotContain(Lines, line => line.StartsWith("LANGUAGE", StringComparison.Ordinal));
        Assert.DoesNotContain(Lines, line => line.Contains("topsecret", StringComparison.Ordinal));
    }

    [Fact]
    public void The_names_are_sorted_and_unique()
    {
        string[] names = [.. Lines.Select(line => line[..line.IndexOf('=', StringComparison.Ordinal)])];

        Assert.Equal(names.Order(StringComparer.Ordinal).Distinct(), names);
    }
}
