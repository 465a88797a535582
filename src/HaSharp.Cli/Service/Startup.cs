// What has to be true before there is a daemon: files without errors, a run directory of our own, and durable state.
// Each failure is said on standard error, all at once where there are several, with its exit code.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Files;
using HaSharp.Daemon.Host;

namespace HaSharp.Cli.Service;

/// <summary>What the command line of run says.</summary>
/// <param name="Node">Null: nodeinfo or uname -n.</param>
internal sealed record ServiceOptions(string HaDirectory, string RunDirectory, string StateDirectory, string? Node)
{
    /// <summary>Somebody waits for the start, and wants its standard streams back then.</summary>
    public bool Background { get; init; }
}

/// <summary>All that a daemon begins with.</summary>
internal sealed record Startup(
    ServiceOptions Options,
    NodeName Self,
    ClusterConfig Config,
    IReadOnlyList<ConfigProblem> Remarks,
    IReadOnlyList<Mention> Mentions,
    RunDirectory Lock,
    StateDirectory StateFiles,
    DurableState State)
{
    /// <summary>Null after printing why not.</summary>
    public static Startup? Prepare(ServiceOptions options, out int exitCode)
    {
        if (ReadGoodFiles(options, out NodeName self, out exitCode) is not { Config: { } config } files)
        {
            return null;
        }

        RunDirectory? runDirectory = RunDirectory.Take(options.RunDirectory, out string? trouble, out exitCode);
        if (runDirectory is null)
        {
            Console.Error.WriteLine(trouble);
            return null;
        }

        var stateFiles = new StateDirectory(options.StateDirectory);
        if (!stateFiles.TryOpen(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), out DurableState? state, out trouble))
        {
            runDirectory.Dispose();
            Console.Error.WriteLine(trouble);
            exitCode = ExitCode.Failed;
            return null;
        }

        return new Startup(options, self, config, files.Problems, files.Mentions, runDirectory, stateFiles, state);
    }

    /// <summary>As ReadFiles; null after printing all problems when there is no configuration.</summary>
    public static ConfigResult? ReadGoodFiles(ServiceOptions options, out NodeName self, out int exitCode)
    {
        ConfigResult files = ReadFiles(options, out self);
        exitCode = ExitCode.Done;
        if (files.Config is not null)
        {
            return files;
        }

        foreach (ConfigProblem problem in files.Problems)
        {
            Console.Error.WriteLine(problem);
        }

        exitCode = MayRead(options.HaDirectory) ? ExitCode.NotConfigured : ExitCode.NotPermitted;
        return null;
    }

    /// <summary>Reads the three files for the node that the options, nodeinfo or the machine name.</summary>
    public static ConfigResult ReadFiles(ServiceOptions options, out NodeName self)
    {
        ConfigSources sources = ConfigDirectory.Read(options.HaDirectory);
        self = options.Node is { } given ? new NodeName(given) : sources.Self ?? new NodeName(MachineName());
        return ConfigReader.Read(sources with { Self = self });
    }

    /// <summary>For a reload: a daemon keeps its name, whatever nodeinfo and the machine say meanwhile.</summary>
    public ConfigResult ReadFilesAgain() => ReadFiles(Options with { Node = Self.Text }, out _);

    /// <summary>uname -n with its domain, which Environment.MachineName cuts off.</summary>
    public static string MachineName() => File.ReadAllText("/proc/sys/kernel/hostname").Trim();

    private static bool MayRead(string haDirectory)
    {
        try
        {
            foreach (string name in (string[])["ha.cf", "haresources", "authkeys"])
            {
                File.OpenHandle(Path.Combine(haDirectory, name)).Dispose();
            }
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            // Missing, for example: a problem of its own, and not one of permission.
        }

        return true;
    }
}
