using HaSharp.Cli.Demo;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>resource-agents/Filesystem with real devices: what is mounted, and what is refused.</summary>
public sealed class FilesystemTests : IDisposable
{
    private readonly Shelf? _shelf = DeviceFactAttribute.WhyImpossible.Value is null ? new Shelf() : null;

    private Shelf Shelf => _shelf!;

    private string Mount => Shelf.Mount;

    public void Dispose() => _shelf?.Dispose();

    [DeviceFact]
    public void A_device_is_mounted_and_unmounted_and_each_may_be_repeated()
    {
        string device = Shelf.Ext4();
        Assert.Equal(Answer.Stopped, Run(device, Mount, "ext4", "status"));
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "start"));
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "start"));
        Assert.Equal(Answer.Running, Run(device, Mount, "ext4", "status"));
        Assert.Equal(Answer.Running, Run(device, Mount, "monitor"));
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "stop"));
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "stop"));
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "kill"));
        Assert.Equal(Answer.Stopped, Run(device, Mount, "ext4", "monitor"));
        Assert.DoesNotContain(Mount, Shelf.Mounts(), StringComparison.Ordinal);
    }

    [DeviceFact]
    public void A_device_is_found_by_its_label_or_its_uuid()
    {
        string label = $"t{Guid.NewGuid():N}"[..16];
        var uuid = Guid.NewGuid();
        Shelf.Device("mkfs.ext4", "-q", "-F", "-L", label, "-U", $"{uuid}");
        foreach (string name in (string[])[$"LABEL={label}", $"-L{label}", $"UUID={uuid}", $"-U{uuid}"])
        {
            Assert.Equal(Answer.Done, Run(name, Mount, "ext4", "noatime", "start"));
            Assert.Contains($"{Mount} rw,noatime", Shelf.Mounts(), StringComparison.Ordinal);
            Assert.Equal(Answer.Running, Run(name, Mount, "ext4", "noatime", "status"));
            Assert.Equal(Answer.Done, Run(name, Mount, "ext4", "noatime", "stop"));
        }
    }

    [DeviceFact]
    public void Memory_a_directory_and_an_image_are_mounted_with_their_options()
    {
        string image = Shelf.Image("image");
        Tool.Demand(["mkfs.ext4", "-q", "-F", image]);
        Directory.CreateDirectory(Shelf.Directory.File("source"));
        string[][] resources =
        [
            ["tmpfs", Mount, "tmpfs", "size=1m,ro"],
            [Shelf.Directory.File("source"), Mount, "none", "bind,ro"],
            [Shelf.Directory.File("source"), Mount, "bind", "ro"],
            [image, Mount, "ext4", "loop,ro"],
        ];
        foreach (string[] resource in resources)
        {
            Assert.Equal(Answer.Stopped, Run([.. resource, "status"]));
            Assert.Equal(Answer.Done, Run([.. resource, "start"]));
            Assert.Equal(Answer.Done, Run([.. resource, "start"]));
            Assert.Contains($"{Mount} ro,", Shelf.Mounts(), StringComparison.Ordinal);
            Assert.Equal(Answer.Running, Run([.. resource, "status"]));
            Assert.Equal(Answer.Done, Run([.. resource, "stop"]));
            Assert.Equal(Answer.Stopped, Run([.. resource, "status"]));
        }
    }

    [DeviceFact]
    public void A_link_to_the_mount_point_and_blanks_in_its_name_are_no_trouble()
    {
        string device = Shelf.Ext4();
        string odd = Shelf.Directory.File("my disk");
        string link = Shelf.Directory.File("link");
        File.CreateSymbolicLink(link, odd);
        Directory.CreateDirectory(odd);
        Assert.Equal(Answer.Done, Run(device, link, "ext4", "start"));
        Assert.Equal(Answer.Running, Run(device, link, "ext4", "status"));
        Assert.Equal(Answer.Running, Run(device, odd, "ext4", "status"));
        Assert.Equal(Answer.Done, Run(device, link, "ext4", "stop"));
        Assert.Equal(Answer.Stopped, Run(device, odd, "ext4", "status"));
    }

    [DeviceFact]
    public void What_is_mounted_elsewhere_on_this_machine_is_refused()
    {
        string device = Shelf.Ext4();
        string other = Shelf.Directory.File("other");
        Assert.Equal(Answer.Done, Run(device, other, "ext4", "start"));
        Refuses($"{device} is in use on this machine: it is mounted on {other}", device, Mount, "ext4", "start");
        Assert.Equal(Answer.Stopped, Run(device, Mount, "ext4", "status"));
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "stop"));
        Assert.Equal(Answer.Running, Run(device, other, "ext4", "status"));

        using var elsewhere = Keeper.OfMounts();
        var there = new ShippedAgent("Filesystem", Shelf.Directory, elsewhere.Inside);
        string namespaces = $"mounted on {other} in the mount namespace of process {Shelf.Namespace.Id} (";
        Answer answer = there.Run(device, other, "ext4", "start");
        Assert.Equal(1, answer.Code);
        Assert.Contains(namespaces, answer.Reason, StringComparison.Ordinal);
        Assert.Equal(Answer.Done, there.Run(device, other, "ext4", "stop"));
        Assert.Equal(Answer.Running, Run(device, other, "ext4", "status"));
    }

    [DeviceFact]
    public void A_directory_that_is_taken_is_refused()
    {
        string device = Shelf.Ext4();
        Assert.Equal(Answer.Done, Run("tmpfs", Mount, "tmpfs", "start"));
        Refuses($"{Mount} is the mount point of tmpfs already", device, Mount, "ext4", "start");
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "stop"));
        Assert.Equal(Answer.Running, Run("tmpfs", Mount, "tmpfs", "status"));

        string above = Shelf.Directory.Path;
        Refuses(
            $"{Mount} is mounted already, and mounting {device} on {above} would cover it",
            device, above, "ext4", "start");
    }

    [DeviceFact]
    public void A_device_that_does_not_exist_is_told_by_name()
    {
        Assert.Equal(
            new Answer(5, "", "the device /dev/no-such-disk does not exist"),
            Run("/dev/no-such-disk", Mount, "ext4", "start"));
        Assert.Equal(
            new Answer(5, "", "the device LABEL=no-such-label does not exist"),
            Run("LABEL=no-such-label", Mount, "start"));
        Assert.Equal(
            new Answer(5, "", "/dev/null is not a block device"), Run("/dev/null", Mount, "ext4", "start"));
        Assert.Equal(Answer.Stopped, Run("/dev/no-such-disk", Mount, "ext4", "status"));
        Assert.Equal(Answer.Done, Run("/dev/no-such-disk", Mount, "ext4", "stop"));
        Assert.False(Directory.Exists(Mount));
    }

    [DeviceFact]
    public void What_the_kernel_cannot_mount_is_told_in_one_sentence()
    {
        string device = Shelf.Ext4();
        Refuses($"cannot mount {device} on {Mount}: wrong fs type", device, Mount, "xfs", "start");
        string image = Shelf.Image("protected");
        Tool.Demand(["mkfs.ext4", "-q", "-F", image]);
        string locked = Shelf.Attach(image, "-r");
        Refuses($"cannot mount {locked} on {Mount}: {locked} is write-protected", locked, Mount, "ext4", "start");
        Assert.Equal(Answer.Stopped, Run(locked, Mount, "ext4", "status"));
        Assert.Equal(Answer.Done, Run(locked, Mount, "ext4", "ro", "start"));
        Assert.Equal(Answer.Running, Run(locked, Mount, "ext4", "ro", "status"));
    }

    [DeviceFact]
    public void A_device_that_vanished_while_it_was_mounted_is_unmounted_all_the_same()
    {
        string device = Shelf.Ext4();
        string name = Shelf.Directory.File("disk");
        File.CreateSymbolicLink(name, device);
        Assert.Equal(Answer.Done, Run(name, Mount, "ext4", "start"));
        File.Delete(name);
        Assert.Equal(Answer.Running, Run(name, Mount, "ext4", "status"));
        Assert.Equal(Answer.Done, Run(name, Mount, "ext4", "stop"));
        Assert.DoesNotContain(Mount, Shelf.Mounts(), StringComparison.Ordinal);
    }

    [DeviceFact]
    public void A_file_system_that_became_read_only_is_neither_running_nor_stopped()
    {
        string device = Shelf.Device("mkfs.ext4", "-q", "-F", "-e", "remount-ro");
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "start"));
        Shelf.Sh($"echo test > /sys/fs/ext4/{Path.GetFileName(device)}/trigger_fs_error");
        string reason =
            $"{device} on {Mount} has become read-only, which the kernel does after an error (see dmesg)";
        Assert.Equal(new Answer(4, "", reason), Run(device, Mount, "ext4", "status"));
        Assert.Equal(new Answer(1, "", reason), Run(device, Mount, "ext4", "start"));
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "stop"));
    }

    [DeviceFact]
    public void What_has_no_journal_is_checked_first_and_not_mounted_when_it_is_beyond_that()
    {
        string device = Shelf.Device("mkfs.ext2", "-q", "-F");
        Tool.Demand(["debugfs", "-w", "-R", "ssv free_blocks_count 7", device]);
        Tool.Demand(["debugfs", "-w", "-R", "ssv state 0", device]);
        Assert.Equal(Answer.Done, Run(device, Mount, "ext2", "start"));
        Assert.Equal(Answer.Done, Run(device, Mount, "ext2", "stop"));
        string state = Tool.Demand(["dumpe2fs", "-h", device]);
        Assert.DoesNotMatch("Free blocks: +7\n", state);

        Tool.Demand(["debugfs", "-w", "-R", "clri <2>", device]);
        Tool.Demand(["debugfs", "-w", "-R", "ssv state 0", device]);
        Refuses($"fsck -p of {device} ended with exit code 4, repair it by hand: ", device, Mount, "ext2", "start");
        Assert.Equal(Answer.Stopped, Run(device, Mount, "ext2", "status"));
    }

    [DeviceFact]
    public void What_another_machine_has_mounted_is_told_by_its_multi_mount_protection()
    {
        // Two loop devices over one file are two machines for the protection, which waits eleven seconds twice.
        string image = Shelf.Image("shared");
        Tool.Demand(["mkfs.ext4", "-q", "-F", "-O", "mmp", image]);
        string ours = Shelf.Attach(image);
        string theirs = Shelf.Attach(image);
        Assert.Equal(Answer.Done, Run(theirs, Shelf.Directory.File("theirs"), "ext4", "start"));
        Refuses(
            $"cannot mount {ours} on {Mount}: its multi-mount protection says that {Environment.MachineName} has it",
            ours, Mount, "ext4", "start");
        Assert.Equal(Answer.Stopped, Run(ours, Mount, "ext4", "status"));
    }

    private Answer Run(params string[] words) => Shelf.Agent.Run(words);

    private void Refuses(string reason, params string[] words)
    {
        Answer answer = Run(words);
        Assert.Equal((1, ""), (answer.Code, answer.Output));
        Assert.StartsWith(reason, answer.Reason, StringComparison.Ordinal);
    }
}
