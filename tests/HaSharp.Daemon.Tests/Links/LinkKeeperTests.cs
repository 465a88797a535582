using System.Collections.Concurrent;
using System.Text;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Links;

namespace HaSharp.Daemon.Tests.Links;

/// <summary>Links come and go with their interfaces, and nothing of that is fatal.</summary>
public sealed class LinkKeeperTests : IDisposable
{
    private readonly TwoNodes nodes = new();
    private readonly ConcurrentQueue<string> events = new();
    private readonly List<LinkKeeper> keepers = [];
    private readonly Lock gate = new();
    private OpenLink? current;

    public static TheoryData<string> Media => TwoNodes.Media;

    [RootTheory]
    [MemberData(nameof(Media))]
    public void A_link_whose_interface_appears_late_is_opened(string medium)
    {
        _ = Keep(TwoNodes.Config(medium));
        AssertNext("eth0: interface eth0 does not exist");

        nodes.Connect();
        AssertNextOpened();
        AssertWorks(medium);
    }

    [RootTheory]
    [MemberData(nameof(Media))]
    public void A_link_whose_interface_disappears_and_returns_is_opened_again(string medium)
    {
        nodes.Connect();
        _ = Keep(TwoNodes.Config(medium));
        AssertNextOpened();
        AssertWorks(medium);

        nodes.A.Ip("link del eth0");
        AssertTroubleThenOpened(nodes.Connect);
        AssertWorks(medium);
    }

    [RootTheory]
    [MemberData(nameof(Media))]
    public void A_link_whose_interface_is_switched_off_and_on_is_opened_again(string medium)
    {
        nodes.Connect();
        _ = Keep(TwoNodes.Config(medium));
        AssertNextOpened();

        nodes.A.Ip("link set eth0 down");
        AssertTroubleThenOpened(() => nodes.A.Ip("link set eth0 up; addr replace fd09::1/64 dev eth0 nodad"));
        AssertWorks(medium);
    }

    [RootFact]
    public void A_broadcast_link_follows_the_address_of_its_interface()
    {
        nodes.Connect();
        _ = Keep(TwoNodes.Config("bcast"));
        AssertNextOpened();

        nodes.A.Ip("addr add 10.10.0.1/16 dev eth0; addr del 10.9.0.1/24 dev eth0");
        nodes.B.Ip("addr add 10.10.0.2/16 dev eth0; addr del 10.9.0.2/24 dev eth0");
        AssertNext("eth0: interface eth0 has changed");
        AssertNextOpened();
        AssertWorks("bcast");
    }

    [RootFact]
    public void An_address_that_does_not_matter_to_the_link_leaves_it_open()
    {
        nodes.Connect();
        _ = Keep(TwoNodes.Config("bcast"));
        AssertNextOpened();
        OpenLink? before = current;

        nodes.A.Ip("addr add 10.9.0.100/24 dev eth0; addr del 10.9.0.100/24 dev eth0");
        nodes.A.Ip("link set eth0 down");
        AssertNext("eth0: interface eth0 is down");
        Assert.Same(before, current);
    }

    [RootFact]
    public void A_link_that_its_owner_reports_as_lost_is_opened_again()
    {
        nodes.Connect();
        LinkKeeper keeper = Keep(TwoNodes.Config("ucast"));
        AssertNextOpened();

        keeper.Lost(new LinkName("eth0"), "it does not work");
        AssertNext("eth0: it does not work");
        AssertNextOpened();
        AssertWorks("ucast");
    }

    [RootFact]
    public void A_trouble_that_lasts_is_reported_once()
    {
        _ = Keep(TwoNodes.Config("bcast"), TwoNodes.Config("mcast", 2, "eth1"));
        AssertSoonReported("eth0: interface eth0 does not exist");
        AssertSoonReported("eth1: interface eth1 does not exist");

        nodes.Connect();
        TwoNodes.AssertSoon(() => events.Contains("opened eth0"));
        Assert.Equal(1, events.Count(text => text == "eth1: interface eth1 does not exist"));
    }

    [RootFact]
    public void A_link_that_is_configured_as_before_is_left_alone_and_another_is_opened()
    {
        nodes.Connect();
        LinkKeeper keeper = Keep(TwoNodes.Config("bcast"));
        AssertNextOpened();
        OpenLink? before = current;

        nodes.A.Run(() => keeper.Configure([TwoNodes.Config("bcast"), TwoNodes.Config("mcast", 2, "eth1")]));
        AssertNext("eth1: interface eth1 does not exist");
        Assert.Same(before, current);

        nodes.A.Run(() => keeper.Configure([TwoNodes.Config("ucast")]));
        AssertNextOpened();
        AssertWorks("ucast");
    }

    [RootFact]
    public void Links_may_be_configured_anew_while_the_network_changes()
    {
        nodes.Connect();
        LinkKeeper keeper = Keep(TwoNodes.Config("bcast"));
        var changes = new Thread(() =>
        {
            for (int i = 0; i < 30; i++)
            {
                nodes.B.Ip("link set eth0 down; link set eth0 up");
            }
        });
        changes.Start();
        for (int i = 0; changes.IsAlive; i++)
        {
            nodes.A.Run(() => keeper.Configure([TwoNodes.Config(i % 2 == 0 ? "mcast" : "bcast")]));
            keeper.Lost(new LinkName("eth0"), "it does not work");
        }

        nodes.A.Run(() => keeper.Configure([TwoNodes.Config("ucast")]));
        AssertWorks("ucast");
    }

    [RootFact]
    public void Nothing_is_called_after_the_end()
    {
        LinkKeeper keeper = Keep(TwoNodes.Config("bcast"));
        AssertNext("eth0: interface eth0 does not exist");

        keeper.Dispose();
        nodes.Connect();
        Assert.DoesNotContain("opened eth0", events);
    }

    public void Dispose()
    {
        keepers.ForEach(keeper => keeper.Dispose());
        current?.Dispose();
        nodes.Dispose();
    }

    private LinkKeeper Keep(params LinkConfig[] configs)
    {
        LinkKeeper keeper = nodes.A.Run(() => new LinkKeeper(configs, Opened, Trouble));
        keepers.Add(keeper);
        return keeper;
    }

    private void Opened(LinkConfig config, OpenLink link)
    {
        lock (gate)
        {
            current?.Dispose();
            current = link;
        }

        events.Enqueue($"opened {config.Name}");
    }

    private void Trouble(LinkName link, string text) => events.Enqueue($"{link}: {text}");

    private void AssertNext(string expected)
    {
        string? found = null;
        TwoNodes.AssertSoon(() => events.TryDequeue(out found));
        Assert.Equal(expected, found);
    }

    /// <summary>While addresses are being set, other reasons for waiting may come first.</summary>
    private void AssertNextOpened() =>
        TwoNodes.AssertSoon(() => events.TryDequeue(out string? found) && found == "opened eth0");

    private void AssertTroubleThenOpened(Action repair)
    {
        string? found = null;
        TwoNodes.AssertSoon(() => events.TryDequeue(out found));
        Assert.StartsWith("eth0: interface eth0 ", found, StringComparison.Ordinal);
        repair();
        AssertNextOpened();
    }

    private void AssertSoonReported(string text) => TwoNodes.AssertSoon(() => events.Contains(text));

    /// <summary>The link may be opened once more while the network is still being set up.</summary>
    private void AssertWorks(string medium)
    {
        using OpenLink peer = nodes.OpenAtB(medium);
        byte[] buffer = new byte[100];
        TwoNodes.AssertSoon(() => WithCurrent(link => link.Send("from a"u8)) == 0 && peer.Receive(buffer, out _) > 0);
        TwoNodes.AssertSoon(() =>
        {
            TwoNodes.Send(peer, "from b");
            int count = WithCurrent(link => link.Receive(buffer, out _));
            return count > 0 && Encoding.UTF8.GetString(buffer, 0, count) == "from b";
        });
    }

    private int WithCurrent(Func<OpenLink, int> use)
    {
        lock (gate)
        {
            return use(current!);
        }
    }
}
