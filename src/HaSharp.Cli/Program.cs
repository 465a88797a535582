using HaSharp.Cli;
using HaSharp.Cli.OldNames;

return OldName.Find() is { } tool ? tool(args) : CommandTree.Run(args);
