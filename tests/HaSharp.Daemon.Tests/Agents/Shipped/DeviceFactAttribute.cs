using HaSharp.Cli.Demo;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>A test that mounts loop devices in a mount namespace of its own.</summary>
public sealed class DeviceFactAttribute : FactAttribute
{
    public DeviceFactAttribute() => Skip = WhyImpossible.Value;

    /// <summary>Null when it can be done here.</summary>
    public static Lazy<string?> WhyImpossible { get; } = new(() =>
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "needs root, to mount";
        }

        if (Tool.Run(["unshare", "-m", "true"]) is { ExitCode: not 0 } refused)
        {
            return $"needs a mount namespace of its own: {refused.Said}";
        }

        return Tool.Run(["losetup", "-f"]) is { ExitCode: not 0 } none ? $"needs a loop device: {none.Said}" : null;
    });
}
