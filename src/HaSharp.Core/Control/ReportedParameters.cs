// The parameters of ha.cf as status shows them, for scripts that ask what the daemon really uses.
// The idea: what is given stands as it is written, as heartbeat's API answers it (spec 2.2); what follows from other
// lines is in milliseconds, as heartbeat writes it. Invariant: no parameter that may hold a password is among them.

using System.Globalization;
using HaSharp.Core.Config;

namespace HaSharp.Core.Control;

internal static class ReportedParameters
{
    /// <summary>Sorted by name, for a stable output.</summary>
    public static IReadOnlyDictionary<string, string> Of(ClusterConfig config)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in config.Parameters)
        {
            if (!name.StartsWith("stonith", StringComparison.Ordinal))
            {
                all[name] = value;
            }
        }

        all.TryAdd("warntime", Text(config.Warntime));
        all.TryAdd("initdead", Text(config.Initdead));
        all.TryAdd("deadping", Text(config.Deadping));
        return all;
    }

    private static string Text(TimeSpan time) =>
        ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "ms";
}
