using System.Collections.Concurrent;
using System.Diagnostics;
using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Addresses;
using HaSharp.Daemon.Tests.Links;
using Xunit.Abstractions;

namespace HaSharp.Daemon.Tests.Addresses;

/// <summary>What becomes of addresses that are here, in a real network that the command ip changes.</summary>
public sealed class AddressWatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ITestOutputHelper output;
    private readonly TwoNodes nodes = new();
    private readonly AddressAgent agent = new();
    private readonly BlockingCollection<Input> told = [];
    private readonly AddressWatch? watch;

    public AddressWatchTests(ITestOutputHelper output)
    {
        this.output = output;
        if (NetworkNamespace.WhyImpossible is null)
        {
            nodes.Connect();
            watch = nodes.A.Run(() => new AddressWatch(agent, told.Add));
        }
    }

    public void Dispose()
    {
        watch?.Dispose();
        agent.Dispose();
        told.Dispose();
        nodes.Dispose();
    }

    [RootTheory]
    [InlineData("10.9.0.50", "10.9.0.50/24")]
    [InlineData("10.9.0.50/24/eth0", "10.9.0.50/24")]
    [InlineData("fd09::50/64/eth0", "fd09::50/64")]
    public void An_address_that_is_deleted_by_hand_is_told_at_once(string argument, string deleted)
    {
        Start(argument);
        AssertQuiet();
        nodes.A.Ip($"addr del {deleted} dev eth0");

        Assert.Equal($"{deleted.Split('/')[0]} has been taken away", NextReason(argument));
        AssertQuiet();
    }

    [RootFact]
    public void An_address_that_is_deleted_again_and_again_is_told_of_each_time()
    {
        for (int round = 0; round < 5; round++)
        {
            Start("10.9.0.50/24/eth0");
            nodes.A.Ip("addr del 10.9.0.50/24 dev eth0");
            Assert.Equal("10.9.0.50 has been taken away", NextReason("10.9.0.50/24/eth0"));
        }
    }

    [RootFact]
    public void An_address_that_was_found_running_is_watched_too()
    {
        nodes.A.Ip("addr add 10.9.0.50/24 dev eth0");
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Status, "10.9.0.50"));
        nodes.A.Ip("addr del 10.9.0.50/24 dev eth0");

        Assert.Equal("10.9.0.50 has been taken away", NextReason("10.9.0.50"));
    }

    [RootFact]
    public void An_address_that_was_asked_about_and_is_found_running_is_watched_like_any_other()
    {
        watch!.Ask(new Effect.AskNeighbours(new GroupName("web"), [Resource.Parse("10.9.0.50")]));
        Next<Input.NeighboursAsked>();
        nodes.A.Ip("addr add 10.9.0.50/24 dev eth0");
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Status, "10.9.0.50"));
        AssertQuiet();
        nodes.A.Ip("addr del 10.9.0.50/24 dev eth0");

        Assert.Equal("10.9.0.50 has been taken away", NextReason("10.9.0.50"));
    }

    [RootTheory]
    [InlineData(AgentAction.Stop)]
    [InlineData(AgentAction.Kill)]
    public void What_was_stopped_is_nobodys_concern(AgentAction end)
    {
        Start("10.9.0.50");
        Assert.Equal(AgentOutcome.Ok, Run(end, "10.9.0.50"));
        nodes.A.Ip("addr add 10.9.0.50/24 dev eth0; addr del 10.9.0.50/24 dev eth0; link set eth0 down");

        AssertQuiet();
    }

    [RootFact]
    public void Warming_up_changes_nothing_tells_nobody_and_leaves_nothing_to_watch()
    {
        string before = nodes.A.Ip("-o addr show");
        nodes.A.Run(watch!.Warm);
        Assert.Equal(before, nodes.A.Ip("-o addr show"));
        nodes.A.Ip("link set lo down");
        AssertQuiet();
    }

    [RootFact]
    public void What_does_not_run_here_is_not_watched()
    {
        Assert.Equal(AgentOutcome.NotRunning, Run(AgentAction.Status, "10.9.0.50"));
        nodes.A.Ip("addr add 10.9.0.50/24 dev eth0; addr del 10.9.0.50/24 dev eth0");

        AssertQuiet();
    }

    [RootFact]
    public void A_stop_that_takes_the_others_of_the_subnet_away_for_a_moment_is_no_trouble_of_theirs()
    {
        for (int round = 0; round < 20; round++)
        {
            Start("172.16.1.1/24/eth0");
            Start("172.16.1.2/24/eth0");
            Start("172.16.1.3/24/eth0");
            Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, "172.16.1.1/24/eth0"));
            Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Stop, "172.16.1.2/24/eth0"));
        }

        AssertQuiet();
    }

    [RootFact]
    public void An_interface_that_is_switched_off_is_told_and_the_monitor_says_so_too()
    {
        Start("10.9.0.50");
        nodes.A.Ip("link set eth0 down");

        Assert.Equal("10.9.0.50 is on eth0, which is down", NextReason("10.9.0.50"));
        Assert.Equal(
            AgentOutcome.Failed("10.9.0.50 is on eth0, which is down"), Run(AgentAction.Monitor, "10.9.0.50"));

        Start("10.9.0.50");
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Monitor, "10.9.0.50"));
        AssertQuiet();
    }

    [RootFact]
    public void A_carrier_that_is_lost_is_told_once_with_its_own_reason_and_the_address_still_runs()
    {
        Start("10.9.0.50");
        nodes.B.Ip("link set eth0 down");

        Assert.Equal("10.9.0.50 is on eth0, which has no carrier", NextReason("10.9.0.50"));
        Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Monitor, "10.9.0.50"));
        AssertQuiet();

        nodes.B.Ip("link set eth0 up");
        AssertQuiet();
        nodes.B.Ip("link set eth0 down");
        Assert.Equal("10.9.0.50 is on eth0, which has no carrier", NextReason("10.9.0.50"));
    }

    [RootTheory]
    [InlineData("10.9.0.50/24/eth0", "10.9.0.50 has lost its interface: eth0 does not exist any more")]
    [InlineData("10.9.0.50", "10.9.0.50 has been taken away")]
    public void An_interface_that_disappears_is_told(string argument, string reason)
    {
        Start(argument);
        nodes.A.Ip("link del eth0");

        Assert.Equal(reason, NextReason(argument));
        Assert.Equal(AgentOutcome.NotRunning, Run(AgentAction.Monitor, argument));
    }

    [RootFact]
    public void Two_hundred_addresses_that_vanish_at_once_are_told_one_by_one_and_each_once()
    {
        string[] arguments = [.. Enumerable.Range(1, 200).Select(i => $"172.16.1.{i}/24/eth0")];
        Assert.All(arguments, Start);
        AssertQuiet();
        long flushed = Stopwatch.GetTimestamp();
        nodes.A.Ip("addr flush dev eth0 to 172.16.0.0/16");
        string[] suspected = [.. arguments.Select(_ => Next<Input.ResourceSuspected>().Resource)];

        output.WriteLine($"200 addresses told after {Stopwatch.GetElapsedTime(flushed).TotalMilliseconds:0.0} ms");
        Assert.Equal(arguments.Order(), suspected.Order());
        AssertQuiet();
    }

    [RootFact]
    public void A_deleted_address_is_told_within_far_less_than_100_ms()
    {
        List<double> times = [];
        for (int round = 0; round < 30; round++)
        {
            Start("10.9.0.50/24/eth0");
            Thread.Sleep(30);
            long deleted = 0;
            nodes.A.Run(() =>
            {
                // As ip does it, without the time that a program takes to start.
                using var network = new Native.Rtnetlink();
                var address = network.Addresses(System.Net.Sockets.AddressFamily.InterNetwork)
                    .Single(one => one.Address.ToString() == "10.9.0.50");
                deleted = Stopwatch.GetTimestamp();
                Assert.Equal(0, network.Delete(address));
            });
            Next<Input.ResourceSuspected>();
            times.Add(Stopwatch.GetElapsedTime(deleted).TotalMilliseconds);
        }

        times.Sort();
        output.WriteLine($"deleted to told: median {times[15]:0.000} ms, worst {times[^1]:0.000} ms");
        Assert.InRange(times[15], 0, 100);
    }

    private void Start(string argument) => Assert.Equal(AgentOutcome.Ok, Run(AgentAction.Start, argument));

    private AgentOutcome Run(AgentAction action, string argument) => nodes.A.Run(() => watch!.Run(new Effect.RunAgent(
        new RunId(1), new GroupName("web"), new Resource(argument, "IPaddr", [argument]), action, Patience)));

    private string NextReason(string resource)
    {
        var suspected = Next<Input.ResourceSuspected>();
        Assert.Equal((new GroupName("web"), resource), (suspected.Group, suspected.Resource));
        return suspected.Reason;
    }

    private T Next<T>()
        where T : Input
    {
        Assert.True(told.TryTake(out Input? next, Patience), "nothing was told");
        return Assert.IsType<T>(next);
    }

    private void AssertQuiet() => Assert.False(told.TryTake(out Input? next, 100), $"{next}");
}
