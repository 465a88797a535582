using System.CommandLine;
using HaSharp.Core.Control;
using Command = System.CommandLine.Command;
using HaSharp.Daemon.Control;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp resource and hasharp group: start, stop, restart or show one of them.</summary>
internal static class SwitchVerb
{
    private static readonly string[] Orders = ["start", "stop", "restart"];

    public static Command BuildResource()
    {
        var command = new Command("resource", """
            Start, stop, restart or show one resource. What stands right of it in haresources needs it, and goes along.
            A stop holds on every node, also after restarts, until it is started again.

            Examples:
              hasharp resource stop mysqld          the address and the disk stay
              hasharp resource restart nginx
              hasharp resource status mysqld        exit code 0: started, 3: not
            """);
        AddOrders(command, "RESOURCE", "As in haresources, for example mysqld or IPaddr::10.0.0.100.", group: false);
        command.Subcommands.Add(Show("status", "RESOURCE", group: false));
        return command;
    }

    public static Command BuildGroup()
    {
        var command = new Command("group", """
            Start, stop, restart or show resource groups. A stop holds on every node, also after restarts, until the
            group is started again.

            Examples:
              hasharp group list
              hasharp group stop IPaddr::10.0.0.100
            """);
        AddOrders(command, "GROUP", "By its name in haresources, which is its first resource.", group: true);
        command.Subcommands.Add(Show("status", "GROUP", group: true));
        command.Subcommands.Add(List());
        return command;
    }

    private static void AddOrders(Command parent, string name, string explanation, bool group)
    {
        foreach (string order in Orders)
        {
            var what = new Argument<string>(name) { Description = explanation };
            Option<double> wait = MoveVerb.WaitOption();
            string sentence = $"{char.ToUpperInvariant(order[0])}{order[1..]} it and wait until it is so.";
            var command = new Command(order, sentence)
            {
                what,
                wait,
                CommonOptions.RunDirectory,
            };
            command.SetAction(parsed =>
            {
                double seconds = parsed.GetValue(wait);
                string word = parsed.GetRequiredValue(what);
                var request = new ControlRequest("switch")
                {
                    Action = order,
                    Group = group ? word : null,
                    Resource = group ? null : word,
                    WaitMs = (long)(seconds * 1000),
                };
                var conversation = new Conversation(parsed.GetRequiredValue(CommonOptions.RunDirectory), request);
                return conversation.Ask(TimeSpan.FromSeconds(seconds), out int exitCode) is { } answer
                    ? Conversation.Print(answer)
                    : exitCode;
            });
            parent.Subcommands.Add(command);
        }
    }

    private static Command List()
    {
        Option<bool> json = JsonOption();
        var command = new Command("list", "All groups with their nodes and states.")
        {
            json,
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed => Report(parsed, out int exitCode) is { } status
            ? Print(status.Groups, parsed.GetValue(json), ExitCode.Done)
            : exitCode);
        return command;
    }

    private static Command Show(string verb, string name, bool group)
    {
        var what = new Argument<string>(name);
        Option<bool> json = JsonOption();
        var command = new Command(verb, "Show it; exit code 0: started, 3: not.")
        {
            what,
            json,
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed =>
        {
            if (Report(parsed, out int exitCode) is not { } status)
            {
                return exitCode;
            }

            string word = parsed.GetRequiredValue(what);
            if (status.Groups.FirstOrDefault(one => group
                ? one.Name == word
                : one.Resources.Any(resource => resource.Name == word)) is not { } found)
            {
                Console.Error.WriteLine($"no {name.ToLowerInvariant()} {word} in haresources");
                return ExitCode.Failed;
            }

            string state = group ? found.State : found.Resources.First(resource => resource.Name == word).State;
            GroupReport shown = group
                ? found
                : found with { Resources = [.. found.Resources.Where(resource => resource.Name == word)] };
            return Print([shown], parsed.GetValue(json), state == "started" ? ExitCode.Done : ExitCode.NotRunning);
        });
        return command;
    }

    private static StatusReport? Report(ParseResult parsed, out int exitCode)
    {
        var conversation = new Conversation(
            parsed.GetRequiredValue(CommonOptions.RunDirectory), new ControlRequest("status"));
        ControlAnswer? answer = conversation.Ask(out exitCode);
        if (answer is { Status: null })
        {
            Conversation.Print(answer);
        }

        return answer?.Status;
    }

    private static int Print(IReadOnlyList<GroupReport> groups, bool json, int exitCode)
    {
        Console.Out.Write(json ? ControlText.Of(groups) : StatusTable.Of(groups));
        return exitCode;
    }

    private static Option<bool> JsonOption() => new("--json") { Description = "Print JSON, as in status --json." };
}
