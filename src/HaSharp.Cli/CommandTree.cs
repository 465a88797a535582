// The verbs of hasharp. This file names them; what each does is in Verbs/.
// The verbs that operators wait for (status, standby, takeover) touch neither the host nor the log: what is not
// called is not compiled, and that is most of the difference between 60 and 200 milliseconds.

using System.CommandLine;
using System.CommandLine.Invocation;
using HaSharp.Cli.Verbs;

namespace HaSharp.Cli;

internal static class CommandTree
{
    /// <summary>Runs the verb that the arguments name; the result is the process's exit code.</summary>
    public static int Run(string[] args)
    {
        ParseResult parsed = Build().Parse(args);
        if (parsed.Action is ParseErrorAction wrong)
        {
            wrong.ShowHelp = false;
            wrong.Invoke(parsed);
            return ExitCode.Usage;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static RootCommand Build()
    {
        var root = new RootCommand("HaSharp keeps services alive on a small group of Linux machines: see hasharp(8).")
        {
            RunVerb.Build(),
            StopVerb.Build(),
            ReloadVerb.Build(),
            StatusVerb.Build(),
            MoveVerb.Build("takeover"),
            MoveVerb.Build("standby"),
            VersionVerb.Build(),
        };
        foreach (VersionOption option in root.Options.OfType<VersionOption>())
        {
            option.Action = new VersionVerb();
        }

        return root;
    }
}
