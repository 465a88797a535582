// How many lines a node may cause with what it says.
// The idea: a peer that has the key is believed, and so each of its words may be worth a line; one that repeats itself,
// or changes its mind at every word, must not fill the disk. What is not written is nothing new either.
// Invariant: of each kind and node at most so many lines in each minute that begins with the first of them.

namespace HaSharp.Core;

public sealed class LineBudget(int perMinute)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly SortedDictionary<(int Id, string Node), (Instant From, int Count)> _spent = [];

    /// <summary>Reports it, unless as many of its kind about this node were reported in this minute.</summary>
    public void Report(ClusterEvent happened, NodeName node, Instant now, List<Effect> effects)
    {
        var key = (happened.Id, node.Text);
        var spent = _spent.GetValueOrDefault(key);
        if (now - spent.From >= Minute)
        {
            spent = (now, 0);
        }

        if (spent.Count < perMinute)
        {
            effects.Add(new Effect.Report(happened));
        }

        _spent[key] = spent with { Count = spent.Count + 1 };
    }
}
