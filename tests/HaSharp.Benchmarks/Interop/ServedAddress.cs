// One address of the cluster: who holds it (the judge) and who answers there (a client that asks every 5 ms).

using System.Net;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks.Interop;

public sealed class ServedAddress(Lab lab, IPAddress address) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(150);

    public AddressWatch Watch { get; } = new(lab, address);

    public UdpProbe Client { get; } = new(lab.Switch, address);

    /// <summary>Whether the interfaces and the client agree on who serves.</summary>
    public bool IsServedBy(string owner) =>
        Watch.Owner == owner && Client.Log.Latest is { } latest && latest.Who == owner && Clock.Now - latest.At < Fresh;

    /// <summary>The nodes that held it one after the other since a moment; together: joined by +.</summary>
    public IReadOnlyList<string> HoldersSince(TimeSpan moment)
    {
        var names = new List<string>();
        foreach (var holding in Watch.Since(moment).Where(holding => holding.Holders.Count > 0))
        {
            var name = AddressWatch.NameOf(holding.Holders);
            if (names.Count == 0 || names[^1] != name)
            {
                names.Add(name);
            }
        }

        return names;
    }

    /// <summary>The longest time without an answer since a moment.</summary>
    public TimeSpan GapSince(TimeSpan moment) => AnswerLog.LongestSilence(Client.Log.Since(moment));

    public void Dispose()
    {
        Watch.Dispose();
        Client.Dispose();
    }
}
