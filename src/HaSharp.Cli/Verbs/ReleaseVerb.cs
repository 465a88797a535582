using System.CommandLine;
using HaSharp.Core.Config;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Control;
using HaSharp.Daemon.Files;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp release: stops what a daemon has left running that is gone and will not be back in time.</summary>
internal static class ReleaseVerb
{
    /// <summary>systemd's words for a daemon that hung for longer than anybody waits (systemd.exec(5)).</summary>
    private static readonly string[] Hung = ["watchdog", "timeout"];

    public static Command Build()
    {
        var afterEnd = new Option<bool>("--after-end")
        {
            Description = "For ExecStopPost= of the unit: only when the daemon hung, because after a crash it is back "
                + "at once and goes on with what runs.",
        };
        var command = new Command("release", """
            Stop everything of haresources that runs on this machine while no daemon does, right to left. For a node
            whose daemon is gone for good: its groups may run elsewhere by now.
            Exit code 0: nothing of it runs any more; 1: something could not be stopped.

            Example:
              hasharp release
            """)
        {
            afterEnd,
            CommonOptions.HaDirectory,
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed =>
            parsed.GetValue(afterEnd) && !Hung.Contains(Environment.GetEnvironmentVariable("SERVICE_RESULT"))
                ? ExitCode.Done
                : Run(
                    Path.GetFullPath(parsed.GetRequiredValue(CommonOptions.HaDirectory)),
                    parsed.GetRequiredValue(CommonOptions.RunDirectory)));
        return command;
    }

    private static int Run(string haDirectory, string runDirectory)
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

        AgentCommand agents = AgentVerb.CommandOf(haDirectory, prefersBuiltIn: false);
        bool released = true;
        foreach (Resource resource in config.Groups.Reverse().SelectMany(group => group.Resources.Reverse()))
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

    private static int Act(AgentCommand agents, Resource resource, string action) => agents.Run(
        [resource.Text, action],
        action == "status" ? TextWriter.Null : Console.Out,
        action == "status" ? TextWriter.Null : Console.Error);
}
