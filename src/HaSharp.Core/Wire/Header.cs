// What every message of the cluster carries beside its own fields (spec 5.7), with what a receiver requires (5.8).
// The idea: one place decides whether a message is complete, so that nobody meets half of one later.
// Invariant: a header has a type, a source, a time and a generation, and a sequence unless its type is an NS_ one.

namespace HaSharp.Core.Wire;

/// <summary>The common fields of a received message.</summary>
/// <param name="Type">The field t: 1 to 31 bytes (spec 6.4).</param>
/// <param name="Source">The field src.</param>
/// <param name="Uuid">The field srcuuid: 16 bytes; empty when the sender does not say.</param>
/// <param name="Generation">The field hg, above 0.</param>
/// <param name="Sequence">The field seq, above 0; null for the types NS_, which are not counted.</param>
/// <param name="UnixSeconds">The field ts, above 0: the sender's clock, never compared with ours.</param>
/// <param name="Destination">The field dest; null: for everybody.</param>
/// <param name="DestinationUuid">The field destuuid; empty when there is none or when it is all zero.</param>
public readonly record struct Header(
    string Type,
    NodeName Source,
    ReadOnlyMemory<byte> Uuid,
    Generation Generation,
    long? Sequence,
    long UnixSeconds,
    NodeName? Destination,
    ReadOnlyMemory<byte> DestinationUuid)
{
    private const int MaxTypeLength = 31;
    private const int MaxNameLength = 99;
    private const int UuidLength = 16;

    /// <summary>Whether it is a heartbeat: the type status.</summary>
    public bool IsStatus => Type == "status";

    /// <summary>
    /// Reads the header. False when a field is missing, is no number, or has another type than it must have. Unlike
    /// heartbeat we require a generation: without it a restart cannot be told from a replay.
    /// </summary>
    public static bool TryRead(Message message, out Header header)
    {
        header = default;
        string? type = message.Text(FieldNames.Type);
        string? source = message.Text(FieldNames.Source);
        long time = message.Hex(FieldNames.Time) ?? 0;
        long generation = message.Hex(FieldNames.Generation) ?? 0;
        if (!IsWord(type, MaxTypeLength) || !IsWord(source, MaxNameLength) || time == 0 || generation == 0
            || !TryReadSequence(message, type!, out long? sequence)
            || !TryReadUuid(message, FieldNames.SourceUuid, out var uuid)
            || !TryReadUuid(message, FieldNames.DestinationUuid, out var destinationUuid))
        {
            return false;
        }

        string? destination = message.Text(FieldNames.Destination);
        header = new Header(
            type!,
            new NodeName(source!),
            uuid,
            new Generation(generation),
            sequence,
            time,
            destination is null ? null : new NodeName(destination),
            destinationUuid.Span.ContainsAnyExcept((byte)0) ? destinationUuid : default);
        return true;
    }

    /// <summary>
    /// Whether it is meant for this node: a counted message by destuuid if it has one, else by dest; an NS_ one by dest
    /// alone (spec 5.8).
    /// </summary>
    public bool IsFor(NodeName self, ReadOnlySpan<byte> selfUuid) =>
        Sequence is not null && !DestinationUuid.IsEmpty
            ? DestinationUuid.Span.SequenceEqual(selfUuid)
            : Destination is null || Destination == self;

    // Without blanks and control characters: it goes into the log.
    private static bool IsWord(string? text, int longest) =>
        text is { Length: > 0 } && text.Length <= longest && !text.AsSpan().ContainsAnyExceptInRange('\x21', '\x7e');

    private static bool TryReadSequence(Message message, string type, out long? sequence)
    {
        bool isCounted = !type.StartsWith("NS_", StringComparison.Ordinal);
        sequence = isCounted ? message.Hex(FieldNames.Sequence) : null;
        return !isCounted || sequence > 0;
    }

    private static bool TryReadUuid(Message message, string name, out ReadOnlyMemory<byte> uuid)
    {
        uuid = message.Binary(name) ?? default;
        return uuid.Length == UuidLength || !message.Has(name);
    }
}
