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
            CommonOptions.Json,
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed =>
            Conversation.Of(parsed, new ControlRequest(ControlProtocol.Reload)).AskAndPrint(Patience));
        return command;
    }
}
