// The samples in ha.d are the first thing that an operator opens: what they say must be true.

using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed partial class SampleFilesTests
{
    private static ConfigSources Samples => new()
    {
        HaCf = RepositoryFiles.Text("ha.d", "ha.cf"),
        Haresources = RepositoryFiles.Text("ha.d", "haresources"),
        AuthKeys = "auth 1\n1 sha256 secret\n"u8.ToArray(),
        AuthKeysMode = Convert.ToInt32("600", 8),
        Self = new NodeName("node1"),
    };

    [Fact]
    public void The_samples_load_without_a_word() => ConfigReader.Read(Samples).IsClean();

    [Fact]
    public void Every_example_that_is_switched_off_loads_too()
    {
        var haCf = Example().Replace(Samples.HaCf!, "");
        Assert.Contains("\nucast eth1 192.0.2.11\n", haCf, StringComparison.Ordinal);
        var result = ConfigReader.Read(Samples with { HaCf = haCf });
        Assert.Empty(result.Accepted().Groups);
        Assert.Equal(6, result.Accepted().Links.Count);
        result.IsClean();
    }

    [Fact]
    public void Every_example_of_a_group_loads_too()
    {
        var result = ConfigReader.Read(Samples with { Haresources = Group().Replace(Samples.Haresources!, "") });
        Assert.Equal([1, 2, 4, 2], result.Accepted().Groups.Select(group => group.Resources.Count));
        result.IsClean();
    }

    [Fact]
    public void The_sample_of_authkeys_is_refused_because_its_key_would_be_public()
    {
        var keys = Encoding.Latin1.GetBytes(RepositoryFiles.Text("ha.d", "authkeys"));
        Assert.Contains(
            "no line \"auth NUMBER\" says which key signs",
            ConfigReader.Read(Samples with { AuthKeys = keys }).Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_in_the_sample_of_authkeys_makes_a_file_that_loads()
    {
        var command = RepositoryFiles.Text("ha.d", "authkeys").Split('\n')
            .Single(line => line.StartsWith("#   (umask 077;", StringComparison.Ordinal)).TrimStart('#').Trim();
        var directory = Directory.CreateTempSubdirectory("hasharp-test-");
        try
        {
            var start = new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = directory.FullName };
            using var shell = Process.Start(start)!;
            shell.WaitForExit();
            var file = new FileInfo(Path.Combine(directory.FullName, "authkeys"));
            var result = ConfigReader.Read(Samples with
            {
                AuthKeys = File.ReadAllBytes(file.FullName),
                AuthKeysMode = (int)file.UnixFileMode,
            });
            result.IsClean();
            Assert.Equal(44, Assert.Single(result.Accepted().Keys.Keys).Secret.Length);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    // Every directive that works is explained, or at least named, in the sample.
    [Fact]
    public void The_sample_of_ha_cf_names_every_directive_that_has_an_effect()
    {
        string[] old = ["udp", "nice_failback", "crm", "pacemaker", "autojoin", "hopfudge", "syslogmsgfmt"];
        Assert.All(
            Directives.All.Where(directive => directive.WithoutEffect is null && !old.Contains(directive.Name)),
            directive => Assert.Contains(directive.Name, Samples.HaCf!, StringComparison.Ordinal));
    }

    [GeneratedRegex("^#(?=[a-z])", RegexOptions.Multiline)]
    private static partial Regex Example();

    [GeneratedRegex("^#(?=node[12] |      [A-Za-z])", RegexOptions.Multiline)]
    private static partial Regex Group();
}
