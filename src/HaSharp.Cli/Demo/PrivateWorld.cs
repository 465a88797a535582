// The demonstration's own world: user (when not root), mount, network and process namespaces, made by running
// ourselves once more under unshare. We are its first process: when we end, in whatever way, the kernel ends
// everything that was started in there, and with it go the networks, the mounts and the files on the private /run.

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HaSharp.Cli.Demo;

internal static class PrivateWorld
{
    private const string InsideMark = "HASHARP_DEMO_WORLD";
    private const int ByInterrupt = 130;

    private static readonly string[] Tools = ["unshare", "nsenter", "ip", "mount", "sh", "setsid", "busybox"];

    public static bool IsInside => Environment.GetEnvironmentVariable(InsideMark) is not null;

    /// <summary>The words that run this very program.</summary>
    public static IReadOnlyList<string> Self
    {
        get
        {
            var program = Environment.ProcessPath ?? throw new LabException("this program's own path is unknown");
            return Path.GetFileNameWithoutExtension(program) == "dotnet"
                ? [program, Path.Combine(AppContext.BaseDirectory, "hasharp.dll")]
                : [program];
        }
    }

    /// <summary>One sentence: what this machine lacks, or refuses; null when the world can be made.</summary>
    public static string? WhatIsMissing()
    {
        var absent = Tools.Where(tool => !IsInstalled(tool)).ToList();
        if (absent.Count > 0)
        {
            return $"not installed: {string.Join(", ", absent)}; `make build` installs them "
                + "(Debian packages util-linux, iproute2 and busybox).";
        }

        if (!Tool.Run(["busybox", "--list"]).Output.Split('\n').Contains("httpd"))
        {
            return "this busybox has no httpd, which is the demonstration's web server; install Debian's busybox.";
        }

        var attempt = Tool.Run(["unshare", .. Namespaces, "ip", "link", "add", "br0", "type", "bridge"]);
        return attempt.ExitCode == 0
            ? null
            : "the kernel does not let us make namespaces with a bridge; "
                + (Environment.IsPrivilegedProcess
                    ? $"a container needs the capability SYS_ADMIN for it ({attempt.Said})."
                    : $"run it as root, or allow unprivileged user namespaces ({attempt.Said}).");
    }

    /// <summary>Runs ourselves inside and returns the exit code; interrupted or killed, all of it is gone.</summary>
    public static int RunSelf(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("unshare", [.. Namespaces, .. Self, .. arguments])
        {
            // Its end tells the inner process that we are gone, even if we were killed without a word.
            RedirectStandardInput = true,
        };
        start.Environment[InsideMark] = "1";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";

        var interrupted = false;
        using var inner = Process.Start(start) ?? throw new LabException("unshare cannot be started");
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, EndAll);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, EndAll);
        using var onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, EndAll);
        inner.WaitForExit();
        return interrupted ? ByInterrupt : inner.ExitCode;

        void EndAll(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interrupted = true;
            inner.Kill();
        }
    }

    /// <summary>First thing inside: watch the process outside, and cover /run.</summary>
    public static void Settle()
    {
        // Not for the programs that we start in here.
        Environment.SetEnvironmentVariable(InsideMark, null);
        new Thread(EndWithTheProcessOutside) { IsBackground = true, Name = "life line" }.Start();
        Tool.Demand(["mount", "-t", "tmpfs", "-o", "mode=755", "hasharp-demo", "/run"]);
    }

    private static string[] Namespaces
    {
        get
        {
            string[] user = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];
            return [.. user, "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];
        }
    }

    private static bool IsInstalled(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
        .Any(directory => File.Exists(Path.Combine(directory, tool)));

    private static void EndWithTheProcessOutside()
    {
        using var lifeLine = Console.OpenStandardInput();
        while (lifeLine.ReadByte() >= 0)
        {
        }

        Environment.Exit(ByInterrupt);
    }
}
