using HaSharp.Core.Control;

namespace HaSharp.Daemon.Tests.Control;

/// <summary>A report with something of everything, and the table that people see.</summary>
internal static class SampleStatus
{
    public const string Table = """
        alpha: active, holds foreign, in transition, up 2 h (hasharp 0.1.0)
        it holds a group of bravo

        NODE   STATUS  RUNS             LAST HEARD
        alpha  active  hasharp          this node
        bravo  dead    heartbeat 3.0.6  3.2 s ago
        carol  init    -                never

        LINK  NODE   STATUS  LAST HEARD
        eth0  alpha  up      this node
        eth1  alpha  dead    interface eth1 is down
        eth0  bravo  dead    80 ms ago

        PING NODE  STATUS  LAST HEARD
        10.0.0.1   ping    310 ms ago
        uplinks    dead    no address of router is known

        GROUP     PREFERRED  OWNER  STATE    REASON
        web       bravo      alpha  started  bravo is dead; on this node check gateway fails: exit code 1
        10.0.0.2  carol      -      failed   no live node is able to run it

        RESOURCE  GROUP     STATE    FAILURES  REASON
        10.0.0.2  10.0.0.2  failed   2         no route to the address
        nginx     10.0.0.2  stopped  0

        CHECK    NODE   STATE  REASON
        gateway  alpha  fails  exit code 1
        uplink   bravo  fails

        The configuration of bravo differs from ours.

        bravo runs heartbeat 3.0.6: two nodes only.

        Refused packets: 2 replayed, 7 unsigned

        """;

    public static StatusReport Report { get; } = new(
        "alpha", "0.1.0", "active", false, "foreign", "on", "00000000000000aa", 7_300_000,
        "it holds a group of bravo",
        [
            new NodeReport("alpha", "active", true, 0, "00000000000000aa",
            [
                new LinkReport("eth0", "up", 5, null),
                new LinkReport("eth1", "dead", null, "interface eth1 is down"),
            ])
            {
                Software = "hasharp",
            },
            new NodeReport(
                "bravo", "dead", false, 3_210, "00000000000000ab", [new LinkReport("eth0", "dead", 80, null)])
            {
                Software = "heartbeat 3.0.6",
                Limits = "two nodes only",
                FailingChecks = ["uplink"],
            },
            new NodeReport("carol", "init", false, null, null, []),
        ],
        [
            new GroupReport("web", "bravo", "alpha", "started", "bravo is dead", 3,
                [new ResourceReport("web", "started", "")])
            {
                Unfit = "check gateway fails: exit code 1",
            },
            new GroupReport("10.0.0.2", "carol", null, "failed", "no live node is able to run it", 1,
            [
                new ResourceReport("10.0.0.2", "failed", "no route to the address") { Failures = 2 },
                new ResourceReport("nginx", "stopped", ""),
            ]),
        ],
        new Dictionary<string, long> { ["unsigned"] = 7, ["replayed"] = 2, ["truncated"] = 0 })
        {
            Checks = [new CheckReport("gateway", "fails", "exit code 1")],
            PingNodes =
            [
                new PingNodeReport("10.0.0.1", "ping", ["10.0.0.1"], "ping", 310, null),
                new PingNodeReport(
                    "uplinks", "ping_group", ["router", "10.0.0.3"], "dead", null, "no address of router is known"),
            ],
        };
}
