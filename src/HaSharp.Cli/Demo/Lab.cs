// A cluster in one machine: a switch with two networks, and nodes of which each has a cable to both.
//   10.77.0.0/24  eth0, the service network; the client sits on the switch and is 10.77.0.254
//   10.77.1.0/24  eth1, the second heartbeat link
// IPv6 the same way in fd77:0::/64 and fd77:1::/64. Nothing of it is visible outside, and nothing outlives Dispose.

using System.Globalization;

namespace HaSharp.Cli.Demo;

public sealed class Lab : IDisposable
{
    private readonly List<LabNode> _nodes = [];

    /// <summary>Builds the switch and boots the nodes; no daemon is started.</summary>
    /// <param name="home">An empty directory of our own; not removed by Dispose.</param>
    /// <param name="hasharp">The words that run the hasharp under test.</param>
    /// <param name="nodes">1 to 9.</param>
    public Lab(string home, IReadOnlyList<string> hasharp, int nodes, LabFiles files)
    {
        Home = home;
        Hasharp = hasharp;
        Switch = Machine.Boot("switch", home);
        Switch.Ip(BridgeLines(0) + BridgeLines(1));
        for (var number = 1; number <= nodes; number++)
        {
            var node = new LabNode(this, number);
            _nodes.Add(node);
            files.WriteTo(node.HaDirectory);
            node.Boot();
        }
    }

    public string Home { get; }

    public IReadOnlyList<string> Hasharp { get; }

    /// <summary>Where the bridges are, and the client.</summary>
    public Machine Switch { get; }

    public IReadOnlyList<LabNode> Nodes => _nodes;

    /// <summary>Node by number, from 1.</summary>
    public LabNode this[int number] => _nodes[number - 1];

    /// <summary>Pulls one cable at the switch; the node sees its carrier go.</summary>
    public void Cut(LabNode node, string interfaceName) =>
        Switch.Ip($"link set {Port(node, interfaceName)} down\n");

    public void Mend(LabNode node, string interfaceName) =>
        Switch.Ip($"link set {Port(node, interfaceName)} up\n");

    /// <summary>No node hears another; the client still reaches them all.</summary>
    public void Partition() => SetIsolation("on");

    public void Heal() => SetIsolation("off");

    public void Dispose()
    {
        foreach (var node in _nodes)
        {
            node.Dispose();
        }

        Switch.Dispose();
    }

    internal void Plug(LabNode node, Machine machine, string interfaceName)
    {
        var network = interfaceName == "eth0" ? 0 : 1;
        var port = Port(node, interfaceName);
        var peer = $"{interfaceName} address 02:77:0{network}:00:00:1{node.Number} netns {machine.ProcessId}";
        Switch.Ip(string.Create(CultureInfo.InvariantCulture, $"""
            link add {port} type veth peer name {peer}
            link set {port} master br{network} up

            """));
        machine.Ip(string.Create(CultureInfo.InvariantCulture, $"""
            addr add 10.77.{network}.1{node.Number}/24 brd + dev {interfaceName}
            addr add fd77:{network}::1{node.Number}/64 dev {interfaceName} nodad
            link set {interfaceName} up

            """));
    }

    internal void CutCables(LabNode node) =>
        Switch.Ip($"link set {Port(node, "eth0")} down\nlink set {Port(node, "eth1")} down\n");

    internal void RemoveCables(LabNode node) =>
        // The ports may have gone with the node's namespace already.
        _ = Switch.Run(
            ["ip", "-force", "-batch", "-"], $"link del {Port(node, "eth0")}\nlink del {Port(node, "eth1")}\n");

    private static string Port(LabNode node, string interfaceName) => $"{node.Name}-{interfaceName}";

    private static string BridgeLines(int network) => string.Create(CultureInfo.InvariantCulture, $"""
        link add br{network} type bridge stp_state 0 forward_delay 0 mcast_snooping 0
        addr add 10.77.{network}.254/24 brd + dev br{network}
        addr add fd77:{network}::254/64 dev br{network} nodad
        link set br{network} up

        """);

    private void SetIsolation(string word) => Switch.Ip(string.Concat(
        from node in _nodes
        where node.Machine is not null
        from interfaceName in (string[])["eth0", "eth1"]
        select $"link set {Port(node, interfaceName)} type bridge_slave isolated {word}\n"));
}
