// The parts of the benchmark by name, and the command line.

using System.Globalization;
using HaSharp.Benchmarks.Interop;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks;

internal static class Bench
{
    private static readonly string[] Parts =
        ["moves", "power", "start", "restart", "managed", "idle", "status", "interop", "simulator"];

    private static readonly string Usage =
        $"usage: bench [--hasharp PROGRAM] [--runs N] [--soak MINUTES] [{string.Join("] [", Parts)}]";

    public static int Run(string[] arguments)
    {
        if (Options.Parse(arguments) is not { } options)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        if (options.NeedsCluster && LiveCluster.WhyNot() is { } reason)
        {
            Console.Error.WriteLine($"bench: {reason}");
            return 4;
        }

        Console.WriteLine(Table.Head);
        var good = true;
        foreach (var part in options.Parts)
        {
            good &= Passes(part, () => RunPart(part, options));
        }

        if (options.SoakMinutes is { } minutes)
        {
            good &= Passes("soak", () => Soak.Run(options.Hasharp, minutes));
        }

        return good ? 0 : 1;
    }

    /// <summary>A part that fails says why; the others are measured all the same.</summary>
    private static bool Passes(string part, Func<bool> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is ClusterException or LabException)
        {
            Console.Error.WriteLine($"bench {part}: {e.Message}");
            return false;
        }
    }

    /// <summary>Figures have no verdict here: the machine may be busy. Only what cannot be measured fails.</summary>
    private static bool RunPart(string part, Options options)
    {
        switch (part)
        {
            case "moves":
                MoveBench.RunMoves(options.Hasharp, options.Runs);
                break;
            case "power":
                MoveBench.RunPowerCuts(options.Hasharp, options.Runs);
                break;
            case "start":
                MoveBench.RunColdStarts(options.Hasharp, options.Runs);
                break;
            case "restart":
                MoveBench.RunRestarts(options.Hasharp, options.Runs * 10);
                break;
            case "managed":
                ManagedBench.Run(options.Hasharp, options.Runs);
                break;
            case "idle":
                IdleBench.Run(options.Hasharp);
                break;
            case "status":
                IdleBench.RunStatus(options.Hasharp);
                break;
            case "interop" when HeartbeatPackage.WhyNot() is { } reason:
                Console.Error.WriteLine($"bench interop: {reason}");
                break;
            case "interop":
                InteropBench.Run(options.Hasharp, options.Runs);
                break;
            default:
                SimulatorBench.Run(options.Runs);
                break;
        }

        return true;
    }

    private sealed record Options(string Hasharp, int Runs, double? SoakMinutes, IReadOnlyList<string> Parts)
    {
        public bool NeedsCluster => SoakMinutes is not null || Parts.Any(part => part != "simulator");

        /// <summary>Null when something is not understood. A soak alone runs no other part.</summary>
        public static Options? Parse(string[] arguments)
        {
            var hasharp = Path.Combine(AppContext.BaseDirectory, "hasharp");
            var runs = 7;
            double? minutes = null;
            var parts = new List<string>();
            for (var i = 0; i < arguments.Length; i++)
            {
                var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
                switch (arguments[i])
                {
                    case "--hasharp" when File.Exists(value):
                        hasharp = Path.GetFullPath(value);
                        i++;
                        break;
                    case "--runs" when int.TryParse(value, CultureInfo.InvariantCulture, out runs) && runs > 0:
                        i++;
                        break;
                    case "--soak" when double.TryParse(value, CultureInfo.InvariantCulture, out var given) && given > 0:
                        minutes = given;
                        i++;
                        break;
                    case var part when Bench.Parts.Contains(part):
                        parts.Add(part);
                        break;
                    default:
                        return null;
                }
            }

            return new Options(hasharp, runs, minutes, parts.Count == 0 && minutes is null ? Bench.Parts : parts);
        }
    }
}
