using HaSharp.Cli;

return CommandTree.Run(args);
