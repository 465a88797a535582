using System.CommandLine;
using HaSharp.Daemon.Control;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp stop: release everything in order, say goodbye; returns when the daemon is gone.</summary>
internal static class StopVerb
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    public static Command Build()
    {
        Option<double> wait = MoveVerb.WaitOption();
        var keep = new Option<bool>("--keep")
        {
            Description = "Leave running what runs here: nobody takes it until this node is back, or somebody asks for "
                + "a takeover. For an upgrade of the daemon.",
        };
        var command = new Command(
            "stop", "Release everything that runs here in order, say goodbye to the other nodes, and end the daemon.")
        {
            wait,
            keep,
            CommonOptions.Json,
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(CommonOptions.RunDirectory),
            TimeSpan.FromSeconds(parsed.GetValue(wait)),
            keep: parsed.GetValue(keep),
            json: parsed.GetValue(CommonOptions.Json)));
        return command;
    }

    /// <param name="quiet">Says nothing when it is done.</param>
    /// <param name="keep">What runs goes on running.</param>
    public static int Run(
        string runDirectory, TimeSpan patience, bool quiet = false, bool keep = false, bool json = false)
    {
        var request = new ControlRequest("stop") { Keep = keep ? true : null };
        var conversation = new Conversation(runDirectory, request) { EndMeansDone = true, Json = json };
        ControlAnswer? answer = conversation.Ask(patience, out int exitCode);
        if (answer is null)
        {
            return exitCode;
        }

        if (exitCode == ExitCode.Done && patience > TimeSpan.Zero && !HasEnded(runDirectory, conversation, patience))
        {
            answer = new ControlAnswer(
                ControlAnswer.Late, $"{answer.Text}, but the daemon (pid {conversation.DaemonPid}) has not ended yet");
        }

        return quiet && answer.Result == ControlAnswer.Done ? exitCode : conversation.Print(answer);
    }

    private static bool HasEnded(string runDirectory, Conversation conversation, TimeSpan patience)
    {
        while (IsAlive(runDirectory, conversation.DaemonPid))
        {
            if (conversation.Left(patience) == TimeSpan.Zero)
            {
                return false;
            }

            Thread.Sleep(LookAgain);
        }

        return true;
    }

    /// <summary>A daemon in a process namespace that we do not see is gone when its socket is.</summary>
    private static bool IsAlive(string runDirectory, int pid) => pid > 0
        ? Directory.Exists($"/proc/{pid}")
        : File.Exists(Path.Combine(runDirectory, ControlProtocol.SocketName));
}
