// A cluster of real daemons with one floating address, a client that asks for it every 5 ms, and a judge that reads the
// interfaces. Benchmarks and cluster tests both drive this.

using System.Globalization;
using System.Net;
using System.Text;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks;

/// <summary>The cluster did not get where it had to in time; quotes the daemons' last words.</summary>
public sealed class ClusterException : Exception
{
    public ClusterException()
    {
    }

    public ClusterException(string text)
        : base(text)
    {
    }

    public ClusterException(string text, Exception inner)
        : base(text, inner)
    {
    }
}

public sealed class LiveCluster : IDisposable
{
    public const string Group = "IPaddr::10.77.0.100/24/eth0";
    public static readonly IPAddress Address = IPAddress.Parse("10.77.0.100");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    private readonly string _home = LabHome.Create("hasharp-lab-");
    private readonly Dictionary<string, UdpEcho> _echoes = new(StringComparer.Ordinal);

    /// <summary>Boots the nodes; no daemon is started.</summary>
    public LiveCluster(int nodes, LabFiles files, string? hasharp = null)
    {
        Lab = new Lab(_home, [hasharp ?? Path.Combine(AppContext.BaseDirectory, "hasharp")], nodes, files);
        foreach (var node in Lab.Nodes)
        {
            _echoes[node.Name] = new UdpEcho(node);
        }

        Client = new UdpProbe(Lab.Switch, Address);
        Watch = new AddressWatch(Lab, Address);
    }

    public Lab Lab { get; }

    public UdpProbe Client { get; }

    public AddressWatch Watch { get; }

    /// <summary>One sentence: why no cluster can run on this machine; null when it can.</summary>
    public static string? WhyNot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "needs root for network namespaces";
        }

        var attempt = Tool.Run(
            ["unshare", "--mount", "--net", "--uts", "--pid", "--fork", "--mount-proc", "--",
                "ip", "link", "add", "br0", "type", "bridge"]);
        return attempt.ExitCode == 0
            ? null
            : $"the kernel does not let us make namespaces with a bridge: {attempt.Said}";
    }

    public LabNode this[int number] => Lab[number];

    public LabNode Named(string name) => Lab.Nodes.Single(node => node.Name == name);

    /// <summary>Two nodes' other one.</summary>
    public LabNode OtherThan(string name) => Lab.Nodes.First(node => node.Name != name);

    public void StartAll()
    {
        foreach (var node in Lab.Nodes)
        {
            node.StartDaemon();
        }
    }

    public void PowerOff(LabNode node)
    {
        node.PowerOff();
        if (_echoes.Remove(node.Name, out var echo))
        {
            echo.Dispose();
        }
    }

    public void Boot(LabNode node)
    {
        node.Boot();
        if (!_echoes.ContainsKey(node.Name))
        {
            _echoes[node.Name] = new UdpEcho(node);
        }
    }

    /// <summary>Waits until something is so.</summary>
    /// <param name="what">For the failure: what was waited for.</param>
    /// <param name="limit">30 s when null.</param>
    public void Await(string what, Func<bool> isSo, TimeSpan? limit = null)
    {
        var end = Clock.Now + (limit ?? TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            if (Clock.Now > end)
            {
                throw new ClusterException($"not so in time: {what}\n{Describe()}");
            }

            Thread.Sleep(Pause);
        }
    }

    /// <summary>Waits until this node holds the address, answers, and all that run say that all is done.</summary>
    public void AwaitSettled(string owner, TimeSpan? limit = null) =>
        Await($"{owner} serves and every node is stable", () => IsServedBy(owner) && SaysEverybody(owner), limit);

    /// <summary>Whether the interfaces and the client agree on who serves.</summary>
    public bool IsServedBy(string owner) =>
        Watch.Owner == owner && Client.Log.Latest is { } latest && latest.Who == owner && Clock.Now - latest.At < Fresh;

    /// <summary>
    /// Does something that moves the address and returns what the client saw of it: the change of the answering node.
    /// </summary>
    public Change Move(string to, Action act)
    {
        var begun = Clock.Now;
        act();
        AwaitSettled(to);
        var changes = AnswerLog.Changes(Client.Log.Since(begun));
        return changes.Count == 1 && Watch.MostHoldersSince(begun) <= 1
            ? changes[0]
            : throw new ClusterException(string.Create(
                CultureInfo.InvariantCulture,
                $"{changes.Count} changes, at most {Watch.MostHoldersSince(begun)} holders at once\n{Describe()}"));
    }

    /// <summary>Runs a verb that must do what it says.</summary>
    public void Demand(LabNode node, params string[] words)
    {
        var result = node.Run(words);
        if (result.ExitCode != 0)
        {
            var command = $"hasharp {string.Join(' ', words)} on {node.Name}";
            throw new ClusterException(string.Create(
                CultureInfo.InvariantCulture,
                $"{command} ended with {result.ExitCode}: {result.Said}\n{Describe()}"));
        }
    }

    /// <summary>`hasharp stop`, and the daemon ends by itself with exit code 0.</summary>
    public void Stop(LabNode node)
    {
        Demand(node, "stop");
        RequireCleanEnd(node);
    }

    public void RequireCleanEnd(LabNode node)
    {
        var exitCode = node.WaitForDaemonsEnd(EndLimit);
        Require(exitCode == 0, string.Create(
            CultureInfo.InvariantCulture, $"the daemon on {node.Name} ended with 0 (but with {exitCode})"));
    }

    /// <summary>A fact that must hold; when it does not, the failure quotes the daemons.</summary>
    public void Require(bool holds, string sentence)
    {
        if (!holds)
        {
            throw new ClusterException($"not so: {sentence}\n{Describe()}");
        }
    }

    /// <summary>Where everything is, and the daemons' last words.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        text.AppendLine($"interfaces: {Watch.Owner}; client: {Client.Log.Latest?.Who ?? "no answer"}");
        foreach (var node in Lab.Nodes)
        {
            text.AppendLine($"--- {node.Name}: {(node.DaemonProcessId == 0 ? "no daemon" : "daemon runs")}");
            text.AppendLine(node.LogTail());
        }

        return text.ToString();
    }

    public void Dispose()
    {
        Watch.Dispose();
        Client.Dispose();
        foreach (var echo in _echoes.Values)
        {
            echo.Dispose();
        }

        Lab.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private bool SaysEverybody(string owner) =>
        Lab.Nodes.Where(node => node.DaemonProcessId != 0).All(node => Says(node.Status(), owner));

    private static bool Says(LabStatus? status, string owner) =>
        status is { Stable: true }
        && status.Groups.Any(group => group.Name == Group && group.Owner == owner && group.State == "started");
}
