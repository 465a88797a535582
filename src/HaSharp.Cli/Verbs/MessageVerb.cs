using System.CommandLine;
using HaSharp.Cli.Messages;
using HaSharp.Core.Config;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp message: heartbeat's packets as lines of JSON and back, for debugging.</summary>
internal static class MessageVerb
{
    public static Command Build() => new("message", "Decode and encode heartbeat's packets, for debugging.")
    {
        Decode(),
        Encode(),
    };

    private static Command Decode()
    {
        Option<string?> keys = KeysOption("Check digests with the keys of this file.");
        var files = new Argument<string[]>("FILE")
        {
            Description = "Files that hold one packet each.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("decode", """
            Print each packet as one line of JSON. Exit code 1: a file holds no packet.

            Example:
              hasharp message decode --authkeys /etc/ha.d/authkeys capture/*.bin | jq .
            """)
        {
            keys,
            files,
        };
        command.SetAction(parsed => TryReadKeys(parsed.GetValue(keys), out AuthKeys? known)
            ? MessageDecoding.Run(parsed.GetRequiredValue(files), known, Console.Out)
            : ExitCode.NotConfigured);
        return command;
    }

    private static Command Encode()
    {
        Option<string?> keys = KeysOption("Sign with the keys of this file instead of copying the digests.");
        var directory = new Option<string?>("--out")
        {
            HelpName = "DIR",
            Description = "One file per line, named as in the line (default: all packets to standard output).",
        };
        var command = new Command("encode", """
            Read lines as decode prints them on standard input and make the packets again.

            Example:
              hasharp message decode *.bin | hasharp message encode --out copies
            """)
        {
            keys,
            directory,
        };
        command.SetAction(parsed => TryReadKeys(parsed.GetValue(keys), out AuthKeys? known)
            ? Run(known, parsed.GetValue(directory))
            : ExitCode.NotConfigured);
        return command;
    }

    private static Option<string?> KeysOption(string description) => new("--authkeys")
    {
        HelpName = "FILE",
        Description = description,
    };

    private static int Run(AuthKeys? keys, string? directory)
    {
        using Stream output = Console.OpenStandardOutput();
        return MessageEncoding.Run(Console.In, keys, directory, output, Console.Error);
    }

    /// <summary>False after printing what is wrong with the file; without a file there are no keys.</summary>
    private static bool TryReadKeys(string? file, out AuthKeys? keys)
    {
        keys = null;
        if (file is null)
        {
            return true;
        }

        try
        {
            keys = ConfigReader.ReadKeys(File.ReadAllBytes(file), out IReadOnlyList<ConfigProblem> problems);
            foreach (ConfigProblem problem in keys is null ? problems : [])
            {
                Console.Error.WriteLine(problem);
            }
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(wrong.Message);
        }

        return keys is not null;
    }
}
