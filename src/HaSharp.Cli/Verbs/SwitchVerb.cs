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
            A stop holds on every node, also after restarts, until it is started again. A start ends all such orders of
            its group, so that in a group that is stopped it starts the whole group. Where several groups have the
            resource write GROUP/RESOURCE.

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
                CommonOptions.Json,
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
                return Conversation.Of(parsed, request).AskAndPrint(TimeSpan.FromSeconds(seconds));
            });
            parent.Subcommands.Add(command);
        }
    }

    private static Command List()
    {
        var command = new Command("list", "All groups with their nodes and states.")
        {
            CommonOptions.Json,
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed => StatusVerb.Report(parsed, out int exitCode) is { } status
            ? Print(parsed, status.Groups, ExitCode.Done)
            : exitCode);
        return command;
    }

    private static Command Show(string verb, string name, bool group)
    {
        var what = new Argument<string>(name);
        var command = new Command(verb, "Show it, in all groups that have it; exit code 0: started everywhere, 3: not.")
        {
            what,
            CommonOptions.Json,
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed =>
        {
            if (StatusVerb.Report(parsed, out int exitCode) is not { } status)
            {
                return exitCode;
            }

            string word = parsed.GetRequiredValue(what);
            GroupReport[] found = group
                ? [.. status.Groups.Where(one => one.Name == word)]
                : [.. status.Groups.Select(one => Only(one, word)).Where(one => one.Resources.Count > 0)];
            if (found.Length == 0)
            {
                Console.Error.WriteLine($"no {name.ToLowerInvariant()} {word} in haresources; see hasharp group list");
                return ExitCode.Failed;
            }

            bool started = found.All(one => group
                ? one.State == "started"
                : one.Resources.All(resource => resource.State == "started"));
            return Print(parsed, found, started ? ExitCode.Done : ExitCode.NotRunning);
        });
        return command;
    }

    /// <summary>The group with nothing but the resource that is meant.</summary>
    private static GroupReport Only(GroupReport group, string word) => group with
    {
        Resources = [.. group.Resources.Where(one => ResourceWord.Means(word, group.Name, one.Name))],
    };

    private static int Print(ParseResult parsed, IReadOnlyList<GroupReport> groups, int exitCode) => StatusVerb.Print(
        parsed.GetValue(CommonOptions.Json) ? ControlText.Of(groups) : StatusTable.Of(groups), exitCode);
}
