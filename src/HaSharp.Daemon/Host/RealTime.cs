// Real-time scheduling and locked memory for the whole daemon.
// One real-time thread alone is not enough: a garbage collection runs on the thread that allocates, and a normal thread
// that other programs starve holds up the real-time one for seconds. So every thread becomes real-time.
// All have the same priority, taken in turns (SCHED_RR): the runtime waits for its own locks by spinning and yielding,
// and a thread that spins above the one that holds the lock would keep it from the processor for ever.

using System.Globalization;
using System.Runtime.InteropServices;

namespace HaSharp.Daemon.Host;

/// <summary>What <see cref="RealTime.Apply"/> achieved.</summary>
/// <param name="Scheduled">Every thread of the process is real-time.</param>
/// <param name="Locked">No page of the process that was touched can be swapped out.</param>
/// <param name="Text">One line for the log.</param>
public sealed record RealTimeOutcome(bool Scheduled, bool Locked, string Text);

public static partial class RealTime
{
    /// <summary>What the runtime gives every new thread of a real-time process, and so what all must have.</summary>
    public const int CommonPriority = 50;

    private const int PolicyRoundRobin = 2;
    private const int LockCurrentFutureOnFault = 1 | 2 | 4;
    private const int NoSuchThread = 3;
    private const string TaskDirectory = "/proc/self/task";

    /// <summary>
    /// Makes the threads that exist, the runtime's own among them, SCHED_RR, and locks memory as it is touched. To be
    /// called once, when everything is compiled; threads that are started later are real-time at once. Never fatal.
    /// </summary>
    /// <param name="wanted">ha.cf's realtime; false changes nothing.</param>
    public static RealTimeOutcome Apply(bool wanted)
    {
        if (!wanted)
        {
            return new RealTimeOutcome(false, false, "real-time scheduling is off (ha.cf: realtime off)");
        }

        int error = RaiseAll(CommonPriority, out int threads);
        string scheduled = error == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{threads} threads SCHED_RR {CommonPriority}")
            : $"no real-time scheduling ({Marshal.GetPInvokeErrorMessage(error)}; needs CAP_SYS_NICE or LimitRTPRIO)";

        int lockError = mlockall(LockCurrentFutureOnFault) == 0 ? 0 : Marshal.GetLastPInvokeError();
        string locked = lockError == 0
            ? "memory locked"
            : $"memory not locked ({Marshal.GetPInvokeErrorMessage(lockError)}; needs CAP_IPC_LOCK or LimitMEMLOCK)";
        return new RealTimeOutcome(error == 0, lockError == 0, $"{scheduled}, {locked}");
    }

    /// <summary>
    /// Raises the calling thread alone, from inside (the runtime sets a new thread's priority itself).
    /// </summary>
    /// <returns>False where it is not permitted.</returns>
    public static bool RaiseThisThread(int priority) => sched_setscheduler(0, PolicyRoundRobin, priority) == 0;

    /// <summary>Threads may be started meanwhile: goes on until a walk finds none that was not seen before.</summary>
    private static int RaiseAll(int priority, out int threads)
    {
        HashSet<int> raised = [];
        int before;
        do
        {
            before = raised.Count;
            foreach (string task in Directory.EnumerateDirectories(TaskDirectory))
            {
                int thread = int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture);
                if (raised.Add(thread) && sched_setscheduler(thread, PolicyRoundRobin, priority) != 0)
                {
                    int error = Marshal.GetLastPInvokeError();
                    if (error != NoSuchThread)
                    {
                        threads = 0;
                        return error;
                    }
                }
            }
        }
        while (raised.Count != before);

        threads = raised.Count;
        return 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setscheduler(int thread, int policy, in int priority);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mlockall(int flags);
}
