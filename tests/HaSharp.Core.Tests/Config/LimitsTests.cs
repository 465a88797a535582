// Every limit of ConfigLimits is reached, and one more is refused with a sentence.

using System.Diagnostics;
using System.Text;
using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class LimitsTests
{
    private static string Lines(int count, Func<int, string> line)
        => string.Join('\n', Enumerable.Range(1, count).Select(line));

    [Fact]
    public void There_are_at_most_16_nodes()
    {
        var full = Lines(ConfigLimits.Nodes, i => $"node n{i}");
        Assert.Equal(16, Sources.OnlyHaCf(full, "bcast eth0", "auto_failback on").Accepted().Nodes.Count);
        Assert.Equal(
            "ha.cf:17:6: error: a cluster has at most 16 nodes; this is one more",
            Sources.OnlyHaCf(full, "node n17", "node n18", "bcast eth0", "auto_failback on").Refused());
    }

    [Fact]
    public void There_are_at_most_100_nodes_with_ping_nodes()
    {
        var full = Lines(98, i => $"ping 192.0.2.{i}");
        Assert.Equal(98, Sources.WithHaCf(full).Accepted().PingNodes.Count);
        Assert.Contains(
            "at most 100 nodes, ping nodes included", Sources.WithHaCf(full, "ping 192.0.2.99").Refused(),
            StringComparison.Ordinal);
        Assert.Null(Sources.WithHaCf(Lines(300, i => $"ping 10.0.{i / 250}.{i % 250}")).Config);
    }

    [Fact]
    public void A_node_name_has_at_most_99_characters()
    {
        var name = new string('n', ConfigLimits.NodeNameBytes);
        Sources.WithHaCf($"node {name}").IsClean();
        Assert.Contains("at most 99 characters", Sources.WithHaCf($"node {name}n").Refused(), StringComparison.Ordinal);
        Assert.Contains(
            "at most 99 characters", Sources.WithHaCf($"ping_group {name}n 192.0.2.1").Refused(),
                StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_at_most_64_media()
    {
        var full = Lines(ConfigLimits.Links - 1, i => $"ucast eth1 192.0.2.{i}");
        Assert.Equal(64, Sources.WithHaCf(full).Accepted().Links.Count);
        Assert.Contains(
            "at most 64 media", Sources.WithHaCf(full, "bcast eth2", "bcast eth3").Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_interface_has_at_most_15_bytes()
    {
        var name = new string('e', ConfigLimits.InterfaceBytes);
        Sources.WithHaCf($"bcast {name}").IsClean();
        Assert.Contains("at most 15 bytes", Sources.WithHaCf($"bcast {name}e").Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Env_sets_at_most_128_variables()
    {
        var full = Lines(ConfigLimits.Variables, i => $"env V{i}=x");
        Assert.Equal(128, Sources.WithHaCf(full, "env V1=y").Accepted().Environment.Count);
        Assert.Contains(
            "at most 128 variables", Sources.WithHaCf(full, "env A=1 B=2").Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_at_most_128_groups()
    {
        var full = Lines(ConfigLimits.Groups, i => $"alpha r{i}");
        Assert.Equal(128, Sources.WithHaresources(full).Accepted().Groups.Count);
        Assert.Equal(
            "haresources:129:1: error: there are at most 128 groups; this is one more",
            Sources.WithHaresources(full + "\nalpha a\nalpha b").Refused());
    }

    [Fact]
    public void A_group_has_at_most_256_resources()
    {
        var full = "alpha" + string.Concat(Enumerable.Range(1, ConfigLimits.ResourcesPerGroup).Select(i => $" r{i}"));
        Assert.Equal(256, Sources.WithHaresources(full).Accepted().Groups[0].Resources.Count);
        Assert.Contains("at most 256 resources", Sources.WithHaresources(full + " x y").Refused(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_of_haresources_has_at_most_255_bytes()
    {
        var word = new string('r', ConfigLimits.WordBytes);
        Sources.WithHaresources($"alpha {word}").IsClean();
        Assert.Contains("longer than 255 bytes", Sources.WithHaresources($"alpha {word}r").Refused(),
            StringComparison.Ordinal);
        Assert.Contains(
            "longer than 255 bytes", Sources.WithHaresources($"alpha {word}\\\nr").Refused(), StringComparison.Ordinal);
    }

    // A comma is three bytes on the wire: a heartbeat has room for 128 names of 365 bytes, and 22 bytes more.
    [Fact]
    public void The_names_of_all_groups_and_nodes_fit_one_heartbeat()
    {
        var full = Lines(
            ConfigLimits.Groups, i => $"alpha {i:000}{new string(',', 120)}xx{new string('x', i == 1 ? 22 : 0)}");
        Assert.Equal(128, Sources.WithHaresources(full).Accepted().Groups.Count);
        Assert.StartsWith(
            "haresources: error: the names of all groups and nodes may take 60001 bytes of a heartbeat, which has "
            + "room for 60000",
            Sources.WithHaresources(full + "x").Refused(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_all_three_files_are_limited()
    {
        var remark = "#" + new string('x', ConfigLimits.LineBytes - 1);
        Sources.WithHaresources(remark).IsClean();
        Sources.WithAuthKeys(Sources.AuthKeys + remark).IsClean();
        Assert.StartsWith("haresources:1:5120: error", Sources.WithHaresources(remark + "x").Refused(),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "authkeys:3:5120: error", Sources.WithAuthKeys(Sources.AuthKeys + remark + "x").Refused(),
                StringComparison.Ordinal);
    }

    [Fact]
    public void At_most_100_problems_of_a_file_are_listed_and_the_rest_is_counted()
    {
        var result = Sources.WithHaCf(Lines(ConfigLimits.ProblemsPerFile + 25, i => $"nonsense{i}"));
        Assert.Equal(101, result.Problems.Count);
        Assert.Equal(
            "ha.cf: error: there are 25 further problems, which are not listed", result.Problems[0].ToString());
    }

    // An error among those that are not listed still refuses.
    [Fact]
    public void An_error_after_a_hundred_warnings_is_not_lost()
    {
        var warnings = Lines(ConfigLimits.ProblemsPerFile, _ => "bcast eth0");
        Assert.Null(Sources.WithHaCf(warnings, "nonsense").Config);
        Assert.NotNull(Sources.WithHaCf(warnings, "bcast eth0").Config);
    }

    // The work grows with the length of the file, not with its square: a whole mebibyte of one kind of line.
    [Theory]
    [InlineData("node n{0}")]
    [InlineData("ping h{0}")]
    [InlineData("ucast eth0 h{0}")]
    [InlineData("env V{0}=x")]
    [InlineData("apiauth c{0} uid=a")]
    [InlineData("keepalivee {0}")]
    [InlineData("debug 1 {0}")]
    [InlineData("alpha r{0}")]
    [InlineData("stranger r{0}")]
    [InlineData("x\\")]
    [InlineData(" x\\")]
    [InlineData("{0} sha1 x")]
    [InlineData("1 sha1 {0}")]
    public void A_file_of_the_largest_size_is_read_quickly(string line)
    {
        var count = ConfigLimits.FileBytes / (line.Length + 1);
        var text = Lines(count, i => line.Replace("{0}", $"{i}", StringComparison.Ordinal));
        var watch = Stopwatch.StartNew();
        ConfigReader.Read(new ConfigSources
        {
            HaCf = text,
            Haresources = text,
            AuthKeys = Encoding.ASCII.GetBytes(text),
        });
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
    }
}
