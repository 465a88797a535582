namespace HaSharp.Benchmarks;

/// <summary>Where a lab keeps its nodes' files.</summary>
internal static class LabHome
{
    /// <summary>A new directory, not below /tmp: agents in a place that everybody may write are not run.</summary>
    public static string Create(string prefix) => Directory.CreateDirectory(
        $"/var/lib/{prefix}{Guid.NewGuid():N}",
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
}
