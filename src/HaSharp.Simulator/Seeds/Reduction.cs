// Cuts a failing scenario down to what is needed to break the same rule.
// The idea: deeds that make no sense do nothing, so any subset of the deeds is a scenario. Halves first, then smaller
// parts, until no single deed can be left out; then long waits are shortened.

using HaSharp.Simulator.Scenarios;

namespace HaSharp.Simulator.Seeds;

public static class Reduction
{
    private const int MostRuns = 2_000;

    /// <summary>A scenario that breaks this rule with fewer deeds, or the same when none can be left out.</summary>
    /// <param name="breaks">Plays a scenario and says whether it still breaks the rule.</param>
    public static Scenario Reduce(Scenario scenario, Func<Scenario, bool> breaks)
    {
        int runs = 0;
        int part = scenario.Deeds.Count / 2;
        while (part > 0 && runs < MostRuns)
        {
            bool smaller = false;
            for (int from = 0; from < scenario.Deeds.Count && runs < MostRuns; runs++)
            {
                Scenario candidate = scenario with { Deeds = Without(scenario.Deeds, from, part) };
                if (candidate.Deeds.Count < scenario.Deeds.Count && breaks(candidate))
                {
                    scenario = candidate;
                    smaller = true;
                }
                else
                {
                    from += part;
                }
            }

            part = smaller && part == 1 ? 1 : part / 2;
        }

        return Hurry(scenario, breaks);
    }

    /// <summary>The rest, in which what ends a fault of the network stays: nobody need converge before.</summary>
    private static List<PlannedDeed> Without(IReadOnlyList<PlannedDeed> deeds, int from, int count)
    {
        List<PlannedDeed> rest = [];
        bool isBroken = false;
        for (int i = 0; i < deeds.Count; i++)
        {
            bool heals = deeds[i].Deed is Deed.Heal;
            if (heals ? isBroken : i < from || i >= from + count)
            {
                isBroken = !heals && (isBroken || IsFault(deeds[i].Deed));
                rest.Add(deeds[i]);
            }
        }

        return rest;
    }

    private static bool IsFault(Deed deed) => deed is Deed.Cut or Deed.CutOneWay or Deed.Partition or Deed.Unplug
        or Deed.Loss or Deed.Damage or Deed.Duplicates;

    /// <summary>
    /// Moves everything from a deed on to an earlier moment, as far as the rule is still broken. Not "settled":
    /// asked too early, anything is unsettled.
    /// </summary>
    private static Scenario Hurry(Scenario scenario, Func<Scenario, bool> breaks)
    {
        for (int i = 0; i < scenario.Deeds.Count; i++)
        {
            TimeSpan before = i == 0 ? TimeSpan.Zero : scenario.Deeds[i - 1].At;
            bool asks = scenario.Deeds[i].Deed is Deed.Settled;
            TimeSpan wait = asks ? TimeSpan.Zero : scenario.Deeds[i].At - before;
            for (; wait > TimeSpan.FromSeconds(1); wait /= 2)
            {
                TimeSpan by = TimeSpan.FromMilliseconds(Math.Floor(wait.TotalMilliseconds / 2));
                Scenario candidate = Earlier(scenario, i, by);
                if (breaks(candidate))
                {
                    scenario = candidate;
                }
            }
        }

        return scenario;
    }

    private static Scenario Earlier(Scenario scenario, int from, TimeSpan by)
    {
        List<PlannedDeed> deeds = [];
        for (int i = 0; i < scenario.Deeds.Count; i++)
        {
            PlannedDeed deed = scenario.Deeds[i];
            deeds.Add(i < from ? deed : deed with { At = deed.At - by });
        }

        return scenario with { Deeds = deeds, End = scenario.End - by };
    }
}
