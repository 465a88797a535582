// heartbeat (spec 15.1), the options that init scripts and administrators use: start, -f, -s, -k, -r, -V, -D.
// The idea: everything is a verb of hasharp or a request to its daemon; only the words and exit codes are heartbeat's.

using HaSharp.Cli.Service;
using HaSharp.Cli.Verbs;
using HaSharp.Core.Config;
using HaSharp.Daemon.Control;
using HaSharp.Daemon.Files;

namespace HaSharp.Cli.OldNames;

/// <param name="called">As complaints shall name it.</param>
internal sealed class HeartbeatProgram(string called, OldPlaces places)
{
    private const string Program = "heartbeat";

    // -C has an argument; d, l, v and W change nothing that HaSharp has.
    private const string Known = "dDkMrRsvWlVfC:";

    /// <summary>As long as the resources take to stop.</summary>
    private static readonly TimeSpan Forever = TimeSpan.FromDays(365);

    private ServiceOptions Options => new(places.HaDirectory, places.RunDirectory, places.StateDirectory, null);

    public int Run(string[] args)
    {
        ShortOptions asked = ShortOptions.Read(called, Known, args, goesOn: true);
        if (asked.Has(ShortOptions.Wrong) || (asked.Has('C') && !asked.Has('R')) || (asked.Has('r') && asked.Has('R')))
        {
            Console.Error.WriteLine(
                "\nUsage: heartbeat [-dDkMrRsvWlVf] [-C Current-resource-state]\n"
                + "\t-C only valid with -R\n\t-r is mutually exclusive with -R");
            return ExitCode.Usage;
        }

        if (asked.Letters.FirstOrDefault(letter => letter is 'M' or 'R') is var without && without != 0)
        {
            return Fail($"option -{without} is heartbeat's own and not supported by HaSharp");
        }

        return asked switch
        {
            _ when asked.Has('V') => Print(OldName.Version),
            _ when asked.Has('D') => PrintDefaults(),
            _ when asked.Has('s') => Status(),
            _ when asked.Has('k') => Stop(),
            _ when asked.Has('r') => Reload(),
            _ => Start(foreground: asked.Has('f')),
        };
    }

    private static int Print(string line)
    {
        Console.Out.WriteLine(line);
        return ExitCode.Done;
    }

    private static int PrintDefaults()
    {
        Console.Out.WriteLine($"{"Directive",-25}{"Default",-10}Description");
        Console.Out.WriteLine(new string('-', 80));
        foreach ((string name, string value, string meaning) in HeartbeatDefaults.All)
        {
            Console.Out.WriteLine($"{name,-25}{value,-10}{meaning}");
        }

        return ExitCode.Done;
    }

    private int Status()
    {
        using ControlClient? client = ControlClient.Connect(places.RunDirectory, out ControlFailure failure);
        if (client is null && failure != ControlFailure.NotPermitted)
        {
            Console.Out.WriteLine("heartbeat is stopped. No process");

            // LSB: 1 is "dead, and its pid file exists", 3 is "not running".
            return RunDirectory.LastPid(places.RunDirectory) is null ? ExitCode.NotRunning : ExitCode.Failed;
        }

        string pid = client is { DaemonPid: > 0 and var seen }
            ? FormattableString.Invariant($"{seen}")
            : RunDirectory.LastPid(places.RunDirectory) ?? "unknown";
        string node = ConfigDirectory.Read(places.HaDirectory).Self?.Text ?? Startup.MachineName();
        return Print($"heartbeat OK [pid {pid} et al] is running on {Startup.MachineName()} [{node}]...");
    }

    private int Stop()
    {
        if (!IsRunning(out _))
        {
            Console.Error.WriteLine("INFO: Heartbeat already stopped.");
            return ExitCode.Done;
        }

        return StopVerb.Run(places.RunDirectory, Forever, quiet: true);
    }

    private int Reload()
    {
        if (!FilesAreGood(out int exitCode))
        {
            return exitCode;
        }

        if (!IsRunning(out _))
        {
            return Background.Start(Options);
        }

        var request = new ControlRequest(ControlProtocol.Reload);
        var conversation = new Conversation(places.RunDirectory, request);
        ControlAnswer? answer = conversation.Ask(out exitCode);
        if (answer is not null && exitCode != ExitCode.Done)
        {
            conversation.Print(answer);
        }

        return exitCode;
    }

    private int Start(bool foreground)
    {
        if (!FilesAreGood(out int exitCode))
        {
            return exitCode;
        }

        if (IsRunning(out string pid))
        {
            OldLines.Say(Program, "info", $"heartbeat: already running [pid {pid}].");
            return ExitCode.Done;
        }

        return foreground ? RunVerb.Run(Options) : Background.Start(Options);
    }

    /// <summary>Says all that is wrong, and warnings; the daemon's log has the notes.</summary>
    private bool FilesAreGood(out int exitCode)
    {
        ConfigResult? files = Startup.ReadGoodFiles(Options, out _, out exitCode);
        foreach (ConfigProblem remark in files?.Problems.Where(one => one.Severity == ProblemSeverity.Warning) ?? [])
        {
            Console.Error.WriteLine(remark);
        }

        return files is not null;
    }

    private bool IsRunning(out string pid)
    {
        using ControlClient? client = ControlClient.Connect(places.RunDirectory, out ControlFailure failure);
        pid = client is { DaemonPid: > 0 and var seen }
            ? FormattableString.Invariant($"{seen}")
            : RunDirectory.LastPid(places.RunDirectory) ?? "unknown";
        return client is not null || failure == ControlFailure.NotPermitted;
    }

    private static int Fail(string text)
    {
        OldLines.Say(Program, "ERROR", text);
        return ExitCode.Failed;
    }
}
