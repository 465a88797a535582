// The directives that say who is told: notify, mailto, smtp, webhook.

using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class NoticeLinesTests
{
    [Fact]
    public void Without_a_line_nobody_is_told()
    {
        var notices = Sources.WithHaCf().Accepted().Notices;
        Assert.Empty(notices.Commands);
        Assert.Empty(notices.MailTo);
        Assert.Empty(notices.Webhooks);
        Assert.Equal(("localhost", 25, null), (notices.SmtpHost, notices.SmtpPort, notices.MailFrom));
    }

    [Fact]
    public void Every_line_adds_a_receiver()
    {
        var result = Sources.WithHaCf(
            "notify /usr/local/sbin/tell", "notify /usr/local/sbin/page duty, low", "mailto root@localhost",
            "mailto a.b+ha@example.com,ops@example.com root@localhost", "smtp mail.example.com:587 ha@example.com",
            "webhook https://hooks.example.com/T000/secret http://10.0.0.9:8080/ha?token=x");
        var notices = result.Accepted().Notices;
        Assert.Equal(
            ["/usr/local/sbin/tell", "/usr/local/sbin/page duty, low"],
            notices.Commands.Select(command => string.Join(' ', [command.Path, .. command.Arguments])));
        Assert.Equal(["root@localhost", "a.b+ha@example.com", "ops@example.com"], notices.MailTo);
        Assert.Equal(
            ("mail.example.com", 587, "ha@example.com"), (notices.SmtpHost, notices.SmtpPort, notices.MailFrom));
        Assert.Equal(
            ["https://hooks.example.com/T000/secret", "http://10.0.0.9:8080/ha?token=x"],
            notices.Webhooks.Select(webhook => webhook.Url.ToString()));
        result.IsClean();
    }

    [Theory]
    [InlineData("smtp mail", "mail", 25)]
    [InlineData("smtp 10.0.0.25:2525", "10.0.0.25", 2525)]
    [InlineData("smtp fd09::25", "fd09::25", 25)]
    [InlineData("smtp [fd09::25]", "fd09::25", 25)]
    [InlineData("smtp [fd09::25]:2525", "fd09::25", 2525)]
    public void A_mail_server_is_a_host_with_or_without_a_port(string line, string host, int port)
    {
        var notices = Sources.WithHaCf(line).Accepted().Notices;
        Assert.Equal((host, port), (notices.SmtpHost, notices.SmtpPort));
    }

    [Theory]
    [InlineData("notify tell", "ha.cf:4:8: error: notify needs the absolute path of a program, which \"tell\" is not")]
    [InlineData("mailto root", "ha.cf:4:8: error: \"root\" is not a mail address; write name@host")]
    [InlineData("mailto <root@localhost>", "is not a mail address")]
    [InlineData("mailto \"root@localhost\"", "is not a mail address")]
    [InlineData("mailto root@", "is not a mail address")]
    [InlineData("mailto @host", "is not a mail address")]
    [InlineData("mailto a..b@host", "is not a mail address")]
    [InlineData("mailto a@b@host", "is not a mail address")]
    [InlineData("mailto jörg@host", "is not a mail address")]
    [InlineData("smtp mail:0", "ha.cf:4:11: error: \"0\" is not a number from 1 to 65535")]
    [InlineData("smtp mail:", "is not a number from 1 to 65535")]
    [InlineData("smtp [fd09::25]:x", "\"x\" is not a number from 1 to 65535")]
    [InlineData("smtp [fd09::25", "is not an IPv6 address")]
    [InlineData("smtp [fd09::25]25", "is not an IPv6 address")]
    [InlineData("smtp 10.0.0", "is not an IPv4 address")]
    [InlineData("smtp mail me", "\"me\" is not a mail address")]
    [InlineData("smtp mail me@here more", "smtp takes a host, with or without :PORT, and one sender's address")]
    [InlineData("webhook example.com/hook", "ha.cf:4:9: error: webhook needs an address that begins with https://")]
    [InlineData("webhook ftp://example.com/", "begins with https:// or http://")]
    [InlineData("webhook https:///hook", "names a host")]
    public void A_wrong_line_is_refused_with_its_place_and_the_remedy(string line, string expected)
        => Assert.Contains(expected, Sources.WithHaCf(line).Refused(), StringComparison.Ordinal);

    [Fact]
    public void A_secret_in_an_address_is_never_shown()
    {
        var webhook = Sources.WithHaCf("webhook https://user:secret1@example.com:8443/secret2?key=secret3")
            .Accepted().Notices.Webhooks.Single();
        Assert.Equal("https://example.com:8443", webhook.ToString());
        Assert.DoesNotContain(
            Sources.WithHaCf("webhook htps://user:secret@example.com/").Problems,
            problem => problem.Text.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("notify /bin/true ")]
    [InlineData("webhook http://host/")]
    public void There_is_a_limit_of_each_kind(string line)
    {
        string[] lines = [.. Enumerable.Range(1, ConfigLimits.Receivers).Select(i => $"{line}{i}")];
        Sources.WithHaCf(lines).Accepted();
        Assert.Contains(
            "there are at most 16 of one kind; this is one more",
            Sources.WithHaCf([.. lines, line]).Refused(), StringComparison.Ordinal);
    }
}
