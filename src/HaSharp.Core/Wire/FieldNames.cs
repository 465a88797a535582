// The field names that the protocol knows (spec 6.2a), so that each is written once.
// The idea: names are printable ASCII, so that a name from the wire can be shown in a log as it is.
// Invariant: a name fits both framings: it has no '=', no blank and no newline.

namespace HaSharp.Core.Wire;

public static class FieldNames
{
    public const string Type = "t";
    public const string Status = "st";
    public const string Deadtime = "dt";
    public const string Protocol = "protocol";
    public const string Source = "src";
    public const string SourceUuid = "srcuuid";
    public const string Destination = "dest";
    public const string DestinationUuid = "destuuid";
    public const string Sequence = "seq";
    public const string Generation = "hg";
    public const string Time = "ts";
    public const string Load = "ld";
    public const string TimeToLive = "ttl";
    public const string Auth = "auth";
    public const string Info = "info";
    public const string Holdings = "rsc_hold";
    public const string ResourceType = "rtype";
    public const string IsStable = "isstable";
    public const string AckSequence = "ackseq";
    public const string FirstSequence = "firstseq";
    public const string LastSequence = "lastseq";
    public const string NodeList = "nodelist";
    public const string DeletedNodeList = "delnodelist";

    /// <summary>HaSharp's own field: the sender's public state (<see cref="PublicStateCodec"/>).</summary>
    public const string PublicState = "hasharp";

    internal const string CompressedPayload = "_compressed_payload";
    internal const string CompressionAlgorithm = "_compression_algorithm";

    /// <summary>Longest name in bytes (spec 5.5).</summary>
    public const int MaxLength = 255;

    /// <summary>Whether this can be a name: 1 to 255 printable ASCII characters without '='.</summary>
    internal static bool IsName(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= MaxLength
        && !name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e)
        && !name.Contains((byte)'=');

    /// <inheritdoc cref="IsName(ReadOnlySpan{byte})"/>
    internal static bool IsName(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxLength
        && !name.ContainsAnyExceptInRange('\x21', '\x7e')
        && !name.Contains('=');
}
