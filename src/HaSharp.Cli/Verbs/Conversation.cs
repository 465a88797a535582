// What every verb that talks to the daemon shares: connecting, asking, and the words and exit codes for what can go
// wrong on the way.

using System.CommandLine;
using System.Diagnostics;
using HaSharp.Daemon.Control;

namespace HaSharp.Cli.Verbs;

/// <summary>One request to the daemon of a run directory. What it prints itself goes to stderr.</summary>
internal sealed class Conversation(string runDirectory, ControlRequest request)
{
    /// <summary>After this long a person wants to know what is being waited for.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    /// <summary>How long the daemon may take for an answer that needs no waiting.</summary>
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(10);

    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>The daemon's process id, known once Ask has connected; 0 when it cannot be seen from here.</summary>
    public int DaemonPid { get; private set; }

    /// <summary>Answers are printed as one line of JSON on stdout, whatever they say.</summary>
    public bool Json { get; init; }

    /// <summary>A daemon that ends after it has accepted has done what was asked (stop).</summary>
    public bool EndMeansDone { get; init; }

    /// <summary>Asks, and returns the first answer; null after printing why there is none.</summary>
    public ControlAnswer? Ask(out int exitCode) => Ask(TimeSpan.Zero, out exitCode);

    /// <summary>
    /// Asks, and follows the request to its end or until the time is up. With patience 0 the first answer is the
    /// last. Null after printing why there is none.
    /// </summary>
    public ControlAnswer? Ask(TimeSpan patience, out int exitCode)
    {
        using ControlClient? client = ControlClient.Connect(runDirectory, out ControlFailure failure);
        if (client is null || !client.Send(request))
        {
            exitCode = Explain(client is null ? failure : ControlFailure.Ended);
            return null;
        }

        DaemonPid = client.DaemonPid;
        ControlAnswer? answer = client.Receive(Prompt, out failure);
        if (answer is { IsFinal: false } && patience > TimeSpan.Zero)
        {
            answer = Follow(client, answer.Text, patience, out failure);
        }

        exitCode = answer is null ? Explain(failure) : ExitCodeOf(answer);
        return answer;
    }

    /// <summary>With the run directory and the form of the answer that the command line says.</summary>
    public static Conversation Of(ParseResult parsed, ControlRequest request) =>
        new(parsed.GetRequiredValue(CommonOptions.RunDirectory), request)
        {
            Json = parsed.GetValue(CommonOptions.Json),
        };

    /// <summary>Asks, prints the answer, and returns the exit code.</summary>
    public int AskAndPrint(TimeSpan patience) =>
        Ask(patience, out int exitCode) is { } answer ? Print(answer) : exitCode;

    /// <summary>Prints the answer's sentence: on stdout when it is done or accepted, else on stderr.</summary>
    public int Print(ControlAnswer answer)
    {
        int exitCode = ExitCodeOf(answer);
        if (Json)
        {
            Console.Out.Write(ControlText.Of(answer));
            return exitCode;
        }

        TextWriter writer = exitCode == ExitCode.Done ? Console.Out : Console.Error;
        foreach (string problem in answer.Problems ?? [])
        {
            writer.WriteLine(problem);
        }

        writer.WriteLine(answer.Text);
        return exitCode;
    }

    /// <summary>Time that is left of patience since this conversation began.</summary>
    public TimeSpan Left(TimeSpan patience)
    {
        TimeSpan left = patience - Stopwatch.GetElapsedTime(_started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private ControlAnswer? Follow(ControlClient client, string what, TimeSpan patience, out ControlFailure failure)
    {
        TimeSpan first = patience < Silence ? patience : Silence;
        ControlAnswer? answer = client.Receive(Left(first), out failure);
        if (failure == ControlFailure.TimedOut && Left(patience) > TimeSpan.Zero)
        {
            Console.Error.WriteLine($"waiting: {what}");
            answer = client.Receive(Left(patience), out failure);
        }

        return failure == ControlFailure.Ended && EndMeansDone
            ? new ControlAnswer(ControlAnswer.Done, "stopped")
            : answer;
    }

    private int Explain(ControlFailure failure)
    {
        (string sentence, int exitCode) = failure switch
        {
            ControlFailure.NotRunning =>
                ($"hasharp is not running (no control socket in {runDirectory})", ExitCode.NotRunning),
            ControlFailure.NotPermitted =>
                ($"not permitted: only root and the members of the group {ControlAccess.GroupName} may use "
                    + Path.Combine(runDirectory, ControlProtocol.SocketName), ExitCode.NotPermitted),
            ControlFailure.TimedOut =>
                ("not done yet: the time to wait is up; what was asked may still happen", ExitCode.TimedOut),
            _ => ("the daemon has ended the connection without an answer", ExitCode.Failed),
        };
        Console.Error.WriteLine(sentence);
        return exitCode;
    }

    private static int ExitCodeOf(ControlAnswer answer) => answer.Result switch
    {
        ControlAnswer.Done or ControlAnswer.Accepted or ControlAnswer.Report => ExitCode.Done,
        ControlAnswer.Denied => ExitCode.NotPermitted,
        ControlAnswer.Late => ExitCode.TimedOut,
        ControlAnswer.Invalid => ExitCode.NotConfigured,
        _ => ExitCode.Failed,
    };
}
