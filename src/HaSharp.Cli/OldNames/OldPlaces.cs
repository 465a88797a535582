namespace HaSharp.Cli.OldNames;

/// <summary>
/// Where the old tools look. They have no options for it, so a daemon in other directories is named by the environment.
/// </summary>
internal sealed record OldPlaces(string HaDirectory, string RunDirectory, string StateDirectory)
{
    public static OldPlaces FromEnvironment() => new(
        Variable("HASHARP_HA_DIR", "/etc/ha.d"),
        Variable("HASHARP_RUN_DIR", "/run/hasharp"),
        Variable("HASHARP_STATE_DIR", "/var/lib/hasharp"));

    private static string Variable(string name, string byDefault) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? Path.GetFullPath(given) : byDefault;
}
