using System.Diagnostics;
using HaSharp.Cli.Demo;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>
/// A process that keeps something of the kernel's for a test (a namespace, a loop device) and lets go when its input
/// ends: at the latest when the test run does, however that ends. Nothing is left behind.
/// </summary>
internal sealed class Keeper : IDisposable
{
    private readonly Process _process;

    private Keeper(Process process, string said)
    {
        _process = process;
        Said = said;
    }

    /// <summary>The line that it printed when it was ready.</summary>
    public string Said { get; }

    public int Id => _process.Id;

    /// <summary>What goes before a command that shall run where this process lives.</summary>
    public string[] Inside => ["nsenter", "-t", $"{Id}", "-m", "--"];

    /// <summary>A mount namespace of its own: nobody else sees what is mounted in it.</summary>
    public static Keeper OfMounts() =>
        Start(["unshare", "-m", "--propagation", "private", "sh", "-c", "echo ready; cat > /dev/null"]);

    /// <summary>A namespace that has what the other one has mounted now, and keeps it.</summary>
    public static Keeper OfCopies(Keeper other) => Start(
        [.. other.Inside, "unshare", "-m", "--propagation", "private", "sh", "-c", "echo ready; cat > /dev/null"]);

    /// <summary>A process in the other one's namespace that uses a file there in the given way.</summary>
    /// <param name="script">Prints a line when it is ready, and stays.</param>
    public static Keeper OfUse(Keeper where, string script) => Start([.. where.Inside, "sh", "-c", script]);

    /// <summary>A loop device for a file; said is its name. It goes when nobody has it open or mounted.</summary>
    /// <param name="options">Of losetup.</param>
    public static Keeper OfLoopDevice(string file, string options = "") => Start(
    [
        "sh", "-c",
        $"d=$(losetup {options} -f --show '{file}') && exec 3< $d && losetup -d $d && echo $d; cat > /dev/null",
    ]);

    /// <summary>Waits until it has ended by itself (or was ended), and says whether it was in time.</summary>
    public bool HasEnded(TimeSpan patience) => _process.WaitForExit(patience);

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(2)))
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    public static Keeper Start(string[] words)
    {
        Process process = Tool.Start(words) ?? throw new LabException($"{words[0]} is not installed");
        string? said = process.StandardOutput.ReadLine();
        return string.IsNullOrEmpty(said)
            ? throw new LabException($"{string.Join(' ', words)}: {process.StandardError.ReadToEnd()}")
            : new Keeper(process, said);
    }
}
