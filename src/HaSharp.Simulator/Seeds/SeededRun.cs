using HaSharp.Simulator.Scenarios;

namespace HaSharp.Simulator.Seeds;

/// <summary>What kinds of faults a random run is made of.</summary>
public enum Profile
{
    /// <summary>One mild fault at a time, which shall move nothing or little.</summary>
    Calm,

    /// <summary>Loss, delay, duplicates, replays; moves and power cuts in between.</summary>
    Lossy,

    /// <summary>Partitions, cuts of single links and directions, interfaces that come and go.</summary>
    Partitions,

    /// <summary>Machines that stand still.</summary>
    Pauses,

    /// <summary>Power cuts and dead daemons, one after the other and several at once.</summary>
    Crashes,

    /// <summary>Agents that fail, hang or are slow, while groups move.</summary>
    Agents,

    /// <summary>Commands in quick succession on several nodes.</summary>
    Operators,

    /// <summary>All of these together.</summary>
    Mixed,
}

/// <summary>A random run: its words are all that is needed to play it again.</summary>
/// <param name="Seed">Of everything: the cluster, the faults, the dice of the world.</param>
/// <param name="Nodes">2 to 16.</param>
/// <param name="Heartbeat">The node that runs heartbeat 3.0.6, "both", or "" for none; 2 nodes only.</param>
public sealed record SeededRun(long Seed, int Nodes, Profile Profile, string Heartbeat = "")
{
    /// <summary>The line that replays it.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"hasharp-sim seed={Seed} nodes={Nodes} profile={Profile.ToString().ToLowerInvariant()}")
        + (Heartbeat.Length > 0 ? $" heartbeat={Heartbeat}" : "");

    /// <summary>Whether the node of this name runs heartbeat.</summary>
    public bool RunsHeartbeat(string node) => Heartbeat == "both" || Heartbeat == node;

    /// <summary>Reads the line; null when it is none.</summary>
    public static SeededRun? Parse(string line)
    {
        Dictionary<string, string> words = [];
        foreach (string word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                words[word[..equals]] = word[(equals + 1)..];
            }
        }

        return long.TryParse(words.GetValueOrDefault("seed"), out long seed)
            && int.TryParse(words.GetValueOrDefault("nodes"), out int nodes)
            && nodes is >= 2 and <= 16
            && Enum.TryParse(words.GetValueOrDefault("profile"), ignoreCase: true, out Profile profile)
            ? new SeededRun(seed, nodes, profile, words.GetValueOrDefault("heartbeat") ?? "")
            : null;
    }

    /// <summary>The run as a scenario of this length or a little more.</summary>
    public Scenario Scenario(TimeSpan length)
    {
        ScenarioResult read = ScenarioReader.Read(ToString(), new Workload(this).Text(length));
        return read.Scenario ?? throw new InvalidOperationException(string.Join('\n', read.Problems));
    }
}
