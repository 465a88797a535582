// haresources: heartbeat-spec 4.1, 4.2 and the FIX items F4, F5.

using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class HaresourcesTests
{
    private static IReadOnlyList<GroupConfig> Groups(string text) => Sources.WithHaresources(text).Accepted().Groups;

    private static string Show(GroupConfig group)
        => $"{group.Name}@{group.Preferred}: "
        + string.Join(' ', group.Resources.Select(r => $"{r.Type}({string.Join(',', r.Arguments)})"));

    // 4.1: "only the first word is checked: it must be a configured node name".
    [Theory]
    [InlineData(
        "stranger mysqld",
        "haresources:1:1: error: \"stranger\" is no node of ha.cf; a line begins with the node "
            + "that the group prefers")]
    [InlineData("  alpah mysqld", "haresources:1:3: error: \"alpah\" is no node of ha.cf; did you mean \"alpha\"?")]
    [InlineData(
        "alpha.example.com mysqld",
        "haresources:1:1: error: \"alpha.example.com\" is no node of ha.cf; did you mean \"alpha\"?")]
    public void A_line_begins_with_a_node_of_the_cluster(string line, string expected)
        => Assert.Equal(expected, Sources.WithHaresources(line).Refused());

    [Fact]
    public void A_host_without_its_domain_leads_to_the_node_that_is_meant()
    {
        var result = ConfigReader.Read(Sources.Valid with
        {
            HaCf = "node server2.example.com server3.example.com\nbcast eth0\nauto_failback on\n",
            Haresources = "server3 mysqld",
        });
        Assert.Contains("did you mean \"server3.example.com\"?", result.Refused(), StringComparison.Ordinal);
    }

    // The trap of a line that was broken without a backslash.
    [Theory]
    [InlineData("alpha mysqld\nFilesystem::/dev/sda1::/var/lib/mysql::ext4")]
    [InlineData("alpha mysqld\n  httpd")]
    [InlineData("alpha mysqld\n192.0.2.1/24")]
    public void A_line_that_looks_like_a_continuation_gets_the_hint(string text)
    {
        var error = Sources.WithHaresources(text).Refused();
        Assert.StartsWith("haresources:2:", error, StringComparison.Ordinal);
        Assert.EndsWith("that one must end in a backslash", error, StringComparison.Ordinal);
    }

    // "The comparison is case-insensitive in effect", "the first word is lower-cased".
    [Fact]
    public void The_node_is_lower_cased() => Assert.Equal("mysqld@alpha: mysqld()", Show(Groups("ALPHA mysqld")[0]));

    // "Leading blanks and lines starting with # are skipped. The file must exist (may be empty)."
    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# alpha mysqld\n   # remark\n\t\n")]
    public void An_empty_file_is_valid_and_means_no_groups(string text) => Assert.Empty(Groups(text));

    [Fact]
    public void The_file_must_exist()
    {
        var error = ConfigReader.Read(Sources.Valid with { Haresources = null }).Refused();
        Assert.StartsWith("haresources: error: the file is missing; an empty one is valid", error,
            StringComparison.Ordinal);
    }

    // "A one-character last line without newline confuses the continuation test (FIX)."
    [Fact]
    public void A_last_line_of_one_character_is_read()
        => Assert.Contains("\"x\" is no node", Sources.WithHaresources("alpha a\nx").Refused(),
            StringComparison.Ordinal);

    // 4.2 no. 1: "Everything from # to the end of the physical line is removed."
    [Fact]
    public void A_remark_is_no_argument()
        => Assert.Equal("a@alpha: a() b()", Show(Assert.Single(Groups("alpha a b  ## address, then the service"))));

    // F4: "strip on each physical line".
    [Fact]
    public void A_remark_ends_a_continued_line_too()
        => Assert.Equal(
            ["a@alpha: a() b() c()", "d@bravo: d()"],
            Groups("alpha a \\\n b \\\n c # remark\nbravo d").Select(Show));

    // No. 2: "Backslash-newline joins lines (the backslash and newline vanish; no blank is inserted)."
    [Theory]
    [InlineData("alpha a \\\nb", "a@alpha: a() b()")]
    [InlineData("alpha a\\\n b", "a@alpha: a() b()")]
    [InlineData("alpha a\\\nb", "ab@alpha: ab()")]
    [InlineData("alpha a\\\n\\\nb", "ab@alpha: ab()")]
    [InlineData("alpha a\\\n \\\nb", "a@alpha: a() b()")]
    [InlineData("alp\\\nha IPaddr::\\\n192.0.2.1", "IPaddr::192.0.2.1@alpha: IPaddr(192.0.2.1)")]
    [InlineData("alpha a \\\r\n b\r\n", "a@alpha: a() b()")]
    [InlineData("alpha a b \\", "a@alpha: a() b()")]
    [InlineData("\\\nalpha a", "a@alpha: a()")]
    public void A_backslash_at_the_end_joins_lines_without_a_blank(string text, string expected)
        => Assert.Equal(expected, Show(Assert.Single(Groups(text))));

    [Theory]
    [InlineData(
        "alpha a \\ \n b",
        "haresources:1:9: error: the backslash continues the line only as its very last "
            + "character; delete the blanks after it")]
    [InlineData(
        "alpha a \\ # remark\n b",
        "haresources:1:9: error: the backslash continues the line only as its very last "
            + "character; delete the remark after it")]
    public void A_backslash_that_is_not_the_last_character_is_refused(string text, string expected)
        => Assert.Equal(expected, Sources.WithHaresources(text).Refused());

    [Fact]
    public void A_remark_that_ends_in_a_backslash_does_not_continue()
        => Assert.Equal(["a@alpha: a()", "b@bravo: b()"], Groups("alpha a # \\\nbravo b").Select(Show));

    // A finding in a continued line names the physical line.
    [Fact]
    public void A_finding_in_a_continued_line_names_its_own_line_and_column()
        => Assert.StartsWith(
            "haresources:3:6: error: \"::x\" has no agent",
            Sources.WithHaresources("alpha a \\\n b \\\n  c  ::x").Refused(), StringComparison.Ordinal);

    // No. 3: "Runs of blanks/tabs collapse to one blank."
    [Fact]
    public void Any_number_of_blanks_and_tabs_separates_words()
        => Assert.Equal("a@alpha: a() b()", Show(Assert.Single(Groups("\talpha   a\t \tb  "))));

    // No. 4: "The group key is resource1, literally as written."
    [Fact]
    public void A_group_is_named_by_its_first_resource_as_written()
        => Assert.Equal("192.0.2.1/24/eth0", Groups("alpha 192.0.2.1/24/eth0 mysqld")[0].Name.Text);

    // No. 5: "script[::arg1[::arg2...]]"
    [Theory]
    [InlineData("mysqld", "mysqld()")]
    [InlineData("IPaddr::192.0.2.1/24/eth0", "IPaddr(192.0.2.1/24/eth0)")]
    [InlineData("Filesystem::/dev/sda1::/var/lib/mysql::ext4", "Filesystem(/dev/sda1,/var/lib/mysql,ext4)")]
    [InlineData("a::b:c::d", "a(b:c,d)")]
    [InlineData("a:::b", "a(:b)")]
    [InlineData("a::", "a()")]
    [InlineData("a::::b", "a(b)")]
    [InlineData("a:b", "a:b()")]
    public void A_resource_is_an_agent_and_arguments_between_double_colons(string word, string expected)
        => Assert.EndsWith(": " + expected, Show(Groups($"alpha {word}")[0]), StringComparison.Ordinal);

    // "[0-9]*.[0-9]*.[0-9]*.[0-9]*: shorthand for IPaddr::<word>"
    [Theory]
    [InlineData("192.0.2.1", "IPaddr(192.0.2.1)")]
    [InlineData("10.0.0.1/24/eth0/10.0.0.255", "IPaddr(10.0.0.1/24/eth0/10.0.0.255)")]
    [InlineData("10.0.0", "10.0.0()")]
    [InlineData("a10.0.0.1", "a10.0.0.1()")]
    [InlineData("10.a.0.1", "10.a.0.1()")]
    [InlineData("10.0.0.5//eth0", "IPaddr(10.0.0.5//eth0)")]
    public void A_bare_IPv4_address_means_IPaddr(string word, string expected)
        => Assert.EndsWith(": " + expected, Show(Groups($"alpha {word}")[0]), StringComparison.Ordinal);

    // "An IPv6 address containing :: cannot be an argument: write it without compression."
    [Theory]
    [InlineData("IPv6addr::2001:db8::1/64")]
    [InlineData("IPaddr::fd00::1")]
    public void A_shortened_IPv6_address_is_refused(string word)
        => Assert.Equal(
            $"haresources:1:7: error: \"{word}\": :: separates arguments; write an IPv6 address in full, "
                + "fd00:0:0:0:0:0:0:1",
            Sources.WithHaresources($"alpha {word}").Refused());

    [Theory]
    [InlineData("10.0.0.300/24", "10.0.0.300 is not an IP address")]
    [InlineData("1a.2b.3c.4d", "1a.2b.3c.4d is not an IP address")]
    [InlineData("IPaddr2::web.example.com", "web.example.com is not an IP address")]
    [InlineData("IPaddr::10.0.0.1/33/eth0", "33 is not a network mask for 10.0.0.1: write 1 to 32")]
    [InlineData("IPv6addr::fd00:0:0:0:0:0:0:1/129", "129 is not a network mask for fd00::1: write 1 to 128")]
    [InlineData("IPaddr", "the address is missing: address[/mask[/interface[/broadcast]]]")]
    public void An_address_that_no_machine_can_have_is_refused(string word, string expected)
        => Assert.Equal(
            $"haresources:1:9: error: \"{word}\": {expected}", Sources.WithHaresources($"alpha x {word}").Refused());

    // Groups move independently, so that both would have it, or stop it for each other.
    [Theory]
    [InlineData(
        "alpha 10.0.0.1 web\nbravo db IPaddr2::10.0.0.1/24/eth0",
        "haresources:2:10: error: \"IPaddr2::10.0.0.1/24/eth0\" is in the group \"10.0.0.1\" already "
            + "(haresources:1:7), and groups move independently; put it into one of them")]
    [InlineData(
        "alpha a Filesystem::/dev/sdb1::/srv\nbravo b Filesystem::/dev/sdb1::/srv",
        "haresources:2:9: error: \"Filesystem::/dev/sdb1::/srv\" is in the group \"a\" already "
            + "(haresources:1:9), and groups move independently; put it into one of them")]
    [InlineData(
        "alpha 10.0.0.1 httpd\nbravo 10.0.0.2 httpd",
        "haresources:2:16: error: \"httpd\" is in the group \"10.0.0.1\" already (haresources:1:16), and groups move "
            + "independently; put it into one of them, or let every node start it at boot")]
    public void A_resource_of_two_groups_is_refused_with_both_places(string text, string expected)
        => Assert.Equal(expected, Sources.WithHaresources(text).Refused());

    [Theory]
    [InlineData("alpha 10.0.0.1 MailTo::root Delay::3\nbravo 10.0.0.2 MailTo::root Delay::3")]
    [InlineData("alpha a portblock::1 b portblock::1")]
    public void What_is_harmless_or_in_one_group_may_be_there_twice(string text)
        => Sources.WithHaresources(text).IsClean();

    [Fact]
    public void What_the_files_name_of_the_machine_is_told_with_its_place_although_they_have_errors()
    {
        var result = ConfigReader.Read(Sources.Valid with
        {
            HaCf = Sources.HaCf + "keepalife 1\nnotify /bin/tell\ncheck web /bin/look::-x 1 1 1 1\n",
            Haresources = "alpha 10.0.0.1 mysqld",
        });
        Assert.Null(result.Config);
        Assert.Equal(
            [
                "ha.cf:2:7 eth0", "ha.cf:5:8 /bin/tell", "ha.cf:6:11 /bin/look",
                "haresources:1:7 10.0.0.1", "haresources:1:16 mysqld",
            ],
            result.Mentions.Select(static one => $"{one.File}:{one.Line}:{one.Column} " + one switch
            {
                Mention.OfProgram program => program.Path,
                Mention.OfInterface link => link.Name,
                Mention.OfResource resource => resource.Resource.Text,
                _ => "",
            }));
    }

    [Fact]
    public void A_full_IPv6_address_is_one_argument()
        => Assert.Equal(
            ["2001:db8:0:0:0:0:0:1/64/eth0"],
            Groups("alpha IPaddr::2001:db8:0:0:0:0:0:1/64/eth0")[0].Resources[0].Arguments);

    // No. 7: "A line without resources is legal (node only)."
    [Fact]
    public void A_line_with_only_a_node_is_no_group_and_noted()
    {
        var result = Sources.WithHaresources("alpha\nbravo a");
        Assert.Single(result.Accepted().Groups);
        Assert.Equal(
            ["haresources:1:1: note: node \"alpha\" has no resources in this line, so the line is no group"],
            result.Noted());
    }

    // No. 8: "Several lines may name the same node: several groups, handled in file order."
    [Fact]
    public void Several_lines_of_one_node_are_several_groups_in_order()
        => Assert.Equal(["c", "a", "b"], Groups("alpha c\nbravo a\nalpha b").Select(g => g.Name.Text));

    // F5: "exact match, refuse duplicates".
    [Fact]
    public void Two_groups_of_one_name_are_refused()
    {
        Assert.Equal(
            "haresources:3:7: error: the group \"a\" is there already, in line 1; a group is named by its first "
            + "resource, so begin this line with another one",
            Sources.WithHaresources("alpha a b\nalpha c\nbravo a d").Refused());
        Assert.Equal(2, Groups("alpha a.b\nalpha axb").Count);
    }

    // Resource names are not checked (4.1).
    [Fact]
    public void Whether_an_agent_exists_is_not_asked_here() => Assert.Single(Groups("alpha nosuchagent::x"));

    // When ha.cf names no nodes, that is the one mistake to report.
    [Fact]
    public void Without_nodes_in_ha_cf_the_names_are_not_checked()
    {
        var result = ConfigReader.Read(Sources.Valid with
        {
            HaCf = "bcast eth0\nauto_failback on\n",
            Haresources = "alpha a",
        });
        Assert.Contains("no node is declared", result.Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_OCF_agent_has_three_words_and_arguments_with_names()
        => Assert.Equal(
            "ocf:heartbeat:Filesystem::device=LABEL=a::directory=/srv@alpha: "
                + "ocf:heartbeat:Filesystem(device=LABEL=a,directory=/srv) ocf:heartbeat:nginx()",
            Show(Groups("alpha ocf:heartbeat:Filesystem::device=LABEL=a::directory=/srv ocf:heartbeat:nginx")[0]));

    [Theory]
    [InlineData("ocf:nginx", "an OCF agent is named ocf:PROVIDER:TYPE, as in ocf:heartbeat:nginx")]
    [InlineData("ocf:heartbeat:", "an OCF agent is named ocf:PROVIDER:TYPE, as in ocf:heartbeat:nginx")]
    [InlineData("ocf:a:b::/dev/sdb1", "an OCF agent's arguments are name=value, and \"/dev/sdb1\" is none")]
    [InlineData("ocf:a:b::=x", "an OCF agent's arguments are name=value, and \"=x\" is none")]
    [InlineData(
        "ocf:a:b::ip=fd00::1",
        "an OCF agent's arguments are name=value, and \"1\" is none; "
            + "write an IPv6 address in full, fd00:0:0:0:0:0:0:1")]
    public void An_OCF_agent_that_could_never_run_is_refused(string word, string expected)
    {
        var error = Sources.WithHaresources("alpha " + word).Refused();
        Assert.Equal($"haresources:1:7: error: \"{word}\": {expected}", error);
    }

    [Theory]
    [InlineData("mysqld", "mysqld()")]
    [InlineData("10.0.0.1/24", "IPaddr(10.0.0.1/24)")]
    [InlineData("a::b::::c", "a(b,c)")]
    [InlineData("", "()")]
    public void A_word_can_be_taken_apart_without_a_file(string word, string expected)
    {
        var resource = Resource.Parse(word);
        Assert.Equal((word, expected), (resource.Text, $"{resource.Type}({string.Join(',', resource.Arguments)})"));
    }
}
