// What was measured, for those who read the end of `make test`: the runner shows nothing of a test that has passed.

namespace HaSharp.Cluster.Tests.Interop;

internal static class InteropReport
{
    /// <summary>The environment variable that names the file; without it nothing is written.</summary>
    private const string File = "HASHARP_INTEROP_REPORT";

    /// <param name="ending">.progress: the file beside it, which gets each scene as it ends.</param>
    public static void Add(string text, string ending = "")
    {
        if (Environment.GetEnvironmentVariable(File) is { Length: > 0 } file)
        {
            System.IO.File.AppendAllText(file + ending, text);
        }
    }
}
