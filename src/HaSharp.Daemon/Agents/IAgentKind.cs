using HaSharp.Core.Resources;

namespace HaSharp.Daemon.Agents;

/// <summary>What a kind of agents makes of an action: which programs are run, and what their ends mean.</summary>
internal interface IAgentKind
{
    /// <summary>Ends by the run's deadline or shortly after it, with an outcome and never an exception.</summary>
    Task<AgentOutcome> Carry(ActionRun run);
}
