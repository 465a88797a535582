// A DRBD pair's sequence with the shipped drbddisk; drbdadm is a stand-in with two nodes and a replication between
// them, which refuses what DRBD refuses.

using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Managed;

[Collection(SceneCollection.Collection)]
public sealed class ReplicationTests(Scenes scenes)
{
    private const string Haresources = $"node1 {Stage.Address} drbddisk::r0 moody::database\n";

    [SceneFact("flock")]
    public void A_replicated_disk_is_promoted_where_it_is_up_to_date_and_nowhere_else() => scenes.Await();

    internal static void Moves()
    {
        using var stage = new Stage($"node1 {Stage.Address}\n", "", new SortedDictionary<string, string>());
        var replication = new Replication(stage);
        stage.WriteFiles(Haresources, new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["drbddisk"] = replication.Agent,
            ["moody"] = Moody.Agent,
        });
        stage.Start(1, Stage.Address);
        replication.Require("Primary/Secondary");
        stage.Cluster.Demand(stage[1], "standby");
        stage.AwaitStarted(2, Stage.Address);
        replication.Require("Secondary/Primary");
        stage.Cluster.Demand(stage[1], "takeover");
        stage.AwaitStarted(1, Stage.Address);
        replication.Require("Primary/Secondary");

        // The other disk falls behind.
        replication.Play("cut");
        replication.Play("set-node", "node2", "disk", "Inconsistent");
        var refused = stage[1].Run("standby");
        stage.Require(refused.ExitCode == 1, $"the standby is refused in the end: {refused.Said}");
        stage.AwaitLogged(2, "cannot promote r0: the local disk is Inconsistent, not UpToDate");
        stage.AwaitStarted(1, Stage.Address);
        replication.Require("Primary/Unknown");

        replication.Play("heal");
        stage.Await("the other disk is up to date again", () => replication.Ask(2, "dstate") == "UpToDate/UpToDate");
        stage.Cluster.PowerOff(stage[1]);
        replication.Play("crash", "node1");
        stage.AwaitStarted(2, Stage.Address);
        stage.Require(replication.Ask(2, "role") == "Primary/Unknown", "node2 is Primary, and alone");

        // Its disk is behind when node1 returns: it is not promoted before the resynchronisation has ended.
        replication.Play("set", "seconds", "3");
        stage.Cluster.Boot(stage[1]);
        replication.Ask(1, "up");
        stage[1].StartDaemon();
        stage.AwaitStarted(1, Stage.Address);
        replication.Require("Primary/Secondary");
        stage.Require(replication.Ask(1, "dstate") == "UpToDate/UpToDate", "its disk is up to date");
    }

    /// <summary>The stand-in of one pair, and the agent that calls it.</summary>
    private sealed class Replication
    {
        private readonly Stage _stage;
        private readonly string _program = Stage.Source("tests", "stand-ins", "drbdadm");
        private readonly string _state;

        public Replication(Stage stage)
        {
            _stage = stage;
            _state = Path.Combine(stage.Cluster.Lab.Home, "replication");
            Play("make", "node1", "node2");
        }

        /// <summary>The shipped one, with the stand-in before the machine's own programs and less patience.</summary>
        public string Agent => File.ReadAllText(Stage.Source("resource-agents", "drbddisk")).Replace(
            "\ncd /\n",
            $"""

            export PATH="{Path.GetDirectoryName(_program)}:$PATH" DRBD_STAND_IN={_state}
            DRBDDISK_PATIENCE=6 DRBDDISK_MODULE=/
            cd /

            """,
            StringComparison.Ordinal);

        public void Play(params string[] words) => Tool.Demand(
            ["env", $"DRBD_STAND_IN={_state}", "HA_CURHOST=node1", _program, "stand-in", .. words]);

        public string Ask(int number, string verb) => Tool.Demand(
            ["env", $"DRBD_STAND_IN={_state}", $"HA_CURHOST={_stage[number].Name}", _program, verb, "r0"]).Trim();

        public void Require(string roles)
        {
            var said = Ask(1, "role");
            _stage.Require(said == roles, $"node1 says {roles}, but it says {said}");
        }
    }
}
