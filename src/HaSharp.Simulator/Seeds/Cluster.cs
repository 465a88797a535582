using System.Globalization;
using System.Text;

namespace HaSharp.Simulator.Seeds;

/// <summary>A random cluster: its files, its timers and its surroundings.</summary>
internal sealed class Cluster
{
    private static readonly string[] _services = ["web", "mail", "mysql", "nfs"];

    private readonly StringBuilder _text = new();

    public Cluster(SeededRun run, Dice dice)
    {
        for (int i = 1; i <= run.Nodes; i++)
        {
            Nodes.Add(FormattableString.Invariant($"node{i}"));
        }

        Keepalive = TimeSpan.FromSeconds(dice.Between(1, 2));
        Deadtime = Keepalive * dice.Between(4, 10);
        Initdead = Deadtime * dice.Between(1, 3);
        LongestAgent = TimeSpan.FromMilliseconds(dice.Below(4) switch
        {
            0 => 5,
            1 => 100,
            _ => dice.Between(200, 3000),
        });
        Delay = dice.Chance(0.7) ? "delay 1ms 2ms" : $"delay 1ms {Duration.Text(Keepalive / dice.Between(4, 20))}";
        int links = dice.Between(1, 3);
        for (int i = 0; i < links; i++)
        {
            Links.Add(FormattableString.Invariant($"eth{i}"));
        }

        Describe(run, dice);
        AddGroups(dice);
    }

    public List<string> Nodes { get; } = [];

    /// <summary>Those of the nodes that run heartbeat 3.0.6.</summary>
    public List<string> Heartbeats { get; } = [];

    public List<string> Links { get; } = [];

    public List<string> Groups { get; } = [];

    public List<string> Resources { get; } = [];

    public TimeSpan Keepalive { get; }

    public TimeSpan Deadtime { get; }

    public TimeSpan Initdead { get; }

    public TimeSpan LongestAgent { get; }

    /// <summary>The deed that makes the links as they usually are.</summary>
    public string Delay { get; }

    public string Text => _text.ToString();

    private void Describe(SeededRun run, Dice dice)
    {
        Line($"cluster {string.Join(' ', Nodes)}");
        foreach (string node in Nodes.Where(run.RunsHeartbeat))
        {
            Heartbeats.Add(node);
            Line($"{node} runs heartbeat");
        }

        Line($"seed {run.Seed}");
        Line($"ha.cf keepalive {Milliseconds(Keepalive)}");
        Line($"ha.cf deadtime {Milliseconds(Deadtime)}");
        Line($"ha.cf warntime {Milliseconds(Deadtime / 2)}");
        Line($"ha.cf initdead {Milliseconds(Initdead)}");
        Line($"ha.cf auto_failback {(dice.Chance(0.5) ? "on" : "off")}");
        Line($"ha.cf msgfmt {(dice.Chance(0.5) ? "classic" : "netstring")}");
        Line($"ha.cf failed_stop {(dice.Chance(0.5) ? "fence" : "auto")}");
        Line($"ha.cf address_conflict {(run.Seed % 3 == 0 ? "wait" : "auto")}");
        foreach (string link in Links)
        {
            Line($"ha.cf bcast {link}");
        }

        Line($"authkeys {(dice.Chance(0.5) ? "1 crc" : "1 sha1 secret")}");
        Line($"agents {(dice.Chance(0.5) ? "1ms" : "5ms")} {Duration.Text(LongestAgent)}");
        Line($"clocks 1ms {dice.Between(0, 200)}");
        if (dice.Chance(0.25))
        {
            Line($"echo");
        }
    }

    private void AddGroups(Dice dice)
    {
        int groups = dice.Between(1, 3);
        for (int g = 0; g < groups; g++)
        {
            string group = FormattableString.Invariant($"IPaddr::10.0.0.{100 + g}");
            List<string> resources = [group];
            for (int r = dice.Below(3); r > 0; r--)
            {
                resources.Add(FormattableString.Invariant($"{_services[r]}::{g}"));
            }

            Groups.Add(group);
            Resources.AddRange(resources);
            Line($"haresources {dice.Pick(Nodes)} {string.Join(' ', resources)}");
        }
    }

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Milliseconds(TimeSpan span) =>
        span.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + "ms";
}
