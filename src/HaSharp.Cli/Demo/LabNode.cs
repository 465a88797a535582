// One node of the laboratory: a machine, its cables to the switch, its directories, and the daemon on it.
// Its directories survive a power cut, its addresses and processes do not, as with a real machine.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace HaSharp.Cli.Demo;

public sealed class LabNode : IDisposable
{
    // Longer than a verb waits by default.
    private static readonly TimeSpan VerbDeadline = TimeSpan.FromSeconds(90);

    // As the systemd unit sets it. Besides, the sockets for diagnosis would stay behind in /tmp after a power cut.
    private static readonly string[] Environment = ["DOTNET_EnableDiagnostics=0", "DOTNET_EnableWriteXorExecute=0"];

    private readonly Lab _lab;
    private Process? _daemon;

    internal LabNode(Lab lab, int number)
    {
        _lab = lab;
        Number = number;
        Name = FormattableString.Invariant($"node{number}");
        Home = Path.Combine(lab.Home, Name);
        Directory.CreateDirectory(HaDirectory);
        Directory.CreateDirectory(RunDirectory);
        Directory.CreateDirectory(StateDirectory);
    }

    public string Name { get; }

    /// <summary>From 1; also the last digit of its addresses, 10.77.0.1x and 10.77.1.1x.</summary>
    public int Number { get; }

    public string Home { get; }

    public string HaDirectory => Path.Combine(Home, "ha.d");

    public string RunDirectory => Path.Combine(Home, "run");

    public string StateDirectory => Path.Combine(Home, "state");

    /// <summary>What the daemon wrote to its standard output and error, all starts.</summary>
    public string ConsoleFile => Path.Combine(Home, "console");

    /// <summary>Null while it has no power.</summary>
    public Machine? Machine { get; private set; }

    /// <summary>The daemon as we see it; 0 when none runs.</summary>
    public int DaemonProcessId => _daemon is null or { HasExited: true } ? 0 : Machine.ChildOf(_daemon.Id);

    /// <summary>Switches the power on and plugs both cables in; the daemon is not started.</summary>
    public void Boot()
    {
        if (Machine is not null)
        {
            return;
        }

        Machine = Machine.Boot(Name, Home);
        PlugIn("eth0");
        PlugIn("eth1");
    }

    /// <summary>A new interface with its cable, and its addresses.</summary>
    public void PlugIn(string interfaceName) => _lab.Plug(this, On, interfaceName);

    /// <summary>The interface itself is gone, as when a driver is unloaded.</summary>
    public void RemoveInterface(string interfaceName) => On.Ip($"link del {interfaceName}\n");

    /// <summary>Both cables dead and every process killed at once; nothing can say goodbye.</summary>
    public void PowerOff()
    {
        if (Machine is not { } machine)
        {
            return;
        }

        _lab.CutCables(this);
        Machine = null;
        // nsenter stops together with a paused daemon, and would then never collect it.
        _daemon?.Kill();
        machine.PowerOff();
        _daemon?.Dispose();
        _daemon = null;
        _lab.RemoveCables(this);
        CleanRunDirectory();
    }

    /// <summary>Starts `hasharp run` and returns at once.</summary>
    /// <param name="name">Another node's name, to see what happens then.</param>
    public void StartDaemon(string? name = null)
    {
        _daemon?.Dispose();
        _daemon = On.Launch(
            [
                "env", .. Environment, .. _lab.Hasharp, "run", "--node", name ?? Name,
                "--ha-dir", HaDirectory, "--run-dir", RunDirectory, "--state-dir", StateDirectory,
            ],
            ConsoleFile);
    }

    /// <summary>The daemon stands still, as in a virtual machine that is moved; its address stays.</summary>
    public void Pause() => Signal(Native.SignalStop);

    public void Resume()
    {
        Signal(Native.SignalContinue);
        if (_daemon is { HasExited: false } nsenter)
        {
            _ = Native.Kill(nsenter.Id, Native.SignalContinue);
        }
    }

    /// <summary>SIGTERM, as systemd stops a service.</summary>
    public void Terminate() => Signal(Native.SignalTerm);

    /// <summary>kill -9 of the daemon alone: the node's addresses and services stay as they are.</summary>
    public void KillDaemon()
    {
        Signal(Native.SignalKill);
        _ = WaitForDaemonsEnd(TimeSpan.FromSeconds(5));
    }

    /// <summary>The daemon's exit code, or null when it still runs after the time given.</summary>
    public int? WaitForDaemonsEnd(TimeSpan limit) =>
        _daemon is { } daemon && daemon.WaitForExit(limit) ? daemon.ExitCode : null;

    /// <summary>Runs a verb of hasharp that talks to this node's daemon.</summary>
    public ToolResult Run(params string[] words) => RunAsGiven([.. words, "--run-dir", RunDirectory]);

    /// <summary>Runs `hasharp check` over this node's files.</summary>
    public ToolResult Check() => RunAsGiven(["check", HaDirectory]);

    /// <summary>`hasharp status --json`, or null when the daemon does not answer.</summary>
    public LabStatus? Status()
    {
        var result = Run("status", "--json");
        try
        {
            return result.ExitCode == 0 ? LabStatus.Parse(result.Output) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public bool Holds(IPAddress address) =>
        Machine is { } machine && AddressWatch.AddressesOf(machine).Contains(address);

    /// <summary>The end of what the daemon said.</summary>
    public string LogTail(int lines = 60)
    {
        var all = File.Exists(ConsoleFile) ? File.ReadAllLines(ConsoleFile) : [];
        return string.Join('\n', all.TakeLast(lines));
    }

    public void Dispose() => PowerOff();

    private Machine On => Machine ?? throw new LabException($"{Name} has no power");

    private void Signal(int signal)
    {
        var process = DaemonProcessId;
        if (process != 0)
        {
            _ = Native.Kill(process, signal);
        }
    }

    private ToolResult RunAsGiven(IReadOnlyList<string> words) =>
        On.Run([.. _lab.Hasharp, .. words], deadline: VerbDeadline);

    /// <summary>/run is empty after a boot.</summary>
    private void CleanRunDirectory()
    {
        Directory.Delete(RunDirectory, recursive: true);
        Directory.CreateDirectory(RunDirectory);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}");
}
