// HaSharp on a node of the lab. Deeds go through the command line as an operator's do; questions are asked often, so
// they go straight to the control socket and cost no process.

using System.Globalization;
using HaSharp.Cli.Demo;
using HaSharp.Core.Control;
using HaSharp.Daemon.Control;

namespace HaSharp.Benchmarks.Interop;

public sealed class HaSharpMember(LabNode node) : Member(node)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    public override Kind Kind => Kind.HaSharp;

    public override bool Runs => Node.DaemonProcessId != 0;

    public override string? Holdings => Status() is { } status ? status.Stable ? status.Holdings : "transition" : null;

    public override IReadOnlyList<string> Log =>
        File.Exists(Node.ConsoleFile) ? File.ReadAllLines(Node.ConsoleFile) : [];

    public override void Start() => Node.StartDaemon();

    public override void Stop()
    {
        Demand("stop");
        if (Node.WaitForDaemonsEnd(EndLimit) is var code && code != 0)
        {
            throw new ClusterException(string.Create(
                CultureInfo.InvariantCulture, $"the daemon on {Name} ended with {code} and not with 0"));
        }
    }

    public override void Standby(string word) => Demand("standby", word);

    public override void Takeover(string word) => Demand("takeover", word);

    public override void Kill() => Node.KillDaemon();

    public override string? StatusOf(string name) => Report(name)?.Status;

    public override string? LinkTo(string name, string interfaceName) =>
        Report(name)?.Links.FirstOrDefault(link => link.Name.Contains(interfaceName, StringComparison.Ordinal))?.Status;

    public StatusReport? Status()
    {
        using var client = ControlClient.Connect(Node.RunDirectory, out _);
        return client is not null && client.Send(new ControlRequest("status"))
            ? client.Receive(AnswerLimit, out _)?.Status
            : null;
    }

    private NodeReport? Report(string name) => Status()?.Nodes.FirstOrDefault(node => node.Name == name);

    private void Demand(params string[] words)
    {
        var result = Node.Run(words);
        if (result.ExitCode != 0)
        {
            throw new ClusterException(string.Create(
                CultureInfo.InvariantCulture,
                $"hasharp {string.Join(' ', words)} on {Name} ended with {result.ExitCode}: {result.Said}"));
        }
    }
}
