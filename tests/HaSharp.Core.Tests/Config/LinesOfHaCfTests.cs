// How the lines of ha.cf are read: heartbeat-spec 2.1, sentence by sentence.

using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class LinesOfHaCfTests
{
    // "Line length limit 5120 bytes."
    [Fact]
    public void A_line_of_5120_bytes_is_read_and_one_more_is_refused()
    {
        var full = "env A=" + new string('x', ConfigLimits.LineBytes - "env A=".Length);
        Sources.WithHaCf(full).IsClean();
        Assert.Equal(
            "ha.cf:4:5120: error: the line is longer than 5120 bytes", Sources.WithHaCf(full + "x").Refused());
    }

    [Fact]
    public void The_limit_of_a_line_counts_bytes_and_not_characters()
        => Assert.Contains(
            "longer than 5120 bytes", Sources.WithHaCf("# " + new string('ü', 2560)).Refused(),
                StringComparison.Ordinal);

    // "A # anywhere starts a comment (no quoting)."
    [Theory]
    [InlineData("keepalive 2 ## a heartbeat every two seconds")]
    [InlineData("keepalive 2#directly behind")]
    [InlineData("keepalive 2 # \" quoted # twice")]
    [InlineData("  # keepalive 5\n\tkeepalive\t2   ")]
    [InlineData("#keepalive 5\nkeepalive 2")]
    public void Everything_after_a_hash_is_a_remark(string lines)
        => Assert.Equal(TimeSpan.FromSeconds(2), Sources.WithHaCf(lines).Accepted().Keepalive);

    // Files of an age when editors did not write UTF-8 must load; only in words such bytes mean nothing.
    [Fact]
    public void Bytes_that_are_not_UTF8_are_harmless_in_a_remark_and_refused_in_a_word()
    {
        Sources.WithHaCf("# \uFFFD\uFFFD \u0001").IsClean();
        Assert.StartsWith(
            "ha.cf:4:12: error: bytes that are not UTF-8", Sources.WithHaCf("cluster caf\uFFFD").Refused(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cluster a\0b", "U+0000")]
    [InlineData("\uFEFFcluster a", "U+FEFF")]
    [InlineData("cluster a\rb", "U+000D")]
    public void An_invisible_character_is_named(string line, string character)
        => Assert.Contains(character, Sources.WithHaCf(line).Refused(), StringComparison.Ordinal);

    // "CR and LF end the line."
    [Fact]
    public void Lines_that_end_with_CR_LF_are_read_alike()
    {
        var result = Sources.OnlyHaCf("node alpha\r", "bcast eth0\r", "auto_failback on\r", "cluster web\r", "\r");
        Assert.Equal("web", result.Accepted().ClusterName);
    }

    // "Blank lines are ignored."
    [Fact]
    public void Blank_lines_are_passed_over() => Sources.WithHaCf("", "   ", "\t", "").IsClean();

    // "No continuation lines."
    [Fact]
    public void A_backslash_does_not_continue_a_line()
        => Assert.Contains("unknown directive \"charlie\"", Sources.WithHaCf("node \\", "charlie").Refused(),
            StringComparison.Ordinal);

    // "First word = directive, case-sensitive. Unknown: Illegal directive."
    [Theory]
    [InlineData("nosuchdirective 1", "ha.cf:4:1: error: unknown directive \"nosuchdirective\"")]
    [InlineData("Keepalive 1", "ha.cf:4:1: error: unknown directive \"Keepalive\"; did you mean \"keepalive\"?")]
    [InlineData("  keepalvie 1", "ha.cf:4:3: error: unknown directive \"keepalvie\"; did you mean \"keepalive\"?")]
    [InlineData(
        "autofailback on",
        "ha.cf:4:1: error: unknown directive \"autofailback\"; did you mean \"auto_failback\"?")]
    [InlineData("udport 694", "ha.cf:4:1: error: unknown directive \"udport\"; did you mean \"udpport\"?")]
    [InlineData("bcasts eth0", "ha.cf:4:1: error: unknown directive \"bcasts\"; did you mean \"bcast\"?")]
    public void An_unknown_directive_is_refused_with_the_nearest_known_one(string line, string expected)
        => Assert.Equal(expected, Sources.WithHaCf(line).Refused());

    // "Unknown: ... counted as an error, parsing goes on." and "all lines are still read".
    [Fact]
    public void All_mistakes_are_reported_in_one_go_and_in_order()
    {
        var result = Sources.OnlyHaCf("keepalive x", "nonsense", "node alpha", "bcast eth0", "udpport 0", "debug 256");
        Assert.Null(result.Config);
        Assert.Equal(
            [(1, 11), (2, 1), (5, 9), (6, 7)],
            result.Problems.Where(p => p.Severity == ProblemSeverity.Error).Select(p => (p.Line, p.Column)));
    }

    // "The rest is split at blanks, tabs and commas; the directive is applied once per word."
    [Theory]
    [InlineData("node a b c")]
    [InlineData("node a,b,c")]
    [InlineData("node a , b\t,c,")]
    [InlineData("node a b\nnode c")]
    [InlineData("node,a", false)]
    public void Words_are_separated_by_blanks_tabs_and_commas(string lines, bool isFine = true)
    {
        var result = Sources.OnlyHaCf("bcast eth0", "auto_failback on", lines);
        if (isFine)
        {
            Assert.Equal(["a", "b", "c"], result.Accepted().Nodes.Select(n => n.Text));
        }
        else
        {
            Assert.Null(result.Config);
        }
    }

    // "For scalars the last word wins." HaSharp says so.
    [Fact]
    public void The_last_of_several_words_counts_with_a_warning()
    {
        var result = Sources.WithHaCf("keepalive 1,5");
        Assert.Equal(TimeSpan.FromSeconds(5), result.Accepted().Keepalive);
        Assert.Equal(
            "ha.cf:4:13: warning: keepalive takes one value; of several the last one counts, here \"5\"",
            result.Warned());
    }

    // "No words: the line is silently ignored." HaSharp warns.
    [Theory]
    [InlineData("keepalive")]
    [InlineData("bcast # eth1")]
    [InlineData("node ,")]
    public void A_directive_without_a_value_is_ignored_with_a_warning(string line)
        => Assert.Contains("has no value and is ignored", Sources.WithHaCf(line).Warned(), StringComparison.Ordinal);

    // "Whole line directives receive the rest of the line": commas are part of their words.
    [Fact]
    public void A_comma_does_not_separate_the_words_of_a_medium()
        => Assert.Contains(
            "ucast needs interface host", Sources.WithHaCf("ucast eth1,192.0.2.1").Refused(), StringComparison.Ordinal);

    [Theory]
    [InlineData("ucast")]
    [InlineData("respawn")]
    [InlineData("stonith_host")]
    public void A_whole_line_directive_without_anything_is_refused(string line)
        => Assert.StartsWith($"ha.cf:4:1: error: {line} needs ", Sources.WithHaCf(line).Refused(),
            StringComparison.Ordinal);

    // "Booleans (case-insensitive): true / on / yes / y / 1 and false / off / no / n / 0."
    [Theory]
    [InlineData("true,on,yes,y,1,TRUE,On,YES,Y", true)]
    [InlineData("false,off,no,n,0,False,OFF,No,N", false)]
    public void A_boolean_has_five_spellings_in_any_case(string words, bool expected)
    {
        foreach (var word in words.Split(','))
        {
            Assert.Equal(expected, Sources.WithHaCf($"realtime {word}").Accepted().Realtime);
        }
    }

    [Theory]
    [InlineData("maybe", "\"maybe\" is neither on nor off")]
    [InlineData("onn", "\"onn\" is neither on nor off; did you mean \"on\"?")]
    [InlineData("2", "\"2\" is neither on nor off")]
    public void Anything_else_is_no_boolean(string word, string expected)
        => Assert.Equal("ha.cf:4:10: error: " + expected, Sources.WithHaCf($"realtime {word}").Refused());

    // "Repeats: last value wins ..."
    [Fact]
    public void The_last_of_several_lines_counts()
        => Assert.Equal(TimeSpan.FromSeconds(3), Sources.WithHaCf("keepalive 2", "keepalive 3").Accepted().Keepalive);

    // "... except an error for a second watchdog, baud, pacemaker/crm, and a second apiauth for the same client."
    [Theory]
    [InlineData("watchdog /dev/watchdog", "watchdog /dev/watchdog1", "watchdog is given twice, first in line 4")]
    [InlineData("baud 9600", "baud 19200", "baud is given twice, first in line 4")]
    [InlineData("crm off", "crm off", "crm is given twice, first in line 4")]
    [InlineData("crm off", "pacemaker off", "pacemaker is given twice, first in line 4")]
    [InlineData("apiauth a uid=root", "apiauth a gid=x", "apiauth for client \"a\" is given twice")]
    public void A_few_directives_may_be_given_once_only(string first, string second, string expected)
    {
        var error = Sources.WithHaCf(first, second).Refused();
        Assert.StartsWith("ha.cf:5:", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_clients_may_have_an_apiauth_each()
        => Sources.WithHaCf("apiauth a uid=root", "apiauth b uid=root gid=x,y").Accepted();

    // "A node named twice is not detected. FIX: reject." (F14)
    [Theory]
    [InlineData("node alpha", 6)]
    [InlineData("node charlie ALPHA", 14)]
    public void A_node_named_twice_is_refused(string line, int column)
    {
        var error = Sources.WithHaCf(line).Refused();
        Assert.StartsWith($"ha.cf:4:{column}: error: node ", error, StringComparison.Ordinal);
        Assert.Contains("is named twice, first in line 1", error, StringComparison.Ordinal);
    }

    // "The directive udp is accepted with a warning as an alias of bcast."
    [Fact]
    public void Udp_is_bcast_with_a_warning()
    {
        var result = Sources.WithHaCf("udp eth1");
        Assert.Equal("ha.cf:4:5: warning: udp is an old name of bcast; write bcast", result.Warned());
        Assert.Equal(new LinkConfig.Bcast(new("eth1"), "eth1", 694), result.Accepted().Links[1]);
    }

    // "There is no node globbing and no range syntax in node."
    [Fact]
    public void Patterns_in_node_names_are_plain_characters()
        => Assert.Equal("web[1-3]*", Sources.WithHaCf("node web[1-3]*").Accepted().Nodes[2].Text);

    // "FIX: make the file order-independent." (F13)
    [Fact]
    public void The_order_of_the_lines_does_not_matter()
    {
        string[] lines =
        [
            "udpport 738", "ucast eth1 192.0.2.1", "bcast eth0", "deadtime 8", "keepalive 3", "warntime 4",
            "initdead 20", "node alpha bravo", "auto_failback on", "debug 1",
        ];
        var forward = Sources.OnlyHaCf(lines).Accepted();
        Array.Reverse(lines);
        var backward = Sources.OnlyHaCf(lines).Accepted();
        Assert.Equal(forward.Links.OrderBy(l => l.Name.Text), backward.Links.OrderBy(l => l.Name.Text));
        Assert.Equal(forward.Deadtime, backward.Deadtime);
        Assert.Equal(forward.Parameters, backward.Parameters);
        Assert.Equal(forward.Digest, backward.Digest);
        Assert.All(forward.Links, link => Assert.EndsWith("738 }", link.ToString(), StringComparison.Ordinal));
    }
}
