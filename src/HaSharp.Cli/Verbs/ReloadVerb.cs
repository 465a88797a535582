using System.CommandLine;
using HaSharp.Daemon.Control;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp reload: the daemon reads its files again. On any error nothing changes.</summary>
internal static class ReloadVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Build()
    {
        var command = new Command(
            "reload", "Read ha.cf, haresources and authkeys again. On any error nothing changes; all are printed.")
        {
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(CommonOptions.RunDirectory)));
        return command;
    }

    private static int Run(string runDirectory)
    {
        var request = new ControlRequest(ControlProtocol.Reload);
        ControlAnswer? answer = new Conversation(runDirectory, request).Ask(Patience, out int exitCode);
        return answer is null ? exitCode : Conversation.Print(answer);
    }
}
