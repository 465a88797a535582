// The end of one resource where no daemon runs: is it running, stop, and if that does not stop it, kill.
// The idea: what stands left of it waits, and the leftmost is mostly the address that another node needs. So every step
// has the deadline that it has in the daemon, and a stop that has failed is not tried again.
// Invariant: only a status that says so, or a stop that succeeded, means that it does not run.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Processes;

namespace HaSharp.Cli.Verbs;

/// <param name="environment">See AgentEnvironment.</param>
/// <param name="story">Gets what is done.</param>
internal sealed class StopLadder(
    AgentCatalog catalog,
    AgentCommand agents,
    RecoveryConfig policy,
    IReadOnlyList<string> environment,
    TextWriter story)
{
    /// <summary>Null: it did not run.</summary>
    /// <returns>Whether it runs no more.</returns>
    public bool? Stop(GroupName group, Resource resource)
    {
        var managed = new ManagedResource(resource) { Described = TimesOf(resource) };
        AgentOutcome Run(AgentAction action, TextWriter output, TextWriter errors) => agents.Carry(
            new AgentCall(group, resource, action, managed.Deadline(action, policy), environment), output, errors);
        AgentOutcome Ask() => Run(AgentAction.Status, TextWriter.Null, TextWriter.Null);

        if (Ask().Verdict == AgentVerdict.NotRunning)
        {
            return null;
        }

        story.WriteLine($"stopping {resource}");
        AgentOutcome stopped = Run(AgentAction.Stop, story, Console.Error);
        if (stopped.Verdict == AgentVerdict.Ok)
        {
            return true;
        }

        Console.Error.WriteLine($"{resource} was not stopped, what is left of it is killed{Why(stopped)}");
        Run(AgentAction.Kill, story, Console.Error);
        AgentOutcome left = Ask();
        for (int looks = 1; left.Verdict == AgentVerdict.Ok && looks < ResourceGroup.LastLooks; looks++)
        {
            Thread.Sleep(ResourceGroup.StopRetryDelay);
            left = Ask();
        }

        if (left.Verdict != AgentVerdict.NotRunning)
        {
            Console.Error.WriteLine(left.Verdict == AgentVerdict.Ok
                ? $"{resource} could not be stopped: it still runs"
                : $"{resource} could not be stopped, or nobody can tell{Why(left)}");
        }

        return left.Verdict == AgentVerdict.NotRunning;
    }

    private static string Why(AgentOutcome outcome) => outcome.Reason.Length > 0 ? $": {outcome.Reason}" : "";

    /// <summary>What the meta-data of an OCF agent say; the daemon would know it by now.</summary>
    private AgentTimes? TimesOf(Resource resource)
    {
        if (catalog.Locate(resource.Type) is not AgentLocation.Ocf agent)
        {
            return null;
        }

        using ProcessWatcher processes = new();
        return new AgentSurvey(catalog, processes, environment).Describe(agent)
            .GetAwaiter().GetResult().Description?.Times;
    }
}
