// Where an agent is found, in this order (spec 4.4):
//   1. resource.d in the directory of ha.cf,   2. the init directory,   3. a systemd unit of that name.
// ocf:PROVIDER:TYPE is an OCF agent and looked for nowhere else.
// IPaddr, IPaddr2 and IPv6addr are built in. A file of that name in resource.d counts only if it is the administrator's
// own: neither HaSharp's wrapper (it calls "hasharp agent") nor heartbeat's (it reads "hto-mapfuncs"), which both do
// what the built-in code does, only slower.

using System.Text;

namespace HaSharp.Daemon.Agents;

/// <summary>Finds agents; asks the disk every time, so that a script that was just put there is found.</summary>
public sealed class AgentCatalog
{
    /// <summary>The agents that are part of the daemon.</summary>
    public static readonly IReadOnlyList<string> BuiltInNames = ["IPaddr", "IPaddr2", "IPv6addr"];

    private const UnixFileMode Executable =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const string OcfPrefix = "ocf:";
    private const string ServiceSuffix = ".service";
    private const int WrapperBytes = 8192;
    private const string OurWrapper = "hasharp agent";
    private const string HeartbeatsWrapper = "hto-mapfuncs";

    private readonly AgentDirectories _directories;

    public AgentCatalog(AgentDirectories directories) => _directories = directories;

    /// <param name="name">
    /// As in haresources. A slash leads into a directory below those above, never out of them.
    /// </param>
    public AgentLocation Locate(string name)
    {
        if (name.StartsWith(OcfPrefix, StringComparison.Ordinal))
        {
            return LocateOcf(name);
        }

        string? inResourceDirectory = FindScript(_directories.Resources, name);
        if (BuiltInNames.Contains(name) && (inResourceDirectory is null || IsKnownWrapper(inResourceDirectory)))
        {
            return new AgentLocation.BuiltIn();
        }

        if (inResourceDirectory is not null)
        {
            return Trusted(inResourceDirectory, new AgentLocation.Script(inResourceDirectory));
        }

        AgentLocation.Unit? unit = FindUnit(name);
        return FindScript(_directories.Init, name) is { } init ? Trusted(init, new AgentLocation.Init(init, unit))
            : unit is not null ? unit
            : new AgentLocation.Missing(Missing(name));
    }

    private AgentLocation LocateOcf(string name)
    {
        string[] parts = name.Split(':');
        if (parts.Length != 3 || Array.Exists(parts, part => part is "" or ['.', ..] || part.Contains('/')))
        {
            return new AgentLocation.Missing($"{name} is no OCF agent's name: write ocf:PROVIDER:TYPE");
        }

        string directory = Path.Combine(_directories.OcfRoot, "resource.d");
        string path = Path.Combine(directory, parts[1], parts[2]);
        return FindScript(directory, $"{parts[1]}/{parts[2]}") is not null
            ? Trusted(path, new AgentLocation.Ocf(path, _directories.OcfRoot, parts[1], parts[2]))
            : new AgentLocation.Missing($"Cannot locate OCF agent {name}: "
                + (File.Exists(path) ? $"{path} is not executable (chmod +x)" : $"there is no {path}"));
    }

    private static AgentLocation Trusted(string path, AgentLocation location) =>
        AgentTrust.Objection(path) is { } objection
            ? new AgentLocation.Refused($"refused: {objection}")
            : location;

    private static string? PathBelow(string directory, string name)
    {
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) + "/";
        string path = Path.GetFullPath(root + name);
        return path.StartsWith(root, StringComparison.Ordinal) && path.Length > root.Length ? path : null;
    }

    private static string? FindScript(string directory, string name) =>
        PathBelow(directory, name) is { } path && File.Exists(path) && IsExecutable(path) ? path : null;

    internal static bool IsExecutable(string path)
    {
        try
        {
            return (File.GetUnixFileMode(path) & Executable) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsKnownWrapper(string path)
    {
        try
        {
            byte[] start = new byte[WrapperBytes];
            using FileStream stream = File.OpenRead(path);
            string text = Encoding.Latin1.GetString(start, 0, stream.ReadAtLeast(start, start.Length, false));
            return text.Contains(OurWrapper, StringComparison.Ordinal)
                || text.Contains(HeartbeatsWrapper, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// The service of that name, with or without ".service". No pattern, which systemctl would take for every unit that
    /// fits it, and no template without an instance, which cannot be started.
    /// </summary>
    internal AgentLocation.Unit? FindUnit(string name)
    {
        string unit = name.EndsWith(ServiceSuffix, StringComparison.Ordinal) ? name : name + ServiceSuffix;
        int at = unit.IndexOf('@', StringComparison.Ordinal);
        string template = at < 0 ? unit : unit[..(at + 1)] + ServiceSuffix;
        bool possible = name.AsSpan().IndexOfAny("/*?[") < 0
            && !unit.EndsWith("@" + ServiceSuffix, StringComparison.Ordinal);
        bool known = possible && _directories.Units.Any(directory =>
            File.Exists(Path.Combine(directory, unit)) || File.Exists(Path.Combine(directory, template)));
        return known ? new AgentLocation.Unit(_directories.Systemctl, unit) : null;
    }

    private string Missing(string name)
    {
        foreach (string directory in (string[])[_directories.Resources, _directories.Init])
        {
            if (PathBelow(directory, name) is { } path && File.Exists(path))
            {
                return $"Cannot locate resource script {name}: {path} is not executable (chmod +x)";
            }
        }

        string units = _directories.Units.Count > 0 ? " and systemd's units" : "";
        return $"Cannot locate resource script {name}; looked in {_directories.Resources}, {_directories.Init}{units}";
    }
}
