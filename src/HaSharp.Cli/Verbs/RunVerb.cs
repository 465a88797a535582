using System.CommandLine;
using HaSharp.Cli.Service;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp run: the daemon, in the foreground.</summary>
internal static class RunVerb
{
    public static Command Build()
    {
        var node = new Option<string?>("--node")
        {
            HelpName = "NAME",
            Description = "This node's name in ha.cf (default: the first line of the file nodeinfo, else uname -n).",
        };
        var background = new Option<bool>("--background")
        {
            Hidden = true,
            Description = "Leave the caller's session, and its standard streams as soon as the daemon has started.",
        };
        var command = new Command("run", """
            Run the daemon in the foreground. TERM and INT release everything in order and end it; HUP reloads.

            Examples:
              hasharp run
              hasharp run --node alpha --ha-dir ./ha.d --run-dir ./run --state-dir ./state
            """)
        {
            node,
            background,
            CommonOptions.HaDirectory,
            CommonOptions.RunDirectory,
            CommonOptions.StateDirectory,
        };
        command.SetAction(parsed => Run(new ServiceOptions(
            Path.GetFullPath(parsed.GetRequiredValue(CommonOptions.HaDirectory)),
            Path.GetFullPath(parsed.GetRequiredValue(CommonOptions.RunDirectory)),
            Path.GetFullPath(parsed.GetRequiredValue(CommonOptions.StateDirectory)),
            parsed.GetValue(node))
        {
            Background = parsed.GetValue(background),
        }));
        return command;
    }

    public static int Run(ServiceOptions options)
    {
        DiagnosticFiles.Remove();
        if (options.Background)
        {
            Background.LeaveSession();
        }

        return Startup.Prepare(options, out int exitCode) is { } startup ? ClusterService.Run(startup) : exitCode;
    }
}
