using System.CommandLine;
using HaSharp.Daemon.Control;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp status: what this node knows of the cluster, for people or as JSON.</summary>
internal static class StatusVerb
{
    public static Command Build()
    {
        var json = new Option<bool>("--json") { Description = "Print a JSON object, documented in hasharp(8)." };
        var command = new Command("status", """
            Show nodes, links and resource groups as this node sees them.
            Exit code 3: hasharp is not running.

            Examples:
              hasharp status
              hasharp status --json | jq -r '.groups[] | "\(.name) \(.owner)"'
            """)
        {
            json,
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(CommonOptions.RunDirectory), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string runDirectory, bool json)
    {
        ControlAnswer? answer = new Conversation(runDirectory, new ControlRequest("status")).Ask(out int exitCode);
        if (answer is null)
        {
            return exitCode;
        }

        if (answer.Status is not { } status)
        {
            return Conversation.Print(answer);
        }

        Console.Out.Write(json ? ControlText.Of(status) : StatusTable.Of(status));
        return exitCode;
    }
}
