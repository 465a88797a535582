using System.Diagnostics;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>How an agent ended: exit code, standard output, and the last line of standard error.</summary>
internal sealed record Answer(int Code, string Output, string Reason)
{
    public static readonly Answer Done = new(0, "", "");
    public static readonly Answer Running = new(0, "running", "");
    public static readonly Answer Stopped = new(3, "stopped", "");
}

/// <summary>An agent of resource-agents/, called as the daemon calls it, with nothing of our environment.</summary>
internal sealed class ShippedAgent
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _name;
    private readonly IReadOnlyList<string> _through;
    private readonly Dictionary<string, string> _environment;

    /// <param name="directory">Holds what the agent remembers, and in bin the stand-ins for programs.</param>
    /// <param name="through">What comes before the agent in its command line, for a namespace of its own.</param>
    public ShippedAgent(string name, TemporaryDirectory directory, params IReadOnlyList<string> through)
    {
        _name = name;
        _through = through;
        _environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{directory.File("bin")}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["HOME"] = "/root",
            ["LANG"] = "C",
            ["HA_CURHOST"] = "alpha",
            ["HA_RSCTMP"] = directory.File("state"),
        };
    }

    public static string Repository { get; } = FindRepository();

    public static string Directory => Path.Combine(Repository, "resource-agents");

    /// <summary>Sets a variable of the environment.</summary>
    public ShippedAgent With(string variable, string value)
    {
        _environment[variable] = value;
        return this;
    }

    /// <param name="words">The arguments and the action.</param>
    public Answer Run(params string[] words) => Finish(Start(words));

    public Process Start(params string[] words)
    {
        string[] line = [.. _through, Path.Combine(Directory, _name), .. words];
        var start = new ProcessStartInfo(line[0], line.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach ((string variable, string value) in _environment)
        {
            start.Environment[variable] = value;
        }

        return Process.Start(start)!;
    }

    public Answer Finish(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{_name}: no end within {Patience.TotalSeconds} s");
            }

            return new Answer(process.ExitCode, output.Result.TrimEnd(), LastLine(errors.Result));
        }
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];

    private static string FindRepository()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "HaSharp.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new DirectoryNotFoundException("no repository");
    }
}
