// What operators have ordered about a group for a time: maintenance, which of its resources are to stay stopped, and
// that it was left running by a daemon that ended.
// The idea: a register like the claim: every heartbeat carries it and the highest version wins, so it holds on every
// node, whoever gave it and whoever restarts. Its end is wall clock time, because it has to survive reboots.
// Invariant: version 0 orders nothing.

namespace HaSharp.Core.Resources;

/// <param name="Version">Rises with every order about the group, on whatever node; 32 bits.</param>
/// <param name="MaintainedUntil">In seconds since 1970, 32 bits; 0: no maintenance.</param>
/// <param name="Runs">So many resources from the left shall run; AllRun: all of them.</param>
/// <param name="KeptBy">
/// The node whose daemon ended and left the group running: nobody else starts it before that node is back, or an
/// operator takes it. None: nobody.
/// </param>
public readonly record struct Orders(long Version, long MaintainedUntil, int Runs, NodeName? KeptBy = null)
{
    public const int AllRun = 0x1000;

    public static readonly Orders None = new(0, 0, AllRun);

    public bool Maintains(long unixSeconds) => unixSeconds < MaintainedUntil;

    /// <summary>Of two that were given at the same time on two nodes, the one that orders more.</summary>
    public bool Beats(Orders other) => Version != other.Version ? Version > other.Version
        : MaintainedUntil != other.MaintainedUntil ? MaintainedUntil > other.MaintainedUntil
        : Runs != other.Runs ? Runs < other.Runs
        : KeptBy is not null && other.KeptBy is null;
}
