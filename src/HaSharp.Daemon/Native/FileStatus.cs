using System.Runtime.InteropServices;

namespace HaSharp.Daemon.Native;

/// <summary>Who owns a file and who may write it; .NET tells the mode only.</summary>
/// <param name="Mode">Type and permissions, as in stat(2).</param>
internal readonly partial record struct FileStatus(int Mode, uint Owner, uint Group)
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint TypeModeOwnerGroup = 0x1 | 0x2 | 0x8 | 0x10;

    private const int TypeBits = 0xF000;
    private const int LinkType = 0xA000;

    public bool IsLink => (Mode & TypeBits) == LinkType;

    /// <summary>Of the file itself, also when it is a link; null: there is none, or it cannot be examined.</summary>
    public static FileStatus? Of(string path) =>
        statx(CurrentDirectory, path, NoFollow, TypeModeOwnerGroup, out Raw raw) == 0
            ? new FileStatus(raw.Mode, raw.Owner, raw.Group)
            : null;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, out Raw status);

    /// <summary>struct statx is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct Raw
    {
        [FieldOffset(20)]
        public readonly uint Owner;

        [FieldOffset(24)]
        public readonly uint Group;

        [FieldOffset(28)]
        public readonly ushort Mode;
    }
}
