using System.Net;
using System.Text;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Links;

namespace HaSharp.Daemon.Tests.Links;

/// <summary>Two networks with a cable between them: 10.9.0.1 and .2, fd09::1 and ::2.</summary>
public sealed class TwoNodes : IDisposable
{
    public const int Port = 694;

    public static readonly TheoryData<string> Media = ["bcast", "ucast", "mcast", "ucast6", "mcast6"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Made on first use, so that a test that needs no network runs without permission to make one.
    private readonly Lazy<NetworkNamespace> a = new(() => new NetworkNamespace());
    private readonly Lazy<NetworkNamespace> b = new(() => new NetworkNamespace());

    internal NetworkNamespace A => a.Value;

    internal NetworkNamespace B => b.Value;

    internal void Connect()
    {
        NetworkNamespace.Connect(A, B);
        A.Ip("addr add 10.9.0.1/24 dev eth0; addr add fd09::1/64 dev eth0 nodad");
        B.Ip("addr add 10.9.0.2/24 dev eth0; addr add fd09::2/64 dev eth0 nodad");
    }

    /// <summary>The medium's line in ha.cf, seen from the node whose peer has this number (1 or 2).</summary>
    internal static LinkConfig Config(string medium, int peer = 2, string interfaceName = "eth0")
    {
        var name = new LinkName(interfaceName);
        return medium switch
        {
            "bcast" => new LinkConfig.Bcast(name, interfaceName, Port),
            "ucast" => new LinkConfig.Ucast(name, interfaceName, $"10.9.0.{peer}", Port),
            "mcast" => new LinkConfig.Mcast(name, interfaceName, IPAddress.Parse("239.1.2.3"), Port, 1, false),
            "ucast6" => new LinkConfig.Ucast6(name, interfaceName, $"fd09::{peer}", Port),
            "mcast6" => new LinkConfig.Mcast6(name, interfaceName, IPAddress.Parse("ff12::1:2:3:4"), Port, 1, false),
            _ => throw new ArgumentOutOfRangeException(nameof(medium)),
        };
    }

    internal OpenLink OpenAtA(string medium) => A.Run(() => LinkOpener.Open(Config(medium, 2), new UcastPeers()));

    internal OpenLink OpenAtB(string medium) => B.Run(() => LinkOpener.Open(Config(medium, 1), new UcastPeers()));

    internal static void Send(OpenLink link, string text) => Assert.Equal(0, link.Send(Encoding.UTF8.GetBytes(text)));

    /// <summary>Waits for a text; others, such as one's own broadcast, are skipped.</summary>
    internal static void AssertArrives(OpenLink link, string text)
    {
        byte[] buffer = new byte[70000];
        AssertSoon(() =>
        {
            int count = link.Receive(buffer, out _);
            return count > 0 && Encoding.UTF8.GetString(buffer, 0, count) == text;
        });
    }

    internal static void AssertSoon(Func<bool> condition)
    {
        DateTime end = DateTime.UtcNow + Patience;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end, "it did not happen in time");
            Thread.Sleep(2);
        }
    }

    public void Dispose()
    {
        foreach (Lazy<NetworkNamespace> network in new[] { a, b })
        {
            if (network.IsValueCreated)
            {
                network.Value.Dispose();
            }
        }
    }
}
