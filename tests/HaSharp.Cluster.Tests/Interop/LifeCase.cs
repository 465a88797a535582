// Which mixed pairs are tried, and for how long.
// The idea: every combination of medium, digest and message format lives a short life with HaSharp on either node;
// those of a Latin square, in which each value meets each other value, live a full one. An ordinary run takes a few.

using HaSharp.Benchmarks.Interop;

namespace HaSharp.Cluster.Tests.Interop;

/// <summary>How many scenes a life has; each has those of the one before, too.</summary>
public enum Length
{
    /// <summary>Moves, clean stops, power cuts.</summary>
    Short,

    /// <summary>Also restarts of a daemon and a partition.</summary>
    Medium,

    /// <summary>Also every word of every move, half a minute of loss, and starts of one node alone.</summary>
    Full,
}

/// <summary>One mixed pair and its life.</summary>
/// <param name="Position">The node that runs HaSharp, 1 or 2; 0: none does, both run heartbeat.</param>
public sealed record LifeCase(int Position, MixedFiles Files, Length Length)
{
    private static readonly string[] Media = ["bcast", "ucast", "mcast"];
    private static readonly string[] Digests = ["crc", "md5", "sha1"];
    private static readonly string[] Formats = ["classic", "netstring"];

    /// <summary>Unique; also the test's name, of which the runner shows 50 characters. Begins with our node.</summary>
    public string Name => $"{Where} {Files} {(Files.WithPing ? "ping " : "")}{Length.ToString().ToLowerInvariant()}";

    public Kind KindOf(int number) => number == Position ? Kind.HaSharp : Kind.Heartbeat;

    /// <summary>The lives of one run.</summary>
    /// <param name="choice">
    /// all: every one. ordinary: those of `make test`. reference: heartbeat with its own kind. Anything else: the
    /// lives of which the name contains every word of it.
    /// </param>
    public static IReadOnlyList<LifeCase> Chosen(string choice) => choice switch
    {
        "all" => [.. Longest, .. Shorter, .. WithPing],
        "ordinary" => [.. Ordinary],
        "reference" => [.. Reference],
        _ => [.. from life in Longest.Concat(Shorter).Concat(WithPing).Concat(Ordinary).Concat(Reference)
                 where choice.Split(' ').All(word => life.Name.Contains(word, StringComparison.Ordinal))
                 group life by life.Name into same
                 select same.First()],
    };

    public override string ToString() => Name;

    private static IEnumerable<LifeCase> Longest =>
        from position in (int[])[1, 2]
        from medium in Enumerable.Range(0, Media.Length)
        from digest in Enumerable.Range(0, Digests.Length)
        let square = (medium + digest) % 3
        let format = square == 2 ? "netstring" : "classic"
        let failback = (square + position) % 2 == 0 ? "on" : "off"
        select new LifeCase(position, new MixedFiles(Media[medium], Digests[digest], format, failback), Length.Full);

    private static IEnumerable<LifeCase> Shorter =>
        from position in (int[])[1, 2]
        from medium in Media
        from digest in Digests
        from format in Formats
        let failback = (position == 1) == (format == "classic") ? "on" : "off"
        select new LifeCase(position, new MixedFiles(medium, digest, format, failback), Length.Short);

    /// <summary>Lives of their own: what ipfail moves, and when it leaves all where it is.</summary>
    private static IEnumerable<LifeCase> WithPing =>
        from position in (int[])[1, 2]
        from failback in (string[])["on", "off"]
        select new LifeCase(
            position, new MixedFiles("bcast", "sha1", "classic", failback) { WithPing = true }, Length.Short);

    private static IEnumerable<LifeCase> Ordinary =>
    [
        .. WithPing.Where(life => (life.Position == 1) == (life.Files.AutoFailback == "off")),
        new(1, new MixedFiles("bcast", "sha1", "classic", "on"), Length.Medium),
        new(2, new MixedFiles("ucast", "md5", "classic", "off"), Length.Medium),
        new(1, new MixedFiles("mcast", "crc", "netstring", "off"), Length.Short),
        new(2, new MixedFiles("bcast", "sha1", "classic", "on"), Length.Short),
    ];

    private static IEnumerable<LifeCase> Reference =>
        from format in Formats
        from failback in (string[])["on", "off"]
        from ping in (bool[])[false, true]
        where !ping || format == "classic"
        select new LifeCase(
            0, new MixedFiles("bcast", "sha1", format, failback) { WithPing = ping }, Length.Full);

    private string Where => Position == 0 ? "heartbeat alone" : $"node{Position}";
}
