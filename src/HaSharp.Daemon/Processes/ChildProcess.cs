using System.Runtime.InteropServices;

namespace HaSharp.Daemon.Processes;

/// <summary>A started program: the leader of a session and process group of its own.</summary>
internal sealed class ChildProcess(int pid, int pidFd, OutputPipe output, OutputPipe errors)
{
    private const int NoSuchChild = -1;

    public int Pid => pid;

    /// <summary>Readable once the program has ended.</summary>
    public int PidFd { get; private set; } = pidFd;

    public OutputPipe Output => output;

    public OutputPipe Errors => errors;

    /// <summary>
    /// To every process of its group. Only before <see cref="Reap"/>: until then the number cannot be given away.
    /// </summary>
    public void SignalGroup(int signal) => SpawnCalls.kill(-pid, signal);

    /// <summary>Collects a program that has ended, so that no zombie remains.</summary>
    public ProcessEnd Reap()
    {
        int reaped;
        int status;
        do
        {
            reaped = SpawnCalls.waitpid(pid, out status, SpawnCalls.WaitNoHang);
        }
        while (reaped == NoSuchChild && Marshal.GetLastPInvokeError() == SpawnCalls.Interrupted);

        SpawnCalls.close(PidFd);
        PidFd = -1;
        if (reaped != pid)
        {
            return new ProcessEnd.NotStarted("its exit code is lost: the daemon was started with SIGCHLD ignored");
        }

        int signal = status & 0x7f;
        return signal == 0 ? new ProcessEnd.Exited((status >> 8) & 0xff) : new ProcessEnd.Killed(signal);
    }
}
