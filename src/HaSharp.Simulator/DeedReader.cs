// The words of deeds, read. One line may name several nodes where a deed is about one: it is then done to each in turn.

using System.Globalization;
using HaSharp.Core;
using HaSharp.Core.Resources;

namespace HaSharp.Simulator;

public static class DeedReader
{
    /// <summary>The deeds of one line, or none and what is wrong.</summary>
    public static (IReadOnlyList<Deed> Deeds, string? Problem) Read(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        IReadOnlyList<Deed>? deeds = words.Length == 0 ? null
            : OfMachines(words[0], words[1..]) ?? OfNetwork(words[0], words[1..]) ?? OfPeople(words[0], words[1..]);
        return deeds is null ? ([], $"no deed: {text}") : (deeds, null);
    }

    /// <summary>The nodes that a deed names.</summary>
    public static IReadOnlyList<NodeName> NodesOf(Deed deed) => deed switch
    {
        Deed.PowerOn on => [on.Node],
        Deed.PowerCut cut => [cut.Node],
        Deed.Start start => [start.Node],
        Deed.Kill kill => [kill.Node],
        Deed.Pause pause => [pause.Node],
        Deed.Resume resume => [resume.Node],
        Deed.CutOneWay cut => [cut.From, cut.To],
        Deed.Cut cut => [cut.A, cut.B],
        Deed.Join join => [join.A, join.B],
        Deed.Partition partition => [.. partition.Parts.SelectMany(static part => part)],
        Deed.Unplug unplug => [unplug.Node],
        Deed.Plug plug => [plug.Node],
        Deed.Replay replay => [replay.Node],
        Deed.Ask ask => [ask.Node],
        Deed.Reload reload => [reload.Node],
        Deed.Teach { Node: { } node } => [node],
        Deed.Crash crash => [crash.Node],
        _ => [],
    };

    /// <summary>The link that a deed names, if any.</summary>
    public static LinkName? LinkOf(Deed deed) => deed switch
    {
        Deed.CutOneWay cut => cut.Link,
        Deed.Cut cut => cut.Link,
        Deed.Join join => join.Link,
        Deed.Loss loss => loss.Link,
        Deed.Duplicates duplicates => duplicates.Link,
        Deed.Damage damage => damage.Link,
        Deed.Delay delay => delay.Link,
        Deed.Unplug unplug => unplug.Link,
        Deed.Plug plug => plug.Link,
        _ => null,
    };

    private static Deed[]? OfMachines(string verb, string[] words)
    {
        Func<NodeName, Deed>? make = verb switch
        {
            "power-on" => static node => new Deed.PowerOn(node),
            "power-cut" => static node => new Deed.PowerCut(node),
            "start" => static node => new Deed.Start(node),
            "kill" => static node => new Deed.Kill(node),
            "pause" => static node => new Deed.Pause(node),
            "resume" => static node => new Deed.Resume(node),
            "reload" => static node => new Deed.Reload(node),
            "stop" => static node => new Deed.Ask(node, Order.Stop, "all"),
            "keep" => static node => new Deed.Ask(node, Order.Keep, "all"),
            _ => null,
        };
        return make is null || words.Length == 0 ? null : [.. words.Select(word => make(new NodeName(word)))];
    }

    private static Deed[]? OfNetwork(string verb, string[] words)
    {
        LinkName? link = words.Length == 3 ? new LinkName(words[0]) : null;
        string[] last = words.Length == 3 ? words[1..] : words;
        Deed? deed = verb switch
        {
            "cut" when last.Length == 2 => new Deed.Cut(link, new NodeName(last[0]), new NodeName(last[1])),
            "cut-one-way" when last.Length == 2 =>
                new Deed.CutOneWay(link, new NodeName(last[0]), new NodeName(last[1])),
            "join" when last.Length == 2 => new Deed.Join(link, new NodeName(last[0]), new NodeName(last[1])),
            "unplug" when words.Length == 2 => new Deed.Unplug(new NodeName(words[0]), new LinkName(words[1])),
            "plug" when words.Length == 2 => new Deed.Plug(new NodeName(words[0]), new LinkName(words[1])),
            "heal" when words.Length == 0 => new Deed.Heal(),
            "partition" when words.Length > 0 => new Deed.Partition(Parts(words)),
            "delay" when last.Length == 2
                && Duration.TryParse(last[0], out TimeSpan shortest)
                && Duration.TryParse(last[1], out TimeSpan longest) => new Deed.Delay(link, shortest, longest),
            "loss" => Probability(words, static (name, value) => new Deed.Loss(name, value)),
            "damage" => Probability(words, static (name, value) => new Deed.Damage(name, value)),
            "duplicates" => Probability(words, static (name, value) => new Deed.Duplicates(name, value)),
            _ => null,
        };
        return deed is null ? null : [deed];
    }

    private static Deed[]? OfPeople(string verb, string[] words)
    {
        Deed? deed = verb switch
        {
            "standby" when words.Length is 1 or 2 =>
                new Deed.Ask(new NodeName(words[0]), Order.Standby, words.ElementAtOrDefault(1) ?? "all"),
            "takeover" when words.Length is 1 or 2 =>
                new Deed.Ask(new NodeName(words[0]), Order.Takeover, words.ElementAtOrDefault(1) ?? "all"),
            "replay" when words.Length == 2 && int.TryParse(words[1], out int count) && count > 0 =>
                new Deed.Replay(new NodeName(words[0]), count),
            "settled" when words.Length == 1 && Duration.TryParse(words[0], out TimeSpan quiet) =>
                new Deed.Settled(quiet),
            "crash" when words.Length == 2 => new Deed.Crash(new NodeName(words[0]), words[1]),
            "agent" => Lesson(words),
            _ => null,
        };
        deed ??= words.Length == 2 && OrderOf(verb) is { } order
            ? new Deed.Ask(new NodeName(words[0]), order, words[1])
            : null;
        return deed is null ? null : [deed];
    }

    private static Order? OrderOf(string verb) => verb switch
    {
        "maintain" => Order.Maintain,
        "manage" => Order.Manage,
        "switch-off" => Order.SwitchOff,
        "switch-on" => Order.SwitchOn,
        "switch-over" => Order.SwitchOver,
        _ => null,
    };

    private static List<IReadOnlyList<NodeName>> Parts(string[] words)
    {
        List<IReadOnlyList<NodeName>> parts = [];
        foreach (string part in string.Join(' ', words).Split('|'))
        {
            string[] names = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            parts.Add([.. names.Select(static name => new NodeName(name))]);
        }

        return parts;
    }

    private static Deed? Probability(string[] words, Func<LinkName?, double, Deed> make)
    {
        bool valid = words.Length is 1 or 2 && words[^1].EndsWith('%');
        return valid
            && double.TryParse(words[^1].AsSpan()[..^1], CultureInfo.InvariantCulture, out double percent)
            && percent is >= 0 and <= 100
            ? make(words.Length == 2 ? new LinkName(words[0]) : null, percent / 100)
            : null;
    }

    /// <summary>agent RESOURCE [on NODE] start|stop|status|monitor|kill works|fails|hangs|takes TIME.</summary>
    private static Deed.Teach? Lesson(string[] words)
    {
        if (words.Length == 0)
        {
            return null;
        }

        bool named = words.Length > 2 && words[1] == "on";
        NodeName? node = named ? new NodeName(words[2]) : null;
        string[] rest = named ? words[3..] : words[1..];
        AgentAction? action = rest.ElementAtOrDefault(0) switch
        {
            "status" => AgentAction.Status,
            "start" => AgentAction.Start,
            "stop" => AgentAction.Stop,
            "monitor" => AgentAction.Monitor,
            "kill" => AgentAction.Kill,
            _ => null,
        };
        Manner? manner = rest.ElementAtOrDefault(1) switch
        {
            "works" when rest.Length == 2 => new Manner.Works(),
            "fails" when rest.Length == 2 => new Manner.Fails(),
            "hangs" when rest.Length == 2 => new Manner.Hangs(),
            "takes" when rest.Length == 3 && Duration.TryParse(rest[2], out TimeSpan time) => new Manner.Takes(time),
            _ => null,
        };
        return action is null || manner is null ? null : new Deed.Teach(words[0], node, action.Value, manner);
    }
}
