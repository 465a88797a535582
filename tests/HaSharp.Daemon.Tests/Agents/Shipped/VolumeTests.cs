using HaSharp.Cli.Demo;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>resource-agents/LVM and Raid1 on loop devices, where the kernel has a device mapper and md.</summary>
public sealed class VolumeTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<Keeper> _devices = [];

    public void Dispose()
    {
        foreach (Keeper device in _devices)
        {
            device.Dispose();
        }

        _directory.Dispose();
    }

    [VolumeFact("lvm", "device-mapper")]
    public void A_volume_group_is_activated_and_deactivated_and_one_in_use_is_not()
    {
        // Without udev, and with a configuration of its own, because the machine's may leave loop devices out.
        string settings = _directory.File("lvm");
        Directory.CreateDirectory(settings);
        File.WriteAllText(
            Path.Combine(settings, "lvm.conf"),
            "activation { udev_sync = 0 udev_rules = 0 verify_udev_operations = 1 }\n"
            + "devices { use_devicesfile = 0 }\n");
        string name = $"t{Guid.NewGuid():N}"[..12];
        string device = Device();
        string[] lvm = ["env", $"LVM_SYSTEM_DIR={settings}"];
        Tool.Demand([.. lvm, "vgcreate", name, device]);
        Tool.Demand([.. lvm, "lvcreate", "-y", "-n", "data", "-l", "50%VG", name]);
        ShippedAgent agent = new ShippedAgent("LVM", _directory).With("LVM_SYSTEM_DIR", settings);
        try
        {
            Assert.Equal(Answer.Running, agent.Run(name, "status"));
            Assert.Equal(Answer.Done, agent.Run(name, "stop"));
            Assert.Equal(Answer.Done, agent.Run(name, "stop"));
            Assert.Equal(Answer.Stopped, agent.Run(name, "status"));
            Assert.Equal(Answer.Done, agent.Run(name, "start"));
            Assert.Equal(Answer.Done, agent.Run(name, "start"));
            using (var user = Keeper.Start(["sh", "-c", $"exec 3< /dev/{name}/data && echo ready && exec cat"]))
            {
                Answer refused = agent.Run(name, "stop");
                Assert.Equal(1, refused.Code);
                Assert.StartsWith($"cannot deactivate {name}: ", refused.Reason, StringComparison.Ordinal);
                Assert.Equal(Answer.Running, agent.Run(name, "monitor"));
            }

            Assert.Equal(Answer.Done, agent.Run(name, "stop"));
        }
        finally
        {
            Tool.Run([.. lvm, "vgremove", "-f", "-y", name]);
        }
    }

    [VolumeFact("mdadm", "md")]
    public void An_array_is_assembled_and_stopped_and_one_that_lost_a_disk_runs()
    {
        string name = $"/dev/md/t{Guid.NewGuid():N}"[..16];
        string[] disks = [Device(), Device()];
        Tool.Demand(
        [
            "mdadm", "--create", name, "--run", "--level=1", "--raid-devices=2", "--metadata=1.2", "--assume-clean",
            .. disks,
        ]);
        string configuration = _directory.File("mdadm.conf");
        string line = Tool.Demand(["mdadm", "--detail", "--brief", name]);
        File.WriteAllText(configuration, $"DEVICE {disks[0]} {disks[1]}\n{line}\n");
        var agent = new ShippedAgent("Raid1", _directory);
        try
        {
            Assert.Equal(Answer.Running, agent.Run(configuration, name, "status"));
            Assert.Equal(Answer.Done, agent.Run(configuration, name, "stop"));
            Assert.Equal(Answer.Done, agent.Run(configuration, name, "stop"));
            Assert.Equal(Answer.Stopped, agent.Run(configuration, name, "status"));
            Tool.Demand(["mdadm", "--zero-superblock", disks[1]]);
            Assert.Equal(0, agent.Run(configuration, name, "start").Code);
            Assert.Equal(
                new Answer(0, "running", $"{name} has lost 1 of its disks"), agent.Run(configuration, name, "monitor"));
        }
        finally
        {
            agent.Run(configuration, name, "stop");
        }

        Assert.Equal(Answer.Stopped, agent.Run(configuration, name, "status"));
    }

    private string Device()
    {
        string image = _directory.File($"disk{_devices.Count}");
        using (FileStream file = File.Create(image))
        {
            file.SetLength(32 << 20);
        }

        _devices.Add(Keeper.OfLoopDevice(image));
        return _devices[^1].Said;
    }
}

/// <summary>A test that needs a program and a driver of the kernel that not every machine has.</summary>
public sealed class VolumeFactAttribute : FactAttribute
{
    /// <param name="driver">As in /proc/devices.</param>
    public VolumeFactAttribute(string program, string driver)
    {
        Skip = DeviceFactAttribute.WhyImpossible.Value
            ?? (Lacks($"grep -q ' {driver}$' /proc/devices") ? $"needs a kernel with {driver} in /proc/devices"
                : Lacks($"command -v {program}") ? $"needs {program}" : null);
    }

    private static bool Lacks(string check) => Tool.Run(["sh", "-c", check]).ExitCode != 0;
}
