using HaSharp.Cli.Demo;
using HaSharp.Daemon.Tests.Host;
using HaSharp.Daemon.Tests.Links;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>resource-agents/portblock with nft, on two machines with a cable between them.</summary>
public sealed class PortblockTests : IDisposable
{
    private const string Listener =
        "use IO::Socket::INET; my @l = map { IO::Socket::INET->new(LocalPort => $_, Listen => 5) or die } @ARGV;"
        + " $| = 1; print qq(ready\\n); <STDIN>";

    private readonly TemporaryDirectory _directory = new();
    private readonly TwoNodes _nodes = new();

    public void Dispose()
    {
        _nodes.Dispose();
        _directory.Dispose();
    }

    [RootFact]
    public void Ports_are_closed_from_block_to_unblock_and_again_while_the_group_stops()
    {
        _nodes.Connect();
        using Keeper listener = Listen("8080", "8443", "9000");
        Assert.Equal((true, true, true), Open());
        Assert.Equal(Answer.Stopped, Run("block", "status"));
        Assert.Equal(Answer.Stopped, Run("unblock", "status"));

        Assert.Equal(Answer.Done, Run("block", "start"));
        Assert.Equal((false, false, true), Open());
        Assert.Equal(Answer.Running, Run("block", "status"));
        Assert.Equal(Answer.Stopped, Run("unblock", "status"));

        Assert.Equal(Answer.Done, Run("unblock", "start"));
        Assert.Equal((true, true, true), Open());
        Assert.Equal(Answer.Running, Run("block", "monitor"));
        Assert.Equal(Answer.Running, Run("unblock", "monitor"));

        // Again, and nothing is closed by it.
        Assert.Equal(Answer.Done, Run("block", "start"));
        Assert.Equal(Answer.Done, Run("unblock", "start"));
        Assert.Equal((true, true, true), Open());

        Assert.Equal(Answer.Done, Run("unblock", "stop"));
        Assert.Equal((false, false, true), Open());
        Assert.Equal(Answer.Done, Run("unblock", "stop"));
        Assert.Equal(Answer.Done, Run("block", "stop"));
        Assert.Equal((true, true, true), Open());
        Assert.Equal(Answer.Done, Run("block", "stop"));
        Assert.Equal(Answer.Stopped, Run("block", "status"));
        Assert.Equal(Answer.Stopped, Run("unblock", "status"));
    }

    [RootFact]
    public void Only_the_named_address_and_protocol_are_closed()
    {
        _nodes.Connect();
        _nodes.A.Ip("addr add 10.9.0.50/24 dev eth0");
        using Keeper listener = Listen("8080");
        Assert.Equal(Answer.Done, In("tcp", "8080", "block", "10.9.0.50", "start"));
        Assert.False(Answers("10.9.0.50", "8080"));
        Assert.True(Answers("10.9.0.1", "8080"));
        Assert.Equal(Answer.Done, In("tcp", "8080", "block", "10.9.0.50", "stop"));
        Assert.True(Answers("10.9.0.50", "8080"));

        Assert.Equal(Answer.Done, In("udp", "8000:8100", "block", "start"));
        Assert.True(Answers("10.9.0.50", "8080"));
        Assert.Equal(Answer.Done, In("tcp", "8000:8100", "block", "fd00:0:0:0:0:0:0:1", "start"));
        Assert.True(Answers("10.9.0.50", "8080"));
        Assert.Contains("fd00::1", Rules(), StringComparison.Ordinal);
    }

    [RootFact]
    public void A_stop_of_unblock_without_a_start_closes_nothing()
    {
        Assert.Equal(Answer.Done, Run("unblock", "stop"));
        Assert.DoesNotContain("drop", Rules(), StringComparison.Ordinal);
    }

    [RootFact]
    public void Wrong_words_are_refused()
    {
        string[][] wrong =
        [
            ["sctp", "80", "block"], ["tcp", "http", "block"], ["tcp", "80;", "block"], ["tcp", "80,", "block"],
            ["tcp", "80", "open"], ["tcp", "80", "block", "web;"],
        ];
        Assert.All(wrong, words => Assert.Equal(2, In([.. words, "start"]).Code));
        Assert.Equal(1, In("tcp", "99999", "block", "start").Code);
        Assert.DoesNotContain("drop", Rules(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_nft_stand_ins_for_iptables_get_one_rule_for_each_family()
    {
        string calls = _directory.File("calls");
        foreach (string program in (string[])["iptables", "ip6tables"])
        {
            string rule = _directory.File(program);
            _directory.Script($"bin/{program}", $"""
                #!/bin/sh
                echo "{program} $*" >> {calls}
                case $2 in
                    -C) [ -e {rule} ];;
                    -I) : > {rule};;
                    -D) rm {rule};;
                esac
                """);
        }

        foreach (string tool in (string[])["sh", "sed", "mkdir", "rm", "printf", "uname"])
        {
            File.CreateSymbolicLink(_directory.File($"bin/{tool}"), $"/bin/{tool}");
        }

        ShippedAgent agent = new ShippedAgent("portblock", _directory).With("PATH", _directory.File("bin"));
        Assert.Equal(Answer.Done, agent.Run("tcp", "80,443", "block", "start"));
        Assert.Equal(Answer.Done, agent.Run("tcp", "80,443", "unblock", "start"));
        Assert.Equal(
        [
            "iptables -w -I INPUT -p tcp -m multiport --dports 80,443 -j DROP",
            "ip6tables -w -I INPUT -p tcp -m multiport --dports 80,443 -j DROP",
            "iptables -w -D INPUT -p tcp -m multiport --dports 80,443 -j DROP",
            "ip6tables -w -D INPUT -p tcp -m multiport --dports 80,443 -j DROP",
        ], File.ReadAllLines(calls).Where(call => !call.Contains(" -C ", StringComparison.Ordinal)));
        Assert.Equal(Answer.Running, agent.Run("tcp", "80,443", "block", "status"));
    }

    private Answer Run(string what, string action) => In("tcp", "8080,8443", what, action);

    private Answer In(params string[] words) =>
        _nodes.A.Run(() => new ShippedAgent("portblock", _directory).Run(words));

    private string Rules() => _nodes.A.Run(() => Tool.Demand(["nft", "list", "ruleset"]));

    private Keeper Listen(params string[] ports) =>
        _nodes.A.Run(() => Keeper.Start(["perl", "-e", Listener, .. ports]));

    private (bool First, bool Second, bool Other) Open() =>
        (Answers("10.9.0.1", "8080"), Answers("10.9.0.1", "8443"), Answers("10.9.0.1", "9000"));

    /// <summary>A port that is closed by a drop does not even refuse, so that half a second is all we wait.</summary>
    private bool Answers(string address, string port) => _nodes.B.Run(() => Tool.Run(
    [
        "perl", "-MIO::Socket::INET", "-e",
        "exit(IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 0.5) ? 0 : 1)",
        address, port,
    ])).ExitCode == 0;
}
