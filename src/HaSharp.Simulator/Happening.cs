// All that witnesses (checkers, traces) can see of a virtual world, beside looking at it: rare things only.
// Datagrams are not among them; Hearing knows who heard whom.

using HaSharp.Core;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator;

public abstract record Happening
{
    private Happening()
    {
    }

    /// <summary>Something was done to the world.</summary>
    public sealed record Done(Deed Deed) : Happening;

    public sealed record DaemonStarted(Machine Machine) : Happening;

    /// <param name="Clean">It left by itself and had released everything.</param>
    /// <param name="Left">It ended by itself.</param>
    public sealed record DaemonEnded(Machine Machine, bool Left, bool Clean) : Happening;

    public sealed record ActionBegan(Machine Machine, AgentRun Run) : Happening;

    public sealed record ActionEnded(Machine Machine, AgentRun Run, AgentOutcome Outcome) : Happening;

    public sealed record Reported(Machine Machine, ClusterEvent Event) : Happening;

    public sealed record Replied(Machine Machine, ClientId Client, CommandResult Result) : Happening;

    /// <summary>An old datagram was sent again by somebody, and is about to be stepped into the node.</summary>
    public sealed record ReplayBegins(Machine Machine) : Happening;

    /// <summary>The step with the old datagram is over; its effects are only valid during the call.</summary>
    public sealed record ReplayEnded(Machine Machine, IReadOnlyList<Effect> Effects) : Happening;
}

/// <summary>Watches a world. Sees every happening in order, and looks around once a second of world time.</summary>
public abstract class Witness
{
    public virtual void See(World world, Happening happening)
    {
    }

    /// <summary>Once a second, at full seconds.</summary>
    public virtual void Look(World world)
    {
    }
}
