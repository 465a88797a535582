using System.CommandLine;
using HaSharp.Cli.Service;
using HaSharp.Core;
using HaSharp.Daemon.Addresses;
using HaSharp.Daemon.Agents;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp agent: one action of one resource agent, as the daemon would run it.</summary>
internal static class AgentVerb
{
    public static Command Build()
    {
        var words = new Argument<string[]>("NAME [ARGUMENT...] ACTION")
        {
            Description = "The agent's name as in haresources, its arguments, and start, stop or status.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("agent", """
            Run a resource agent as the daemon would.
            Exit code: 0 done or running, 1 failed, 2 usage, 3 not running.

            Examples:
              hasharp agent IPaddr 10.0.0.100/24/eth0 status
              hasharp agent service mysqld start
            """)
        {
            words,
            CommonOptions.HaDirectory,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(words), Path.GetFullPath(parsed.GetRequiredValue(CommonOptions.HaDirectory))));
        return command;
    }

    private static int Run(string[] words, string haDirectory) => new AgentCommand(
        new AgentCatalog(AgentDirectories.OfMachine(haDirectory)),
        AgentEnvironment.Of(new NodeName(Startup.MachineName()), haDirectory),
        AddressAgentCommand.Run).Run(words, Console.Out, Console.Error);
}
