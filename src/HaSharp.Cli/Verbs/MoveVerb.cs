using System.CommandLine;
using System.Globalization;
using HaSharp.Daemon.Control;

namespace HaSharp.Cli.Verbs;

/// <summary>hasharp takeover and hasharp standby: move groups here, or away from here.</summary>
internal static class MoveVerb
{
    public static Command Build(string verb)
    {
        var scope = new Argument<string>("scope")
        {
            HelpName = "all|foreign|local|failback|GROUP",
            Description = "Which groups: every one (all), those that prefer another node (foreign) or this one "
                + "(local), those that are not where they belong (failback), or one group by its name in haresources.",
            DefaultValueFactory = _ => "all",
        };
        scope.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.Tokens[0].Value.StartsWith('-'))
            {
                result.AddError($"unknown option '{result.Tokens[0].Value}'; see hasharp {verb} --help");
            }
        });
        Option<double> wait = WaitOption();
        var command = new Command(verb, Description(verb))
        {
            scope,
            wait,
            CommonOptions.Json,
            CommonOptions.RunDirectory,
        };
        command.SetAction(parsed => Conversation.Of(
            parsed, Request(verb, parsed.GetRequiredValue(scope), parsed.GetValue(wait)))
            .AskAndPrint(TimeSpan.FromSeconds(parsed.GetValue(wait))));
        return command;
    }

    /// <summary>--wait SECONDS, also used by stop.</summary>
    public static Option<double> WaitOption()
    {
        var wait = new Option<double>("--wait")
        {
            HelpName = "SECONDS",
            Description = "How long to wait for the end; 0 returns at once.",
            DefaultValueFactory = _ => 60,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (double.TryParse(
                    text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
                    && seconds is >= 0 and <= 86_400)
                {
                    return seconds;
                }

                result.AddError($"--wait takes seconds from 0 to 86400, not '{text}'");
                return 0;
            },
        };
        return wait;
    }

    private static ControlRequest Request(string verb, string scope, double seconds)
    {
        bool named = scope is not ("all" or "foreign" or "local" or "failback");
        return new ControlRequest(verb)
        {
            Scope = named ? "group" : scope,
            Group = named ? scope : null,
            WaitMs = (long)(seconds * 1000),
        };
    }

    private static string Description(string verb) => verb == "standby"
        ? """
          Give resource groups to another node.
          Exit code 0: they run there; 1: refused or failed; 5: not done in time.

          Examples:
            hasharp standby                    everything that runs here, and wait until it runs elsewhere
            hasharp standby 10.0.0.100 --wait 0      one group, and return as soon as the daemon has accepted
          """
        : """
          Take resource groups over from other nodes. What could not be started here is tried again: earlier failures
          are forgotten.
          Exit code 0: they run here; 1: refused or failed; 5: not done in time.

          Examples:
            hasharp takeover                   everything
            hasharp takeover local             what prefers this node
          """;
}
