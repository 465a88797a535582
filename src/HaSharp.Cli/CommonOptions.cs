using System.CommandLine;

namespace HaSharp.Cli;

/// <summary>The options that several verbs share, with the defaults of an installed system.</summary>
internal static class CommonOptions
{
    public static readonly Option<string> HaDirectory =
        Directory("--ha-dir", "/etc/ha.d", "ha.cf, haresources and authkeys");

    public static readonly Option<string> RunDirectory =
        Directory("--run-dir", "/run/hasharp", "the control socket");

    public static readonly Option<string> StateDirectory =
        Directory("--state-dir", "/var/lib/hasharp", "what must survive a restart");

    /// <summary>Of every verb that prints something; what is printed then is one line of JSON.</summary>
    public static readonly Option<bool> Json = new("--json") { Description = "Print one line of JSON." };

    private static readonly string[] DaemonVerbs =
    [
        "run", "stop", "reload", "status", "takeover", "standby", "maintenance", "resource", "group", "release",
        "check",
    ];

    /// <summary>
    /// A script may give all three directories to every verb of one daemon; those that a verb does not use are accepted
    /// and not shown.
    /// </summary>
    public static void Complete(Command verb)
    {
        if (!DaemonVerbs.Contains(verb.Name))
        {
            return;
        }

        // Of resource and group the options belong to what is to be done with it.
        foreach (Command each in verb.Subcommands.Count > 0 ? verb.Subcommands : [verb])
        {
            Accept(each);
        }
    }

    private static void Accept(Command verb)
    {
        foreach (Option<string> option in new[] { HaDirectory, RunDirectory, StateDirectory })
        {
            if (!verb.Options.Contains(option))
            {
                verb.Options.Add(new Option<string>(option.Name) { Hidden = true });
            }
        }
    }

    private static Option<string> Directory(string name, string byDefault, string holds) => new(name)
    {
        HelpName = "DIR",
        Description = $"Directory of {holds}.",
        DefaultValueFactory = _ => byDefault,
    };
}
