// A real MariaDB on ext4 on one disk that both nodes have (a loop device, which every namespace sees), while a client
// writes rows through the address all the time.

namespace HaSharp.Cluster.Tests.Managed;

[Collection(SceneCollection.Collection)]
public sealed class DatabaseTests(Scenes scenes)
{
    private const string ClientAddress = "10.77.0.100";
    private const int SomeRows = 5;

    private const string Agent = """
        #!/bin/sh
        # MariaDB with its data on the shared disk.
        pid=/run/mariadb.pid socket=/run/mariadb.sock
        running() {
            [ -s $pid ] && kill -0 "$(cat $pid)" 2> /dev/null
        }
        case $1 in
            start)
                running && exit 0
                mkdir -p /run/db/rows
                setsid mariadbd --no-defaults --user=root --datadir=/run/db/rows --socket=$socket --pid-file=$pid \
                    --bind-address=0.0.0.0 --skip-name-resolve --skip-grant-tables --innodb-buffer-pool-size=8M \
                    --innodb-log-file-size=4M < /dev/null >> /run/mariadb.log 2>&1 &
                until mariadb-admin --no-defaults --socket=$socket ping > /dev/null 2>&1; do
                    kill -0 $! 2> /dev/null || { tail -n 1 /run/mariadb.log >&2 && exit 1; }
                    sleep 0.1
                done
                ;;
            stop)
                running || exit 0
                main=$(cat $pid)
                kill "$main"
                while kill -0 "$main" 2> /dev/null; do sleep 0.05; done
                ;;
            status) if running; then echo running; else echo stopped; fi ;;
        esac

        """;

    [SceneFact("mariadbd", "mariadb", "mkfs.ext4", "losetup")]
    public void A_database_on_a_shared_disk_loses_no_confirmed_row_and_is_never_mounted_twice() => scenes.Await();

    internal static void Moves()
    {
        var agents = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["mariadb"] = Agent,
            ["Filesystem"] = File.ReadAllText(Stage.Source("resource-agents", "Filesystem")),
        };
        using var stage = new Stage($"node1 {Stage.Address}\n", "", agents);
        using var disk = SharedDisk.Make(Path.Combine(stage.Cluster.Lab.Home, "disk"));
        stage.WriteFiles(
            $"node1 {Stage.Address} Filesystem::{disk.Device}::/run/db::ext4 mariadb\n", agents,
            "resource mariadb interval=1\n");
        using var judge = new MountWatch(stage.Cluster.Lab, disk.Device);
        stage.Start(1, Stage.Address);
        var client = stage.Cluster.Lab.Switch;
        stage.Require(judge.IsMounted(stage[1]) && !judge.IsMounted(stage[2]), "node1 has the disk mounted");
        var made = Ledger.Query(
            client, ClientAddress,
            "create database ledger; create table ledger.rows (number bigint primary key, word char(8))");
        stage.Require(made.ExitCode == 0, $"the table was made: {made.Said}");

        using var ledger = new Ledger(client, ClientAddress);
        AwaitRows(stage, ledger);
        var first = stage.Shell(1, "p=$(cat /run/mariadb.pid) && kill -9 $p && echo $p");
        stage.Await("it runs again", () => stage.Shell(1, "cat /run/mariadb.pid") != first);
        Verify(stage, ledger, judge, 1);
        stage.Cluster.Demand(stage[1], "standby");
        Verify(stage, ledger, judge, 2);
        stage.Cluster.Demand(stage[1], "takeover");
        Verify(stage, ledger, judge, 1);
        stage.Cluster.PowerOff(stage[1]);
        Verify(stage, ledger, judge, 2);
        stage.Cluster.Boot(stage[1]);
        stage[1].StartDaemon();
        Verify(stage, ledger, judge, 1);

        // Both judges would have seen it.
        stage.Shell(2, $"mkdir /run/second && mount {disk.Device} /run/second");
        stage.Await("the judge sees two mounts", () => judge.Most == 2);
        var deleted = Ledger.Query(client, ClientAddress, "delete from ledger.rows order by number limit 5");
        stage.Require(
            deleted.ExitCode == 0 && ledger.Compare().Contains("rows lost", StringComparison.Ordinal),
            "the ledger misses rows that are gone");
    }

    private static void Verify(Stage stage, Ledger ledger, MountWatch judge, int owner)
    {
        stage.AwaitStarted(owner, Stage.Address);
        AwaitRows(stage, ledger);
        var wrong = ledger.Compare();
        stage.Require(wrong.Length == 0, $"every confirmed row is there, but {wrong}");
        stage.Require(judge.IsMounted(stage[owner]), "the owner has the disk mounted");
        stage.Require(judge.Most == 1, "it was never mounted twice");
    }

    private static void AwaitRows(Stage stage, Ledger ledger)
    {
        var before = ledger.Confirmed;
        stage.Await("rows are written", () => ledger.Confirmed >= before + SomeRows);
    }
}
