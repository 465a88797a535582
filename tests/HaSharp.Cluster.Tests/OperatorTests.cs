// What an operator asks of a healthy cluster, and the exit codes that scripts rely on.

using HaSharp.Benchmarks;

namespace HaSharp.Cluster.Tests;

[Collection(PairCollection.Name)]
public sealed class OperatorTests(Pair pair)
{
    private const string First = LiveCluster.Group;
    private const string Second = Pair.SecondGroup;

    [ClusterFact]
    public void Nodes_started_together_each_serve_what_prefers_them()
    {
        var cluster = pair.Home();
        foreach (var node in cluster.Lab.Nodes)
        {
            var status = node.Status();
            cluster.Require(
                status is { Role: "active", Holdings: "local", Stable: true } && status.Node == node.Name,
                $"{node.Name} is active, stable and holds its own group");
        }
    }

    [ClusterTheory]
    [InlineData(1, "standby", "all", "node2", "node2")]
    [InlineData(1, "standby", "local", "node2", "node2")]
    [InlineData(1, "standby", First, "node2", "node2")]
    [InlineData(1, "takeover", "all", "node1", "node1")]
    [InlineData(1, "takeover", "foreign", "node1", "node1")]
    [InlineData(1, "takeover", Second, "node1", "node1")]
    public void A_move_from_home_moves_what_its_word_says(
        int node, string verb, string word, string first, string second)
    {
        var cluster = pair.Home();
        cluster.Demand(cluster[node], verb, word);
        pair.AwaitOwners(first, second);
    }

    [ClusterTheory]
    [InlineData(2, "standby", "foreign", "node1", "node2")]
    [InlineData(2, "standby", "failback", "node1", "node2")]
    [InlineData(1, "takeover", "local", "node1", "node2")]
    [InlineData(1, "takeover", "failback", "node1", "node2")]
    [InlineData(2, "standby", "all", "node1", "node1")]
    public void A_move_from_the_other_node_moves_what_its_word_says(
        int node, string verb, string word, string first, string second)
    {
        var cluster = pair.Home();
        cluster.Demand(cluster[1], "standby");
        pair.AwaitOwners("node2", "node2");

        cluster.Demand(cluster[node], verb, word);
        pair.AwaitOwners(first, second);
    }

    [ClusterFact]
    public void A_planned_move_never_has_two_holders_and_the_client_sees_one_change()
    {
        var cluster = pair.Home();
        var there = cluster.Move("node2", () => cluster.Demand(cluster[1], "standby", First));
        var back = cluster.Move("node1", () => cluster.Demand(cluster[1], "takeover", First));

        // Ten times the promised 20 ms.
        cluster.Require(there.Gap.TotalMilliseconds < 200, $"the gap of a standby was {there.Gap}");
        cluster.Require(back.Gap.TotalMilliseconds < 200, $"the gap of a takeover was {back.Gap}");
    }

    [ClusterFact]
    public void An_unknown_group_is_refused_with_one_sentence_and_exit_code_1()
    {
        var cluster = pair.Home();
        var result = cluster[1].Run("takeover", "IPaddr::10.99.99.99");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("10.99.99.99", result.Errors, StringComparison.Ordinal);
        pair.AwaitOwners("node1", "node2");
    }

    [ClusterFact]
    public void A_wrong_option_is_a_usage_error_with_exit_code_2()
    {
        var cluster = pair.Home();
        Assert.Equal(2, cluster[1].Run("standby", "--no-such-option").ExitCode);
        Assert.Equal(2, cluster[1].Run("no-such-verb").ExitCode);
    }

    [ClusterFact]
    public void Wait_0_returns_at_once_and_the_move_is_done_all_the_same()
    {
        var cluster = pair.Home();
        cluster.Demand(cluster[1], "standby", First, "--wait", "0");
        pair.AwaitOwners("node2", "node2");
    }

    [ClusterFact]
    public void Status_says_3_when_no_daemon_runs_and_so_do_the_other_verbs()
    {
        var cluster = pair.Home();
        cluster.Stop(cluster[2]);

        Assert.Equal(3, cluster[2].Run("status").ExitCode);
        Assert.Equal(3, cluster[2].Run("status", "--json").ExitCode);
        Assert.Equal(3, cluster[2].Run("takeover").ExitCode);
    }

    [ClusterFact]
    public void A_clean_stop_leaves_no_address_and_the_other_node_serves()
    {
        var cluster = pair.Home();
        cluster.Stop(cluster[1]);
        cluster.Require(!cluster[1].Holds(LiveCluster.Address), "node1 has given its address up");
        pair.AwaitOwners("node2", "node2");
    }

    [ClusterFact]
    public void SIGTERM_is_a_clean_stop_with_exit_code_0()
    {
        var cluster = pair.Home();
        cluster[1].Terminate();
        cluster.RequireCleanEnd(cluster[1]);
        cluster.Require(!cluster[1].Holds(LiveCluster.Address), "node1 has given its address up");
        pair.AwaitOwners("node2", "node2");
    }

    [ClusterFact]
    public void A_node_that_is_started_again_gets_its_group_back()
    {
        var cluster = pair.Home();
        cluster.Stop(cluster[1]);
        pair.AwaitOwners("node2", "node2");
        cluster[1].StartDaemon();
        pair.AwaitOwners("node1", "node2");
    }

    [ClusterFact]
    public void A_reload_with_an_error_names_the_line_and_changes_nothing()
    {
        var cluster = pair.Home();
        var haCf = Path.Combine(cluster[1].HaDirectory, "ha.cf");
        var process = cluster[1].DaemonProcessId;
        try
        {
            File.AppendAllText(haCf, "deadtime 1ms\nno_such_directive 7\n");
            var result = cluster[1].Run("reload");
            Assert.NotEqual(0, result.ExitCode);
            var lines = File.ReadAllLines(haCf).Length;
            Assert.Contains(FormattableString.Invariant($"ha.cf:{lines}:"), result.Said, StringComparison.Ordinal);
            Assert.Contains(FormattableString.Invariant($"ha.cf:{lines - 1}:"), result.Said, StringComparison.Ordinal);
        }
        finally
        {
            Pair.Files.WriteTo(cluster[1].HaDirectory);
        }

        cluster.Require(cluster[1].DaemonProcessId == process, "the daemon still runs");
        pair.AwaitOwners("node1", "node2");
        cluster.Demand(cluster[1], "reload");
        pair.AwaitOwners("node1", "node2");
    }
}
