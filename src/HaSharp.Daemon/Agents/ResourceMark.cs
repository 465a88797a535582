// Every process that an agent starts inherits a mark that names the resource, in its environment. So it can be found
// again when a stop has failed: after any number of forks, in any session, whoever its parent is by now.
// Two things are compared, resource and node, because nodes for trial may share a machine. A process that gave itself
// another environment is not found; nor is what systemd starts, which the kernel's groups tell from the rest.

using System.Globalization;
using System.Text;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Agents;

/// <summary>The mark of one resource's processes, and their end by force.</summary>
public sealed class ResourceMark
{
    /// <summary>No variable of a notice: a program that is told of a resource is none of its processes.</summary>
    public const string Variable = "HASHARP_MARK";
    private const string Node = "HA_CURHOST=";

    /// <summary>Between two looks at the processes.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Between TERM and KILL.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly byte[][] _lines;
    private readonly string _namespace = NamespaceOf("self");

    /// <param name="call">Its environment names the node.</param>
    public ResourceMark(AgentCall call) => _lines =
    [
        Encoding.UTF8.GetBytes(LineOf(call)),
        .. call.Environment.Where(line => line.StartsWith(Node, StringComparison.Ordinal))
            .Select(Encoding.UTF8.GetBytes),
    ];

    public static string LineOf(AgentCall call) => $"{Variable}={call.Mark}";

    /// <summary>
    /// TERM, a short wait, KILL; also for what is started meanwhile. Takes two thirds of the run's time at most. Null:
    /// nothing is left; else who, in one sentence.
    /// </summary>
    internal static Task<AgentOutcome?> End(ActionRun run) => new ResourceMark(run.Call).End(run.Left * 2 / 3);

    /// <summary>To look at a process may hang as the process does, so it is done on a thread of its own.</summary>
    private async Task<AgentOutcome?> End(TimeSpan limit)
    {
        try
        {
            return await Task.Factory.StartNew(
                () => EndAll(limit), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(limit + Pause + Pause);
        }
        catch (TimeoutException)
        {
            return AgentOutcome.TimedOut(limit) with { Reason = "the machine's processes cannot be looked at" };
        }
    }

    /// <summary>The processes that carry the mark, except this one; in order of their numbers.</summary>
    public IReadOnlyList<int> Find() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out int pid) ? pid : 0)
            .Where(pid => pid > 0 && pid != Environment.ProcessId && Carries(pid))
            .Order(),
    ];

    private AgentOutcome? EndAll(TimeSpan limit)
    {
        long started = Environment.TickCount64;
        TimeSpan grace = limit / 3 < Grace ? limit / 3 : Grace;
        HashSet<int> asked = [];
        while (true)
        {
            IReadOnlyList<int> left = Find();
            TimeSpan passed = TimeSpan.FromMilliseconds(Environment.TickCount64 - started);
            if (left.Count == 0)
            {
                return null;
            }

            if (passed > limit)
            {
                return AgentOutcome.Failed($"cannot be killed: {string.Join(", ", left.Take(10).Select(Describe))}");
            }

            foreach (int pid in left)
            {
                if (passed > grace || asked.Add(pid))
                {
                    Signal(pid, passed > grace ? ProcessSignal.Kill : ProcessSignal.Terminate);
                }
            }

            Thread.Sleep(Pause);
        }
    }

    /// <summary>Only if it still is one of ours once it is held: a number may be given away at any moment.</summary>
    private void Signal(int pid, int signal)
    {
        using var held = ProcessSignal.Hold(pid);
        if (!held.IsInvalid && Carries(pid))
        {
            ProcessSignal.Send(held, signal);
        }
    }

    private bool Carries(int pid)
    {
        try
        {
            byte[] variables = File.ReadAllBytes($"/proc/{pid}/environ");
            return Array.TrueForAll(_lines, line => HasLine(variables, line))
                && NamespaceOf(pid.ToString(CultureInfo.InvariantCulture)) == _namespace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or it is not ours to look at.
            return false;
        }
    }

    private static bool HasLine(ReadOnlySpan<byte> variables, ReadOnlySpan<byte> line)
    {
        foreach (Range range in variables.Split((byte)0))
        {
            if (variables[range].SequenceEqual(line))
            {
                return true;
            }
        }

        return false;
    }

    private static string NamespaceOf(string pid) => new FileInfo($"/proc/{pid}/ns/pid").LinkTarget ?? "";

    private static string Describe(int pid)
    {
        try
        {
            return $"{File.ReadAllText($"/proc/{pid}/comm").Trim()} ({pid})";
        }
        catch (IOException)
        {
            return $"process {pid}";
        }
    }
}
