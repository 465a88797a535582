using System.Net.Sockets;
using HaSharp.Daemon.Control;

namespace HaSharp.Daemon.Tests.Control;

public sealed class ControlAccessTests
{
    private static readonly ControlAccess Access = new(OwnUid: 500, Gid: 90);

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(500, 7, true)]
    [InlineData(1000, 90, true)]
    [InlineData(1000, 7, false)]
    public void Root_the_own_user_and_the_primary_group_may_command(int uid, int gid, bool permitted) =>
        Assert.Equal(permitted, Access.Permits(new PeerCredentials(1, (uint)uid, (uint)gid, [])));

    [Fact]
    public void A_supplementary_member_of_the_group_may_command()
    {
        Assert.True(Access.Permits(new PeerCredentials(1, 1000, 7, [4, 90])));
        Assert.False(Access.Permits(new PeerCredentials(1, 1000, 7, [4, 91])));
    }

    [Fact]
    public void Without_the_group_only_root_and_the_own_user_may_command()
    {
        var alone = new ControlAccess(500, null);
        Assert.False(alone.Permits(new PeerCredentials(1, 1000, 0, [0])));
        Assert.True(alone.Permits(new PeerCredentials(1, 0, 7, [])));
    }

    [Fact]
    public void The_kernel_names_the_process_at_the_other_end()
    {
        string path = Path.Combine(Path.GetTempPath(), $"hasharp-peer-{Environment.ProcessId}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
        using Socket server = listener.Accept();
        File.Delete(path);

        PeerCredentials peer = PeerCredentials.Of(server);

        Assert.Equal(Environment.ProcessId, peer.Pid);
        Assert.Equal(ControlAccess.Here().OwnUid, peer.Uid);
    }
}
