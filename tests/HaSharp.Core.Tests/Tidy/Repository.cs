namespace HaSharp.Core.Tests.Tidy;

/// <summary>
/// The repository that these tests were built from: every text file that is neither a build product nor recorded data.
/// </summary>
public sealed class Repository
{
    private static readonly string[] Others =
        [".git", "bin", "obj", "out", "TestResults", "Data", "packages.lock.json"];

    public Repository()
    {
        Root = FindRoot();
        Files =
        [
            .. Find(new DirectoryInfo(Root))
                .Select(file => new SourceFile(
                    Path.GetRelativePath(Root, file.FullName), File.ReadAllText(file.FullName)))
                .Where(file => !file.Text.Contains('\0', StringComparison.Ordinal))
                .OrderBy(file => file.Path, StringComparer.Ordinal),
        ];
        Code = [.. Files.Where(file => file.IsCSharp)];
    }

    public string Root { get; }

    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>The C# files of src and tests.</summary>
    public IReadOnlyList<SourceFile> Code { get; }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "HaSharp.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"HaSharp.sln is in no folder above {AppContext.BaseDirectory}.");
    }

    private static IEnumerable<FileInfo> Find(DirectoryInfo folder) => folder.EnumerateFileSystemInfos()
        .Where(entry => !Others.Contains(entry.Name) && entry.LinkTarget is null)
        .SelectMany(entry => entry is DirectoryInfo inner ? Find(inner) : [(FileInfo)entry]);
}
