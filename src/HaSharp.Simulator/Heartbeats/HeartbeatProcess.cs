// One life of heartbeat 3.0.6 in haresources mode, from its start to its exit: a model of the original, with its known
// bugs, to play against HaSharp in virtual worlds. The numbers beside the rules are sections of the specification of
// heartbeat's behaviour from which it was written.
// The idea: one part per trade (Post and Intake: transport; Liveness: membership; Resources and Standby: what is held;
// Children: scripts; Departure: shutdown and restarts), all of them called from here, and all of them single-threaded.
// Invariant: nothing happens but by a datagram, an alarm, the end of an agent or an operator.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Simulator.Heartbeats;

/// <summary>What a process begins with.</summary>
/// <param name="UnixSeconds">Wall clock at StartedAt.</param>
/// <param name="Kept">What it holds after a quick restart (-R -C, spec 8.8); null: a normal start.</param>
internal sealed record Birth(
    NodeName Name, ReadOnlyMemory<byte> Uuid, long Generation, long UnixSeconds, Instant StartedAt, Hold? Kept);

internal sealed class HeartbeatProcess
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(400);

    private readonly Birth _birth;
    private List<Effect> _effects = [];
    private int _waiting;
    private Instant _readAt;

    public HeartbeatProcess(ClusterConfig config, Birth birth, Dice dice)
    {
        _birth = birth;
        Config = config;
        Dice = dice;
        Now = birth.StartedAt;
        Roster = new Roster(this);
        Post = new Post(this);
        Intake = new Intake(this);
        Standby = new Standby(this);
        Resources = new Resources(this, birth.Kept);
        Children = new Children(this);
        Departure = new Departure(this);
        Liveness = new Liveness(this);
    }

    public ClusterConfig Config { get; }

    public Dice Dice { get; }

    public Alarms Alarms { get; } = new();

    public Roster Roster { get; }

    public Post Post { get; }

    public Intake Intake { get; }

    public Liveness Liveness { get; }

    public Resources Resources { get; }

    public Standby Standby { get; }

    public Children Children { get; }

    public Departure Departure { get; }

    public Instant Now { get; private set; }

    public NodeName Name => _birth.Name;

    public ReadOnlyMemory<byte> Uuid => _birth.Uuid;

    public long Generation => _birth.Generation;

    public Instant StartedAt => _birth.StartedAt;

    public long UnixSeconds => _birth.UnixSeconds + (long)(Now - StartedAt).TotalSeconds;

    /// <summary>
    /// Which weakness of the original has struck; null: none. What the process believes is wrong from then on, and only
    /// its end helps: a pair of two heartbeats would be lost in the same way, so nobody is blamed for it.
    /// </summary>
    public string? Ailment { get; private set; }

    /// <summary>A resource could not be stopped, and the machine reboots (4.8).</summary>
    public bool Reboots { get; set; }

    public void Step(Input input, Instant now, List<Effect> effects)
    {
        _effects = effects;
        Now = now;
        switch (input)
        {
            case Input.DatagramReceived datagram:
                Receive(datagram.Bytes);
                break;
            case Input.AgentFinished finished:
                Children.AgentFinished(finished.Run, finished.Outcome);
                break;
            default:
                break;
        }

        while (!Departure.IsOver && Alarms.RingNext(now))
        {
        }
    }

    public void Transmit(byte[] bytes) => _effects.Add(new Effect.SendDatagram(bytes));

    public void Run(RunId run, GroupConfig group, Resource resource, AgentAction action, TimeSpan deadline) =>
        _effects.Add(new Effect.RunAgent(run, group.Name, resource, action, deadline));

    public void Log(Severity severity, string text) =>
        _effects.Add(new Effect.Report(new HeartbeatEvent(severity, text)));

    public void FallIll(string ailment) => Ailment ??= ailment;

    /// <summary>A message whose sequence was accepted and which is for us.</summary>
    public void Dispatch(Message message, Header header, Neighbor from, bool isHealed)
    {
        switch (header.Type)
        {
            case "status":
                Liveness.Take(message, header, from, isHealed);
                break;
            case "reqnodes":
                Liveness.Answer(from);
                break;
            case "repnodes":
                Liveness.Answered(from);
                break;
            case "shutdone" when from.IsSelf:
                Departure.Released();
                break;
            default:
                Resources.Dispatch(message, header.Type, from);
                break;
        }
    }

    /// <summary>
    /// The packet waits in a pipe from the reader until the main loop looks: often at once, or with one of the next
    /// ticks of a timer, as the recorded answers show, which come up to half a second later.
    /// </summary>
    private void Receive(ReadOnlyMemory<byte> bytes)
    {
        if (_waiting == 0 && Dice.Chance(0.5))
        {
            Intake.Take(bytes.Span);
            return;
        }

        byte[] copy = bytes.ToArray();
        _waiting++;
        _readAt = Instant.Later(_readAt, Now + Dice.Between(TimeSpan.Zero, _longestWait));
        Alarms.Set(_readAt, () =>
        {
            _waiting--;
            Intake.Take(copy);
        });
    }
}
