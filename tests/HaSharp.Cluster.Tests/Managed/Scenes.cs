// Plays the scenes of managed resources, several at a time: each has a cluster of its own and mostly waits. The tests
// only ask how theirs ended.

using System.Runtime.CompilerServices;
using HaSharp.Benchmarks;

namespace HaSharp.Cluster.Tests.Managed;

/// <param name="Test">The name of the test that asks for it.</param>
/// <param name="Needs">Programs without which it cannot be played.</param>
internal sealed record Scene(string Test, Action Play, params string[] Needs);

[CollectionDefinition(Collection, DisableParallelization = true)]
public sealed class SceneCollection : ICollectionFixture<Scenes>
{
    public const string Collection = "managed";
}

public sealed class Scenes : IDisposable
{
    /// <summary>The environment variable with a part of the names of the scenes to play; without it: all.</summary>
    private const string Choice = "HASHARP_SCENES";

    private const int AtATime = 5;

    private readonly SemaphoreSlim _gate = new(AtATime);
    private readonly Dictionary<string, Task> _played = new(StringComparer.Ordinal);
    private volatile bool _ending;

    public Scenes()
    {
        var choice = Environment.GetEnvironmentVariable(Choice) ?? "";
        foreach (var scene in All.Where(scene => SceneFactAttribute.WhyNot(scene.Needs) is null
            && scene.Test.Contains(choice, StringComparison.OrdinalIgnoreCase)))
        {
            // A thread of its own each: a thread of the pool might be one that has entered a network namespace.
            _played[scene.Test] = Task.Factory.StartNew(
                () => Play(scene), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>The longest first.</summary>
    private static IReadOnlyList<Scene> All =>
    [
        new(nameof(DatabaseTests.A_database_on_a_shared_disk_loses_no_confirmed_row_and_is_never_mounted_twice),
            DatabaseTests.Moves, "mariadbd", "mariadb", "mkfs.ext4", "losetup"),
        new(nameof(DaemonTests.A_daemon_that_was_killed_or_told_to_keep_what_runs_finds_it_running_and_nothing_moves),
            DaemonTests.Returns, "nginx"),
        new(nameof(OrderTests.In_maintenance_nothing_is_repaired_also_after_a_restart_until_it_is_over),
            OrderTests.Maintained, "nginx"),
        new(nameof(OrderTests.A_resource_or_group_is_stopped_started_and_restarted_on_order_from_any_node),
            OrderTests.Ordered, "nginx"),
        new(nameof(ReplicationTests.A_replicated_disk_is_promoted_where_it_is_up_to_date_and_nowhere_else),
            ReplicationTests.Moves, "flock"),
        new(nameof(HangTests.An_agent_that_hangs_costs_its_own_group_what_its_policy_says_and_others_nothing),
            HangTests.Hang),
        new(nameof(RepairTests.An_nginx_that_cannot_run_here_moves_once_and_what_runs_nowhere_waits_for_a_change),
            RepairTests.Broken, "nginx"),
        new(nameof(DaemonTests.What_a_killed_daemon_has_left_is_released_by_hand_and_goes_on_elsewhere),
            DaemonTests.Released, "nginx"),
        new(nameof(DaemonTests.A_daemon_that_returns_too_late_leaves_everything_on_one_node_again),
            DaemonTests.Late, "nginx"),
        new(nameof(CheckTests.A_check_that_stops_its_own_manager_does_not_hang_and_the_other_node_takes_over),
            CheckTests.Stops, "nginx", "ps"),
        new(nameof(NeighbourTests.A_disk_stays_with_an_owner_whose_heartbeats_alone_are_lost),
            NeighbourTests.Answers, "nft"),
        new(nameof(RepairTests.An_nginx_that_was_killed_is_restarted_in_place), RepairTests.Killed, "nginx"),
        new(nameof(RepairTests.An_address_that_was_deleted_is_back_at_once_and_nothing_else_is_touched),
            RepairTests.Deleted),
    ];

    /// <summary>Waits for the scene of a test, and fails as it did.</summary>
    public void Await([CallerMemberName] string test = "")
    {
        Assert.True(_played.TryGetValue(test, out var played), $"{test} is not among the chosen scenes");
        played.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _ending = true;
        foreach (var played in _played.Values)
        {
            _ = ((IAsyncResult)played).AsyncWaitHandle.WaitOne();
        }

        _gate.Dispose();
    }

    private void Play(Scene scene)
    {
        _gate.Wait();
        try
        {
            if (_ending)
            {
                throw new ClusterException("nobody waited for this scene");
            }

            scene.Play();
        }
        finally
        {
            _gate.Release();
        }
    }
}
