// For how long an address was away from a node, by the kernel's own messages: a look every few milliseconds would miss
// an address that is back before the next one.

using System.Diagnostics;
using System.Globalization;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks;

public sealed class AddressGap : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly LabNode _node;
    private readonly string _file;
    private readonly Process _monitor;

    /// <summary>Watches the addresses of a node that has power.</summary>
    public AddressGap(LabNode node)
    {
        _node = node;
        _file = Path.Combine(node.Home, "address-monitor");

        // The time is when it reads a message: two that wait for it would look like one moment.
        const string watch = "ip -ts -o monitor address";
        _monitor = Machine.Launch(["sh", "-c", $"chrt -f 60 {watch} || exec {watch}"], _file);

        // It does not say when it listens: it is shown something until it tells of it.
        Await("ip monitor listens", () =>
        {
            Machine.Ip("addr add 127.0.0.77/32 dev lo\naddr del 127.0.0.77/32 dev lo\n");
            return Events("127.0.0.77/32").Count > 0;
        });
    }

    /// <summary>Deletes the address, waits until it is back, and says how long that took.</summary>
    /// <param name="address">With its prefix length: 10.77.0.100/24.</param>
    public TimeSpan Delete(string address, string interfaceName)
    {
        var before = Events(address).Count;
        Machine.Ip($"addr del {address} dev {interfaceName}\n");
        List<(DateTime At, bool Gone)> events = [];
        Await($"{address} is back", () => (events = Events(address)[before..]).Exists(one => !one.Gone));
        var gone = events.Find(static one => one.Gone).At;
        return events.Find(one => !one.Gone && one.At >= gone).At - gone;
    }

    public void Dispose()
    {
        _monitor.Kill();
        _monitor.Dispose();
    }

    private Machine Machine => _node.Machine ?? throw new LabException($"{_node.Name} has no power");

    /// <summary>[2026-11-20T13:26:02.123456] Deleted 2: eth0    inet 10.77.0.100/24 ...</summary>
    private List<(DateTime At, bool Gone)> Events(string address) =>
    [
        .. from line in File.Exists(_file) ? File.ReadAllLines(_file) : []
           where line.Contains($" {address} ", StringComparison.Ordinal)
           let end = line.IndexOf(']', StringComparison.Ordinal)
           select (DateTime.Parse(line[1..end], CultureInfo.InvariantCulture), line[(end + 2)..].StartsWith("Deleted ",
               StringComparison.Ordinal)),
    ];

    private static void Await(string what, Func<bool> isSo)
    {
        var end = Clock.Now + Limit;
        while (!isSo())
        {
            if (Clock.Now > end)
            {
                throw new ClusterException($"not so in time: {what}");
            }

            Thread.Sleep(Pause);
        }
    }
}
