using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Processes;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Agents;

/// <summary>A runner of agents with directories of its own, as the daemon has one.</summary>
internal sealed class AgentBench : IDisposable
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    /// <summary>Unlike that of any other test: processes are looked for by it.</summary>
    private readonly string _node = $"node-{Guid.NewGuid():N}";
    private readonly AgentRunner _runner;

    public AgentBench()
    {
        Directories = new AgentDirectories(
            Files.File("resource.d"), Files.File("init.d"), [Files.File("units")], Files.File("systemctl"))
        {
            OcfRoot = Files.File("ocf"),
        };
        Environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", $"HA_CURHOST={_node}"];
        _runner = new AgentRunner(
            new AgentCatalog(Directories),
            Watcher,
            Watcher,
            new AddressCalls(_ => AgentOutcome.Ok, _ => { }),
            Environment,
            Log);
    }

    public TemporaryDirectory Files { get; } = TemporaryDirectory.ForAgents();

    public ProcessWatcher Watcher { get; } = new();

    public AgentDirectories Directories { get; }

    public IReadOnlyList<string> Environment { get; }

    public KeptLog<AgentRunner> Log { get; } = new();

    /// <summary>The mark of the group g's resource, and the node: what its processes carry.</summary>
    public ResourceMark MarkOf(string word) => new(CallOf(word));

    public AgentOutcome Run(AgentAction action, string word) => Run(action, word, Long);

    public AgentOutcome Run(AgentAction action, string word, TimeSpan deadline, TimeSpan interval = default)
    {
        using ManualResetEventSlim ended = new();
        AgentOutcome? outcome = null;
        var effect = new Effect.RunAgent(
            new RunId(1), new GroupName("g"), Resource.Parse(word), action, deadline) { Interval = interval };
        _runner.Run(effect, given =>
        {
            outcome = given;
            ended.Set();
        });
        Assert.True(ended.Wait(TimeSpan.FromSeconds(90)), "no answer");
        return outcome!;
    }

    /// <summary>What the agent's last run wrote into the file of this name.</summary>
    public string[] Lines(string file) =>
        File.Exists(Files.File(file)) ? File.ReadAllLines(Files.File(file)) : [];

    public void Dispose()
    {
        _runner.Dispose();
        Watcher.Dispose();
        Files.Dispose();
    }

    private AgentCall CallOf(string word) =>
        new(new GroupName("g"), Resource.Parse(word), AgentAction.Kill, Long, Environment);
}
