// What an operator may ask of a running node, and what it answers.
// The idea: the daemon carries these records over the control socket and understands none of them. Reload is not among
// them because the daemon reads the files itself and passes the result as an input.
// Invariant: an accepted command is answered once more when it ends.

namespace HaSharp.Core.Control;

public abstract record Command
{
    private Command()
    {
    }

    /// <summary>Answered at once with a StatusReport.</summary>
    public sealed record Status : Command;

    /// <summary>Give groups of this node to another node.</summary>
    /// <param name="Scope">Which groups, as this node sees them.</param>
    /// <param name="Lifetime">How long the wish stands when it cannot be done at once; at least 60 s.</param>
    public sealed record Standby(Scope Scope, TimeSpan Lifetime) : Command;

    /// <summary>Take groups over from other nodes.</summary>
    public sealed record Takeover(Scope Scope, TimeSpan Lifetime) : Command;

    /// <summary>Say goodbye and end.</summary>
    /// <param name="Keep">What runs here goes on running, and nobody takes it; else it is released in order.</param>
    public sealed record Stop(bool Keep = false) : Command;

    /// <summary>Begin or end the maintenance of groups: nobody monitors, moves or stops them.</summary>
    /// <param name="Time">How long at most; null: end it now.</param>
    public sealed record Maintain(Scope Scope, TimeSpan? Time) : Command;

    /// <summary>Start, stop or restart a resource with all that stands right of it, or a whole group.</summary>
    /// <param name="Name">
    /// The word of haresources, where it stands in several groups as group/word; of a group its first one.
    /// </param>
    /// <param name="WholeGroup">Name is a group.</param>
    public sealed record Switch(SwitchAction Action, string Name, bool WholeGroup, TimeSpan Lifetime) : Command;

    /// <summary>As the operator wrote it, for the log and the answers.</summary>
    public string Words() => this switch
    {
        Standby standby => $"standby {standby.Scope.Word()}",
        Takeover takeover => $"takeover {takeover.Scope.Word()}",
        Stop { Keep: true } => "stop --keep",
        Stop => "stop",
        Maintain { Time: { } time } on => $"maintenance on {on.Scope.Word()} for {InWords(time)}",
        Maintain off => $"maintenance off {off.Scope.Word()}",
        Switch order => $"{(order.WholeGroup ? "group" : "resource")} {order.Action.Word()} {order.Name}",
        _ => "status",
    };

    /// <summary>In the largest unit that it is a whole number of.</summary>
    private static string InWords(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds) switch
    {
        var seconds when seconds % 86_400 == 0 => FormattableString.Invariant($"{seconds / 86_400} d"),
        var seconds when seconds % 3600 == 0 => FormattableString.Invariant($"{seconds / 3600} h"),
        var seconds when seconds % 60 == 0 => FormattableString.Invariant($"{seconds / 60} min"),
        var seconds => FormattableString.Invariant($"{seconds} s"),
    };
}

public enum SwitchAction
{
    Start,
    Stop,
    Restart,
}

/// <summary>Which groups a command means, in heartbeat's words (spec 9.6.2), or one group by name.</summary>
public abstract record Scope
{
    private Scope()
    {
    }

    /// <summary>all: every group.</summary>
    public sealed record All : Scope;

    /// <summary>local: the groups that prefer this node.</summary>
    public sealed record Local : Scope;

    /// <summary>foreign: the groups that prefer another node.</summary>
    public sealed record Foreign : Scope;

    /// <summary>failback: standby foreign for the giver, takeover local for the taker (F11).</summary>
    public sealed record Failback : Scope;

    public sealed record Group(GroupName Name) : Scope;

    /// <summary>As the operator wrote it.</summary>
    public string Word() => this switch
    {
        All => "all",
        Local => "local",
        Foreign => "foreign",
        Failback => "failback",
        Group group => group.Name.Text,
        _ => "",
    };
}

/// <summary>The answer to a command; Text is one sentence for people.</summary>
public abstract record CommandResult(string Text)
{
    /// <summary>Begun; Done, Refused or Late follows.</summary>
    public sealed record Accepted(string Text) : CommandResult(Text);

    public sealed record Done(string Text) : CommandResult(Text);

    /// <summary>Not done, with the reason; nothing was or remains changed beyond what Text says.</summary>
    public sealed record Refused(string Text) : CommandResult(Text);

    /// <summary>Not done within the time that was given; Text says whether it still stands.</summary>
    public sealed record Late(string Text) : CommandResult(Text);

    public sealed record Report(StatusReport Status) : CommandResult("");
}
