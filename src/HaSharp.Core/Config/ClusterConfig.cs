// What the three files say, once they are valid.
// The idea: immutable records, so that a reload is the exchange of one object, and a refused reload is nothing.
// Invariant: a ClusterConfig that ConfigReader gives out has passed every check.

using System.Collections.Frozen;
using System.Net;

namespace HaSharp.Core.Config;

/// <summary>Everything that ha.cf, haresources and authkeys say, with defaults filled in (spec 2.2, 2.3).</summary>
public sealed record ClusterConfig
{
    /// <summary>Informational; not on the wire.</summary>
    public string ClusterName { get; init; } = "linux-ha";

    /// <summary>The nodes in ha.cf order, 1 to 16, without ping nodes.</summary>
    public required IReadOnlyList<NodeName> Nodes { get; init; }

    /// <summary>Added to the number of nodes (ping nodes included) for the field ttl; 0 to 255.</summary>
    public int Hopfudge { get; init; } = 1;

    public TimeSpan Keepalive { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which our peers shall count us as dead; more than twice Keepalive.</summary>
    public TimeSpan Deadtime { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan Warntime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Deadtime for nodes that were not heard since our own start.</summary>
    public TimeSpan Initdead { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan Deadping { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Connectivity counts: of two nodes the one that reaches more ping nodes shall hold the groups (spec 13.3). Set
    /// by the line that starts heartbeat's program of this name: respawn hacluster /usr/lib/heartbeat/ipfail.
    /// </summary>
    public bool Ipfail { get; init; }

    public AutoFailback AutoFailback { get; init; } = AutoFailback.Legacy;

    public MessageFormat MessageFormat { get; init; } = MessageFormat.Classic;

    /// <summary>The media in the order of the file; every name is unique.</summary>
    public required IReadOnlyList<LinkConfig> Links { get; init; }

    /// <summary>Hosts named by ping, ping6 and ping_group, in the order of the file.</summary>
    public IReadOnlyList<PingNodeConfig> PingNodes { get; init; } = [];

    /// <summary>The lines of haresources in order; every name is unique.</summary>
    public required IReadOnlyList<GroupConfig> Groups { get; init; }

    /// <summary>How resources are watched and repaired.</summary>
    public RecoveryConfig Recovery { get; init; } = new();

    /// <summary>The lines check, in the order of the file; every name is unique.</summary>
    public IReadOnlyList<CheckConfig> Checks { get; init; } = [];

    public required AuthKeys Keys { get; init; }

    public LogConfig Log { get; init; } = new();

    public NoticeConfig Notices { get; init; } = new();

    /// <summary>Run with real-time scheduling and locked memory where permitted.</summary>
    public bool Realtime { get; init; } = true;

    /// <summary>Variables for the agents from the directive env; the keys begin with HA_ already.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>
    /// The directives that have one value, as written (the last value wins), in the order of the directive table, for
    /// the environment of agents (HA_keepalive and so on, spec 10.1). Lines with several words, which may hold
    /// passwords, are not among them.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>
    /// Digest of what must be equal on all nodes (node list and order, haresources, auto_failback); never of a key.
    /// Compared between nodes, shown by status.
    /// </summary>
    public required ulong Digest { get; init; }
}

public enum AutoFailback
{
    /// <summary>A group stays where it is when its preferred node returns.</summary>
    Off,

    /// <summary>A group goes back to its preferred node as soon as that is able to take it.</summary>
    On,

    /// <summary>heartbeat's old mode; among HaSharp nodes the same as On.</summary>
    Legacy,
}

/// <summary>Whether outgoing packets carry the inner digest (spec 5.1): Classic does, Netstring does not.</summary>
public enum MessageFormat
{
    Classic,
    Netstring,
}

/// <summary>One haresources line.</summary>
/// <param name="Name">Its first resource, literally as written.</param>
/// <param name="Preferred">The node at the beginning of the line.</param>
/// <param name="Resources">Started left to right, stopped right to left.</param>
public sealed record GroupConfig(GroupName Name, NodeName Preferred, IReadOnlyList<Resource> Resources);

/// <summary>A command whose failure makes a node unfit for groups (ha.cf: check).</summary>
/// <param name="Command">An absolute path, then its arguments.</param>
/// <param name="Interval">Between the starts of two runs; at least 100 ms.</param>
/// <param name="Timeout">A run that takes longer is killed and has failed.</param>
/// <param name="Rise">So many passes in a row make it pass; at least 1.</param>
/// <param name="Fall">So many failures in a row make it fail; at least 1.</param>
/// <param name="Groups">The groups that it is about; none: all.</param>
public sealed record CheckConfig(
    string Name,
    IReadOnlyList<string> Command,
    TimeSpan Interval,
    TimeSpan Timeout,
    int Rise,
    int Fall,
    IReadOnlyList<GroupName> Groups)
{
    public bool IsAbout(GroupName group) => Groups.Count == 0 || Groups.Contains(group);
}

/// <summary>One resource word: Type::argument::argument.</summary>
/// <param name="Text">The word literally as written; a bare address stays bare here.</param>
/// <param name="Type">The agent's name; a bare IPv4 address gives IPaddr (spec 4.2 no. 5).</param>
/// <param name="Arguments">None of them is empty or holds a blank; the list may be empty.</param>
public sealed record Resource(string Text, string Type, IReadOnlyList<string> Arguments)
{
    /// <summary>Between the agent and its arguments.</summary>
    public const string Separator = "::";

    private static readonly FrozenSet<string> Disks = FrozenSet.ToFrozenSet(
        ["Filesystem", "drbddisk", "drbdupper", "LVM", "Raid1", "iscsi", "LinuxSCSI", "ServeRAID", "ICP"]);

    private static readonly FrozenSet<string> Addresses = FrozenSet.ToFrozenSet(["IPaddr", "IPaddr2", "IPv6addr"]);

    /// <summary>Two nodes that have it at the same time destroy data.</summary>
    public bool IsDisk => (Type.StartsWith("ocf:", StringComparison.Ordinal) ? OcfDisks : Disks).Contains(ShortType);

    /// <summary>An address of the network: what runs beside it does not notice when it comes and goes.</summary>
    public bool IsAddress => Addresses.Contains(ShortType);

    /// <summary>Without class and provider: of ocf:heartbeat:IPaddr2 the last part.</summary>
    private string ShortType => Type[(Type.LastIndexOf(':') + 1)..];

    private static readonly FrozenSet<string> OcfDisks = FrozenSet.ToFrozenSet(
        ["Filesystem", "LVM", "LVM-activate", "Raid1", "mdraid", "iscsi", "drbd", "ZFS"]);

    /// <summary>Takes a word apart. The type is empty when the word has none.</summary>
    public static Resource Parse(string word)
    {
        var parts = (IsBareAddress(word) ? "IPaddr" + Separator + word : word).Split(Separator);
        return new(word, parts[0], [.. parts.Skip(1).Where(argument => argument.Length > 0)]);
    }

    public override string ToString() => Text;

    /// <summary>
    /// The shell's [0-9]*.[0-9]*.[0-9]*.[0-9]* (spec 4.2 no. 5): a digit, then three times a dot and a digit.
    /// </summary>
    internal static bool IsBareAddress(string word)
    {
        if (word.Length == 0 || !char.IsAsciiDigit(word[0]))
        {
            return false;
        }

        var dots = 0;
        for (var i = 1; i + 1 < word.Length; i++)
        {
            dots += word[i] == '.' && char.IsAsciiDigit(word[i + 1]) ? 1 : 0;
        }

        return dots >= 3;
    }
}

/// <summary>
/// A medium as ha.cf declares it (spec 12). The first medium of an interface has the interface's name; a further one
/// adds what distinguishes it: eth0:192.0.2.12, eth0:bcast, eth0:239.0.0.1:694 (F14).
/// </summary>
public abstract record LinkConfig(LinkName Name, string Interface)
{
    /// <summary>UDP to the interface's broadcast address.</summary>
    public sealed record Bcast(LinkName Name, string Interface, int Port) : LinkConfig(Name, Interface);

    /// <summary>UDP to one peer; the host may be a name, resolved when the link is opened.</summary>
    public sealed record Ucast(LinkName Name, string Interface, string Host, int Port) : LinkConfig(Name, Interface);

    public sealed record Mcast(LinkName Name, string Interface, IPAddress Group, int Port, int Ttl, bool Loop)
        : LinkConfig(Name, Interface);

    public sealed record Ucast6(LinkName Name, string Interface, string Host, int Port) : LinkConfig(Name, Interface);

    public sealed record Mcast6(LinkName Name, string Interface, IPAddress Group, int Port, int Hops, bool Loop)
        : LinkConfig(Name, Interface);
}

/// <summary>A host that answers pings. A ping_group has a name of its own and several members.</summary>
/// <param name="Hosts">Addresses or host names as written; at least one.</param>
public sealed record PingNodeConfig(NodeName Name, IReadOnlyList<string> Hosts)
{
    public PingKind Kind { get; init; }
}

/// <summary>Which directive named it: ping and ping_group use IPv4, ping6 IPv6.</summary>
public enum PingKind
{
    Ping,
    Ping6,
    PingGroup,
}

/// <summary>Where the log goes (spec 2.5).</summary>
public sealed record LogConfig
{
    /// <summary>A syslog facility's name in lower case; null: none.</summary>
    public string? Facility { get; init; }

    public string? LogFile { get; init; }

    public string? DebugFile { get; init; }

    /// <summary>0 to 255; above 0 debug lines are written.</summary>
    public int DebugLevel { get; init; }

    /// <summary>Lines in a log file look like syslog's.</summary>
    public bool SyslogFormat { get; init; } = true;

    /// <summary>False silences reports of packets that were refused.</summary>
    public bool LogBadPackets { get; init; } = true;
}

/// <summary>The keys of authkeys (spec 3.1).</summary>
/// <param name="Active">Number of the key that signs; it is among Keys.</param>
/// <param name="Keys">All keys; each is valid for reception.</param>
public sealed record AuthKeys(int Active, IReadOnlyList<AuthKey> Keys);

/// <summary>One line of authkeys. Its secret never appears in text.</summary>
/// <param name="Number">0 to 15.</param>
/// <param name="Method">How it signs.</param>
/// <param name="Secret">The bytes of the key word; empty for crc.</param>
public sealed record AuthKey(int Number, AuthMethod Method, ReadOnlyMemory<byte> Secret)
{
    public override string ToString() => FormattableString.Invariant($"key {Number} ({Method})");
}

public enum AuthMethod
{
    /// <summary>No authentication at all: detects damage only.</summary>
    Crc,

    /// <summary>HMAC-MD5.</summary>
    Md5,

    /// <summary>HMAC-SHA1.</summary>
    Sha1,

    /// <summary>HMAC-SHA256: HaSharp's own, unknown to heartbeat 3.0.6.</summary>
    Sha256,
}
