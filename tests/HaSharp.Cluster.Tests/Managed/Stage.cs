// A pair with groups of its own, and what a scene asks about them. It asks less often than LiveCluster does, because
// several scenes are played at once on few processors.

using System.Text.Json;
using HaSharp.Benchmarks;
using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Managed;

internal sealed class Stage : IDisposable
{
    /// <summary>Group names are first resources; this one brings the client's address.</summary>
    public const string Address = LiveCluster.Group;

    // Busy machines stand still for a second now and then.
    private const string Patient = "keepalive 200ms\ndeadtime 4\nwarntime 2\ninitdead 10\n";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly LabFiles _files;

    /// <summary>Boots two nodes; no daemon is started.</summary>
    /// <param name="haCf">Further lines.</param>
    /// <param name="agents">Scripts for resource.d by name.</param>
    public Stage(
        string haresources, string haCf, IReadOnlyDictionary<string, string> agents, string timing = Patient)
    {
        _files = new LabFiles
        {
            HaCf = LabFiles.HaCfFor(nodes: 2, timing: timing) + haCf,
            Haresources = haresources,
            Agents = agents,
        };
        Cluster = new LiveCluster(2, _files);
    }

    public LiveCluster Cluster { get; }

    public LabNode this[int number] => Cluster[number];

    /// <summary>A file of the repository, as text.</summary>
    public static string Source(params string[] path)
    {
        var directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "HaSharp.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return Path.Combine([directory ?? throw new LabException("the tests do not run in the repository"), .. path]);
    }

    /// <summary>Instead of those that it was made with; haCf goes behind theirs.</summary>
    public void WriteFiles(string haresources, IReadOnlyDictionary<string, string> agents, string haCf = "")
    {
        var files = _files with { HaCf = _files.HaCf + haCf, Haresources = haresources, Agents = agents };
        foreach (var node in Cluster.Lab.Nodes)
        {
            files.WriteTo(node.HaDirectory);
        }
    }

    /// <summary>Starts both daemons and waits until each group is started on this node.</summary>
    public void Start(int number, params string[] groups)
    {
        Cluster.StartAll();
        AwaitStarted(number, groups);
    }

    public void AwaitStarted(int number, params string[] groups) => Await(
        $"started on {this[number].Name}: {string.Join(", ", groups)}", () => IsStarted(number, groups));

    /// <summary>As both nodes say, of which one may be off.</summary>
    public bool IsStarted(int number, params string[] groups) => this[number].DaemonProcessId != 0
        && Cluster.Lab.Nodes.Where(node => node.DaemonProcessId != 0).All(node =>
        {
            var said = Groups(node.Number);
            return groups.All(group => said.Any(one =>
                one.Name == group && one.Owner == this[number].Name && one.State == "started"));
        });

    /// <summary>What a node says about a group; null when it says nothing.</summary>
    public GroupView? Group(int number, string name) =>
        Groups(number).FirstOrDefault(group => group.Name == name);

    public IReadOnlyList<GroupView> Groups(int number)
    {
        var said = this[number].Run("group", "list", "--json");
        if (said.ExitCode != 0)
        {
            return [];
        }

        using var document = JsonDocument.Parse(said.Output);
        return [.. document.RootElement.EnumerateArray().Select(GroupView.Read)];
    }

    public void Await(string what, Func<bool> isSo, TimeSpan? limit = null) => Cluster.Await(
        what,
        () =>
        {
            var so = isSo();
            if (!so)
            {
                Thread.Sleep(Pause);
            }

            return so;
        },
        limit ?? Limit);

    public void Require(bool holds, string sentence) => Cluster.Require(holds, sentence);

    /// <summary>How many lines of a node's log have these words.</summary>
    public int Logged(int number, string words) =>
        File.ReadLines(this[number].ConsoleFile).Count(line => line.Contains(words, StringComparison.Ordinal));

    public void AwaitLogged(int number, string words) =>
        Await($"{this[number].Name} logs: {words}", () => Logged(number, words) > 0);

    /// <summary>Runs a shell script on a node, which must end with 0.</summary>
    public string Shell(int number, string script)
    {
        var node = this[number];
        var result = node.Machine?.Run(["sh", "-c", script], deadline: Limit)
            ?? throw new LabException($"{node.Name} has no power");
        Require(result.ExitCode == 0, $"{script} on {node.Name} ended with {result.ExitCode}: {result.Said}");
        return result.Output.Trim();
    }

    /// <summary>Whether a shell script says yes on a node.</summary>
    public bool Holds(int number, string script) => this[number].Machine?.Run(["sh", "-c", script]).ExitCode == 0;

    public void Dispose() => Cluster.Dispose();
}

/// <summary>A group in `hasharp group list --json`, read by field name as others would.</summary>
internal sealed record GroupView(
    string Name, string Owner, string State, string Reason, bool Maintained, IReadOnlyList<ResourceView> Resources)
{
    public static GroupView Read(JsonElement group) => new(
        Text(group, "name"),
        Text(group, "owner"),
        Text(group, "state"),
        Text(group, "reason"),
        group.TryGetProperty("maintenanceMs", out var time) && time.ValueKind == JsonValueKind.Number,
        [.. group.GetProperty("resources").EnumerateArray().Select(static one => new ResourceView(
            Text(one, "name"), Text(one, "state"), Text(one, "reason"),
            one.TryGetProperty("failures", out var failures) ? failures.GetInt32() : 0))]);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}

internal sealed record ResourceView(string Name, string State, string Reason, int Failures);
