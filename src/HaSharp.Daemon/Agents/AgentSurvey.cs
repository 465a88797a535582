// Looks at the agents of all resources before they are needed: after the start and after each reload, beside everything
// else. What would fail in the night is said by day, once for each resource; what OCF agents say of their times is told
// to the node.

using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Addresses;
using HaSharp.Daemon.Processes;

namespace HaSharp.Daemon.Agents;

/// <param name="environment">See <see cref="AgentEnvironment"/>.</param>
public sealed class AgentSurvey(AgentCatalog catalog, ProcessWatcher processes, IReadOnlyList<string> environment)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, OcfDescription?> _described = new(StringComparer.Ordinal);

    /// <summary>
    /// What is wrong with agents, programs and interfaces, without running anything; each is said once.
    /// </summary>
    /// <param name="interfaces">Those of this machine; null: the files are those of another one.</param>
    public static IReadOnlyList<ConfigProblem> Faults(
        AgentCatalog catalog, IEnumerable<Mention> mentions, IReadOnlyCollection<string>? interfaces) =>
        [
            .. mentions.Select(mention => (Mention: mention, Fault: Fault(catalog, mention, interfaces)))
                .Where(found => found.Fault is not null)
                .DistinctBy(found => found.Fault)
                .Select(found => found.Mention.Warn(found.Fault!)),
        ];

    /// <summary>Asks what can be asked: OCF agents for their meta-data, systemd for its units; each once.</summary>
    /// <param name="described">Called for each OCF resource whose agent says something.</param>
    /// <param name="warn">Called with what an administrator should know.</param>
    public async Task Ask(
        IEnumerable<Mention> mentions, Action<string, AgentTimes> described, Action<ConfigProblem> warn)
    {
        foreach (Mention.OfResource mention in mentions.OfType<Mention.OfResource>()
            .DistinctBy(mention => mention.Resource.Text))
        {
            Resource resource = mention.Resource;
            void Warn(string text) => warn(mention.Warn(text));
            switch (catalog.Locate(resource.Type))
            {
                case AgentLocation.Unit unit:
                    await Look(resource, unit, Warn);
                    break;
                case AgentLocation.Init { Twin: { } twin }:
                    await Look(resource, twin, Warn);
                    break;
                case AgentLocation.Script when resource is { Type: "service", Arguments: [var name] }
                    && catalog.FindUnit(name) is { } unit:
                    await Look(resource, unit, Warn);
                    break;
                case AgentLocation.Ocf ocf when await Describe(resource.Type, ocf, Warn) is { } description:
                    Faults(resource, description).ForEach(Warn);
                    described(resource.Text, description.Times);
                    break;
            }
        }
    }

    /// <summary>Runs meta-data. Null: the agent says nothing that can be read; trouble says why.</summary>
    public async Task<(OcfDescription? Description, string Trouble)> Describe(AgentLocation.Ocf agent)
    {
        ProcessResult result = await processes.RunAsync(new ProcessRequest(
            agent.Path,
            ["meta-data"],
            ProgramVariables.Join(environment, OcfVariables.Fixed(agent)),
            Patience) { HeadBytes = OcfDescription.LongestText });
        OcfDescription? description = OcfDescription.Parse(result.Output, out string trouble);
        return (description, trouble);
    }

    private static string? Fault(AgentCatalog catalog, Mention mention, IReadOnlyCollection<string>? interfaces) =>
        mention switch
        {
            Mention.OfProgram program => Fault(program.Path),
            Mention.OfInterface { Name: var name } when interfaces?.Contains(name) == false =>
                $"this machine has no interface {name}",
            Mention.OfResource { Resource: var resource } => catalog.Locate(resource.Type) switch
            {
                AgentLocation.Missing missing => $"{resource.Text}: {missing.Reason}",
                AgentLocation.Refused refused => $"{resource.Text}: {refused.Reason}",
                AgentLocation.BuiltIn => interfaces is null ? null : Fault(resource, interfaces),
                AgentLocation.Ocf when resource.IsAddress && AskedAddress.Read(resource) is null =>
                    $"{resource.Text}: which address this is cannot be told, so before it is taken over nobody is "
                    + "asked whether another machine has it (write ip=, cidr_netmask= and nic=)",
                _ => null,
            },
            _ => null,
        };

    /// <summary>Looked at as its run does: what others may write is not run.</summary>
    private static string? Fault(string program) =>
        !File.Exists(program) ? $"there is no program {program}"
        : !AgentCatalog.IsExecutable(program) ? $"{program} is not executable (chmod +x)"
        : AgentTrust.Objection(program) is { } objection ? $"{program} is not run: {objection}"
        : null;

    private static string? Fault(Resource address, IReadOnlyCollection<string> interfaces) =>
        VirtualAddress.TryParse(address.Arguments, out VirtualAddress? parsed, out _)
        && parsed.Interface is { } name && !interfaces.Contains(name)
            ? $"{address.Text}: this machine has no interface {name}"
                + (NearMiss.Find(name, interfaces) is { } near ? $" (did you mean {near}?)" : "")
            : null;

    /// <summary>What its agent will not understand, and what it will miss.</summary>
    internal static List<string> Faults(Resource resource, OcfDescription description)
    {
        // A parameter that is given twice is the agent's business; CRM_meta_ and OCF_ are not the agent's own.
        string[] given = [.. resource.Arguments.Where(OcfVariables.IsParameter).Select(NameOf)];
        string[] known = [.. description.Parameters.Select(parameter => parameter.Name)];
        string[] unknown = [.. given.Where(name => !known.Contains(name) && !IsReserved(name)).Distinct()];
        string[] missing = [.. description.Parameters
            .Where(parameter => parameter is { IsRequired: true, Default: null or "" })
            .Select(parameter => parameter.Name).Except(given)];
        List<string> faults = [];
        if (unknown.Length > 0)
        {
            IEnumerable<string> words = unknown.Select(name => name
                + (NearMiss.Find(name, known) is { } near ? $" (did you mean {near}?)" : ""));
            faults.Add($"{resource.Text}: the agent knows no parameter {string.Join(", ", words)}");
        }

        if (missing.Length > 0)
        {
            faults.Add($"{resource.Text}: the agent requires {string.Join(", ", missing)}");
        }

        return faults;
    }

    private static bool IsReserved(string name) =>
        name.StartsWith("OCF_", StringComparison.Ordinal) || name.StartsWith("CRM_meta_", StringComparison.Ordinal)
        || name.StartsWith("trace_", StringComparison.Ordinal);

    private static string NameOf(string argument) => argument[..argument.IndexOf('=', StringComparison.Ordinal)];

    private async Task<OcfDescription?> Describe(string name, AgentLocation.Ocf agent, Action<string> warn)
    {
        if (!_described.TryGetValue(name, out OcfDescription? description))
        {
            (description, string trouble) = await Describe(agent);
            _described.Add(name, description);
            if (description is null)
            {
                warn($"{name}: {trouble}");
            }
        }

        return description;
    }

    private async Task Look(Resource resource, AgentLocation.Unit unit, Action<string> warn)
    {
        ActionRun run = new(
            processes, new AgentCall(default, resource, AgentAction.Status, Patience, environment));
        (UnitState? state, _) = await UnitAgent.Show(run, unit.Systemctl, unit.Name);
        if (state?.WhyUnable is { } reason)
        {
            warn($"{resource.Text}: {unit.Name} {reason}");
        }
        else if (state is { StartsAtBoot: true })
        {
            warn($"{resource.Text}: {unit.Name} is enabled, so that systemd starts it on every node at boot "
                + $"(systemctl disable {unit.Name})");
        }

        if (state is { IsOutdated: true })
        {
            warn($"{resource.Text}: the file of {unit.Name} has changed since systemd read it "
                + "(systemctl daemon-reload)");
        }
    }
}
