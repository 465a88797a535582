using HaSharp.Core.Resources;

namespace HaSharp.Daemon.Agents;

internal static class AgentKinds
{
    /// <param name="location">Not the built-in code, which is no program.</param>
    public static IAgentKind Of(AgentLocation location) => location switch
    {
        AgentLocation.Script script => new ScriptAgent(script.Path, isInit: false, twin: null),
        AgentLocation.Init { Twin: { } unit } init =>
            new ScriptAgent(init.Path, isInit: true, new UnitAgent(unit.Systemctl, unit.Name)),
        AgentLocation.Init init => new ScriptAgent(init.Path, isInit: true, twin: null),
        AgentLocation.Unit unit => new UnitAgent(unit.Systemctl, unit.Name),
        AgentLocation.Ocf ocf => new OcfAgent(ocf),
        AgentLocation.Refused refused => new AbsentAgent(AgentOutcome.Missing(refused.Reason), isThere: true),
        AgentLocation.Missing missing => new AbsentAgent(AgentOutcome.Missing(missing.Reason), isThere: false),
        _ => throw new ArgumentOutOfRangeException(nameof(location), location, null),
    };
}

/// <summary>
/// An agent that cannot be run. The processes of its resource can be ended even so; whether that was all of it, nobody
/// can say then.
/// </summary>
/// <param name="isThere">
/// It is refused, and may have been run before that: what carries the resource's mark, or is a disk, may run.
/// </param>
internal sealed class AbsentAgent(AgentOutcome outcome, bool isThere) : IAgentKind
{
    public async Task<AgentOutcome> Carry(ActionRun run)
    {
        if (run.Action == AgentAction.Kill && await ResourceMark.End(run) is { } left)
        {
            return left;
        }

        bool mayRun = isThere && run.Action == AgentAction.Status
            && (run.Call.Resource.IsDisk || new ResourceMark(run.Call).Find().Count > 0);
        return mayRun ? AgentOutcome.Failed(outcome.Reason) : outcome;
    }
}
