// The real heartbeat 3.0.6 on a node of the lab, driven by its own tools.

using System.Globalization;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks.Interop;

public sealed class HeartbeatMember(LabNode node) : Member(node)
{
    // Its stop may wait for ever for a transition that does not end (see the quirks of msgfmt netstring).
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(6);

    public override Kind Kind => Kind.Heartbeat;

    public override bool Runs => Node.Machine is not null && Daemon("-s").ExitCode == 0;

    public override string? Holdings => Ask("rscstatus") is { ExitCode: 0 } answer ? answer.Output.Trim() : null;

    public override IReadOnlyList<string> Log
    {
        get
        {
            var file = Path.Combine(HeartbeatWorld.LogDirectory(Node), "ha-log");
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
    }

    public override void Start() => Demand(Daemon(), "the start");

    public override void Stop() => Demand(Daemon("-k"), "heartbeat -k");

    /// <summary>`heartbeat -r`: reads ha.cf again if it is newer than the daemon, by a quick restart.</summary>
    public void Reload() => Demand(Daemon("-r"), "heartbeat -r");

    public override void Standby(string word) => Demand(Run([HeartbeatPackage.Standby, word]), "hb_standby");

    public override void Takeover(string word) => Demand(Run([HeartbeatPackage.Takeover, word]), "hb_takeover");

    public override void Kill()
    {
        var machine = HeartbeatWorld.On(Node);
        // Only processes of the machine's own namespace are seen from in there.
        machine.Run(["sh", "-c", "for p in /proc/[0-9]*; do case $(readlink $p/exe) in "
            + "*/heartbeat/heartbeat|*/heartbeat/ipfail) kill -9 ${p#/proc/} ;; esac; done"]);
    }

    public override string? StatusOf(string name) => Word(Ask("nodestatus", name));

    public override string? LinkTo(string name, string interfaceName) => Word(Ask("hblinkstatus", name, interfaceName));

    /// <summary>Any question of cl_status.</summary>
    public ToolResult Ask(params string[] words) => Run(["cl_status", .. words], AnswerLimit);

    // A negative answer (dead) has exit code 1; what is no answer says so on standard error.
    private static string? Word(ToolResult answer) =>
        answer.ExitCode is 0 or 1 && answer.Output.Trim() is { Length: > 0 } word ? word : null;

    // The daemon keeps its output open: it goes to a file, so that nobody waits for its end.
    private ToolResult Daemon(params string[] words) => Run([
        "sh", "-c", "out=$1; shift; exec \"$@\" >>\"$out\" 2>&1 </dev/null", "sh", Node.ConsoleFile,
        HeartbeatPackage.Program("heartbeat"), .. words], StopLimit);

    private ToolResult Run(IReadOnlyList<string> words, TimeSpan? limit = null) =>
        Node.Machine is { } machine ? machine.Run(words, deadline: limit) : new ToolResult(-1, "", "no power");

    private void Demand(ToolResult result, string what)
    {
        if (result.ExitCode != 0)
        {
            throw new ClusterException(string.Create(
                CultureInfo.InvariantCulture, $"{what} on {Name} ended with {result.ExitCode}: {result.Said}"));
        }
    }
}
