using System.CommandLine;
using HaSharp.Core.Config;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Control;
using HaSharp.Core.Control;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Files;
using HaSharp.Daemon.Host;
using Command = System.CommandLine.Command;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp release: stops what a daemon has left running that is gone and will not be back in time.</summary>
internal static class ReleaseVerb
{
    /// <summary>
    /// systemd's words for an end after which the daemon is not back in time (systemd.exec(5)): it hung for longer than
    /// anybody waits, or it has crashed too often.
    /// </summary>
    private static readonly string[] Hung = ["watchdog", "timeout"];
    private static readonly string[] Crashed = [.. Hung, "signal", "core-dump", "start-limit-hit"];

    /// <summary>WatchdogSec of the unit: whoever waits for longer has taken nothing yet.</summary>
    private static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(30);

    public static Command Build()
    {
        var afterEnd = new Option<bool>("--after-end")
        {
            Description = "For the units: only when the daemon hung or crashed too often, because after a single crash "
                + "it is back at once and goes on with what runs.",
        };
        var command = new Command("release", """
            Stop everything of haresources that runs on this machine while no daemon does, right to left. For a node
            whose daemon is gone for good: its groups may run elsewhere by now. Groups in maintenance, and those that
            hasharp stop --keep has kept, are left alone.
            Exit code 0: nothing else of it runs any more; 1: something could not be stopped.

            Example:
              hasharp release
            """)
        {
            afterEnd,
            CommonOptions.HaDirectory,
            CommonOptions.RunDirectory,
            CommonOptions.StateDirectory,
        };
        command.SetAction(parsed => Run(
            Path.GetFullPath(parsed.GetRequiredValue(CommonOptions.HaDirectory)),
            parsed.GetRequiredValue(CommonOptions.RunDirectory),
            parsed.GetRequiredValue(CommonOptions.StateDirectory),
            parsed.GetValue(afterEnd)));
        return command;
    }

    private static bool IsLost(TimeSpan deadtime) =>
        Environment.GetEnvironmentVariable("MONITOR_SERVICE_RESULT") is { } monitored ? Crashed.Contains(monitored)
            : Hung.Contains(Environment.GetEnvironmentVariable("SERVICE_RESULT")) && deadtime <= Watchdog;

    private static int Run(string haDirectory, string runDirectory, string stateDirectory, bool afterEnd)
    {
        using (ControlClient? client = ControlClient.Connect(runDirectory, out ControlFailure failure))
        {
            if (client is not null || failure != ControlFailure.NotRunning)
            {
                Console.Error.WriteLine("the daemon runs: use hasharp stop, or hasharp standby");
                return ExitCode.Failed;
            }
        }

        ConfigResult files = ConfigReader.Read(ConfigDirectory.Read(haDirectory) with { Self = null });
        if (files.Config is not { } config)
        {
            Console.Error.WriteLine($"the files in {haDirectory} have errors: see hasharp check");
            return ExitCode.NotConfigured;
        }

        if (afterEnd && !IsLost(config.Deadtime))
        {
            return ExitCode.Done;
        }

        Dictionary<string, Orders> orders = StandingOrders.Read(
            new StateDirectory(stateDirectory).ReadKept([]))
            .ToDictionary(kept => kept.Group, kept => kept.Orders);
        AgentCommand agents = AgentVerb.CommandOf(haDirectory, prefersBuiltIn: false);
        bool released = true;
        foreach (Resource resource in config.Groups.Reverse()
            .Where(group => !IsKept(orders, group)).SelectMany(group => group.Resources.Reverse()))
        {
            if (Act(agents, resource, "status") == ExitCode.NotRunning)
            {
                continue;
            }

            Console.Out.WriteLine($"stopping {resource}");
            bool stopped = Act(agents, resource, "stop") == ExitCode.Done;
            released &= stopped;
            if (!stopped)
            {
                Console.Error.WriteLine($"{resource} could not be stopped");
            }
        }

        return released ? ExitCode.Done : ExitCode.Failed;
    }

    private static bool IsKept(Dictionary<string, Orders> orders, GroupConfig group)
    {
        Orders order = orders.GetValueOrDefault(group.Name.Text, Orders.None);
        bool kept = order.KeptBy is not null || order.Maintains(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        if (kept)
        {
            Console.Out.WriteLine($"{group.Name} is in maintenance, or kept on purpose: left alone");
        }

        return kept;
    }

    private static int Act(AgentCommand agents, Resource resource, string action) => agents.Run(
        [resource.Text, action],
        action == "status" ? TextWriter.Null : Console.Out,
        action == "status" ? TextWriter.Null : Console.Error);
}
