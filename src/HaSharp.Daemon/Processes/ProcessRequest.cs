namespace HaSharp.Daemon.Processes;

/// <summary>A program to run: new session, default signals, normal scheduling, working directory /, no stdin.</summary>
/// <param name="Path">Absolute. A file without an interpreter line is run by /bin/sh, as a shell would.</param>
/// <param name="Arguments">Without the program's own name.</param>
/// <param name="Environment">All of it, as NAME=VALUE; nothing of ours is inherited.</param>
/// <param name="Deadline">
/// From the call of <see cref="ProcessWatcher.Run"/>, waiting for a free place included. Then its process group gets
/// TERM, and KILL after the grace.
/// </param>
public sealed record ProcessRequest(
    string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, TimeSpan Deadline)
{
    /// <summary>How much is kept of the beginning of the output, and of the errors.</summary>
    public int HeadBytes { get; init; } = BoundedOutput.HeadBytes;
}

/// <summary>How a program ended.</summary>
public abstract record ProcessEnd
{
    private ProcessEnd()
    {
    }

    public sealed record Exited(int Code) : ProcessEnd;

    /// <summary>Ended by a signal that was not ours.</summary>
    public sealed record Killed(int Signal) : ProcessEnd;

    /// <summary>Not finished at its deadline; its process group was ended.</summary>
    public sealed record TimedOut : ProcessEnd;

    /// <param name="Trouble">One sentence.</param>
    public sealed record NotStarted(string Trouble) : ProcessEnd;
}

/// <param name="Output">Standard output, shortened in the middle (<see cref="BoundedOutput"/>).</param>
/// <param name="Errors">Standard error, likewise.</param>
public sealed record ProcessResult(ProcessEnd End, string Output, string Errors);
