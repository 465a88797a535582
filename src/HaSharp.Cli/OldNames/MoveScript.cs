// hb_standby and hb_takeover (spec 9.6.2, 9.6.3). Like the originals they ask and do not wait; unlike them they say so,
// and fail, when there is nobody to ask or the answer is no (F12).

using HaSharp.Cli.Verbs;
using HaSharp.Daemon.Control;

namespace HaSharp.Cli.OldNames;

/// <param name="called">As the usage shall name it.</param>
/// <param name="verb">standby or takeover.</param>
internal sealed class MoveScript(string called, string verb, OldPlaces places)
{
    private static readonly string[] Scopes = ["all", "foreign", "local", "failback"];

    public int Run(string[] args)
    {
        string scope = args.Length == 0 ? "all" : args[0];
        if (args.Length > 1)
        {
            return Usage($"{called}: too many arguments");
        }

        if (!Scopes.Contains(scope))
        {
            return Usage(scope == "--help" ? null : $"{called}: wrong resources({scope}).");
        }

        if (verb == "standby")
        {
            OldLines.Say($"Going standby [{(scope == "failback" ? "foreign" : scope)}].");
        }

        var request = new ControlRequest(verb) { Scope = scope, WaitMs = 0 };
        ControlAnswer? answer = new Conversation(places.RunDirectory, request).Ask(out int exitCode);
        if (answer is not null && exitCode != ExitCode.Done)
        {
            Console.Error.WriteLine(answer.Text);
        }

        return exitCode;
    }

    private int Usage(string? complaint)
    {
        if (complaint is not null)
        {
            Console.Out.WriteLine(complaint);
        }

        Console.Out.WriteLine("usage:");
        Console.Error.WriteLine($"{called} [all|foreign|local|failback]");
        return ExitCode.Failed;
    }
}
