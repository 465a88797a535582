// Reads the files of the configuration directory and nothing else; what they mean is ConfigReader's trade.
// The idea: whatever the disk says becomes a value. A file that cannot be read is a problem with a remedy, found
// together with all the others, and never an exception.

using System.Text;
using HaSharp.Core;
using HaSharp.Core.Config;

namespace HaSharp.Daemon.Files;

public static class ConfigDirectory
{
    private const string AuthKeys = "authkeys";
    private const string NodeInfo = "nodeinfo";
    private const int OthersWrite = 0b000_000_010;

    /// <summary>
    /// Reads ha.cf, haresources, authkeys with its mode, and nodeinfo. Self is the first line of nodeinfo (spec 1.1),
    /// null when there is none: then uname -n is the node's name, which the caller fills in.
    /// </summary>
    public static ConfigSources Read(string directory)
    {
        var problems = new List<ConfigProblem>();
        if (!Directory.Exists(directory))
        {
            problems.Add(Error("ha.cf", $"there is no directory {directory}; name another one with --ha-dir"));
        }

        var haCf = ReadFile(directory, "ha.cf", problems);
        var haresources = ReadFile(directory, "haresources", problems);
        var authKeys = ReadFile(directory, AuthKeys, problems);
        var nodeInfo = ReadFile(directory, NodeInfo, problems);
        WarnIfOpen("ha.cf", haCf?.Mode, problems);
        WarnIfOpen("haresources", haresources?.Mode, problems);
        return new ConfigSources
        {
            HaCf = haCf is { } cf ? Encoding.UTF8.GetString(cf.Bytes) : null,
            Haresources = haresources is { } resources ? Encoding.UTF8.GetString(resources.Bytes) : null,
            // A plain null would become an empty memory here, and a missing file an empty one.
            AuthKeys = authKeys is { } keys ? keys.Bytes : default(ReadOnlyMemory<byte>?),
            AuthKeysMode = authKeys?.Mode,
            Self = nodeInfo is { } info ? FirstLine(info.Bytes, problems) : null,
            Problems = problems,
        };
    }

    /// <summary>Both name programs that root runs.</summary>
    private static void WarnIfOpen(string name, int? mode, List<ConfigProblem> problems)
    {
        if (mode is { } bits && (bits & OthersWrite) != 0)
        {
            problems.Add(new ConfigProblem(
                name, 0, 0, ProblemSeverity.Warning,
                $"everybody may write it (mode {Convert.ToString(bits, 8).PadLeft(4, '0')}), and it names programs "
                + "that root runs; chmod o-w"));
        }
    }

    private static (byte[] Bytes, int Mode)? ReadFile(string directory, string name, List<ConfigProblem> problems)
    {
        var path = Path.Combine(directory, name);
        try
        {
            if (Directory.Exists(path))
            {
                problems.Add(Error(name, $"{path} is a directory; put a file in its place"));
                return null;
            }

            // Whatever is no regular file has no length: a pipe or a device is never opened, where it could block.
            var file = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
            return file.Length == 0 ? ([], (int)file.UnixFileMode) : ReadBytes(file.FullName, name, problems);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            problems.Add(Error(name, trouble is UnauthorizedAccessException
                ? $"{path} may not be read by this user; run as root, or change its owner or mode"
                : $"{path} cannot be read: {trouble.Message}"));
            return null;
        }
    }

    /// <summary>Bytes and mode come from one open file, so that they cannot belong to two.</summary>
    private static (byte[] Bytes, int Mode)? ReadBytes(string path, string name, List<ConfigProblem> problems)
    {
        using var handle = File.OpenHandle(path);
        var bytes = new byte[ConfigLimits.FileBytes + 1];
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(length), length) is > 0 and var read)
        {
            length += read;
        }

        if (length > ConfigLimits.FileBytes)
        {
            problems.Add(Error(name, $"{path} is larger than {ConfigLimits.FileBytes} bytes; is it the right file?"));
            return null;
        }

        return (bytes[..length], (int)File.GetUnixFileMode(handle));
    }

    private static NodeName? FirstLine(byte[] bytes, List<ConfigProblem> problems)
    {
        var line = Encoding.UTF8.GetString(bytes).Split('\n')[0].Trim();
        if (line.Length > ConfigLimits.NodeNameBytes)
        {
            problems.Add(Error(
                NodeInfo, $"its first line is longer than {ConfigLimits.NodeNameBytes} bytes and so no node's name"));
            return null;
        }

        return line.Length == 0 ? null : new NodeName(line);
    }

    private static ConfigProblem Error(string file, string text) => new(file, 0, 0, ProblemSeverity.Error, text);
}
