// What the exit code of start, stop and monitor means, for each kind of agents.
// Unable: this machine cannot, another one may. Hopeless: none can. Failed: try again here.

using HaSharp.Core.Resources;

namespace HaSharp.Daemon.Agents;

internal static class ExitConvention
{
    private const int NotInstalled = 5;
    private const int NotConfigured = 6;
    private const int NotRunning = 7;

    /// <summary>heartbeat's scripts promise no more than 0; one code means the same to LSB and OCF.</summary>
    public static AgentVerdict ReadScript(bool isStart, int code) => code switch
    {
        0 => AgentVerdict.Ok,
        NotInstalled when isStart => AgentVerdict.Unable,
        _ => AgentVerdict.Failed,
    };

    /// <summary>
    /// LSB: 2 arguments, 3 not implemented, 4 privilege, 5 not installed, 6 not configured, 7 not running.
    /// </summary>
    public static AgentVerdict ReadInit(bool isStop, int code) => code switch
    {
        0 => AgentVerdict.Ok,
        NotInstalled or NotRunning when isStop => AgentVerdict.Ok,
        (>= 2 and <= NotConfigured) or 150 or 151 => AgentVerdict.Unable,
        _ => AgentVerdict.Failed,
    };

    /// <summary>OCF: as LSB, but 6 is wrong on any machine. 8: promoted; 190, 191: it works, but.</summary>
    /// <returns>
    /// NotInstalled is Unable for every action here: whether it counts as stopped, the caller knows.
    /// </returns>
    public static AgentVerdict ReadOcf(AgentAction action, int code) => code switch
    {
        0 => AgentVerdict.Ok,
        8 or 190 or 191 when action is AgentAction.Status or AgentAction.Monitor => AgentVerdict.Ok,
        NotInstalled when action == AgentAction.Status => AgentVerdict.NotRunning,
        NotRunning when action is AgentAction.Status or AgentAction.Monitor => AgentVerdict.NotRunning,
        NotRunning when action is AgentAction.Stop or AgentAction.Kill => AgentVerdict.Ok,
        >= 2 and <= NotInstalled => AgentVerdict.Unable,
        NotConfigured => AgentVerdict.Hopeless,
        _ => AgentVerdict.Failed,
    };

    /// <summary>The words of the codes that mean something; empty for the others.</summary>
    public static string WordsOfOcf(int code) => code switch
    {
        2 => "a parameter is not valid here",
        3 => "the action is not implemented",
        4 => "a right is missing",
        NotInstalled => "software is not installed",
        NotConfigured => "a parameter is not valid anywhere",
        NotRunning => "not running",
        9 => "failed while promoted",
        190 or 191 => "it works, but not as it should",
        _ => "",
    };
}
