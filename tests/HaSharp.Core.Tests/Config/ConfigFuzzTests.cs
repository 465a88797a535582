// Whatever stands in the files, the reader answers with a value: never an exception, bounded, secrets unseen.

using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class ConfigFuzzTests
{
    private const int Rounds = 1500;
    private const string Secret = "Xk9vQ2";

    private static readonly string[] Clusters = ["heartbeat-pair", "heartbeat-drbd-pair", "heartbeat-director"];

    private static readonly string[] Words =
    [
        "alpha", "bravo", "on", "off", "1", "0", "-1", "694", "99999999999999999999", "1.5", "10ms", "us", "eth0", "::",
        "192.0.2.1", "239.0.0.1", "ff12::1", "#", "\\", "\\\n", "\r", "\t", ",", "=", "A=b", "auth", "crc", "md5",
        "sha256",
        "\0", "\uFFFD", "\uD800", "\u00E4", "/dev/null", "IPaddr::1.2.3.4", "*", "uid=x", "legacy", "",
    ];

    [Fact]
    public void Real_files_that_were_damaged_never_throw()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var cluster = Clusters[random.Next(Clusters.Length)];
            var sources = new ConfigSources
            {
                HaCf = Damage(File(cluster, "ha.cf"), random),
                Haresources = Damage(File(cluster, "haresources"), random),
                AuthKeys = Encoding.Latin1.GetBytes(Damage(File(cluster, "authkeys"), random)),
                AuthKeysMode = random.Next(0, 4096),
            };
            Check(sources, $"seed {seed}");
        }
    }

    [Fact]
    public void Lines_of_arbitrary_words_never_throw()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var names = Directives.All.Select(d => d.Name).ToArray();
            var sources = new ConfigSources
            {
                HaCf = "node alpha bravo\nbcast eth9\n" + Lines(random, names),
                Haresources = Lines(random, ["alpha", "bravo"]),
                AuthKeys = Encoding.Latin1.GetBytes(Lines(random, ["1", "15", "auth", "16"]) + $"\n1 sha1 {Secret}\n"),
                Self = random.Next(3) == 0 ? new NodeName(Words[random.Next(Words.Length)]) : null,
            };
            Check(sources, $"seed {seed}");
        }
    }

    [Fact]
    public void Arbitrary_text_never_throws()
        => Prop.ForAll<string?, string?, byte[]?>((haCf, haresources, keys) => Check(
            new ConfigSources { HaCf = haCf, Haresources = haresources, AuthKeys = keys },
            "text")).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static void Check(ConfigSources sources, string name)
    {
        ConfigResult result;
        try
        {
            result = ConfigReader.Read(sources);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{name}: {sources.HaCf}\n---\n{sources.Haresources}", e);
        }

        Assert.Equal(result.Problems.Any(p => p.Severity == ProblemSeverity.Error), result.Config is null);
        Assert.True(result.Problems.Count <= 3 * (ConfigLimits.ProblemsPerFile + 1), name);
        Assert.All(result.Problems, problem =>
        {
            Assert.DoesNotContain(Secret, problem.Text, StringComparison.Ordinal);
            Assert.True(problem.Text.Length < 400, problem.Text);
            Assert.DoesNotContain(problem.Text, char.IsControl);
        });
        string[] files = ["ha.cf", "haresources", "authkeys"];
        Assert.Equal(
            result.Problems.OrderBy(p => Array.IndexOf(files, p.File)).ThenBy(p => p.Line).ThenBy(p => p.Column),
            result.Problems);
        if (result.Config is { } config)
        {
            IsValid(config);
        }
    }

    /// <summary>What the rest of the program relies on.</summary>
    private static void IsValid(ClusterConfig config)
    {
        Assert.InRange(config.Nodes.Count, 1, ConfigLimits.Nodes);
        Assert.InRange(config.Links.Count, 1, ConfigLimits.Links);
        Assert.Equal(config.Nodes.Count, config.Nodes.Distinct().Count());
        Assert.Equal(config.Links.Count, config.Links.Select(l => l.Name).Distinct().Count());
        Assert.Equal(config.Groups.Count, config.Groups.Select(g => g.Name).Distinct().Count());
        Assert.All(config.Groups, group => Assert.Contains(group.Preferred, config.Nodes));
        Assert.All(config.Groups, group => Assert.NotEmpty(group.Resources));
        Assert.True(config.Keepalive > TimeSpan.Zero && config.Deadtime > 2 * config.Keepalive);
        Assert.True(config.Initdead >= config.Deadtime && config.Warntime > TimeSpan.Zero);
        Assert.Contains(config.Keys.Keys, key => key.Number == config.Keys.Active);
    }

    private static string Damage(string text, Random random)
    {
        var damaged = new StringBuilder(text);
        for (var count = random.Next(6); count > 0; count--)
        {
            var at = random.Next(damaged.Length + 1);
            switch (random.Next(4))
            {
                case 0:
                    damaged.Insert(at, Words[random.Next(Words.Length)]);
                    break;
                case 1:
                    damaged.Insert(at, (char)random.Next(0, 300));
                    break;
                case 2:
                    damaged.Remove(at, Math.Min(random.Next(8), damaged.Length - at));
                    break;
                default:
                    damaged.Insert(at, damaged.ToString(0, at));
                    break;
            }
        }

        return damaged.ToString();
    }

    private static string Lines(Random random, string[] first)
        => string.Join('\n', Enumerable.Range(0, random.Next(8)).Select(_ => Line(random, first)));

    private static string Line(Random random, string[] first)
        => string.Join(' ', Enumerable.Range(0, random.Next(7)).Select(i =>
            i == 0 ? first[random.Next(first.Length)] : Words[random.Next(Words.Length)]));

    private static string File(string cluster, string name)
        => RepositoryFiles.Text("tests", "HaSharp.Core.Tests", "Data", "acceptance", cluster, name);
}
