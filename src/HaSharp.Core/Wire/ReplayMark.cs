// What the replay guard keeps over our own restarts.
// The idea: a recorded packet stays validly signed for ever; only the memory of what was accepted tells it from news.
// Invariant: generation and sequence never decrease for a node.

namespace HaSharp.Core.Wire;

/// <summary>The newest packet that was ever accepted from a node; kept over our own restarts.</summary>
/// <param name="Sequence">Of that generation.</param>
public readonly record struct ReplayMark(NodeName Node, Generation Generation, long Sequence);
