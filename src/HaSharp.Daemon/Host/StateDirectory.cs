// The directory that survives restarts: hb_generation, hb_uuid (both as heartbeat keeps them: spec 7.0, 7.1), peers
// and kept.
// A node that ran heartbeat before stays the same node: what is missing is taken from the directory beside ours.
// Invariant: a generation is on the disk before anybody hears of it; a peer that hears an old one refuses all we say.

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using HaSharp.Core;
using HaSharp.Core.Wire;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Host;

/// <summary>What a start of the daemon finds, and has already made durable.</summary>
/// <param name="Messages">What was odd and how it was mended; one sentence each.</param>
public sealed record DurableState(
    Generation Generation,
    ReadOnlyMemory<byte> Uuid,
    IReadOnlyList<ReplayMark> Marks,
    IReadOnlyList<string> Messages)
{
    /// <summary>What Effect.Keep asked for last; empty: nothing.</summary>
    public string Kept { get; init; } = "";
}

public sealed class StateDirectory(string path)
{
    public const string GenerationFile = "hb_generation";
    public const string UuidFile = "hb_uuid";
    public const string PeersFile = "peers";
    public const string KeptFile = "kept";

    /// <summary>The core keeps far less; what is longer is not ours.</summary>
    public const int KeptLimit = 64 * 1024;

    private const int UuidBytes = 16;
    private const int GenerationDigits = 15;
    private const long LastGeneration = 999_999_999_999_999;

    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode SharedDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>/var/lib/heartbeat for /var/lib/hasharp.</summary>
    private readonly string _heartbeats =
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path).TrimEnd('/')) ?? "/", "heartbeat");

    public string PeersPath => Path.Combine(path, PeersFile);

    public string KeptPath => Path.Combine(path, KeptFile);

    /// <summary>
    /// For one start of the daemon: raises the generation, reads or makes the UUID, reads the replay marks.
    /// </summary>
    /// <param name="unixSeconds">Seed of a generation that is missing or broken (F15).</param>
    /// <param name="trouble">When false: one sentence; the daemon cannot start.</param>
    public bool TryOpen(
        long unixSeconds, [NotNullWhen(true)] out DurableState? state, [NotNullWhen(false)] out string? trouble)
    {
        List<string> messages = [];
        try
        {
            Directory.CreateDirectory(path, SharedDirectory);
            state = new DurableState(
                RaiseGeneration(unixSeconds, messages),
                ReadUuid(messages),
                PeerMarks.Read(PeersPath, messages),
                messages)
            {
                Kept = ReadKept(messages),
            };
            trouble = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            state = null;
            trouble = $"cannot keep the generation in {path}, without which our peers would refuse us: {e.Message}";
            return false;
        }
    }

    private Generation RaiseGeneration(long unixSeconds, List<string> messages)
    {
        string file = Path.Combine(path, GenerationFile);
        string heartbeats = Path.Combine(_heartbeats, GenerationFile);
        long before = unixSeconds;
        if (File.Exists(file))
        {
            if (ReadGeneration(file) is { } kept)
            {
                before = kept;
            }
            else
            {
                messages.Add($"{file} is broken; the generation starts again from the time of day");
            }
        }

        // The peers may have heard it from heartbeat on this node, and refuse all that is older.
        long used = File.Exists(heartbeats) ? ReadGeneration(heartbeats) ?? 0 : 0;
        before = Math.Max(before, used);

        long next = before + 1;
        string line = next.ToString(CultureInfo.InvariantCulture).PadLeft(GenerationDigits) + "\n";
        WriteDurably(file, Encoding.ASCII.GetBytes(line));
        if (File.Exists(heartbeats))
        {
            TellHeartbeat(heartbeats, line, messages);
        }

        return new Generation(next);
    }

    /// <summary>Should heartbeat come back here, it must go on above what the peers have heard from us.</summary>
    private void TellHeartbeat(string heartbeats, string line, List<string> messages)
    {
        try
        {
            WriteDurably(heartbeats, Encoding.ASCII.GetBytes(line));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            messages.Add(
                $"{heartbeats} cannot be kept in step, remove it before heartbeat starts again: {e.Message}");
        }
    }

    /// <summary>Null when the file is broken.</summary>
    private static long? ReadGeneration(string file) =>
        long.TryParse(
            ReadStart(file, GenerationDigits + 1).Trim(),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long kept)
        && kept is >= 1 and < LastGeneration
            ? kept
            : null;

    private byte[] ReadUuid(List<string> messages)
    {
        string file = Path.Combine(path, UuidFile);
        string heartbeats = Path.Combine(_heartbeats, UuidFile);
        if (File.Exists(file))
        {
            if (ReadUuid(file) is { } kept)
            {
                return kept;
            }

            messages.Add($"{file} is too short; this node gets a new UUID");
        }

        byte[]? used = File.Exists(heartbeats) ? ReadUuid(heartbeats) : null;
        byte[] uuid = used ?? Guid.NewGuid().ToByteArray(bigEndian: true);
        WriteDurably(file, uuid);
        if (used is not null)
        {
            messages.Add($"this node keeps the UUID that it had with heartbeat ({heartbeats})");
        }

        return uuid;
    }

    /// <summary>What the core has kept; empty when there is nothing, or nothing that can be read.</summary>
    /// <param name="messages">Takes what is wrong with the file, one sentence.</param>
    public string ReadKept(List<string> messages)
    {
        if (!File.Exists(KeptPath))
        {
            return "";
        }

        try
        {
            byte[] kept = new byte[KeptLimit + 1];
            using FileStream stream = File.OpenRead(KeptPath);
            int count = stream.ReadAtLeast(kept, kept.Length, throwOnEndOfStream: false);
            if (count <= KeptLimit)
            {
                return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(kept, 0, count);
            }

            messages.Add($"{KeptPath} is longer than {KeptLimit} bytes and ignored; maintenance is off");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            messages.Add($"{KeptPath} cannot be read and is ignored, maintenance is off: {e.Message}");
        }

        return "";
    }

    /// <summary>Null when the file is too short.</summary>
    private static byte[]? ReadUuid(string file)
    {
        byte[] uuid = new byte[UuidBytes];
        using FileStream stream = File.OpenRead(file);
        return stream.ReadAtLeast(uuid, UuidBytes, throwOnEndOfStream: false) == UuidBytes ? uuid : null;
    }

    private static string ReadStart(string file, int bytes)
    {
        // One byte more than there should be, so that a longer file is seen to be broken.
        byte[] buffer = new byte[bytes + 1];
        using FileStream stream = File.OpenRead(file);
        int count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }

    /// <summary>In place: a block that the file already has can also be written when the disk is full.</summary>
    private void WriteDurably(string file, byte[] content)
    {
        bool isNew = !File.Exists(file);
        FileStreamOptions options = new()
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            UnixCreateMode = PrivateFile,
            BufferSize = 0,
        };
        using FileStream stream = new(file, options);
        stream.Write(content);
        stream.SetLength(content.Length);
        stream.Flush(flushToDisk: true);
        if (isNew)
        {
            // The file's name is in the directory, not in the file: without this a power cut may lose both.
            Libc.FlushDirectory(path);
        }
    }
}
