// The names that heartbeat's administrators and their scripts call (spec 15): hasharp, called by such a name through a
// symbolic link, is that tool. What it prints and ends with is a contract, recorded from heartbeat 3.0.6.

using HaSharp.Cli.Verbs;

namespace HaSharp.Cli.OldNames;

internal static class OldName
{
    /// <summary>Scripts look for the version that HaSharp behaves like; in brackets who it is.</summary>
    public static string Version => $"3.0.6 (hasharp {VersionVerb.Version})";

    /// <summary>The tool of the name that this process was called by; null when it is hasharp itself.</summary>
    public static Func<string[], int>? Find() => Find(CalledAs());

    /// <param name="called">As in argv[0]: with or without directories.</param>
    public static Func<string[], int>? Find(string called) => Path.GetFileName(called) switch
    {
        "cl_status" => args => new ClStatus(OldPlaces.FromEnvironment()).Run(args),
        "hb_standby" => args => new MoveScript(called, "standby", OldPlaces.FromEnvironment()).Run(args),
        "hb_takeover" => args => new MoveScript(called, "takeover", OldPlaces.FromEnvironment()).Run(args),
        "heartbeat" => args => new HeartbeatProgram(called, OldPlaces.FromEnvironment()).Run(args),
        _ => null,
    };

    /// <summary>argv[0], which .NET replaces by the path of its own assembly.</summary>
    private static string CalledAs()
    {
        try
        {
            string line = File.ReadAllText("/proc/self/cmdline");
            int end = line.IndexOf('\0', StringComparison.Ordinal);
            return end < 0 ? line : line[..end];
        }
        catch (IOException)
        {
            return "";
        }
    }
}
