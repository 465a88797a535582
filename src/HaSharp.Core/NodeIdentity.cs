// Who a node is in this start of its daemon.
// The idea: the durable facts are given at construction, so that the core neither reads nor writes them.
// Invariant: the generation is on disk before the first datagram carries it.

using HaSharp.Core.Wire;

namespace HaSharp.Core;

/// <summary>Who a node is in this start of its daemon: the durable facts that are given at construction.</summary>
/// <param name="Name">In ha.cf's node list.</param>
/// <param name="Uuid">16 bytes that survive restarts (spec 7.0).</param>
/// <param name="Generation">Above that of any earlier start, durable before the first datagram (7.1).</param>
/// <param name="UnixSeconds">Wall clock at StartedAt, for the field ts only.</param>
/// <param name="StartedAt">The moment of construction.</param>
/// <param name="Marks">What the replay guard had seen before this start.</param>
public sealed record NodeIdentity(
    NodeName Name,
    ReadOnlyMemory<byte> Uuid,
    Generation Generation,
    long UnixSeconds,
    Instant StartedAt,
    IReadOnlyList<ReplayMark> Marks)
{
    /// <summary>Of the program, for status only.</summary>
    public string Version { get; init; } = "unknown";

    /// <summary>What Effect.Keep asked for before this start; empty: nothing.</summary>
    public string Kept { get; init; } = "";
}
