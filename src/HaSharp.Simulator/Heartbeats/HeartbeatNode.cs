// A machine's heartbeat 3.0.6 as a node of a virtual world: its processes one after the other, and its operators.
// The idea: whatever restarts inside of heartbeat (after a partition, by heartbeat -r) is a new process here, with the
// next generation; between two processes the machine is deaf and mute.
// Invariant: generations only rise.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Control;

namespace HaSharp.Simulator.Heartbeats;

/// <summary>Heartbeat 3.0.6 in haresources mode with auto_failback on or off.</summary>
public sealed class HeartbeatNode : INode
{
    private readonly ClusterConfig _config;
    private readonly Dice _dice;
    private readonly Birth _birth;
    private HeartbeatProcess? _process;
    private Instant _execAt = Instant.Never;
    private Hold? _kept;
    private DepartureKind _left;

    /// <param name="dice">Of this machine; what the original leaves to chance or to the scheduler.</param>
    public HeartbeatNode(ClusterConfig config, NodeIdentity identity, Dice dice)
    {
        Invariant.Holds(config.AutoFailback != AutoFailback.Legacy, "the model knows auto_failback on and off");
        Invariant.Holds(config.Nodes.Count <= 2, "heartbeat's resources know two nodes");
        _config = config;
        _dice = dice;
        _birth = new Birth(
            identity.Name, identity.Uuid, identity.Generation.Number, identity.UnixSeconds, identity.StartedAt, null);
        Generation = identity.Generation;
        _process = new HeartbeatProcess(config, _birth, dice);
    }

    public Instant NextDeadline => _process?.Alarms.Next ?? _execAt;

    /// <summary>Of the current process, as on its disk.</summary>
    public Generation Generation { get; private set; }

    /// <summary>A stop failed for good: the machine is rebooted (4.8).</summary>
    public bool Reboots => _process is { Reboots: true };

    /// <summary>No process runs: it ended to begin anew.</summary>
    public bool IsBetweenProcesses => _process is null;

    /// <summary>It gives everything up, or is about to (8.6, 8.8).</summary>
    public bool IsLeaving => _process is null || _process.Departure.IsComing;

    /// <summary>
    /// Which weakness of the original has struck, so that what it believes is wrong until it ends; null: none.
    /// </summary>
    public string? Ailment => _process is { Resources.TookAnOldOne: true }
        ? "takes an old report for the newest: what comes is processed as it comes (7.2)"
        : _process?.Ailment;

    /// <summary>Too much is unacknowledged: cl_status and all other clients hang (7.5).</summary>
    public bool ClientsArePaused => _process is { Post.ClientsArePaused: true };

    public void Step(Input input, Instant now, List<Effect> effects)
    {
        if (_process is null)
        {
            Wait(input, now, effects);
            return;
        }

        _process.Step(input, now, effects);
        switch (input)
        {
            case Input.CommandReceived asked:
                Obey(asked, now, effects);
                break;
            case Input.ConfigurationChanged:
                _process.Departure.Request(DepartureKind.QuickRestart);
                break;
            default:
                break;
        }

        if (_process.Departure.IsOver)
        {
            Leave(now, effects);
        }
    }

    /// <summary>What cl_status would show, in the words of HaSharp's status.</summary>
    public StatusReport Snapshot(Instant now)
    {
        bool isStable = _process is { Resources.IsStable: true };
        Hold mine = _process?.Resources.Mine ?? Hold.None;
        string role = _process is null ? "restarting" : IsLeaving ? "leaving"
            : mine == Hold.None ? "standby" : "active";
        return new StatusReport(
            _birth.Name.Text, "3.0.6", role, isStable, isStable ? mine.Word() : "transition",
            _config.AutoFailback.ToString().ToLowerInvariant(), "", (long)(now - _birth.StartedAt).TotalMilliseconds,
            isStable ? "at rest" : "in transition",
            [.. _config.Nodes.Select(name => Node(name, now))],
            [.. _config.Groups.Select(Group)],
            new Dictionary<string, long>());
    }

    private NodeReport Node(NodeName name, Instant now)
    {
        Neighbor? node = _process?.Roster.Find(name);
        bool isSelf = name == _birth.Name;
        string status = isSelf ? _process?.Liveness.Status ?? "init" : node?.Status ?? "init";
        long? heard = node is null ? null : (long)(now - node.StatusAt).TotalMilliseconds;
        return new NodeReport(name.Text, status, isSelf, isSelf ? 0 : heard, null, []);
    }

    private GroupReport Group(GroupConfig group)
    {
        Hold half = group.Preferred == _birth.Name ? Hold.Local : Hold.Foreign;
        bool here = _process is not null && _process.Resources.Mine.HasFlag(half);
        bool there = _process is not null && _process.Resources.Theirs.HasFlag(half.FromTheOtherSide());
        string? owner = here ? _birth.Name.Text : there ? _process!.Roster.Other.Name.Text : null;
        return new GroupReport(
            group.Name.Text, group.Preferred.Text, owner, owner is null ? "stopped" : "started", "as announced", 0, []);
    }

    private void Wait(Input input, Instant now, List<Effect> effects)
    {
        if (input is Input.CommandReceived { Command: Command.Stop })
        {
            effects.Add(new Effect.Leave(Clean: true));
            _execAt = Instant.Never;
        }
        else if (now >= _execAt)
        {
            Generation = new Generation(Generation.Number + 1);
            long seconds = _birth.UnixSeconds + (long)(now - _birth.StartedAt).TotalSeconds;
            _process = new HeartbeatProcess(
                _config,
                _birth with { Generation = Generation.Number, UnixSeconds = seconds, StartedAt = now, Kept = _kept },
                _dice);
            _process.Step(input, now, effects);
        }
    }

    private void Obey(Input.CommandReceived asked, Instant now, List<Effect> effects)
    {
        HeartbeatProcess process = _process!;
        CommandResult answer = new CommandResult.Done("done");
        switch (asked.Command)
        {
            case Command.Standby { Scope: not Scope.Group } standby:
                process.Standby.Ask(Read(standby.Scope));
                break;
            case Command.Takeover { Scope: not Scope.Group } takeover:
                process.Post.Send(new Core.Wire.Message()
                    .Add(Core.Wire.FieldNames.Type, "hb_takeover")
                    .Add(Core.Wire.FieldNames.Holdings, takeover.Scope.Word()));
                break;
            case Command.Stop:
                process.Departure.Request(DepartureKind.Stop);
                break;
            case Command.Status:
                answer = new CommandResult.Report(Snapshot(now));
                break;
            default:
                answer = new CommandResult.Refused("usage: [all|foreign|local|failback]");
                break;
        }

        effects.Add(new Effect.Reply(asked.Client, answer));
    }

    private void Leave(Instant now, List<Effect> effects)
    {
        HeartbeatProcess process = _process!;
        _left = process.Departure.Kind;
        _process = null;
        if (_left == DepartureKind.Stop)
        {
            effects.Add(new Effect.Leave(Clean: true));
            return;
        }

        // 8.8: a full restart sleeps so long that everybody notices, a quick one not at all.
        bool isQuick = _left == DepartureKind.QuickRestart;
        _kept = isQuick ? process.Resources.Mine : null;
        TimeSpan sleep = TimeSpan.FromSeconds(Math.Ceiling(_config.Deadtime.TotalSeconds) + 1);
        _execAt = now + (isQuick ? TimeSpan.FromMilliseconds(_dice.Between(100, 1000)) : sleep);
    }

    /// <summary>hb_standby failback is foreign (9.6.2).</summary>
    private static Hold Read(Scope scope) => scope switch
    {
        Scope.Local => Hold.Local,
        Scope.Foreign or Scope.Failback => Hold.Foreign,
        _ => Hold.All,
    };
}
