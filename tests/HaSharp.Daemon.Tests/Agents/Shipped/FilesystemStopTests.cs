using HaSharp.Cli.Demo;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>resource-agents/Filesystem: stop and kill while somebody uses the mount.</summary>
public sealed class FilesystemStopTests : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(20);

    private readonly Shelf? _shelf = DeviceFactAttribute.WhyImpossible.Value is null ? new Shelf() : null;

    private Shelf Shelf => _shelf!;

    private string Mount => Shelf.Mount;

    public void Dispose() => _shelf?.Dispose();

    [DeviceFact]
    public void Whoever_uses_the_mount_is_ended_and_nobody_else()
    {
        string device = Shelf.Ext4();
        Directory.CreateDirectory(Mount);
        Keeper below = Shelf.User($"cd {Mount} && echo ready && exec cat");
        Keeper stranger = Shelf.User($"cd {Shelf.Directory.Path} && exec 5> {Mount}-not && echo ready && exec cat");
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "start"));
        Shelf.Sh($"cp /bin/cat {Mount}/cat && cp /lib/*/libm.so.6 {Mount}/lib.so && mkdir {Mount}/deep");
        Keeper[] users =
        [
            Shelf.User($"cd {Mount}/deep && echo ready && exec cat"),
            Shelf.User($"exec 5> {Mount}/file && echo ready && exec cat"),
            Shelf.User($"exec 5> {Mount}/gone && rm {Mount}/gone && echo ready && exec cat"),
            Shelf.User($"echo ready && exec {Mount}/cat"),
            Shelf.User($"LD_PRELOAD={Mount}/lib.so && export LD_PRELOAD && echo ready && exec cat"),
            Shelf.User(
                $"exec perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local => \"{Mount}/socket\", Listen => 1)"
                + " or die; $| = 1; print \"ready\\n\"; <STDIN>'"),
        ];

        Assert.Equal(0, Run(device, Mount, "ext4", "stop").Code);
        Assert.All(users, user => Assert.True(user.HasEnded(Moment), "a user of the mount lives on"));
        Assert.False(below.HasEnded(TimeSpan.Zero), "who uses what the mount covered was ended");
        Assert.False(stranger.HasEnded(TimeSpan.Zero), "a stranger was ended");
        Assert.Equal(Answer.Stopped, Run(device, Mount, "ext4", "status"));
    }

    [DeviceFact]
    public void Who_uses_the_source_of_a_bound_directory_is_left_alone()
    {
        string source = Shelf.Directory.File("source");
        Directory.CreateDirectory(source);
        Keeper stranger = Shelf.User($"cd {source} && exec 5> {source}/file && echo ready && exec cat");
        Assert.Equal(Answer.Done, Run(source, Mount, "bind", "start"));
        Keeper user = Shelf.User($"exec 5> {Mount}/file && echo ready && exec cat");
        Assert.Equal(0, Run(source, Mount, "bind", "stop").Code);
        Assert.True(user.HasEnded(Moment));
        Assert.False(stranger.HasEnded(TimeSpan.Zero));
    }

    [DeviceFact]
    public void Who_is_deaf_to_term_is_ended_by_kill()
    {
        string device = Shelf.Ext4();
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "start"));
        Keeper deaf = Shelf.User($"trap '' TERM; cd {Mount} && echo ready && exec cat");
        Answer answer = Run(device, Mount, "ext4", "stop");
        Assert.Equal(0, answer.Code);
        Assert.Equal($"KILL to process {deaf.Id} (cat), which uses {Mount}", answer.Reason);
        Assert.True(deaf.HasEnded(Moment));
    }

    [DeviceFact]
    public void What_is_mounted_below_goes_first_with_its_users()
    {
        string device = Shelf.Ext4();
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "start"));
        Shelf.Sh($"mkdir {Mount}/one && mount -t tmpfs none {Mount}/one && mkdir '{Mount}/one/a b'");
        Shelf.Sh($"mount -t tmpfs none '{Mount}/one/a b'");
        Keeper user = Shelf.User($"cd '{Mount}/one/a b' && echo ready && exec cat");
        Assert.Equal(0, Run(device, Mount, "ext4", "stop").Code);
        Assert.True(user.HasEnded(Moment));
        Assert.DoesNotContain(Mount, Shelf.Mounts(), StringComparison.Ordinal);
    }

    [DeviceFact]
    public void A_copy_of_the_mount_in_another_namespace_goes_too_with_its_users()
    {
        string device = Shelf.Ext4();
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "start"));
        Keeper copy = Shelf.Copy();
        using var user = Keeper.OfUse(copy, $"cd {Mount} && echo ready && exec cat");
        Assert.Equal(0, Run(device, Mount, "ext4", "stop").Code);
        Assert.True(user.HasEnded(Moment));
        Assert.DoesNotContain(Mount, Tool.Demand([.. copy.Inside, "cat", "/proc/self/mountinfo"]),
            StringComparison.Ordinal);
        Assert.False(copy.HasEnded(TimeSpan.Zero));
    }

    [DeviceFact]
    public void A_device_that_somebody_else_has_mounted_is_not_stopped_until_it_is_let_go()
    {
        string device = Shelf.Ext4();
        string elsewhere = Shelf.Directory.File("elsewhere");
        Directory.CreateDirectory(elsewhere);
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "start"));
        Keeper copy = Shelf.Copy();
        Tool.Demand([.. copy.Inside, "mount", "--move", Mount, elsewhere]);

        string held = $"{Mount} is unmounted, but its device is still mounted on {elsewhere} in the mount namespace of"
            + $" process {copy.Id} (sh)";
        Assert.Equal(new Answer(1, "", $"cannot unmount {Mount}: {held}"), Run(device, Mount, "ext4", "stop"));
        Assert.Equal(new Answer(0, $"running ({held})", ""), Run(device, Mount, "ext4", "status"));
        Assert.Equal(1, Run(device, Mount, "ext4", "stop").Code);
        Assert.Equal(0, Run(device, Mount, "ext4", "kill").Code);
        Assert.Equal(Answer.Stopped, Run(device, Mount, "ext4", "status"));
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "start"));
    }

    [DeviceFact]
    public void Kill_ends_a_deaf_user_at_once()
    {
        string device = Shelf.Ext4();
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "start"));
        Keeper deaf = Shelf.User($"trap '' TERM; cd {Mount} && echo ready && exec cat");
        Answer answer = Run(device, Mount, "ext4", "kill");
        Assert.Equal(new Answer(0, "", $"KILL to process {deaf.Id} (cat), which uses {Mount}"), answer);
        Assert.True(deaf.HasEnded(Moment));
        Assert.Equal(Answer.Stopped, Run(device, Mount, "ext4", "status"));
    }

    [DeviceFact]
    public void What_no_process_holds_cannot_be_stopped_and_a_lazy_unmount_does_not_count_as_stopped()
    {
        string device = Shelf.Ext4();
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "start"));
        Shelf.Sh($"truncate -s 1M {Mount}/image");
        var loop = Keeper.OfUse(Shelf.Namespace,
            $"d=$(losetup -f --show {Mount}/image) && exec 3< $d && losetup -d $d && echo $d && exec cat");
        string name = Path.GetFileName(loop.Said);

        // The process that keeps the loop device alive has the device open, and no file on the mount.
        Answer answer = Run(device, Mount, "ext4", "stop");
        Assert.Equal(1, answer.Code);
        Assert.EndsWith($"; used by the loop device {name}", answer.Reason, StringComparison.Ordinal);
        Assert.Equal(Answer.Running, Run(device, Mount, "ext4", "status"));

        string held = $"{Mount} is unmounted, but its device is still in use, though it is mounted nowhere any more";
        Assert.Equal(new Answer(1, "", $"cannot unmount {Mount}: {held}"), Run(device, Mount, "ext4", "kill"));
        Assert.Equal(new Answer(0, $"running ({held})", ""), Run(device, Mount, "ext4", "status"));
        Assert.Equal(1, Run(device, Mount, "ext4", "kill").Code);

        loop.Dispose();
        Assert.Equal(Answer.Done, Run(device, Mount, "ext4", "kill"));
        Assert.Equal(Answer.Stopped, Run(device, Mount, "ext4", "status"));
    }

    private Answer Run(params string[] words) => Shelf.Agent.Run(words);
}
