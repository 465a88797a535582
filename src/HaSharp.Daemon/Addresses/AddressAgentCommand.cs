// The agent as a program: hasharp agent IPaddr ARGUMENT start|stop|status|monitor|usage, with the texts of heartbeat's
// own script, whose readers look for words in them (spec 4.6).

using HaSharp.Core.Config;
using HaSharp.Core.Resources;

namespace HaSharp.Daemon.Addresses;

public static class AddressAgentCommand
{
    private const int Done = 0;
    private const int Failure = 1;
    private const int WrongUsage = 2;
    private const int NotRunning = 3;

    /// <summary>
    /// Runs one action. A start stays for another second to send all announcements but the last one of 6 s, because
    /// they end with the process.
    /// </summary>
    /// <param name="args">The agent's arguments, then the action.</param>
    /// <returns>LSB: 0 done or running, 1 failed, 2 wrong usage, 3 not running.</returns>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        string action = args.Count > 0 ? args[^1] : "";
        string[] arguments = [.. args.SkipLast(1)];
        switch (action)
        {
            case "start":
                return Run(AgentAction.Start, arguments, output, error);
            case "stop":
                return Run(AgentAction.Stop, arguments, output, error);
            case "status" or "monitor":
                return Run(AgentAction.Status, arguments, output, error);
            case "usage":
                output.WriteLine(Usage);
                return Done;
            default:
                error.WriteLine(Usage);
                return WrongUsage;
        }
    }

    private static string Usage => $"usage: IPaddr {VirtualAddress.Form} start|stop|status|monitor|usage";

    private static int Run(AgentAction action, string[] arguments, TextWriter output, TextWriter error)
    {
        using var agent = new AddressAgent();
        AgentOutcome outcome = agent.Run(action, arguments);
        if (outcome.Reason.Length > 0)
        {
            error.WriteLine($"{(outcome.Verdict == AgentVerdict.Ok ? "WARNING" : "ERROR")}:  {outcome.Reason}");
        }

        switch (outcome.Verdict)
        {
            case AgentVerdict.Ok when action == AgentAction.Status:
                output.WriteLine("INFO:  Running OK");
                return Done;
            case AgentVerdict.Ok:
                output.WriteLine("INFO:  Success");
                output.Flush();
                Thread.Sleep(action == AgentAction.Start ? AddressAgent.Burst : TimeSpan.Zero);
                return Done;
            case AgentVerdict.NotRunning:
                output.WriteLine("INFO:  Resource is stopped");
                return NotRunning;
            default:
                return Failure;
        }
    }
}
