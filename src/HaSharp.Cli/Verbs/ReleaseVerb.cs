using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
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
        var kept = new Option<bool>("--kept")
        {
            Description = "Stop also what hasharp stop --keep has kept.",
        };
        var command = new Command("release", """
            Stop everything of haresources that runs on this machine while no daemon does, right to left. For a node
            whose daemon is gone for good: its groups may run elsewhere by now. Groups in maintenance, and those that
            hasharp stop --keep has kept, are left alone. Each stop has its deadline (stop_timeout); what it leaves is
            killed, and what stands left of it is stopped all the same.
            Exit code 0: nothing else of it runs any more; 1: something could not be stopped.

            Examples:
              hasharp release
              hasharp release --kept      also what was left running on purpose
            """)
        {
            afterEnd,
            kept,
            CommonOptions.Json,
            CommonOptions.HaDirectory,
            CommonOptions.RunDirectory,
            CommonOptions.StateDirectory,
        };
        command.SetAction(parsed => Run(parsed, parsed.GetValue(afterEnd), parsed.GetValue(kept)));
        return command;
    }

    private static bool IsLost(TimeSpan deadtime) =>
        Environment.GetEnvironmentVariable("MONITOR_SERVICE_RESULT") is { } monitored ? Crashed.Contains(monitored)
            : Hung.Contains(Environment.GetEnvironmentVariable("SERVICE_RESULT")) && deadtime <= Watchdog;

    private static int Run(ParseResult parsed, bool afterEnd, bool kept)
    {
        string haDirectory = Path.GetFullPath(parsed.GetRequiredValue(CommonOptions.HaDirectory));
        string runDirectory = parsed.GetRequiredValue(CommonOptions.RunDirectory);
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

        bool json = parsed.GetValue(CommonOptions.Json);
        string stateDirectory = parsed.GetRequiredValue(CommonOptions.StateDirectory);
        var report = new ReleaseReport(LeftAlone(config, stateDirectory, kept), [], []);
        TextWriter story = json ? Console.Error : Console.Out;
        foreach (LeftGroup group in report.Left)
        {
            story.WriteLine($"{group.Name} {group.Why}: left alone");
        }

        Stop(config, haDirectory, report, story);
        return Print(report, json);
    }

    private static void Stop(ClusterConfig config, string haDirectory, ReleaseReport report, TextWriter story)
    {
        var ladder = new StopLadder(
            new AgentCatalog(AgentDirectories.OfMachine(haDirectory)),
            AgentVerb.CommandOf(haDirectory, prefersBuiltIn: false),
            config.Recovery,
            AgentVerb.EnvironmentOf(haDirectory, out _),
            story);
        foreach (GroupConfig group in config.Groups.Reverse()
            .Where(group => !report.Left.Any(left => left.Name == group.Name.Text)))
        {
            foreach (Resource resource in group.Resources.Reverse())
            {
                if (ladder.Stop(group.Name, resource) is { } stopped)
                {
                    (stopped ? report.Stopped : report.Failed).Add(resource.Text);
                }
            }
        }
    }

    private static List<LeftGroup> LeftAlone(ClusterConfig config, string stateDirectory, bool kept)
    {
        Dictionary<string, Orders> orders = StandingOrders.Read(
            new StateDirectory(stateDirectory).ReadKept([]))
            .ToDictionary(one => one.Group, one => one.Orders);
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        List<LeftGroup> left = [];
        foreach (string name in config.Groups.Select(group => group.Name.Text))
        {
            Orders order = orders.GetValueOrDefault(name, Orders.None);
            if (order.Maintains(now))
            {
                left.Add(new LeftGroup(name, "is in maintenance"));
            }
            else if (order.KeptBy is { } keeper && !kept)
            {
                left.Add(new LeftGroup(name, $"was kept on {keeper} by stop --keep (release --kept stops it)"));
            }
        }

        return left;
    }

    private static int Print(ReleaseReport report, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, ReleaseJson.Default.ReleaseReport));
        }
        else if (report.Failed.Count > 0)
        {
            Console.Error.WriteLine($"not stopped: {string.Join(", ", report.Failed)}");
        }
        else
        {
            Console.Out.WriteLine((report.Stopped.Count, report.Left.Count) switch
            {
                (0, 0) => "nothing to do: nothing of haresources runs here",
                (0, _) => "nothing else of haresources runs here",
                (1, _) => "1 resource is stopped",
                var (stopped, _) => $"{stopped} resources are stopped",
            });
        }

        return report.Failed.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}

/// <summary>What release --json prints.</summary>
/// <param name="Left">The groups that were left alone.</param>
/// <param name="Stopped">Resources, in the order in which they were stopped.</param>
/// <param name="Failed">Resources that could not be stopped.</param>
internal sealed record ReleaseReport(
    IReadOnlyList<LeftGroup> Left, List<string> Stopped, List<string> Failed);

internal sealed record LeftGroup(string Name, string Why);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReleaseReport))]
internal sealed partial class ReleaseJson : JsonSerializerContext;
