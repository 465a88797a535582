using System.Text;
using HaSharp.Core.Resources;

namespace HaSharp.Daemon.Agents;

/// <summary>heartbeat's scripts and init scripts: arguments, then the action; status by text (spec 4.6).</summary>
/// <param name="twin">What the script may pass everything on to; null: nothing.</param>
internal sealed class ScriptAgent(string path, bool isInit, UnitAgent? twin) : IAgentKind
{
    /// <summary>Begins the remark in which a script lists its actions.</summary>
    public const string Declaration = "# hasharp: actions ";

    private const int HeadBytes = 2048;

    public Task<AgentOutcome> Carry(ActionRun run) => run.Action switch
    {
        AgentAction.Start => Change(run, "start"),
        AgentAction.Stop => Change(run, "stop"),
        AgentAction.Kill => Kill(run),
        _ => Ask(run, "status"),
    };

    private Task<ProgramRun> Call(ActionRun run, string action) =>
        run.Run(path, [.. run.Call.Resource.Arguments, action]);

    private async Task<AgentOutcome> Change(ActionRun run, string action)
    {
        ProgramRun program = await Call(run, action);
        return program.Code is not { } code ? program.Trouble() : program.Exited(isInit
            ? ExitConvention.ReadInit(action == "stop", code)
            : ExitConvention.ReadScript(action == "start", code));
    }

    private async Task<AgentOutcome> Ask(ActionRun run, string action)
    {
        ProgramRun program = await Call(run, action);
        if (program.Code is not { } code)
        {
            return program.Trouble();
        }

        string output = program.Result.Output;
        AgentVerdict verdict = isInit
            ? StatusConvention.ReadInit(output, code)
            : StatusConvention.Read(output, code) ?? AgentVerdict.Failed;

        // Before a start it must not look as if there were nothing to do; a monitor must not take down what may run.
        bool isDoubt = verdict == AgentVerdict.Ok && run.Action != AgentAction.Monitor
            && output.Contains("may be running", StringComparison.Ordinal);
        return program.Exited(isDoubt ? AgentVerdict.Failed : verdict);
    }

    /// <summary>Its processes first; then what the agent itself has for this case; then it is asked.</summary>
    private async Task<AgentOutcome> Kill(ActionRun run)
    {
        if (await ResourceMark.End(run) is { } left)
        {
            return left;
        }

        if (KnowsKill() && await Change(run, "kill") is { Verdict: not AgentVerdict.Ok } failed)
        {
            return failed;
        }

        if (twin is not null && await twin.Carry(run) is { Verdict: not AgentVerdict.Ok } alive)
        {
            return alive;
        }

        AgentOutcome status = await Ask(run, "status");
        return status.Verdict switch
        {
            AgentVerdict.NotRunning => AgentOutcome.Ok,
            AgentVerdict.Ok => AgentOutcome.Failed($"{path} says after the killing that it still runs"),
            _ => status,
        };
    }

    /// <summary>Whether a remark at the beginning of the script lists it.</summary>
    private bool KnowsKill()
    {
        try
        {
            byte[] head = new byte[HeadBytes];
            using FileStream file = File.OpenRead(path);
            string text = Encoding.Latin1.GetString(head, 0, file.ReadAtLeast(head, head.Length, false));
            return text.Split('\n').Any(line => line.StartsWith(Declaration, StringComparison.Ordinal)
                && line[Declaration.Length..].Split(' ', '\r').Contains("kill"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
