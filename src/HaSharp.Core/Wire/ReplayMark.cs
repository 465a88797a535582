namespace HaSharp.Core.Wire;

/// <summary>The newest packet that was ever accepted from a node; kept over our own restarts.</summary>
/// <param name="Sequence">Of that generation.</param>
public readonly record struct ReplayMark(NodeName Node, Generation Generation, long Sequence);
