namespace HaSharp.Daemon.Tests.Host;

/// <summary>A directory that goes when the test ends.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Path = Directory.CreateTempSubdirectory("hasharp-test-").FullName;

    private TemporaryDirectory(string path) => Path = Directory.CreateDirectory(path).FullName;

    public string Path { get; }

    /// <summary>One for agents: not below /tmp, which everybody may write, so that nothing there is run.</summary>
    public static TemporaryDirectory ForAgents() => new(System.IO.Path.Combine(
        Environment.IsPrivilegedProcess ? "/var/lib" : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        $"hasharp-test-{Guid.NewGuid():N}"));

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes an executable file, with the directories above it.</summary>
    public string Script(string name, string text)
    {
        string file = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        System.IO.File.WriteAllText(file, text);
        System.IO.File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32("755", 8));
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
