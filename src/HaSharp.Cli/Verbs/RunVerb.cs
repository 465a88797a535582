using System.CommandLine;

namespace HaSharp.Cli.Verbs;

internal static class RunVerb
{
    public static Command Build()
    {
        var node = new Option<string?>("--node") { HelpName = "NAME", Description = "This node's name in ha.cf (default: the file nodeinfo, else uname -n)." };
        var command = new Command("run", "Run the daemon in the foreground.")
        {
            node, CommonOptions.HaDirectory, CommonOptions.RunDirectory, CommonOptions.StateDirectory,
        };
        return command;
    }
}
