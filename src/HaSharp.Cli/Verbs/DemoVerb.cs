using System.CommandLine;
using HaSharp.Cli.Demo;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp demo: a cluster in network namespaces, and what a client sees of every kind of move.</summary>
internal static class DemoVerb
{
    public static Command Build()
    {
        var command = new Command(
            "demo", "Run two nodes in network namespaces of their own and move a service in every way. Takes a minute.")
        {
            CommonOptions.Json,
        };
        command.SetAction(parsed => DemoCommand.Run(parsed.GetValue(CommonOptions.Json)));
        return command;
    }
}
