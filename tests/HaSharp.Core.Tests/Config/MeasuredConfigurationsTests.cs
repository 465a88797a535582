// What heartbeat 3.0.6 did with some 90 configurations: each is accepted or refused here as it was there, and the
// few differences are named with their reason.

using System.Text;
using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class MeasuredConfigurationsTests
{
    // As heartbeat: exit 0 is accepted, exit 6 is refused.
    [Theory]
    [InlineData(true)]
    [InlineData(false, "deadtime 500ms")]
    [InlineData(false, "deadtime 1")]
    [InlineData(false, "deadtime 2", "warntime 3")]
    [InlineData(true, "deadtime 2001ms")]
    [InlineData(false, "deadtime 2", "warntime 1.5")]
    [InlineData(true, "deadtime 3", "warntime 4")]
    [InlineData(true, "warntime 500ms")]
    [InlineData(false, "deadtime 5", "initdead 3")]
    [InlineData(false, "deadtime 30", "initdead 10")]
    [InlineData(false, "keepalive 0")]
    [InlineData(false, "keepalive -1")]
    [InlineData(false, "keepalive abc")]
    [InlineData(true, "keepalive 10ms", "deadtime 50ms")]
    [InlineData(true, "keepalive 1ms", "deadtime 10ms")]
    [InlineData(true, "keepalive 500us", "deadtime 10ms")]
    [InlineData(false, "deadtime 0")]
    [InlineData(true, "node Charlie")]
    [InlineData(false, "nosuchdirective")]
    [InlineData(false, "udpport 0")]
    [InlineData(false, "mcast eth0 10.1.1.1 694 1 0")]
    [InlineData(false, "mcast eth0 239.0.0.1 694 1")]
    [InlineData(false, "auto_failback maybe")]
    [InlineData(true, "auto_failback legacy")]
    [InlineData(false, "msgfmt xml")]
    [InlineData(false, "autojoin any")]
    [InlineData(true, "ping 10.1.1.254 10.1.1.254")]
    [InlineData(false, "compression nosuch")]
    [InlineData(true, "watchdog /dev/watchdog")]
    [InlineData(true, "stonith_host * null alpha bravo")]
    // Not as heartbeat. A port that does not exist, and a node named twice (F14), are refused.
    [InlineData(false, "udpport 70000")]
    [InlineData(false, "node alpha")]
    // Not as heartbeat. What only the machine can answer is asked later: a late interface and an unknown host keep
    // their link closed, users and programs of respawn are not used.
    [InlineData(true, "bcast nosuch0")]
    [InlineData(true, "ucast eth0 does-not-resolve.invalid")]
    [InlineData(true, "respawn nosuchuser /bin/true")]
    [InlineData(true, "respawn root /no/such/program")]
    public void A_ha_cf_is_accepted_or_refused_as_measured(bool isAccepted, params string[] lines)
    {
        var result = Sources.WithHaCf(["keepalive 1", "deadtime 10", "initdead 60", .. lines]);
        Assert.Equal(isAccepted, result.Config is not null);
    }

    [Theory]
    [InlineData(true, "auth 1\n1 sha1 x", "700")]
    [InlineData(true, "auth 1\n1 sha1 x", "400")]
    [InlineData(true, "auth 1\n1 sha1 x", "200")]
    [InlineData(false, "auth 1\n1 sha1 x", "644")]
    [InlineData(false, "auth 1\n1 sha1 x", "640")]
    [InlineData(false, "auth 1\n1 sha1 x", "660")]
    [InlineData(false, "auth 1\n1 sha1 x", "604")]
    [InlineData(false, "1 sha1 x")]
    [InlineData(false, "auth 2\n1 sha1 x")]
    [InlineData(false, "auth 1\n1 sha1")]
    [InlineData(false, "auth 1\n1 crc x")]
    [InlineData(true, "auth 0\n0 sha1 x")]
    [InlineData(true, "auth 15\n15 sha1 x")]
    [InlineData(false, "auth 16\n16 sha1 x")]
    [InlineData(true, "auth 1\n1 sha1 x\n1 sha1 y")]
    [InlineData(true, "auth 1\n1 sha1 two words")]
    [InlineData(true, "# c\n\n  auth 1\n  1 sha1 x")]
    [InlineData(true, "auth 3\n1 sha1 x\n2 md5 y\n3 crc")]
    // Not as heartbeat: sha256 is known, and auth may stand after its key.
    [InlineData(true, "auth 1\n1 sha256 x")]
    [InlineData(true, "1 sha1 x\nauth 1")]
    public void An_authkeys_is_accepted_or_refused_as_measured(bool isAccepted, string text, string mode = "600")
        => Assert.Equal(isAccepted, Sources.WithAuthKeys(text, mode).Config is not null);

    [Theory]
    [InlineData(true, "")]
    [InlineData(true, "alpha")]
    [InlineData(true, "alpha nosuchagent")]
    [InlineData(true, "alpha 10.1.1.100/24/eth0")]
    [InlineData(false, "stranger 10.1.1.100")]
    public void A_haresources_is_accepted_or_refused_as_measured(bool isAccepted, string text)
        => Assert.Equal(isAccepted, Sources.WithHaresources(text).Config is not null);

    [Fact]
    public void Every_missing_file_is_refused()
    {
        Assert.Null(ConfigReader.Read(Sources.Valid with { HaCf = null }).Config);
        Assert.Null(ConfigReader.Read(Sources.Valid with { Haresources = null }).Config);
        Assert.Null(ConfigReader.Read(Sources.Valid with { AuthKeys = null }).Config);
        Assert.Equal(3, ConfigReader.Read(new ConfigSources()).Problems.Count);
        Assert.Null(ConfigReader.Read(Sources.Valid with { AuthKeys = Encoding.ASCII.GetBytes("") }).Config);
    }
}
