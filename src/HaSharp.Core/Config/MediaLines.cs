// The media of ha.cf: bcast, ucast, mcast, ucast6, mcast6 (spec 2.2, 12), and the ping nodes (spec 13).
// The idea: only what is wrong on every machine is refused. Whether an interface exists and a name resolves is asked
// when the link is opened, so that a late interface is no error.

using System.Net;

namespace HaSharp.Core.Config;

internal static class MediaLines
{
    private const int MostTtl = 4;
    private const int MostPort = 65535;
    private const int MostHops = 255;

    public static void Bcast(HaCfDraft draft, Word nic)
    {
        if (ConfigValues.IsInterface(nic, draft.Problems))
        {
            draft.AddLink(nic, "bcast", nic.Text, "bcast", name => new LinkConfig.Bcast(name, nic.Text, 0));
        }
    }

    public static void Udp(HaCfDraft draft, Word nic)
    {
        draft.Problems.Warning(nic, "udp is an old name of bcast; write bcast");
        Bcast(draft, nic);
    }

    public static void Ucast(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
        => Unicast(draft, name, words, ipv6: false);

    public static void Ucast6(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
        => Unicast(draft, name, words, ipv6: true);

    public static void Mcast(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
    {
        if (!HasArguments(draft, name, words, ["interface", "group", "port", "ttl", "loop"]))
        {
            return;
        }

        var problems = draft.Problems;
        var group = ConfigValues.Dotted(words[1].Text);
        if (group is null || (group.GetAddressBytes()[0] & 0xF0) != 0xE0)
        {
            problems.Error(
                words[1], $"{words[1].Quoted} is not a multicast group; IPv4 groups are 224.0.0.0 to 239.255.255.255");
            group = null;
        }

        var nic = ConfigValues.IsInterface(words[0], problems);
        var port = ConfigValues.Number(words[2], 1, MostPort, problems);
        var ttl = ConfigValues.Number(words[3], 0, MostTtl, problems);
        var loop = ConfigValues.Number(words[4], 0, 1, problems);
        if (nic && group is not null && port is { } p && ttl is { } t && loop is { } l)
        {
            draft.AddLink(words[0], name.Text, words[0].Text, $"{group}:{p}", link =>
                new LinkConfig.Mcast(link, words[0].Text, group, p, t, l == 1));
        }
    }

    public static void Mcast6(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
    {
        if (!HasArguments(draft, name, words, ["interface", "group", "port", "hops", "loop"]))
        {
            return;
        }

        var problems = draft.Problems;
        var isGroup = IPAddress.TryParse(words[1].Text, out var group) && group.IsIPv6Multicast;
        if (!isGroup)
        {
            problems.Error(
                words[1], $"{words[1].Quoted} is not a multicast group; IPv6 groups begin with ff, as in ff12::1");
        }

        var nic = ConfigValues.IsInterface(words[0], problems);
        var port = ConfigValues.Number(words[2], 1, MostPort, problems);
        var hops = ConfigValues.Number(words[3], 0, MostHops, problems);
        var loop = ConfigValues.Number(words[4], 0, 1, problems);
        if (nic && isGroup && port is { } p && hops is { } h && loop is { } l)
        {
            draft.AddLink(words[0], name.Text, words[0].Text, $"{group}:{p}", link =>
                new LinkConfig.Mcast6(link, words[0].Text, group!, p, h, l == 1));
        }
    }

    public static void Ping(HaCfDraft draft, Word host) => Ping(draft, host, PingKind.Ping);

    public static void Ping6(HaCfDraft draft, Word host) => Ping(draft, host, PingKind.Ping6);

    public static void PingGroup(HaCfDraft draft, Word name, IReadOnlyList<Word> words)
    {
        if (words.Count < 2)
        {
            draft.Problems.Error(name, "ping_group needs a name and at least one host");
        }
        else if (words.Skip(1).All(host => ConfigValues.IsHost(host, false, draft.Problems)))
        {
            draft.AddPingNode(words[0], PingKind.PingGroup, [.. words.Skip(1).Select(host => host.Text)]);
        }
    }

    /// <summary>The port of udpport, in whatever line it stands, for the media that use it (F13).</summary>
    public static LinkConfig WithPort(LinkConfig link, int port) => link switch
    {
        LinkConfig.Bcast bcast => bcast with { Port = port },
        LinkConfig.Ucast ucast => ucast with { Port = port },
        LinkConfig.Ucast6 ucast6 => ucast6 with { Port = port },
        _ => link,
    };

    private static void Ping(HaCfDraft draft, Word host, PingKind kind)
    {
        if (ConfigValues.IsHost(host, kind == PingKind.Ping6, draft.Problems))
        {
            draft.AddPingNode(host, kind, [host.Text]);
        }
    }

    private static void Unicast(HaCfDraft draft, Word name, IReadOnlyList<Word> words, bool ipv6)
    {
        if (!HasArguments(draft, name, words, ["interface", "host"]))
        {
            return;
        }

        var nic = ConfigValues.IsInterface(words[0], draft.Problems);
        var (device, host) = (words[0].Text, words[1].Text);
        if (ConfigValues.IsHost(words[1], ipv6, draft.Problems) && nic)
        {
            draft.AddLink(words[0], name.Text, device, host, link => ipv6
                ? new LinkConfig.Ucast6(link, device, host, 0)
                : new LinkConfig.Ucast(link, device, host, 0));
        }
    }

    private static bool HasArguments(HaCfDraft draft, Word name, IReadOnlyList<Word> words, string[] arguments)
    {
        if (words.Count < arguments.Length)
        {
            draft.Problems.Error(
                name,
                $"{name.Text} needs {string.Join(' ', arguments)}, with blanks between them; "
                + $"{arguments[words.Count]} is missing");
            return false;
        }

        if (words.Count > arguments.Length)
        {
            var extra = words[arguments.Length];
            draft.Problems.Warning(
                extra, $"{extra.Quoted} and what follows is ignored: {name.Text} takes {string.Join(' ', arguments)}");
        }

        return true;
    }
}
