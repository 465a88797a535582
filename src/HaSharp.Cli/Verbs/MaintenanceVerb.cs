using System.CommandLine;
using System.Globalization;
using HaSharp.Daemon.Control;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp maintenance on|off: nobody monitors, moves or stops a group while people work on it.</summary>
internal static class MaintenanceVerb
{
    private const string DefaultTime = "1h";

    public static Command Build()
    {
        var action = new Argument<string>("on|off") { Description = "Begin or end it, on all nodes at once." };
        action.AcceptOnlyFromAmong("on", "off");
        var group = new Argument<string?>("GROUP")
        {
            Description = "A group by its name in haresources; none: all groups.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var time = new Option<string>("--for")
        {
            HelpName = "TIME",
            Description = "When it ends by itself: seconds, or a number with s, m, h or d; at most 30d.",
            DefaultValueFactory = _ => DefaultTime,
        };
        time.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && Milliseconds(result.Tokens[0].Value) is null)
            {
                result.AddError($"--for takes a time such as 90, 30m, 2h or 1d, not '{result.Tokens[0].Value}'");
            }
        });
        var command = new Command("maintenance", """
            Leave resource groups alone while somebody works on them: they are neither monitored, nor repaired, moved
            or stopped, whatever happens. It holds on all nodes, survives restarts, and ends by itself.

            Examples:
              hasharp maintenance on --for 30m               all groups
              hasharp maintenance on IPaddr::10.0.0.100      one group, for an hour
              hasharp maintenance off                        what runs is looked at, and managed again
            """)
        {
            action,
            group,
            time,
            CommonOptions.Json,
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed =>
        {
            string? name = parsed.GetValue(group);
            var request = new ControlRequest("maintenance")
            {
                Scope = name is null ? "all" : "group",
                Group = name,
                ForMs = parsed.GetValue(action) == "on" ? Milliseconds(parsed.GetRequiredValue(time)) : null,
            };
            return Conversation.Of(parsed, request).AskAndPrint(TimeSpan.Zero);
        });
        return command;
    }

    private static long? Milliseconds(string text)
    {
        (string number, long unit) = text switch
        {
            [.. var digits, 's'] => (digits, 1000L),
            [.. var digits, 'm'] => (digits, 60_000L),
            [.. var digits, 'h'] => (digits, 3_600_000L),
            [.. var digits, 'd'] => (digits, 86_400_000L),
            _ => (text, 1000L),
        };
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count * unit
            : null;
    }
}
