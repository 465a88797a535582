// Who may command: root, the user that the daemon runs as, and the members of the group haclient.
// The idea: the kernel says who is at the other end; nothing that the client says about itself counts.

using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HaSharp.Daemon.Control;

/// <summary>The rule.</summary>
/// <param name="OwnUid">The daemon's user.</param>
/// <param name="Gid">Of the group haclient; null when this machine has no such group.</param>
public sealed partial record ControlAccess(uint OwnUid, uint? Gid)
{
    public const string GroupName = "haclient";

    /// <summary>The rule of this process on this machine. Asks the name service, once.</summary>
    public static ControlAccess Here() => new(EffectiveUser(), FindGroup(GroupName));

    public bool Permits(PeerCredentials peer) =>
        peer.Uid == 0 || peer.Uid == OwnUid || (Gid is { } gid && (peer.Gid == gid || peer.Groups.Contains(gid)));

    /// <summary>Gives a socket's file to the group. Failure leaves it with the owner alone, which is safe.</summary>
    internal void Share(string path)
    {
        File.SetUnixFileMode(
            path,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        if (Gid is { } gid)
        {
            _ = ChangeOwner(path, uint.MaxValue, gid);
        }
    }

    private static uint? FindGroup(string name)
    {
        nint group = GetGroup(name);

        // struct group: two pointers, then gr_gid.
        return group == 0 ? null : (uint)Marshal.ReadInt32(group, 2 * nint.Size);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetGroup(string name);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}

/// <summary>The process at the other end of a Unix socket, as the kernel knows it.</summary>
/// <param name="Groups">Its supplementary groups.</param>
public sealed record PeerCredentials(int Pid, uint Uid, uint Gid, IReadOnlyList<uint> Groups)
{
    private const int SocketLevel = 1;
    private const int PeerCred = 17;
    private const int PeerGroups = 59;
    private const int MostGroups = 65_536;

    public static PeerCredentials Of(Socket socket)
    {
        Span<int> cred = stackalloc int[3];
        socket.GetRawSocketOption(SocketLevel, PeerCred, MemoryMarshal.AsBytes(cred));

        // The daemon's usual clients are root's: they need no list of groups.
        return new PeerCredentials(cred[0], (uint)cred[1], (uint)cred[2], cred[1] == 0 ? [] : GroupsOf(socket));
    }

    private static uint[] GroupsOf(Socket socket)
    {
        try
        {
            var groups = new uint[MostGroups];
            int bytes = socket.GetRawSocketOption(SocketLevel, PeerGroups, MemoryMarshal.AsBytes(groups.AsSpan()));
            return groups[..(bytes / sizeof(uint))];
        }
        catch (SocketException)
        {
            // A kernel before 4.13 does not tell; the primary group still counts.
            return [];
        }
    }
}
