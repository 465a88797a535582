namespace HaSharp.Daemon.Agents;

/// <param name="Name">As haresources would name it.</param>
/// <param name="Location">Where a resource of that name is run from.</param>
/// <param name="Path">Empty for the built-in code.</param>
public sealed record AgentEntry(string Name, AgentLocation Location, string Path);

/// <summary>All agents of this machine; for people.</summary>
public static class AgentListing
{
    private const string ServiceSuffix = ".service";

    /// <summary>
    /// In the order in which they are looked for, then by name; of several with one name the one that counts. Also
    /// those that would be refused.
    /// </summary>
    public static IReadOnlyList<AgentEntry> Of(AgentCatalog catalog, AgentDirectories directories)
    {
        IEnumerable<string> names =
        [
            .. AgentCatalog.BuiltInNames,
            .. Files(directories.Resources).Select(Path.GetFileName)!,
            .. Files(directories.Init).Select(Path.GetFileName)!,
            .. Subdirectories(Path.Combine(directories.OcfRoot, "resource.d"))
                .SelectMany(provider => Files(provider).Select(file => OcfName(provider, file))),
            .. directories.Units.SelectMany(Files)
                .Where(file => file.EndsWith(ServiceSuffix, StringComparison.Ordinal))
                .Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!,
        ];
        return
        [
            .. names.Distinct().Select(name => new AgentEntry(name, catalog.Locate(name), ""))
                .Where(entry => entry.Location is not AgentLocation.Missing)
                .Select(entry => entry with { Path = PathOf(entry.Location, directories) }),
        ];
    }

    private static string OcfName(string provider, string file) =>
        $"ocf:{Path.GetFileName(provider)}:{Path.GetFileName(file)}";

    private static string PathOf(AgentLocation location, AgentDirectories directories) => location switch
    {
        AgentLocation.Script script => script.Path,
        AgentLocation.Init init => init.Path,
        AgentLocation.Ocf ocf => ocf.Path,
        AgentLocation.Unit unit => directories.Units.Select(directory => Path.Combine(directory, unit.Name))
            .FirstOrDefault(File.Exists) ?? "",
        AgentLocation.Refused refused => refused.Reason,
        _ => "",
    };

    private static IEnumerable<string> Files(string directory) => Entries(directory, Directory.EnumerateFiles);

    private static IEnumerable<string> Subdirectories(string directory) =>
        Entries(directory, Directory.EnumerateDirectories);

    private static IEnumerable<string> Entries(string directory, Func<string, IEnumerable<string>> find)
    {
        try
        {
            return [.. find(directory).Where(path => Path.GetFileName(path)[0] != '.').Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
