// The verbs of hasharp. This file names them; what each does is in Verbs/.
// What is not called is not compiled: only the verb that is asked for is built, and the verbs that operators wait for
// (status, standby, takeover) touch neither the host nor the log.

using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using HaSharp.Cli.Verbs;

namespace HaSharp.Cli;

internal static class CommandTree
{
    private static readonly (string Name, Func<Command> Build)[] Verbs =
    [
        ("run", RunVerb.Build),
        ("stop", StopVerb.Build),
        ("reload", ReloadVerb.Build),
        ("status", StatusVerb.Build),
        ("takeover", () => MoveVerb.Build("takeover")),
        ("standby", () => MoveVerb.Build("standby")),
        ("maintenance", MaintenanceVerb.Build),
        ("resource", SwitchVerb.BuildResource),
        ("group", SwitchVerb.BuildGroup),
        ("release", ReleaseVerb.Build),
        ("check", CheckVerb.Build),
        ("simulate", SimulateVerb.Build),
        ("agent", AgentVerb.Build),
        ("message", MessageVerb.Build),
        ("demo", DemoVerb.Build),
        ("version", VersionVerb.Build),
    ];

    /// <summary>Runs the verb that the arguments name; the result is the process's exit code.</summary>
    public static int Run(string[] args)
    {
        ParseResult parsed = Build(args.Length > 0 ? args[0] : "").Parse(args);
        if (parsed.Action is ParseErrorAction wrong)
        {
            wrong.ShowHelp = false;
            wrong.Invoke(parsed);
            Console.Error.WriteLine($"see: {WayTo(parsed.CommandResult)} --help");
            return ExitCode.Usage;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    /// <summary>hasharp group stop, as it was asked for.</summary>
    private static string WayTo(CommandResult command) => command.Parent is CommandResult above
        ? $"{WayTo(above)} {command.Command.Name}"
        : "hasharp";

    private static string FirstSentence(string text)
    {
        string line = text.Replace('\n', ' ');
        int end = line.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? line : line[..(end + 1)];
    }

    /// <summary>All verbs when the word is none, for the help and the error.</summary>
    private static RootCommand Build(string word)
    {
        var root = new RootCommand("HaSharp keeps services alive on a small group of Linux machines: see hasharp(8).");
        bool known = Array.Exists(Verbs, verb => verb.Name == word);
        foreach ((string name, Func<Command> build) in Verbs)
        {
            if (known && name != word)
            {
                continue;
            }

            Command verb = build();
            CommonOptions.Complete(verb);
            root.Subcommands.Add(verb);
            if (!known)
            {
                // The examples are for the help of the verb itself.
                verb.Description = FirstSentence(verb.Description ?? "");
            }
        }

        foreach (VersionOption option in root.Options.OfType<VersionOption>())
        {
            option.Action = new VersionVerb();
        }

        return root;
    }
}
