// Files of the repository that these tests were built from.

using System.Text;

namespace HaSharp.Core.Tests.Config;

internal static class RepositoryFiles
{
    /// <summary>One character for each byte.</summary>
    public static string Text(params string[] path)
        => File.ReadAllText(Path.Combine([Root(), .. path]), Encoding.Latin1);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "HaSharp.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
