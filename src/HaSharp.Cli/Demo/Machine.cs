// A machine made of namespaces: network, mounts, processes, shared memory and host name of its own, but the same files.
// The idea: everything in it hangs on one first process, which ends as soon as its standard input does. So the
// machine can be powered off at one blow, and no machine outlives the process that made it, however that ends.

using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace HaSharp.Cli.Demo;

public sealed class Machine : IDisposable
{
    // dash and bash reap every orphan while they wait; an unreaped web server would look alive to kill -0.
    private const string FirstProcess = """
        name=$1 home=$2
        echo "$name" >/proc/sys/kernel/hostname
        mount -t sysfs sysfs /sys 2>/dev/null
        # /run is empty after a boot, but home, which may lie in it, stays where it is.
        mount --bind "$home" /mnt && mount -t tmpfs -o mode=755 run /run &&
            mkdir -p "$home" && mount --move /mnt "$home" && ip link set lo up || exit 1
        exec 3<&0
        cat <&3 >/dev/null &
        echo ready
        wait $!
        """;

    private readonly Process _unshare;

    private Machine(string name, Process unshare, int firstProcess)
    {
        Name = name;
        _unshare = unshare;
        ProcessId = firstProcess;
        Network = File.OpenHandle(FormattableString.Invariant($"/proc/{firstProcess}/ns/net"));
    }

    public string Name { get; }

    /// <summary>The machine's first process, as we see it.</summary>
    public int ProcessId { get; }

    /// <summary>Its network namespace, for threads that enter it; closed when the power goes.</summary>
    public SafeFileHandle Network { get; }

    public bool IsOn => !Network.IsClosed;

    /// <summary>Switches a machine on.</summary>
    /// <param name="home">A directory that is seen inside under the same path, whatever else is hidden.</param>
    public static Machine Boot(string name, string home)
    {
        var unshare = Tool.Start([
            "unshare", "--mount", "--net", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc",
            "sh", "-c", FirstProcess, "sh", name, home])
            ?? throw new LabException("unshare (package util-linux) is not installed");
        if (unshare.StandardOutput.ReadLine() != "ready")
        {
            var said = unshare.StandardError.ReadToEnd().ReplaceLineEndings(" ").Trim();
            unshare.Dispose();
            throw new LabException($"the namespaces for {name} cannot be made: {said}");
        }

        return new Machine(name, unshare, ChildOf(unshare.Id));
    }

    /// <summary>Runs a program inside, to its end.</summary>
    public ToolResult Run(IReadOnlyList<string> words, string input = "", TimeSpan? deadline = null) =>
        Tool.Run([.. Enter, .. words], input, deadline);

    /// <summary>As Run, but an exit code other than 0 is an exception.</summary>
    public void Demand(IReadOnlyList<string> words) => Tool.Demand([.. Enter, .. words]);

    /// <summary>Gives `ip` a batch of lines in this network; process ids in them are ours, not the machine's.</summary>
    public void Ip(string lines) =>
        Tool.Demand(["nsenter", "-t", ProcessIdText, "-n", "--", "ip", "-batch", "-"], lines);

    /// <summary>Starts a program inside, in a session of its own, with both outputs appended to a file.</summary>
    public Process Launch(IReadOnlyList<string> words, string outputFile) =>
        Tool.Start([
            .. Enter, "sh", "-c", "out=$1; shift; exec setsid \"$@\" >>\"$out\" 2>&1 </dev/null", "sh", outputFile,
            .. words])
        ?? throw new LabException("nsenter (package util-linux) is not installed");

    /// <summary>The process that a Launch has started, as we see it; 0 when it is gone.</summary>
    public static int ChildOf(int process)
    {
        var file = FormattableString.Invariant($"/proc/{process}/task/{process}/children");
        try
        {
            var words = File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words.Length == 0 ? 0 : int.Parse(words[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Ends every process of the machine at once and without a word.</summary>
    public void PowerOff()
    {
        if (!IsOn)
        {
            return;
        }

        Network.Dispose();
        _ = Native.Kill(ProcessId, Native.SignalKill);
        _unshare.WaitForExit();
        _unshare.Dispose();
    }

    public void Dispose() => PowerOff();

    private string ProcessIdText => ProcessId.ToString(CultureInfo.InvariantCulture);

    private string[] Enter => ["nsenter", "-t", ProcessIdText, "-m", "-u", "-i", "-n", "-p", "--"];
}
