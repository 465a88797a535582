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
        AgentLocation.Refused refused => new AbsentAgent(new AgentOutcome(AgentVerdict.Unable, refused.Reason)),
        AgentLocation.Missing missing => new AbsentAgent(AgentOutcome.Missing(missing.Reason)),
        _ => throw new ArgumentOutOfRangeException(nameof(location), location, null),
    };
}

/// <summary>
/// An agent that cannot be run. The processes of its resource can be ended even so; whether that was all of it, nobody
/// can say then.
/// </summary>
internal sealed class AbsentAgent(AgentOutcome outcome) : IAgentKind
{
    public async Task<AgentOutcome> Carry(ActionRun run) =>
        run.Action == AgentAction.Kill && await ResourceMark.End(run) is { } left ? left : outcome;
}
