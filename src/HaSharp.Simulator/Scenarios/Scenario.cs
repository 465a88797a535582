// A cluster, what is done to it and when, and what is expected to be seen: one text that an operator can read.
// The idea: random runs are scenarios too, so that whatever a seed finds can be printed, cut down and kept.
// Invariant: Scenario.ToString gives a text that ScenarioReader reads back to an equal course of events.

using System.Globalization;
using System.Text;
using HaSharp.Core.Config;

namespace HaSharp.Simulator.Scenarios;

/// <summary>Something that is done at a moment.</summary>
public sealed record PlannedDeed(TimeSpan At, Deed Deed)
{
    public override string ToString() => $"at {Duration.Text(At)} {Deed}";
}

public sealed record Scenario
{
    /// <summary>Its files, read: the base of the world.</summary>
    public required WorldPlan World { get; init; }

    /// <summary>The lines that describe the cluster, as written.</summary>
    public required IReadOnlyList<string> Preamble { get; init; }

    /// <summary>In the order of the text; two deeds of one moment are done in this order.</summary>
    public required IReadOnlyList<PlannedDeed> Deeds { get; init; }

    /// <summary>What happens earlier is not traced.</summary>
    public TimeSpan TraceFrom { get; init; }

    public required TimeSpan End { get; init; }

    /// <summary>The trace below the dashes, as written; empty when there is none yet.</summary>
    public string Expected { get; init; } = "";

    public ClusterConfig Config => World.Config;

    /// <summary>The script without a trace.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (string line in Preamble)
        {
            text.Append(line).Append('\n');
        }

        foreach (PlannedDeed deed in Deeds)
        {
            text.Append(CultureInfo.InvariantCulture, $"{deed}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"run {Duration.Text(End)}\n").ToString();
    }
}
