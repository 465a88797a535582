using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;

namespace HaSharp.Daemon.Agents;

/// <summary>The environment that OCF agents expect, beside that of all agents.</summary>
internal static class OcfVariables
{
    public const string ReasonPrefix = "ocf-exit-reason:";

    private const string CheckLevel = "OCF_CHECK_LEVEL";

    /// <summary>NAME=VALUE.</summary>
    /// <param name="action">As the agent knows it.</param>
    public static IReadOnlyList<string> Of(AgentLocation.Ocf agent, ActionRun run, string action)
    {
        Resource resource = run.Call.Resource;
        TimeSpan interval = run.Action == AgentAction.Monitor ? run.Call.Interval : TimeSpan.Zero;
        IReadOnlyList<string> meta =
        [
            .. Fixed(agent),
            $"OCF_RESOURCE_INSTANCE={InstanceOf(run.Call)}",
            $"{CheckLevel}=0",
            "OCF_RESKEY_crm_feature_set=3.17.0",
            $"OCF_RESKEY_CRM_meta_name={action}",
            $"OCF_RESKEY_CRM_meta_interval={Milliseconds(interval)}",
            $"OCF_RESKEY_CRM_meta_timeout={Milliseconds(run.Left)}",
            $"OCF_RESKEY_CRM_meta_on_node={NodeOf(run.Call.Environment)}",
        ];
        IEnumerable<string> given = resource.Arguments.Where(IsParameter)
            .Where(argument => run.Action == AgentAction.Monitor || !IsCheckLevel(argument))
            .Select(argument => IsCheckLevel(argument) ? argument : "OCF_RESKEY_" + argument);
        return ProgramVariables.Join(meta, [.. given]);
    }

    /// <summary>For meta-data, which is the same for every resource.</summary>
    public static IReadOnlyList<string> Fixed(AgentLocation.Ocf agent) =>
    [
        "LC_ALL=C",
        "HA_RSCTMP=" + AgentEnvironment.StateDirectory,
        "HA_SBIN_DIR=/usr/sbin",
        "OCF_RA_VERSION_MAJOR=1",
        "OCF_RA_VERSION_MINOR=1",
        $"OCF_ROOT={agent.Root}",
        $"OCF_RESOURCE_TYPE={agent.Type}",
        $"OCF_RESOURCE_PROVIDER={agent.Provider}",
        $"OCF_EXIT_REASON_PREFIX={ReasonPrefix}",
    ];

    public static bool IsParameter(string argument) => argument.IndexOf('=', StringComparison.Ordinal) > 0;

    /// <summary>It belongs to the recurring check alone: a probe must not mistake what is ill for stopped.</summary>
    private static bool IsCheckLevel(string argument) =>
        argument.StartsWith(CheckLevel + "=", StringComparison.Ordinal);

    /// <summary>
    /// Agents name files after it, so it is short, the same on every node and at every start, and holds no slash.
    /// </summary>
    private static string InstanceOf(AgentCall call)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{call.Group}/{call.Resource.Text}"));
        string type = call.Resource.Type[(call.Resource.Type.LastIndexOf(':') + 1)..];
        return $"{type}-{Convert.ToHexStringLower(digest.AsSpan(0, 4))}";
    }

    private static string NodeOf(IReadOnlyList<string> environment)
    {
        const string Node = "HA_CURHOST=";
        string? line = environment.FirstOrDefault(line => line.StartsWith(Node, StringComparison.Ordinal));
        return line?[Node.Length..] ?? "";
    }

    private static string Milliseconds(TimeSpan time) =>
        ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
