using System.Globalization;
using HaSharp.Core.Resources;

namespace HaSharp.Daemon.Agents;

/// <summary>OCF agents: one word as argument, everything else in the environment, exit codes that count.</summary>
internal sealed class OcfAgent(AgentLocation.Ocf location) : IAgentKind
{
    private const int NotInstalled = 5;
    private const int ReasonLength = 200;

    public Task<AgentOutcome> Carry(ActionRun run) => run.Action switch
    {
        AgentAction.Start => Call(run, "start"),
        AgentAction.Stop => Stop(run),
        AgentAction.Kill => Kill(run),
        _ => Call(run, "monitor"),
    };

    private async Task<AgentOutcome> Stop(ActionRun run)
    {
        AgentOutcome outcome = await Call(run, "stop");
        return run.Programs[^1].Code == NotInstalled && new ResourceMark(run.Call).Find().Count == 0
            ? AgentOutcome.Ok
            : outcome;
    }

    /// <summary>After the killing the agent itself puts away what is left: mounts, addresses, files.</summary>
    private async Task<AgentOutcome> Kill(ActionRun run) => await ResourceMark.End(run) ?? await Stop(run);

    private async Task<AgentOutcome> Call(ActionRun run, string action)
    {
        ProgramRun program = await run.Run(location.Path, [action], OcfVariables.Of(location, run, action));
        if (program.Code is not { } code)
        {
            return program.Trouble();
        }

        AgentVerdict verdict = ExitConvention.ReadOcf(run.Action, code);
        string words = ExitConvention.WordsOfOcf(code);
        string? reason = Reason(program);
        return verdict is AgentVerdict.Ok or AgentVerdict.NotRunning
            ? new AgentOutcome(verdict, code is 190 or 191 ? reason ?? words : "")
            : reason is null && words.Length == 0 ? program.Exited(verdict)
            : new AgentOutcome(verdict, string.Create(
                CultureInfo.InvariantCulture, $"{program.Name}: {reason ?? words} (exit code {code})"));
    }

    /// <summary>The last that it gave for people; null: none.</summary>
    private static string? Reason(ProgramRun program)
    {
        string? line = OutputLines.Of(program.Result.Errors)
            .LastOrDefault(line => line.StartsWith(OcfVariables.ReasonPrefix, StringComparison.Ordinal));
        string? text = line?[OcfVariables.ReasonPrefix.Length..].Trim();
        return text?[..Math.Min(text.Length, ReasonLength)];
    }
}
