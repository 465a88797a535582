using System.Diagnostics;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Managed;

/// <summary>A loop device with ext4, which goes when its keeper does, at the latest with the test run.</summary>
internal sealed class SharedDisk : IDisposable
{
    private readonly Process _keeper;

    private SharedDisk(Process keeper, string device)
    {
        _keeper = keeper;
        Device = device;
    }

    public string Device { get; }

    /// <param name="file">The image; it is made.</param>
    public static SharedDisk Make(string file)
    {
        Tool.Demand(["truncate", "-s", "128M", file]);
        Tool.Demand(["mkfs.ext4", "-q", "-F", file]);
        var keeper = Tool.Start(
        [
            "sh", "-c", $"d=$(losetup -f --show '{file}') && exec 3< $d && losetup -d $d && echo $d; cat > /dev/null",
        ]) ?? throw new LabException("there is no sh");
        return keeper.StandardOutput.ReadLine() is { Length: > 0 } device
            ? new SharedDisk(keeper, device)
            : throw new LabException($"no loop device: {keeper.StandardError.ReadToEnd()}");
    }

    public void Dispose()
    {
        _keeper.StandardInput.Close();
        _keeper.WaitForExit();
        _keeper.Dispose();
    }
}
