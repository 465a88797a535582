// A systemd unit as a resource. systemctl start and stop wait for the job; what became of the unit is asked afterwards,
// because a job can succeed and the service be gone a moment later. While the unit changes its state there is no
// answer, neither running nor stopped is true then: it is asked again, until the deadline.

using HaSharp.Core.Resources;

namespace HaSharp.Daemon.Agents;

internal sealed class UnitAgent(string systemctl, string unit) : IAgentKind
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public Task<AgentOutcome> Carry(ActionRun run) => run.Action switch
    {
        AgentAction.Start => Start(run),
        AgentAction.Stop => Stop(run),
        AgentAction.Kill => Kill(run),
        _ => Ask(run),
    };

    /// <summary>The unit as it is now; else why systemd did not say it.</summary>
    public static async Task<(UnitState? State, AgentOutcome? Trouble)> Show(
        ActionRun run, string systemctl, string unit)
    {
        ProgramRun program = await run.Look(systemctl, ["show", UnitState.Properties, "--", unit]);
        return program.Code switch
        {
            null => (null, program.Trouble()),
            0 => (UnitState.Parse(program.Result.Output), null),
            _ => (null, program.Exited(AgentVerdict.Failed)),
        };
    }

    private async Task<AgentOutcome> Start(ActionRun run)
    {
        ProgramRun start = await run.Run(systemctl, ["start", "--no-ask-password", "--", unit]);
        if (start.Code is null)
        {
            return start.Trouble();
        }

        (UnitState? state, AgentOutcome? trouble) = await Settled(run);
        return state switch
        {
            null => trouble!,
            { WhyUnable: { } reason } => new AgentOutcome(AgentVerdict.Unable, $"{unit} {reason}"),
            { IsActive: true } => AgentOutcome.Ok,
            _ when start.Code != 0 => AgentOutcome.Failed($"{unit} did not start: {state.Words}"),
            _ => AgentOutcome.Failed($"{unit} started, but does not run: {state.Words}"),
        };
    }

    private async Task<AgentOutcome> Stop(ActionRun run)
    {
        ProgramRun stop = await run.Run(systemctl, ["stop", "--no-ask-password", "--", unit]);
        if (stop.Code is null)
        {
            return stop.Trouble();
        }

        (UnitState? state, AgentOutcome? trouble) = await Settled(run);
        return state is null ? trouble!
            : state.IsActive ? AgentOutcome.Failed($"{unit} did not stop: {state.Words}")
            : AgentOutcome.Ok;
    }

    private async Task<AgentOutcome> Ask(ActionRun run)
    {
        (UnitState? state, AgentOutcome? trouble) = await Settled(run);
        return state is null ? trouble!
            : state.IsActive ? AgentOutcome.Ok
            : state.HasFailed ? AgentOutcome.NotRunning with { Reason = $"{unit} is {state.Words}" }
            : AgentOutcome.NotRunning;
    }

    /// <summary>The unit is being stopped when its processes are killed, or its Restart= would start it anew.</summary>
    private async Task<AgentOutcome> Kill(ActionRun run)
    {
        if (await ResourceMark.End(run) is { } left)
        {
            return left;
        }

        await run.Run(systemctl, ["stop", "--no-block", "--no-ask-password", "--", unit]);

        // It fails where nothing runs any more; what counts is what the stop finds.
        await run.Run(systemctl, ["kill", "--signal=SIGKILL", "--", unit]);
        AgentOutcome outcome = await Stop(run);
        await run.Run(systemctl, ["reset-failed", "--", unit]);
        return outcome;
    }

    /// <summary>The unit once it has come to rest; else why that is not known.</summary>
    private async Task<(UnitState? State, AgentOutcome? Trouble)> Settled(ActionRun run)
    {
        while (true)
        {
            (UnitState? state, AgentOutcome? trouble) = await Show(run, systemctl, unit);
            if (state is not { IsChanging: true })
            {
                return (state, trouble);
            }

            // The next question must have the time to be answered.
            if (run.Left <= Pause + Pause)
            {
                string late = AgentOutcome.TimedOut(run.Call.Deadline).Reason;
                return (null, new AgentOutcome(AgentVerdict.TimedOut, $"{unit} is {state.Words}: {late}"));
            }

            await Task.Delay(Pause);
        }
    }
}

/// <summary>What systemctl show says of a unit.</summary>
internal sealed record UnitState(string Load, string Active, string Sub, string Result, string File, string Outdated)
{
    public const string Properties =
        "--property=LoadState,ActiveState,SubState,Result,UnitFileState,NeedDaemonReload";

    /// <summary>A service that reads its files anew, or gets other mounts, goes on running.</summary>
    public bool IsActive => Active is "active" or "reloading" or "refreshing";

    public bool HasFailed => Active == "failed";

    public bool IsChanging => !IsActive && Active is not ("inactive" or "failed");

    /// <summary>The unit's file is another than the one that systemd goes by.</summary>
    public bool IsOutdated => Outdated == "yes";

    /// <summary>systemd starts it by itself when the machine boots.</summary>
    public bool StartsAtBoot => File is "enabled" or "enabled-runtime";

    /// <summary>Null: it can be started; else what follows its name in a sentence.</summary>
    public string? WhyUnable => Load switch
    {
        "masked" => "is masked (systemctl unmask)",
        "not-found" => "is unknown to systemd (after adding a unit: systemctl daemon-reload)",
        "bad-setting" or "error" => "cannot be loaded (systemctl status says why)",
        _ => null,
    };

    /// <summary>For people: failed (exit-code).</summary>
    public string Words => Result is "" or "success" ? $"{Active} ({Sub})" : $"{Active} ({Result})";

    public static UnitState Parse(string output)
    {
        string Of(string name) => output.Split('\n')
            .FirstOrDefault(line => line.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..]
            .Trim() ?? "";
        return new UnitState(
            Of("LoadState"),
            Of("ActiveState"),
            Of("SubState"),
            Of("Result"),
            Of("UnitFileState"),
            Of("NeedDaemonReload"));
    }
}
