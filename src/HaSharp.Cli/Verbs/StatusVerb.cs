using System.CommandLine;
using HaSharp.Core.Control;
using HaSharp.Daemon.Control;
using Command = System.CommandLine.Command;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp status: what this node knows of the cluster, for people or as JSON.</summary>
internal static class StatusVerb
{
    public static Command Build()
    {
        var command = new Command("status", """
            Show nodes, links and resource groups as this node sees them.
            Exit code 3: hasharp is not running. The members of the JSON object are explained in hasharp(8).

            Examples:
              hasharp status
              hasharp status --json | jq -r '.groups[] | "\(.name) \(.owner)"'
            """)
        {
            CommonOptions.Json,
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed => Report(parsed, out int exitCode) is { } status
            ? Print(parsed.GetValue(CommonOptions.Json) ? ControlText.Of(status) : StatusTable.Of(status), exitCode)
            : exitCode);
        return command;
    }

    /// <summary>Null after printing why there is none, on stderr alone.</summary>
    public static StatusReport? Report(ParseResult parsed, out int exitCode)
    {
        var conversation = new Conversation(
            parsed.GetRequiredValue(CommonOptions.RunDirectory), new ControlRequest("status"));
        ControlAnswer? answer = conversation.Ask(out exitCode);
        if (answer is { Status: null })
        {
            conversation.Print(answer);
        }

        return answer?.Status;
    }

    public static int Print(string text, int exitCode)
    {
        Console.Out.Write(text);
        return exitCode;
    }
}
