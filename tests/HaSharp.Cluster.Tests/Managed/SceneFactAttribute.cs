using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Managed;

/// <summary>A test with a scene; skipped, with the reason, where namespaces or a program are missing.</summary>
public sealed class SceneFactAttribute : FactAttribute
{
    public SceneFactAttribute(params string[] needs) => Skip = WhyNot(needs);

    /// <summary>Null when this machine has all that a scene needs.</summary>
    public static string? WhyNot(IEnumerable<string> needs) => Permission.WhyNot
        ?? needs.Where(IsMissing).Select(static name => $"needs {name}: eng/setup.sh --with-tests").FirstOrDefault()
        ?? (needs.Contains("losetup") && Tool.Run(["losetup", "-f"]) is { ExitCode: not 0 } none
            ? $"needs a loop device: {none.Said}"
            : null);

    private static bool IsMissing(string program) =>
        !((string[])["/usr/sbin", "/usr/bin", "/sbin", "/bin"]).Any(d => File.Exists(Path.Combine(d, program)));
}
