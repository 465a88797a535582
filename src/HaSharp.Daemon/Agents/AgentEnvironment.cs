using System.Globalization;
using HaSharp.Core;
using HaSharp.Core.Config;

namespace HaSharp.Daemon.Agents;

/// <summary>The environment of agents (spec 4.9, 10.1): all of it, nothing of the daemon's own is inherited.</summary>
public static class AgentEnvironment
{
    /// <summary>Where agents keep what need not survive a boot; there before any agent runs.</summary>
    public const string StateDirectory = "/run/resource-agents";

    // The locale is fixed, because the scripts and we read the texts of other programs.
    private static readonly KeyValuePair<string, string>[] Fixed =
    [
        new("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        new("HOME", "/root"),
        new("LANG", "C"),
        new("OCF_ROOT", "/usr/lib/ocf"),
        new("HA_RSCTMP", StateDirectory),
        new("HA_LOGD", "no"),
        new("HA_DATEFMT", "%Y/%m/%d_%T "),
    ];

    /// <summary>NAME=VALUE, sorted by name; a variable of env goes before a parameter of the same name.</summary>
    /// <param name="haDirectory">Absolute: the directory of ha.cf.</param>
    public static IReadOnlyList<string> Of(ClusterConfig config, NodeName self, string haDirectory)
    {
        SortedDictionary<string, string> variables = Basis(self, haDirectory);
        variables["HA_NICEFAILBACK"] = config.AutoFailback == AutoFailback.Legacy ? "no" : "yes";
        variables["HA_LOGFACILITY"] = config.Log.Facility ?? "";
        variables["HA_LOGFILE"] = config.Log.LogFile ?? "";
        variables["HA_DEBUGLOG"] = config.Log.DebugFile ?? "";
        variables["HA_debug"] = config.Log.DebugLevel.ToString(CultureInfo.InvariantCulture);

        // The lines of stonith devices hold their passwords, and a service hands its environment on to anybody.
        foreach ((string name, string value) in config.Parameters.Where(
            parameter => !parameter.Key.StartsWith("stonith", StringComparison.Ordinal)))
        {
            variables["HA_" + name] = value;
        }

        foreach ((string name, string value) in config.Environment)
        {
            variables[name.StartsWith("HA_", StringComparison.Ordinal) ? name : "HA_" + name] = value;
        }

        return Lines(variables);
    }

    /// <summary>What an agent needs at least; for a command line that reads no ha.cf.</summary>
    public static IReadOnlyList<string> Of(NodeName self, string haDirectory) => Lines(Basis(self, haDirectory));

    private static SortedDictionary<string, string> Basis(NodeName self, string haDirectory)
    {
        SortedDictionary<string, string> variables = new(StringComparer.Ordinal)
        {
            ["HA_CURHOST"] = self.Text,
            ["HA_DIR"] = haDirectory,
            ["HA_FUNCS"] = Path.Combine(haDirectory, "shellfuncs"),
            ["HA_RESOURCEDIR"] = Path.Combine(haDirectory, "resource.d"),
        };
        foreach ((string name, string value) in Fixed)
        {
            variables[name] = value;
        }

        return variables;
    }

    private static List<string> Lines(SortedDictionary<string, string> variables) =>
        [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];
}
